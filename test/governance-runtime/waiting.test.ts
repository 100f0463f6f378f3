import { expect, it } from 'vitest'

import { decide } from '#src/runtime/decide.ts'
import { meetingClock } from '#src/runtime/meeting.ts'
import { noticeApprovals, noticeRequest } from '#src/runtime/notices.ts'
import { documentOf } from '#src/runtime/publish.ts'
import { GOVERNED_FILES, startGovernedReview } from '#test/support/governed-review.ts'
import { policyWith } from '#test/support/policy.ts'
import { SYSTEM, withdrawApproval } from '#test/support/records.ts'

const HOUR_MS = 3_600_000

/** A Monday far ahead, at nine: what is asked for then has not expired by the database's clock. */
const MONDAY = new Date('2099-11-02T09:00:00Z')

const POLICY = String(GOVERNED_FILES['policy.yaml'])
  .replace(
    'name: Finance, roles: [finance]',
    'name: Finance, email: fin@example.com, roles: [finance]',
  )
  .replace(
    'portfolio:',
    'distribution: [{ audience: leadership, to: [cmo@example.com], parts: [all] }]\nportfolio:',
  )

it('asks, reminds and escalates what waits, each person once, with audit rows and mail', async () => {
  const review = await startGovernedReview({ 'policy.yaml': POLICY }, { now: MONDAY })
  const { store } = review
  const [request] = await review.requests()
  const approvalId = request?.approvalId ?? ''
  const filedMs = Date.parse(request?.createdAt ?? '')
  const at = (hours: number) =>
    noticeApprovals(store, { workspace: 'Governed', now: new Date(filedMs + hours * HOUR_MS) })
  expect(await at(0)).toStrictEqual([
    {
      approvalId,
      // The proposer, the editor of the policy and who has no right to the tier are asked for nothing.
      notices: [
        { kind: 'asked', person: 'fin' },
        { kind: 'asked', person: 'cmo' },
      ],
      holders: ['fin', 'cmo'],
    },
  ])
  expect((await at(0))[0]?.notices).toStrictEqual([])
  await decide(store, review.session, {
    approvalId,
    personId: 'fin',
    decision: 'approve',
    reason: 'as planned',
    now: MONDAY,
  })
  // Of 16 business hours to answer in, 8 are over on Tuesday at nine and 16 on Tuesday at five.
  const late = await Promise.all([at(32), at(32)])
  const said = late.flatMap(([each]) => each?.notices ?? [])
  expect(said).toStrictEqual([
    { kind: 'reminded', person: 'cmo' },
    { kind: 'escalated', person: 'vp' },
  ])
  expect((await at(32))[0]?.holders).toStrictEqual(['vp'])
  const { rows } = await store.pool.query(
    `select recipient, subject from mo.outbox where message_key like '%asked%'`,
  )
  expect(rows).toStrictEqual([
    {
      recipient: 'fin@example.com',
      subject: expect.stringContaining('Your approval is needed: $1,000.00 from Search in Autumn'),
    },
  ])
  expect(await review.audit(approvalId)).toStrictEqual([
    'approval.requested',
    'approval.asked',
    'approval.asked',
    'approval.decided',
    'approval.reminded',
    'approval.escalated',
  ])
  const settled = { approvalId, status: 'withdrawn', reason: 'not needed' } as const
  expect(await withdrawApproval(store.pool, settled, SYSTEM)).toBe(true)
  const later = { approvalId, workspace: 'Governed', now: new Date(filedMs + 33 * HOUR_MS) }
  expect(await noticeRequest(store, later)).toBeUndefined()
})

it('knows the day of the meeting and when the report must be shared', () => {
  const policy = policyWith({
    company: { name: 'T', currency: 'USD', time_zone: 'America/New_York' },
  })
  // Business day 5 after October 2026 is Friday the 6th, 10:00 in New York, by then on winter time.
  const clock = meetingClock('2026-10', policy)
  expect(clock.meetingAt.toISOString()).toBe('2026-11-06T15:00:00.000Z')
  expect(clock.shareBy.toISOString()).toBe('2026-11-05T15:00:00.000Z')
})

it('lets the report go out for the meeting, once, with what waits marked', async () => {
  const review = await startGovernedReview(
    {
      'policy.yaml': POLICY,
      // A month of which nothing is recorded would be withheld.
      'data/ad_performance.csv': `${String(GOVERNED_FILES['data/ad_performance.csv'])}2099-10-05,C1,search,USD,500.00,1000,50,10,900.00\n`,
    },
    { now: MONDAY, month: '2099-10' },
  )
  const issued = async () => (await documentOf(review.store, review.session)).issuedForMeeting
  const [request] = await review.requests()
  expect(await issued()).toBeUndefined()
  // Shared by the day before the meeting of the 6th at 10:00.
  await review.drive(new Date('2099-11-05T09:59:59Z'))
  expect(await issued()).toBeUndefined()
  await review.drive(new Date('2099-11-05T10:00:00Z'))
  const first = await issued()
  expect(first).toStrictEqual({
    meetingAt: '2099-11-06T10:00:00.000Z',
    issuedAt: '2099-11-05T10:00:00.000Z',
    pending: [request?.approvalId],
  })
  expect(await review.published('report.html')).toContain('issued for the meeting of 2099-11-06')
  await review.drive(new Date('2099-11-05T12:00:00Z'))
  expect(await issued()).toStrictEqual(first)
  const { rows } = await review.store.pool.query('select recipient from mo.outbox')
  expect(rows).toStrictEqual([{ recipient: 'cmo@example.com' }])
})
