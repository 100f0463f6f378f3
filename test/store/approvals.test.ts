import { afterAll, beforeAll, expect, test } from 'vitest'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { bindInterrupt, expireApprovals } from '#src/store/approval-steps.ts'
import { listApprovals, loadApproval, requestApprovals } from '#src/store/approvals.ts'
import { storeApproval, storeReview, SYSTEM, withdrawApproval } from '#test/support/records.ts'
import { startTestStore } from '#test/support/store.ts'
import type { TestStore } from '#test/support/store.ts'

/** A giver that has the money: nothing passes by rule without. */
const COVERED = { remainderMinor: 1e12, plannedMinor: 1e12 }

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

test('keeps a request as it was made, however often it is made', async () => {
  const request = await storeApproval(store.pool, { interruptId: 'i-1', barred: ['pat'] })
  const again = { ...request, move: { other: true }, tier: 'low' }
  expect(await requestApprovals(store.pool, [again], SYSTEM)).toEqual([])
  const { deciders: _deciders, tokenRequired: _tokenRequired, ...kept } = request
  expect(await loadApproval(store.pool, request.approvalId)).toEqual({
    ...kept,
    move: canonicalJson(request.move),
    facts: canonicalJson(request.facts),
    rollback: '{"withinDays":14}',
    supersedes: null,
    difference: '[]',
    statusReason: null,
    statusAt: expect.any(String),
    createdAt: '2026-11-03T09:00:00.000Z',
    expiresAt: '2099-01-01T00:00:00.000Z',
    status: 'pending',
    settledAt: null,
  })
  const { rows } = await store.pool.query('select seq from mo.audit_log where subject = $1', [
    request.approvalId,
  ])
  expect(rows).toHaveLength(1)
})

test('puts all requests of a plan on record, or none', async () => {
  const reviewId = await storeReview(store.pool)
  const request = await storeApproval(store.pool, { reviewId })
  const bad = { ...request, approvalId: 'bad', approversNeeded: 2 }
  const good = { ...request, approvalId: `good-of-${reviewId}` }
  await expect(requestApprovals(store.pool, [good, bad], SYSTEM)).rejects.toThrow(
    'not-of-the-policy',
  )
  expect(await loadApproval(store.pool, good.approvalId)).toBeUndefined()
  expect(await requestApprovals(store.pool, [request, good], SYSTEM)).toEqual([good.approvalId])
})

test('records as approved what the policy lets pass by rule', async () => {
  const request = await storeApproval(store.pool, { approversNeeded: 0, ...COVERED })
  expect(await loadApproval(store.pool, request.approvalId)).toMatchObject({
    status: 'approved',
    // By the database's clock, whatever the request says.
    settledAt: expect.not.stringContaining('2026-11-03'),
  })
})

test('lists by review and status, the next to expire first', async () => {
  const reviewId = await storeReview(store.pool)
  const late = await storeApproval(store.pool, { reviewId, expiresAt: '2099-02-01T00:00:00Z' })
  const soon = await storeApproval(store.pool, { reviewId })
  const passed = await storeApproval(store.pool, {
    reviewId,
    approversNeeded: 0,
    ...COVERED,
    expiresAt: '2099-03-01T00:00:00Z',
  })
  const ids = async (filter: Parameters<typeof listApprovals>[1]): Promise<string[]> =>
    (await listApprovals(store.pool, filter)).map((approval) => approval.approvalId)
  expect(await ids({ reviewId })).toEqual([soon, late, passed].map((request) => request.approvalId))
  expect(await ids({ reviewId, statuses: ['pending'] })).toEqual([soon.approvalId, late.approvalId])
  expect(await ids({ statuses: ['approved'] })).toContain(passed.approvalId)
  expect(await ids({})).toEqual(expect.arrayContaining([soon.approvalId, passed.approvalId]))
})

test('expires what nobody decided in time, and nothing else', async () => {
  const over = await storeApproval(store.pool, { expiresAt: '2026-11-04T09:00:00Z' })
  const open = await storeApproval(store.pool)
  expect(await expireApprovals(store.pool, SYSTEM)).toEqual([over.approvalId])
  expect(await expireApprovals(store.pool, SYSTEM)).toEqual([])
  expect(await loadApproval(store.pool, open.approvalId)).toMatchObject({ status: 'pending' })
  const { rows } = await store.pool.query(
    `select action, entry::jsonb ->> 'reason' as reason from mo.audit_log where subject = $1 order by seq desc limit 1`,
    [over.approvalId],
  )
  expect(rows).toEqual([{ action: 'approval.expired', reason: 'not decided in time' }])
})

test('takes a pending request back once', async () => {
  const request = await storeApproval(store.pool)
  const withdrawal = {
    approvalId: request.approvalId,
    status: 'superseded',
    reason: 'amended',
  } as const
  expect(await withdrawApproval(store.pool, withdrawal, SYSTEM)).toBe(true)
  expect(await withdrawApproval(store.pool, withdrawal, SYSTEM)).toBe(false)
  expect(await loadApproval(store.pool, request.approvalId)).toMatchObject({ status: 'superseded' })
})

test('notes once which interrupt waits for the requests', async () => {
  const reviewId = await storeReview(store.pool)
  const first = await storeApproval(store.pool, { reviewId })
  const second = await storeApproval(store.pool, { reviewId, interruptId: 'i-1' })
  await bindInterrupt(store.pool, [first.approvalId, second.approvalId], 'i-2')
  const bound = await listApprovals(store.pool, { reviewId })
  expect(new Map(bound.map((approval) => [approval.approvalId, approval.interruptId]))).toEqual(
    new Map([
      [first.approvalId, 'i-2'],
      [second.approvalId, 'i-1'],
    ]),
  )
})
