import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { present } from '#rules/kernel/invariant.ts'
import { decidersOf } from '#src/people/rights.ts'
import type { Deciders, NewApproval } from '#src/store/approvals.ts'
import { loadApproval } from '#src/store/approvals.ts'
import { policyWith } from '#test/support/policy.ts'
import { decided, decisionOn, logged, storeApproval } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

const ALWAYS = { from: null, to: null }
const DECIDERS: Deciders = {
  timeZone: 'Europe/Berlin',
  people: [
    { person: 'fay', principal: 'fay', ...ALWAYS },
    { person: 'ned', principal: 'cfo', from: '2020-01-01', to: '2099-12-31' },
    { person: 'ned', principal: 'vp', from: '2020-01-01', to: '2020-12-31' },
    { person: 'ned', principal: 'cmo', from: '2099-01-01', to: '2099-12-31' },
  ],
}

/** Straight into the table, in the application's role, past every check of the program. */
async function forced(request: NewApproval, person: string, onBehalfOf: string | null) {
  const { approvalId, planSha256, factsSha256, policySha256 } = decisionOn(request)
  const entry = decided(request, { person, onBehalfOf, reason: 'because' })
  await logged(test.pool, entry, (client) =>
    client.query(
      `insert into mo.approval_decisions
         (approval_id, person, on_behalf_of, decision, reason, plan_sha256, facts_sha256, policy_sha256)
       values ($1, $2, $3, 'approve', 'because', $4, $5, $6)`,
      [approvalId, person, onBehalfOf, planSha256, factsSha256, policySha256],
    ),
  )
}
const statusOf = async ({ approvalId }: NewApproval) =>
  (await loadApproval(test.pool, approvalId))?.status

describe('a decision that is written past the program', () => {
  it.each([
    ['somebody nobody knows', 'mallory', null],
    ['somebody nobody knows, in the name of an approver', 'mallory', 'fay'],
    ['an approver in the name of somebody who lent nothing', 'fay', 'cfo'],
    ['a delegate in the own name', 'ned', null],
    ['a principal who decides only through a delegate', 'cfo', null],
    ['a delegate whose time is over', 'ned', 'vp'],
    ['a delegate whose time has not come', 'ned', 'cmo'],
  ])('by %s is refused', async (_name, person, onBehalfOf) => {
    const request = await storeApproval(test.pool, { deciders: DECIDERS })
    await expect(forced(request, person, onBehalfOf)).rejects.toMatchObject({
      code: 'MO002',
      constraint: 'not-an-approver',
    })
    expect(await statusOf(request)).toBe('pending')
  })

  it.each([
    ['an approver', 'fay', null],
    ['a delegate in time', 'ned', 'cfo'],
  ])('by %s stands', async (_name, person, onBehalfOf) => {
    const request = await storeApproval(test.pool, { deciders: DECIDERS })
    await forced(request, person, onBehalfOf)
    expect(await statusOf(request)).toBe('approved')
  })

  it('finds who may decide as the request was made: nobody can add a name', async () => {
    const request = await storeApproval(test.pool, { deciders: DECIDERS })
    await expect(
      test.pool.query(`update mo.approvals set deciders = null where approval_id = $1`, [
        request.approvalId,
      ]),
    ).rejects.toThrow('permission denied')
    await test.store.asOwner((owner) =>
      expect(
        owner.query(`update mo.approvals set deciders = null where approval_id = $1`, [
          request.approvalId,
        ]),
      ).rejects.toMatchObject({ code: 'MO001' }),
    )
  })
})

describe('who may decide', () => {
  const person = (id: string, changes: object = {}) => ({
    id,
    name: id,
    roles: ['finance'],
    may_approve: ['high'],
    ...changes,
  })
  const lent = (from: string, to: string, changes: object = {}) => ({
    from,
    to,
    scope: ['high'],
    limit: 5000,
    start_on: '2026-03-01',
    end_on: '2026-03-31',
    ...changes,
  })
  const policy = policyWith({
    people: [
      person('a'),
      person('b', { limit: 10 }),
      person('c', { roles: ['content'] }),
      person('d', { may_approve: [] }),
      person('editor'),
      person('proposer'),
    ],
    delegations: [
      lent('a', 'd'),
      lent('a', 'b'),
      lent('b', 'd'),
      lent('a', 'c', { limit: 1 }),
      lent('a', 'c', { scope: ['medium'] }),
      lent('editor', 'd'),
      lent('a', 'proposer'),
      lent('a', 'stranger'),
    ],
    edited_by: ['editor'],
  })
  const request = {
    tier: present(
      policy.approval.tiers.find(({ id }) => id === 'high'),
      'the tier',
    ),
    amountMinor: 100_000,
    currency: 'USD',
    proposedBy: ['proposer'],
  }

  it('is each right of one’s own and each that is lent, with its days', () => {
    const march = { from: '2026-03-01', to: '2026-03-31' }
    expect(request.tier.roles).toContain('finance')
    expect(decidersOf(policy, request)).toEqual({
      timeZone: 'UTC',
      people: [
        { person: 'a', principal: 'a', ...ALWAYS },
        { person: 'd', principal: 'a', ...march },
        { person: 'b', principal: 'a', ...march },
      ],
    })
  })

  it('is nobody for new money whom the policy does not let increase', () => {
    expect(decidersOf(policy, { ...request, isIncrease: true }).people).toEqual([])
  })
})
