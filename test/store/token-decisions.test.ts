import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { present } from '#rules/kernel/invariant.ts'
import { newToken, parseToken } from '#src/people/token-text.ts'
import { createToken, revokeToken, type NewTokenRequest } from '#src/people/tokens.ts'
import { recordDecision, type ShownToken } from '#src/store/approval-decisions.ts'
import type { NewApproval } from '#src/store/approvals.ts'
import { decisionOn, storeApproval, SYSTEM } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

async function tokenOf(changes: Partial<NewTokenRequest> = {}): Promise<ShownToken> {
  const request = {
    workspace: 'acme',
    person: 'fay',
    label: '',
    scopes: ['approve'] as const,
    days: 1,
    ...changes,
  }
  const { text } = await createToken(test.store, request, SYSTEM)
  return present(parseToken(text), 'the token just made')
}

async function revoked(): Promise<ShownToken> {
  const token = await tokenOf()
  const request = { workspace: 'acme', tokenId: token.id, reason: 'lost' }
  await revokeToken(test.store, request, SYSTEM)
  return token
}

async function expired(): Promise<ShownToken> {
  const token = await tokenOf()
  await test.store.asOwner((owner) =>
    owner.query(
      `alter table mo.api_tokens disable trigger keep_token;
       update mo.api_tokens set created_at = now() - interval '9 days', expires_at = now()
       where token_id = '${token.id}';
       alter table mo.api_tokens enable trigger keep_token`,
    ),
  )
  return token
}

type Case = readonly [string, () => Promise<ShownToken | null>, string]
const CASES: readonly Case[] = [
  ['that was revoked', revoked, 'token-revoked'],
  ['that has expired', expired, 'token-expired'],
  ['of another person', () => tokenOf({ person: 'eve' }), 'token-of-another'],
  ['of another company', () => tokenOf({ workspace: 'other' }), 'token-of-another'],
  ['nobody issued', async () => newToken(), 'token-of-another'],
  [
    'whose secret is another',
    async () => ({ ...(await tokenOf()), secret: 'x' }),
    'token-not-proven',
  ],
  ['given for something else', () => tokenOf({ scopes: ['read', 'amend'] }), 'token-out-of-scope'],
]

describe('a decision with a token', () => {
  it('stands, and its audit row says with which', async () => {
    const request = await storeApproval(test.pool, { tokenRequired: true })
    const token = await tokenOf()
    const outcome = await recordDecision(test.pool, decisionOn(request, { token }))
    expect(outcome).toMatchObject({ ok: true, status: 'approved' })
    const { rows } = await test.pool.query(
      `select entry::jsonb -> 'after' ->> 'tokenId' as token from mo.audit_log
       where subject = $1 and action = 'approval.decided'`,
      [request.approvalId],
    )
    expect(rows).toStrictEqual([{ token: token.id }])
    const kept = await test.pool.query(
      'select token_secret from mo.approval_decisions where approval_id = $1',
      [request.approvalId],
    )
    expect(kept.rows).toStrictEqual([{ token_secret: null }])
  })

  it.each(CASES)('is refused with one %s, and on the audit log', async (_, make, reason) => {
    const request = await storeApproval(test.pool)
    const decision = decisionOn(request, { token: await make() })
    expect(await recordDecision(test.pool, decision)).toMatchObject({
      ok: false,
      reason,
      status: 'pending',
    })
    const { rows } = await test.pool.query(
      `select entry::jsonb -> 'after' ->> 'refusal' as refusal from mo.audit_log
       where subject = $1 and action = 'approval.refused'`,
      [request.approvalId],
    )
    expect(rows).toStrictEqual([{ refusal: reason }])
  })

  it.each([
    ['after the issuer', ['fay', 'eve']],
    ['before the issuer', ['eve', 'fay']],
  ] as const)(
    'is refused beside whoever issued the token of another decider: %s',
    async (_, order) => {
      const request = await storeApproval(test.pool, { approversNeeded: 2 })
      const { text } = await createToken(
        test.store,
        { workspace: 'acme', person: 'eve', label: '', scopes: ['approve'], days: 1 },
        { actor: 'fay', role: null, onBehalfOf: null },
      )
      const ofEve = present(parseToken(text), 'the token just made')
      const decide = (person: string) =>
        recordDecision(
          test.pool,
          decisionOn(request, { person, token: person === 'eve' ? ofEve : null }),
        )
      expect(await decide(order[0])).toMatchObject({ ok: true, status: 'pending' })
      expect(await decide(order[1])).toMatchObject({ ok: false, reason: 'token-of-own-making' })
      expect(await decide('cfo')).toMatchObject({ ok: true, status: 'approved' })
    },
  )

  it('is needed where the policy asks for it', async () => {
    const request = await storeApproval(test.pool, { tokenRequired: true })
    expect(await recordDecision(test.pool, decisionOn(request))).toMatchObject({
      ok: false,
      reason: 'token-required',
    })
  })
})

async function forced(
  { approvalId, planSha256, factsSha256, policySha256 }: NewApproval,
  tokenId: string | null,
  secret: string | null,
) {
  return test.pool.query(
    `insert into mo.approval_decisions
       (approval_id, person, decision, reason, plan_sha256, facts_sha256, policy_sha256, token_id, token_secret)
     values ($1, 'fay', 'approve', 'forged', $2, $3, $4, $5, $6)`,
    [approvalId, planSha256, factsSha256, policySha256, tokenId, secret],
  )
}

describe("direct SQL in the application's role", () => {
  it.each<Case>([...CASES, ['that is missing', async () => null, 'token-required']])(
    'cannot decide with a token %s',
    async (_, make, constraint) => {
      const request = await storeApproval(test.pool, { tokenRequired: true })
      const token = await make()
      const insert = forced(request, token?.id ?? null, token?.secret ?? null)
      await expect(insert).rejects.toMatchObject({ code: 'MO002', constraint })
    },
  )

  it('cannot decide with the id of a token that somebody else holds', async () => {
    const request = await storeApproval(test.pool, { tokenRequired: true })
    const { id } = await tokenOf()
    const { rows } = await test.pool.query('select secret_sha256 from mo.api_tokens')
    for (const secret of [null, '', ...rows.map((row) => String(row.secret_sha256))]) {
      await expect(forced(request, id, secret)).rejects.toMatchObject({
        constraint: 'token-not-proven',
      })
    }
  })

  it('cannot issue a token, revoke one, nor say when one was used', async () => {
    const { id } = await tokenOf()
    for (const text of [
      `insert into mo.api_tokens (token_id, workspace, person, label, scopes, secret_sha256, created_by, expires_at)
       values ('f00d', 'acme', 'fay', '', '{approve}', repeat('a', 64), 'fay', now() + interval '9 days')`,
      `update mo.api_tokens set revoked_at = now() where token_id = '${id}'`,
      'delete from mo.api_tokens',
    ]) {
      await expect(test.pool.query(text)).rejects.toMatchObject({ code: '42501' })
    }
    const { rows } = await test.pool.query(
      `update mo.api_tokens set last_used_at = '1999-01-01' where token_id = '${id}'
       returning last_used_at > now() - interval '1 hour' as is_now`,
    )
    expect(rows).toEqual([{ is_now: true }])
  })

  it('cannot begin a session of a token that somebody else holds', async () => {
    const { id } = await tokenOf()
    const begin = (secret: string | null) =>
      test.pool.query(
        `insert into mo.sessions (secret_sha256, token_id, token_secret, expires_at)
         values (repeat('b', 64), $1, $2, now() + interval '1 hour')`,
        [id, secret],
      )
    await expect(begin(null)).rejects.toMatchObject({ constraint: 'token-not-proven' })
    await expect(begin('x')).rejects.toMatchObject({ constraint: 'token-not-proven' })
  })

  it('cannot take the need for a token off a request', async () => {
    const request = await storeApproval(test.pool, { tokenRequired: true })
    const change = test.pool.query(
      'update mo.approvals set token_required = false where approval_id = $1',
      [request.approvalId],
    )
    await expect(change).rejects.toMatchObject({ code: '42501' })
  })
})
