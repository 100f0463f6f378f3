import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createToken, revokeToken, type NewTokenRequest } from '#src/people/tokens.ts'
import { recordDecision } from '#src/store/approval-decisions.ts'
import { decisionOn, storeApproval, SYSTEM } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

async function tokenOf(changes: Partial<NewTokenRequest> = {}): Promise<string> {
  const request = {
    workspace: 'acme',
    person: 'fay',
    label: '',
    scopes: ['approve'] as const,
    days: 1,
    ...changes,
  }
  return (await createToken(test.store, request, SYSTEM)).token.tokenId
}

async function revoked(): Promise<string> {
  const tokenId = await tokenOf()
  await revokeToken(test.store, { workspace: 'acme', tokenId, reason: 'lost' }, SYSTEM)
  return tokenId
}

async function expired(): Promise<string> {
  const tokenId = await tokenOf()
  await test.store.asOwner((owner) =>
    owner.query(
      `alter table mo.api_tokens disable trigger keep_token;
       update mo.api_tokens set created_at = now() - interval '9 days', expires_at = now()
       where token_id = '${tokenId}';
       alter table mo.api_tokens enable trigger keep_token`,
    ),
  )
  return tokenId
}

type Case = readonly [string, () => Promise<string | null>, string]
const CASES: readonly Case[] = [
  ['that was revoked', revoked, 'token-revoked'],
  ['that has expired', expired, 'token-expired'],
  ['of another person', () => tokenOf({ person: 'eve' }), 'token-of-another'],
  ['of another company', () => tokenOf({ workspace: 'other' }), 'token-of-another'],
  ['nobody issued', async () => 'f'.repeat(16), 'token-of-another'],
  ['given for something else', () => tokenOf({ scopes: ['read', 'amend'] }), 'token-out-of-scope'],
]

describe('a decision with a token', () => {
  it('stands, and its audit row says with which', async () => {
    const request = await storeApproval(test.pool, { tokenRequired: true })
    const tokenId = await tokenOf()
    const outcome = await recordDecision(test.pool, decisionOn(request, { tokenId }))
    expect(outcome).toMatchObject({ ok: true, status: 'approved' })
    const { rows } = await test.pool.query(
      `select entry::jsonb -> 'after' ->> 'tokenId' as token from mo.audit_log
       where subject = $1 and action = 'approval.decided'`,
      [request.approvalId],
    )
    expect(rows).toStrictEqual([{ token: tokenId }])
  })

  it.each(CASES)('is refused with one %s, and on the audit log', async (_, make, reason) => {
    const request = await storeApproval(test.pool)
    const decision = decisionOn(request, { tokenId: await make() })
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

  it('is needed where the policy asks for it', async () => {
    const request = await storeApproval(test.pool, { tokenRequired: true })
    expect(await recordDecision(test.pool, decisionOn(request))).toMatchObject({
      ok: false,
      reason: 'token-required',
    })
  })
})

describe("direct SQL in the application's role", () => {
  it.each<Case>([...CASES, ['that is missing', async () => null, 'token-required']])(
    'cannot decide with a token %s',
    async (_, make, constraint) => {
      const request = await storeApproval(test.pool, { tokenRequired: true })
      const insert = test.pool.query(
        `insert into mo.approval_decisions
           (approval_id, person, decision, reason, plan_sha256, facts_sha256, policy_sha256, token_id)
         values ($1, 'fay', 'approve', 'forged', $2, $3, $4, $5)`,
        [
          request.approvalId,
          request.planSha256,
          request.factsSha256,
          request.policySha256,
          await make(),
        ],
      )
      await expect(insert).rejects.toMatchObject({ code: 'MO002', constraint })
    },
  )

  it('cannot take the need for a token off a request', async () => {
    const request = await storeApproval(test.pool, { tokenRequired: true })
    const change = test.pool.query(
      'update mo.approvals set token_required = false where approval_id = $1',
      [request.approvalId],
    )
    await expect(change).rejects.toMatchObject({ code: '42501' })
  })
})
