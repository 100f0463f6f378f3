import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { minorPerMajor } from '#rules/kernel/currency.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import { admitPolicy } from '#src/people/policy-rights.ts'
import { decidersOf } from '#src/people/rights.ts'
import type { Deciders, NewApproval } from '#src/store/approvals.ts'
import { fileRequest } from '#src/store/approvals.ts'
import { sha256 } from '#src/store/hash.ts'
import { inTransaction } from '#src/store/transaction.ts'
import { policyWith } from '#test/support/policy.ts'
import { FACTS, hashOf, logged, MOVE, storeReview, SYSTEM } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

/** Requests that the program would never file, put straight into the table in the application's role. */

const POLICY = policyWith({
  company: { name: 'acme', currency: 'USD', time_zone: 'Europe/Berlin' },
  people: [
    { id: 'fin', name: 'Fin', roles: ['finance'], may_approve: ['medium', 'high'], limit: 2000 },
    { id: 'cfo', name: 'Cfo', roles: ['executive'], may_approve: ['high', 'increase'] },
    { id: 'ops', name: 'Ops', roles: ['content'], may_approve: ['medium'] },
    { id: 'ed', name: 'Ed', roles: ['finance'], may_approve: ['medium', 'high'] },
    { id: 'dan', name: 'Dan', roles: [] },
  ],
  delegations: [
    {
      from: 'fin',
      to: 'dan',
      scope: ['medium'],
      limit: 1500,
      start_on: '2026-01-01',
      end_on: '2098-12-31',
    },
  ],
  edited_by: ['ed'],
  approval: {
    tiers: [
      { id: 'low', max_amount: 500, approvers: 0, monthly_cap: 700 },
      { id: 'medium', max_amount: 5000, approvers: 1, roles: ['finance'] },
      { id: 'high', approvers: 2, roles: ['finance', 'executive'] },
    ],
    auto_needs_impact_above_zero: false,
  },
})
const TEXT = JSON.stringify(POLICY)
const ADMITTED = { policy: POLICY, text: TEXT, sha256: sha256(TEXT) }

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
  await admitPolicy(test.store, ADMITTED)
})
afterAll(() => test.close())

const own = (person: string) => ({ person, principal: person, from: null, to: null })
const lent = (person: string, principal: string, to = '2098-12-31') => ({
  person,
  principal,
  from: '2026-01-01',
  to,
})

let count = 0
/** A request as the program files it under the policy: 1,200.00 USD, which one of finance decides. */
async function request(changes: Partial<NewApproval> = {}): Promise<NewApproval> {
  count += 1
  const move = changes.move ?? MOVE
  return {
    approvalId: `forged-${count}`,
    reviewId: await storeReview(test.pool, { workspace: 'acme' }),
    move,
    facts: FACTS,
    tier: 'medium',
    approversNeeded: 1,
    roles: ['finance'],
    proposer: 'mia',
    barred: ['ed'],
    deciders: { timeZone: 'Europe/Berlin', people: [own('fin'), lent('dan', 'fin')] },
    tokenRequired: false,
    planSha256: sha256(canonicalJson(move)),
    factsSha256: sha256(canonicalJson(FACTS)),
    policySha256: ADMITTED.sha256,
    remainderMinor: null,
    plannedMinor: null,
    rollback: { withinDays: 14 },
    createdAt: '2026-11-03T09:00:00Z',
    expiresAt: '2098-01-01T00:00:00Z',
    ...changes,
  }
}

const file = (asked: NewApproval) =>
  inTransaction(test.pool, (client) => fileRequest(client, asked, SYSTEM))
const plan = (minor: number, changes: Partial<BudgetMove> = {}): BudgetMove => ({
  ...MOVE,
  ...changes,
  amount: { currency: 'USD', minor, ...changes.amount },
})
const named = (...people: Deciders['people']): Partial<NewApproval> => ({
  deciders: { timeZone: 'Europe/Berlin', people },
})

describe('a request', () => {
  it('as the program files it stands', async () => {
    const deciders = decidersOf(POLICY, {
      tier: POLICY.approval.tiers[1] ?? { id: '', approvers: 9, roles: [] },
      amountMinor: 120_000,
      currency: 'USD',
      proposedBy: ['mia'],
    })
    expect(deciders).toEqual((await request()).deciders)
    expect(await file(await request())).toEqual({ kind: 'filed' })
  })

  it.each<[string, Partial<NewApproval>]>([
    ['names a decider nobody knows', named(own('mallory'))],
    ['names one beside a good one', named(own('fin'), own('mallory'))],
    ['names one without the tier', named(own('cfo'))],
    ['names one without the role', named(own('ops'))],
    ['names whoever edited the policy', named(own('ed'))],
    ['names a delegate of somebody who lent nothing', named(lent('ops', 'fin'))],
    ['lengthens a delegation', named(lent('dan', 'fin', '2099-12-31'))],
    ['lets a delegate decide in the own name', named(own('dan'))],
    ['names nobody’s zone', { deciders: { timeZone: 'UTC', people: [own('fin')] } }],
    ['asks fewer people than the tier', { tier: 'high', roles: ['finance', 'executive'] }],
    ['asks nobody', { approversNeeded: 0 }],
    ['asks in a tier that is too low', { tier: 'low', approversNeeded: 0, roles: [], ...named() }],
    ['asks in a tier there is none of', { tier: 'mine' }],
    ['asks other roles', { roles: [] }],
    ['bars nobody', { barred: [] }],
    ['asks for a token where none is asked for', { tokenRequired: true }],
    ['may be rolled back for longer', { rollback: { withinDays: 15 } }],
    ['is above the limit of its decider', { move: plan(200_001) }],
    ['is above the limit of a delegation', { move: plan(150_001) }],
    [
      'is in a currency where that is more',
      { move: plan(120_000, { amount: { currency: 'JPY', minor: 120_000 } }) },
    ],
    [
      'is in a currency where that is less',
      { move: plan(120_000, { amount: { currency: 'CLF', minor: 120_000 } }) },
    ],
    ['is new money for one who may not increase', { move: plan(120_000, { fromLine: null }) }],
  ])('that %s is refused', async (_, changes) => {
    const asked = await request(changes)
    await expect(file(asked)).rejects.toMatchObject({
      code: 'MO002',
      constraint: 'not-of-the-policy',
    })
  })

  it('that names no deciders at all is refused', async () => {
    const { deciders: _deciders, ...asked } = await request()
    await expect(file(asked)).rejects.toMatchObject({ constraint: 'not-of-the-policy' })
  })

  it.each<[string, Partial<NewApproval>, Partial<{ workspace: string }>]>([
    ['under a policy nobody admitted', { policySha256: hashOf('f') }, {}],
    ['under the policy of another company', {}, { workspace: 'other' }],
  ])('%s is refused', async (_, changes, review) => {
    const reviewId = await storeReview(test.pool, { workspace: 'acme', ...review })
    const asked = await request({ ...changes, reviewId })
    await expect(file(asked)).rejects.toMatchObject({ constraint: 'policy-not-admitted' })
  })

  it('that splits what was asked for on a line is refused, whatever waits counted', async () => {
    const carried = (minor: number, changes: Partial<BudgetMove> = {}) =>
      request({
        move: plan(minor, { fromLine: 'C7/search', toLine: 'C7/social', ...changes }),
        ...named(own('fin')),
      })
    const reviewId = await storeReview(test.pool, { workspace: 'acme' })
    const first = { ...(await carried(150_000, { actionId: 'S-1' })), reviewId }
    expect(await file(first)).toEqual({ kind: 'filed' })
    expect(await file(await carried(200_000, { actionId: 'S-2' }))).toEqual({ kind: 'filed' })
    const split = { code: 'MO002', constraint: 'not-of-the-policy' }
    // 1,500.00 + 2,000.00 + 1,500.01 is above the 5,000.00 of the tier; 1,500.00 is not.
    for (const changes of [
      { actionId: 'S-3' },
      { actionId: null },
      { actionId: 'S-3', fromLine: 'C8/search' },
      { actionId: 'S-3', toLine: 'C8/search' },
    ]) {
      await expect(file(await carried(150_001, changes))).rejects.toMatchObject(split)
    }
    // The action of a review once more is counted in that review, and is the same move in another.
    const again = await carried(150_001, { actionId: 'S-1' })
    await expect(file({ ...again, reviewId })).rejects.toMatchObject(split)
    expect(await file(await carried(150_000, { actionId: 'S-3' }))).toEqual({ kind: 'filed' })
    expect(await file(first)).toEqual({ kind: 'known' })
  })

  it('that asks nobody passes within the cap of the month and the amount of the tier, all on a line counted', async () => {
    const low = (minor: number, changes: Partial<BudgetMove> = {}) =>
      request({
        tier: 'low',
        approversNeeded: 0,
        roles: [],
        ...named(),
        remainderMinor: 1_000_000,
        plannedMinor: 1_000_000,
        move: plan(minor, changes),
      })
    const elsewhere = { fromLine: 'C2/search', toLine: 'C2/social' }
    expect(await file(await low(40_000))).toEqual({ kind: 'filed' })
    // The 30 days of a line: 400.00 + 100.01 is above the 500.00 of the tier; 100.00 is not.
    expect(await file(await low(10_001))).toEqual({ kind: 'refused', reason: 'needs-a-person' })
    expect(await file(await low(10_000))).toEqual({ kind: 'filed' })
    // The month: 500.00 + 200.01 is above the cap of 700.00.
    expect(await file(await low(20_001, elsewhere))).toEqual({
      kind: 'refused',
      reason: 'monthly-cap',
    })
    const last = await low(20_000, elsewhere)
    expect(await file(last)).toEqual({ kind: 'filed' })
    // Asked again after a crash, it counts once.
    expect(await file(last)).toEqual({ kind: 'known' })
    // Not by way of a draft that nobody proposes either.
    const entry = { action: 'approval.requested', subject: 'drafted' }
    await logged(test.pool, entry, (client) =>
      client.query(
        `insert into mo.approvals (approval_id, review_id, move, facts, tier, approvers_needed, roles, proposer, barred,
         plan_sha256, facts_sha256, policy_sha256, expires_at, status, remainder_minor, planned_minor, deciders)
       select 'drafted', review_id, move, facts, tier, 0, roles, proposer, barred,
         plan_sha256, facts_sha256, policy_sha256, expires_at, 'draft', 1000000, 1000000, deciders
       from mo.approvals where approval_id = $1`,
        [last.approvalId],
      ),
    )
    const propose = test.pool.query(
      `update mo.approvals set status = 'proposed' where approval_id = $1`,
      ['drafted'],
    )
    await expect(propose).rejects.toMatchObject({ code: 'MO003', constraint: 'monthly-cap' })
  })
})

describe('a policy and its rights', () => {
  it.each([
    `insert into mo.policies (policy_sha256, policy) values (encode(sha256('mine'), 'hex'), 'mine')`,
    `insert into mo.policy_rights (policy_sha256, workspace, rights) values ('${ADMITTED.sha256}', 'acme', '{}')`,
    `update mo.policy_rights set rights = '{}'`,
    'delete from mo.policy_rights',
  ])('are not the application’s to write: %s', async (text) => {
    await expect(test.pool.query(text)).rejects.toMatchObject({ code: '42501' })
  })

  it('are kept once: the owner does not rewrite them either', async () => {
    await admitPolicy(test.store, ADMITTED)
    await test.store.asOwner(async (owner) => {
      await expect(owner.query(`update mo.policy_rights set rights = '{}'`)).rejects.toMatchObject({
        code: 'MO001',
      })
      await expect(owner.query('delete from mo.policy_rights')).rejects.toMatchObject({
        code: 'MO001',
      })
      const { rows } = await owner.query(
        'select policy_sha256 from mo.policy_rights where workspace = $1',
        ['acme'],
      )
      expect(rows).toContainEqual({ policy_sha256: ADMITTED.sha256 })
    })
  })

  it('count money as the rules do', async () => {
    const codes = Intl.supportedValuesOf('currency')
    await test.store.asOwner(async (owner) => {
      const { rows } = await owner.query(
        'select code, mo.minor_per_major(code)::int as per_major from unnest($1::text[]) code',
        [codes],
      )
      expect(rows).toEqual(codes.map((code) => ({ code, per_major: minorPerMajor(code) })))
    })
  })
})
