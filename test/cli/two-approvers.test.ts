import { setTimeout as pause } from 'node:timers/promises'

import { expect, it, vi } from 'vitest'

import { runDecision } from '#src/commands/approvals.ts'
import { decide } from '#src/runtime/decide.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest } from '#src/runtime/publish.ts'
import { loadApproval } from '#src/store/approvals.ts'
import { withReviewLock } from '#src/store/review-lock.ts'
import { loadReview } from '#src/store/reviews.ts'
import { startGovernedReview, type GovernedReview } from '#test/support/governed-review.ts'
import { inProcess } from '#test/support/in-process.ts'

/** A request that needs two people, and what is asked of it. */
async function start() {
  const review = await startGovernedReview()
  const [request] = await review.requests()
  const id = request?.approvalId ?? ''
  const approve = (as: string) =>
    inProcess((context) =>
      runDecision(context, {
        workspace: review.workspace.directory,
        id,
        as,
        reason: 'as planned',
        decision: 'approve',
      }),
    )
  const statusOfRequest = async () => (await loadApproval(review.store.pool, id))?.status
  return { review, id, approve, statusOfRequest }
}

const statusOf = async ({ store, session }: GovernedReview) =>
  (await loadReview(store.pool, session.review.reviewId))?.status

const DECIDED = { timeout: 20_000, interval: 20 }

it('two people who agree at once leave a review that has gone on', async () => {
  const { review, approve, statusOfRequest } = await start()
  const ended = await Promise.all(['fin', 'cmo'].map(approve))
  expect(ended.map(({ stderr }) => stderr)).toEqual(['', ''])
  for (const { status } of ended) expect([0, 3]).toContain(status)
  expect(await statusOf(review)).toBe('completed')
  expect(await statusOfRequest()).toBe('applying')
})

it('whoever decides while the review is busy waits for it, and goes on with it', async () => {
  const { review, approve, statusOfRequest } = await start()
  expect(await approve('fin')).toMatchObject({ status: 3, stderr: '' })
  const { reviewId } = review.session.review
  let second: ReturnType<typeof approve> | undefined
  await withReviewLock(review.store, reviewId, async () => {
    second = approve('cmo')
    await vi.waitFor(async () => expect(await statusOfRequest()).toBe('approved'), DECIDED)
    // Time enough to find the review busy.
    await pause(1_500)
  })
  expect(await second).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/is now approved[^]*: completed\n/),
  })
  expect(await statusOf(review)).toBe('completed')
})

it('says so when the review stays busy, and that its decision stands', async () => {
  const { review, approve } = await start()
  const { reviewId } = review.session.review
  const held = await withReviewLock(review.store, reviewId, async () =>
    Promise.all(['fin', 'cmo'].map(approve)),
  )
  const said = `Another process is working on review ${reviewId} and goes on with it.\nNext: `
  const statusCommand = new RegExp(`mo -- status ${reviewId} --workspace \\S+$`)
  for (const { status, stdout, stderr } of held.ok ? held.value : []) {
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(said)
    expect(stdout).toMatch(statusCommand)
  }
  expect(held.ok).toBe(true)
  expect(await review.drive()).toBe('completed')
})

it('a drive that had seen people missing goes on when they decided before it gave the review back', async () => {
  const { review, id } = await start()
  const { store, session } = review
  const agree = (personId: string) =>
    decide(store, session, {
      approvalId: id,
      personId,
      decision: 'approve',
      reason: 'as planned',
      now: new Date(),
    })
  await agree('fin')
  const publish = publishAtRest(store, session)
  const rests: string[] = []
  const outcome = await driveReview({
    store,
    session,
    now: () => new Date(),
    publish: async (status) => {
      await publish(status)
      if (rests.length === 0) await agree('cmo')
      rests.push(status)
    },
    onStage: () => undefined,
  })
  expect(outcome).toBe('completed')
  expect(rests).toEqual(['awaiting_approval', 'completed'])
})

it('names the review to whoever resumes it while it is busy', async () => {
  const { review } = await start()
  const { reviewId } = review.session.review
  const resumed = withReviewLock(review.store, reviewId, () => review.drive())
  await expect(resumed).rejects.toMatchObject({
    code: 'REVIEW_BUSY',
    next: `wait for it, then see: mo status ${reviewId}`,
  })
})
