import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { findReview, reviewOfMonth } from '#src/commands/context.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { decide } from '#src/runtime/decide.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest, reviewFolder } from '#src/runtime/publish.ts'
import { listReviews } from '#src/store/reviews.ts'
import { startGovernedReview, type GovernedReview } from '#test/support/governed-review.ts'

const NOW = new Date('2026-11-21T12:00:00Z')
const MONTH = '2026-10'

/** The month's review under another day; where its files lie, and what its report says first. */
async function reviewOf({ store, workspace }: GovernedReview, asOf: string) {
  const session = await beginReview(store, workspace, { month: MONTH, asOf, now: NOW })
  try {
    const publish = publishAtRest(store, session)
    await driveReview({ store, session, now: () => NOW, publish, onStage: () => undefined })
    return { folder: await reviewFolder(store, session), reviewId: session.review.reviewId }
  } finally {
    await session.data.close()
  }
}

it('a look back at a day of the month takes nothing from the review of a later day', async () => {
  const review = await startGovernedReview()
  const { store, workspace, session } = review
  const whole = session.review.reviewId
  // While the later one waits, a look back would make void what it asked.
  await expect(
    beginReview(store, workspace, { month: MONTH, asOf: '2026-10-08', now: NOW }),
  ).rejects.toMatchObject({ code: 'USAGE', expected: expect.stringContaining(whole) })
  expect(await listReviews(store.pool, { month: MONTH })).toMatchObject([
    { reviewId: whole, status: 'awaiting_approval' },
  ])

  const [request] = await review.requests()
  await decide(store, session, {
    approvalId: request?.approvalId ?? '',
    personId: 'fin',
    decision: 'reject',
    reason: 'not now',
    now: new Date(),
  })
  await review.drive(new Date())
  const report = await review.published('report.md')

  const early = await reviewOf(review, '2026-10-08')
  expect(early.folder).toBe(join(workspace.reviewsDirectory, MONTH, 'as-of-2026-10-08'))
  expect(await readFile(join(early.folder, 'report.md'), 'utf8')).toContain(early.reviewId)
  expect(await review.published('report.md')).toBe(report)
  expect(report).toContain(whole)

  // The month still means the review of the whole month; the look back has its id.
  const reviews = await listReviews(store.pool)
  expect(reviews.map(({ reviewId }) => reviewId)).toEqual([early.reviewId, whole])
  for (const name of [undefined, MONTH]) {
    expect(await findReview(store, workspace, name)).toMatchObject({ reviewId: whole })
  }
  expect(await findReview(store, workspace, early.reviewId)).toMatchObject({
    reviewId: early.reviewId,
  })
})

it('a review begun while the month runs has its folder until the month’s own takes it', async () => {
  const review = await startGovernedReview({}, { now: new Date('2026-10-08T12:00:00Z') })
  const { workspace, session, store } = review
  const folder = join(workspace.reviewsDirectory, MONTH)
  expect(session.context.asOfOn).toBe('2026-10-08')
  expect(await reviewFolder(store, session)).toBe(folder)
  const whole = await reviewOf(review, '2026-10-31')
  expect(whole.folder).toBe(folder)
  expect(await review.published('report.md')).toContain(whole.reviewId)
  await expect(access(join(folder, 'as-of-2026-10-08'))).rejects.toMatchObject({ code: 'ENOENT' })
})

const summaryOf = (reviewId: string, asOf: string) => ({ reviewId, month: MONTH, asOf })
it.each([
  ['the newest of the whole month', ['2026-10-31', '2026-11-15', '2026-10-08'], 0],
  ['not a look back at a day of it', ['2026-10-30', '2026-10-31'], 1],
  ['its latest day while it runs', ['2026-10-08', '2026-10-15', '2026-10-12'], 1],
])('the month means %s', (_, days, at) => {
  const reviews = days.map((day, index) => summaryOf(`r${index}`, `${day}T23:59:59Z`))
  expect(reviewOfMonth(reviews, MONTH)?.reviewId).toBe(`r${at}`)
  expect(reviewOfMonth(reviews, '2026-09')).toBeUndefined()
})
