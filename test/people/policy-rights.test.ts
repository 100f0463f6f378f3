import { randomUUID } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { present } from '#rules/kernel/invariant.ts'
import type { TokenScope } from '#rules/schema/token-scope.ts'
import { readAuditRows } from '#src/audit/read.ts'
import { verifyAudit } from '#src/audit/verify.ts'
import { identify } from '#src/people/identity.ts'
import { admitPolicy, knownPolicy, type AdmittedPolicy } from '#src/people/policy-rights.ts'
import { parseToken } from '#src/people/token-text.ts'
import { createToken } from '#src/people/tokens.ts'
import { recordDecision } from '#src/store/approval-decisions.ts'
import { sha256 } from '#src/store/hash.ts'
import {
  listAdmissions,
  loadPolicyText,
  policyStanding,
  putInForce,
  type Admitter,
} from '#src/store/policies.ts'
import { policyWith } from '#test/support/policy.ts'
import { decisionOn, storeApproval, storeReview, SYSTEM } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

/** A company of its own for one test, whose policies differ in their version and in whether they ask for tokens. */
function company() {
  const name = `company ${randomUUID()}`
  const policyOf = (version: string, { token = false, note = '' } = {}): AdmittedPolicy => {
    const policy = policyWith({
      version,
      company: { name, currency: 'USD', time_zone: 'UTC' },
      people: [
        { id: 'ops', name: 'Ops', roles: ['operator'] },
        { id: 'fay', name: 'Fay', roles: ['finance'], may_approve: ['medium'] },
      ],
      security: { require_token: token },
    })
    const text = `${JSON.stringify(policy)}${note}`
    return { policy, text, sha256: sha256(text) }
  }
  return { name, policyOf }
}

function inNameOf(id: string, token: Admitter['token'] = null): Admitter {
  return { person: { id, roles: ['operator'] }, token, reason: 'new quarter' }
}

async function tokenOf(
  workspace: string,
  { person = 'ops', scopes = ['admit'] }: { person?: string; scopes?: readonly TokenScope[] } = {},
) {
  const request = { workspace, person, label: '', scopes, days: 1 }
  const { text } = await createToken(test.store, request, SYSTEM)
  return { text, shown: present(parseToken(text), 'the token just made') }
}

async function toldOf(policy: AdmittedPolicy) {
  const told: unknown[] = []
  for await (const row of readAuditRows(test.pool)) {
    const { action, subject, actor, before, after, reason } = JSON.parse(row.entry)
    if (action === 'policy.admitted' && subject === policy.sha256)
      told.push({ actor, before, after, reason })
  }
  return told
}

describe('a policy in force', () => {
  it('is brought along by a review in nobody’s name, and is on the log once', async () => {
    const { name, policyOf } = company()
    const first = policyOf('1')
    expect(await admitPolicy(test.store, first)).toEqual({ isNew: true, policy: first })
    expect(await admitPolicy(test.store, first)).toEqual({ isNew: false, policy: first })
    expect(await listAdmissions(test.pool, name)).toMatchObject([
      { sha256: first.sha256, version: '1', previousSha256: null, admittedBy: null },
    ])
    expect(await toldOf(first)).toEqual([
      {
        actor: 'system:review',
        before: { policySha256: null },
        after: { version: '1', tokenId: null, workspace: name },
        reason: null,
      },
    ])
    expect(await verifyAudit(test.pool)).toMatchObject({ ok: true })
  })

  it('has whoever answers for it among those who edited it', async () => {
    const { name, policyOf } = company()
    const [first, second] = [policyOf('1'), policyOf('2')]
    await admitPolicy(test.store, first)
    const { isNew, policy } = await admitPolicy(test.store, second, inNameOf('ops'))
    expect(isNew).toBe(true)
    expect(policy.policy.edited_by).toEqual(['ops'])
    expect(policy.sha256).toBe(second.sha256)
    expect(await toldOf(second)).toEqual([
      {
        actor: 'ops',
        before: { policySha256: first.sha256 },
        after: { version: '2', tokenId: null, workspace: name },
        reason: 'new quarter',
      },
    ])
    // The review that follows knows it as well, and does not put it in force again.
    expect(await admitPolicy(test.store, second)).toEqual({ isNew: false, policy })
    expect(await knownPolicy(test.store, second)).toEqual(policy)
    expect(await listAdmissions(test.pool, name)).toHaveLength(2)
  })

  it('can be answered for by more people, each once', async () => {
    const { name, policyOf } = company()
    const only = policyOf('1')
    await admitPolicy(test.store, only)
    for (const isNew of [true, false]) {
      expect(await admitPolicy(test.store, only, inNameOf('ops'))).toMatchObject({ isNew })
    }
    expect(await admitPolicy(test.store, only, inNameOf('fay'))).toMatchObject({
      isNew: true,
      policy: { policy: { edited_by: ['fay', 'ops'] } },
    })
    expect(await listAdmissions(test.pool, name)).toMatchObject([
      { admittedBy: 'fay' },
      { admittedBy: 'ops' },
      { admittedBy: null },
    ])
  })

  it('keeps who answered for it while others bring changes along, until somebody else answers', async () => {
    const { policyOf } = company()
    const editorsOf = (admission: { readonly policy: AdmittedPolicy }) =>
      admission.policy.policy.edited_by
    await admitPolicy(test.store, policyOf('1'))
    expect(editorsOf(await admitPolicy(test.store, policyOf('2'), inNameOf('ops')))).toEqual([
      'ops',
    ])
    expect(editorsOf(await admitPolicy(test.store, policyOf('3')))).toEqual(['ops'])
    expect(editorsOf(await admitPolicy(test.store, policyOf('4'), inNameOf('fay')))).toEqual([
      'fay',
    ])
    expect(editorsOf(await admitPolicy(test.store, policyOf('5')))).toEqual(['fay'])
    // What ops answered for comes back: both.
    expect(editorsOf(await admitPolicy(test.store, policyOf('2')))).toEqual(['fay', 'ops'])
  })

  it('comes back by being admitted anew', async () => {
    const { name, policyOf } = company()
    const [older, newer] = [policyOf('1'), policyOf('2')]
    for (const each of [older, newer, older]) {
      expect(await admitPolicy(test.store, each)).toMatchObject({ isNew: true })
    }
    const admissions = await listAdmissions(test.pool, name)
    expect(admissions.map((each) => [each.version, each.previousSha256])).toEqual([
      ['1', newer.sha256],
      ['2', older.sha256],
      ['1', null],
    ])
  })

  it('stays in force while a review that was frozen to another goes on', async () => {
    const { name, policyOf } = company()
    const [frozen, newer] = [policyOf('1'), policyOf('2')]
    await admitPolicy(test.store, frozen)
    await admitPolicy(test.store, newer)
    expect(await knownPolicy(test.store, frozen)).toEqual(frozen)
    expect(await policyStanding(test.pool, { workspace: name, sha256: newer.sha256 })).toEqual({
      isInForce: true,
      editors: [],
    })
    // A review whose policy was never in force was not begun by the program: nothing is admitted on its word.
    const never = policyOf('0')
    await expect(knownPolicy(test.store, never)).rejects.toMatchObject({
      code: 'POLICY_NOT_ADMITTED',
      message: 'the policy of the review was never in force',
    })
    expect(await toldOf(never)).toEqual([])
  })

  it('is one, however many bring it along at once', async () => {
    const { name, policyOf } = company()
    const policy = policyOf('1')
    const all = await Promise.all(Array.from({ length: 8 }, () => admitPolicy(test.store, policy)))
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(await listAdmissions(test.pool, name)).toHaveLength(1)
  })
})

describe('a version', () => {
  it('of another policy is refused to whoever answers for it', async () => {
    const { name, policyOf } = company()
    await admitPolicy(test.store, policyOf('1'))
    const edited = policyOf('1', { note: '\n# another threshold' })
    await expect(admitPolicy(test.store, edited, inNameOf('ops'))).rejects.toMatchObject({
      code: 'POLICY_NOT_ADMITTED',
      got: `version 1 in policy ${edited.sha256.slice(0, 12)} of ${name}`,
      next: expect.stringContaining('version'),
    })
    expect(await listAdmissions(test.pool, name)).toHaveLength(1)
    // Its own version may be given again.
    expect(await admitPolicy(test.store, policyOf('1'), inNameOf('ops'))).toMatchObject({
      isNew: true,
    })
  })
})

describe('where the policy in force asks for tokens', () => {
  it('no review puts another in force, not one that asks for none either', async () => {
    const { name, policyOf } = company()
    await admitPolicy(test.store, policyOf('1', { token: true }))
    for (const by of [undefined, inNameOf('ops')]) {
      await expect(admitPolicy(test.store, policyOf('2'), by)).rejects.toMatchObject({
        code: 'POLICY_NOT_ADMITTED',
        exitCode: 2,
        message: expect.stringContaining('asks for tokens'),
        next: expect.stringContaining('--scope admit'),
      })
    }
    expect(await listAdmissions(test.pool, name)).toHaveLength(1)
  })

  it('somebody with a token for it does', async () => {
    const { name, policyOf } = company()
    await admitPolicy(test.store, policyOf('1', { token: true }))
    const { shown } = await tokenOf(name)
    const second = policyOf('2')
    expect(await admitPolicy(test.store, second, inNameOf('ops', shown))).toMatchObject({
      isNew: true,
    })
    expect(await toldOf(second)).toMatchObject([
      { actor: 'ops', after: { version: '2', tokenId: shown.id } },
    ])
    // From then on it is the new one that says whether a name is enough.
    expect(await admitPolicy(test.store, policyOf('3'))).toMatchObject({ isNew: true })
  })

  it.each([
    ['for something else', { scopes: ['approve', 'issue'] as const }, 'token-out-of-scope'],
    ['of another person', { person: 'fay' }, 'token-of-another'],
  ])('a token %s does not', async (_what, of, reason) => {
    const { name, policyOf } = company()
    await admitPolicy(test.store, policyOf('1', { token: true }))
    const { shown } = await tokenOf(name, of)
    const admission = admitPolicy(test.store, policyOf('2'), inNameOf('ops', shown))
    await expect(admission).rejects.toMatchObject({
      code: 'POLICY_NOT_ADMITTED',
      message: expect.stringContaining(reason),
    })
  })

  it('a token whose secret is not shown does not', async () => {
    const { name, policyOf } = company()
    await admitPolicy(test.store, policyOf('1', { token: true }))
    const { shown } = await tokenOf(name)
    const named = inNameOf('ops', { ...shown, secret: 'guessed' })
    await expect(admitPolicy(test.store, policyOf('2'), named)).rejects.toMatchObject({
      message: expect.stringContaining('token-not-proven'),
    })
  })

  it('a file that was changed lets nobody off', async () => {
    const { policyOf } = company()
    await admitPolicy(test.store, policyOf('1', { token: true }))
    const { policy } = policyOf('2')
    const claim = { policy, as: 'fay', token: undefined, scope: 'approve' } as const
    await expect(identify(test.store, claim)).rejects.toMatchObject({ code: 'TOKEN_REFUSED' })
  })
})

describe('a decision', () => {
  it('is refused under a policy one answers for, also when that was said after the request', async () => {
    const workspace = `acme ${randomUUID()}`
    const request = await storeApproval(test.pool, {
      reviewId: await storeReview(test.pool, { workspace }),
    })
    await admit(workspace, request.policySha256, { version: '1', by: 'fay' })
    expect(await recordDecision(test.pool, decisionOn(request))).toMatchObject({
      ok: false,
      reason: 'conflict-of-interest',
    })
    const forAnother = decisionOn(request, { person: 'dan', onBehalfOf: 'fay' })
    expect(await recordDecision(test.pool, forAnother)).toMatchObject({
      reason: 'conflict-of-interest',
    })
    const another = decisionOn(request, { person: 'eve' })
    expect(await recordDecision(test.pool, another)).toMatchObject({ ok: true })
  })

  it('keeps its person from answering for the policy afterwards', async () => {
    const workspace = `acme ${randomUUID()}`
    const request = await storeApproval(test.pool, {
      reviewId: await storeReview(test.pool, { workspace }),
      approversNeeded: 2,
    })
    expect(await recordDecision(test.pool, decisionOn(request))).toMatchObject({ ok: true })
    await expect(
      admit(workspace, request.policySha256, { version: '1', by: 'fay' }),
    ).rejects.toMatchObject({ constraint: 'conflict-of-interest' })
    await admit(workspace, request.policySha256, { version: '1', by: 'mia' })
  })

  it('waits for an admission that is under way', async () => {
    const workspace = `acme ${randomUUID()}`
    const request = await storeApproval(test.pool, {
      reviewId: await storeReview(test.pool, { workspace }),
    })
    const deciding = Promise.withResolvers<unknown>()
    await test.store.asOwner(async (owner) => {
      const client = await owner.connect()
      await client.query('begin')
      await client.query('select pg_advisory_xact_lock(7301011)')
      deciding.resolve(recordDecision(test.pool, decisionOn(request)))
      const early = await Promise.race([
        deciding.promise.then(() => 'decided'),
        new Promise((resolve) => setTimeout(resolve, 300, 'waits')),
      ])
      expect(early).toBe('waits')
      await client.query('rollback')
      client.release()
    })
    expect(await deciding.promise).toMatchObject({ ok: true })
  })

  it('is refused under a policy that is in force no more', async () => {
    const workspace = `acme ${randomUUID()}`
    const reviewId = await storeReview(test.pool, { workspace })
    const request = await storeApproval(test.pool, { reviewId })
    await admit(workspace, request.policySha256, { version: '1', by: 'mia' })
    const other = await storeApproval(test.pool, { reviewId, tier: 'other' })
    await admit(workspace, other.policySha256, { version: '2', by: 'mia' })
    expect(await recordDecision(test.pool, decisionOn(request))).toMatchObject({
      ok: false,
      reason: 'changed-since',
    })
    expect(await recordDecision(test.pool, decisionOn(other))).toMatchObject({ ok: true })
  })
})

/** Puts a policy that is kept already in force. */
async function admit(
  workspace: string,
  policySha256: string,
  { version, by }: { readonly version: string; readonly by: string },
): Promise<void> {
  const text = present(await loadPolicyText(test.pool, policySha256), 'the policy of the request')
  const kept = { sha256: policySha256, workspace, version, text, rights: '' }
  expect(await putInForce(test.store, kept, inNameOf(by))).toBe(true)
}

describe('the application’s role', () => {
  it.each([
    `insert into mo.policy_admissions (workspace, policy_sha256, version) select 'acme', policy_sha256, '9' from mo.policies limit 1`,
    `update mo.policy_admissions set admitted_by = null`,
    'delete from mo.policy_admissions',
    'truncate mo.policy_admissions',
  ])('admits nothing: %s', async (text) => {
    await expect(test.pool.query(text)).rejects.toMatchObject({ code: '42501' })
  })

  it('cannot tell of an admission that was not', async () => {
    const { name, policyOf } = company()
    const policy = policyOf('1')
    await admitPolicy(test.store, policy)
    const entry = {
      action: 'policy.admitted',
      actor: 'fay',
      after: { tokenId: null, version: '1', workspace: name },
      before: { policySha256: null },
      factsSha256: null,
      onBehalfOf: null,
      reason: null,
      reviewId: null,
      role: null,
      ruleIds: [],
    }
    for (const [subject, actor] of [
      [policy.sha256, 'fay'],
      [policy.sha256, 'system:review'],
      ['of nothing', 'fay'],
    ]) {
      const told = JSON.stringify({ ...entry, actor, subject })
      await expect(
        test.pool.query('insert into mo.audit_log (entry) values ($1)', [told]),
      ).rejects.toMatchObject({ code: 'MO001', constraint: 'not-on-the-log' })
    }
  })
})

describe('the owner', () => {
  it('admits nothing that the log does not tell of, and rewrites nothing', async () => {
    const { name, policyOf } = company()
    const policy = policyOf('1')
    await admitPolicy(test.store, policy)
    await test.store.asOwner(async (owner) => {
      await expect(
        owner.query(
          `insert into mo.policy_admissions (workspace, policy_sha256, version, admitted_by) values ($1, $2, '1', 'ops')`,
          [name, policy.sha256],
        ),
      ).rejects.toMatchObject({ code: 'MO001', constraint: 'not-on-the-log' })
      await expect(
        owner.query('update mo.policy_admissions set admitted_by = null'),
      ).rejects.toMatchObject({ code: 'MO001' })
    })
  })
})
