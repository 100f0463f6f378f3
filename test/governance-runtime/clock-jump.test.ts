import { expect, it } from 'vitest'

import { decide } from '#src/runtime/decide.ts'
import { noticeApprovals } from '#src/runtime/notices.ts'
import { expireApprovals } from '#src/store/approval-steps.ts'
import { startGovernedReview } from '#test/support/governed-review.ts'
import { SYSTEM } from '#test/support/records.ts'

/** Clocks of machines are wrong; what is decided goes by the database's. */

const HOUR_MS = 3_600_000
/** What is asked for on this day has expired by the database's clock. */
const LONG_AGO = new Date('2026-10-12T09:00:00Z')
/** And on this one it has not. */
const FAR_AHEAD = new Date('2099-11-02T09:00:00Z')

const decisionOf = (approvalId: string, personId: string, now: Date) =>
  ({ approvalId, personId, decision: 'approve', reason: 'within the plan', now }) as const

it('lets nobody decide after the deadline whose clock says that it is before', async () => {
  const review = await startGovernedReview({}, { now: LONG_AGO })
  const { rows } = await review.store.pool.query(
    'select approval_id as id, created_at as at from mo.approvals',
  )
  expect(rows).toHaveLength(1)
  const anHourLater = new Date(Date.parse(rows[0].at) + HOUR_MS)
  await expect(
    decide(review.store, review.session, decisionOf(rows[0].id, 'fin', anHourLater)),
  ).rejects.toMatchObject({ code: 'APPROVAL_REFUSED' })
  const decided = await review.store.pool.query('select from mo.approval_decisions')
  expect(decided.rowCount).toBe(0)
  expect(await review.requests()).toMatchObject([{ status: 'expired' }])
  expect(await review.drive(anHourLater)).toBe('completed')
})

it('expires nothing early for a worker whose clock is years ahead, nor twice, nor asks again', async () => {
  const review = await startGovernedReview({}, { now: FAR_AHEAD })
  const [request] = await review.requests()
  const approvalId = request?.approvalId ?? ''
  const filedMs = Date.parse(request?.createdAt ?? '')
  const noticeAt = (hours: number) =>
    noticeApprovals(review.store, {
      workspace: 'Governed',
      now: new Date(filedMs + hours * HOUR_MS),
    })
  const said = async (hours: number) => (await noticeAt(hours)).flatMap(({ notices }) => notices)
  expect(await said(0)).not.toEqual([])
  // Forth past the hours to answer in, back and forth again: reminded and escalated to each once.
  expect(await said(32)).not.toEqual([])
  for (const hours of [-20_000, 32, 1]) expect(await said(hours)).toEqual([])
  expect(await expireApprovals(review.store.pool, SYSTEM)).toEqual([])
  for (const years of [1, -90]) {
    await review.drive(new Date(FAR_AHEAD.getTime() + years * 365 * 24 * HOUR_MS))
    expect(await review.requests()).toMatchObject([{ approvalId, status: 'pending' }])
  }
  const outcome = await decide(
    review.store,
    review.session,
    decisionOf(approvalId, 'fin', LONG_AGO),
  )
  expect(outcome).toMatchObject({ ok: true })
  expect(
    (await review.audit(approvalId)).filter((action) => action === 'approval.decided'),
  ).toHaveLength(1)
})
