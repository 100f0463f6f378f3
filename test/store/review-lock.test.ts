import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { AppError } from '#src/errors.ts'
import { withReviewLock } from '#src/store/review-lock.ts'
import { loadReview } from '#src/store/reviews.ts'
import { saveStageResult } from '#src/store/stage-results.ts'
import { startScript } from '#test/support/child-process.ts'
import { storeReview } from '#test/support/records.ts'
import { startTestStore } from '#test/support/store.ts'
import type { TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

/** Ends the connections that hold advisory locks of reviews, as a lost network or an administrator would, and waits until they are gone. */
async function cutLockConnections(): Promise<void> {
  await store.store.asOwner((owner) =>
    owner.query(
      `select pg_terminate_backend(pid, 10000) from pg_locks
       where locktype = 'advisory' and mode = 'ExclusiveLock' and pid <> pg_backend_pid()`,
    ),
  )
}

/** Work that goes on until it is told to stop. */
async function untilAborted(signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  signal.addEventListener('abort', () => {
    resolve('interrupted')
  })
  return promise
}

test('one works, the other is told that the review is busy, other reviews are free', async () => {
  const reviewId = await storeReview(store.pool)
  const other = await storeReview(store.pool)
  const outcome = await withReviewLock(store.store, reviewId, async () => [
    await withReviewLock(store.store, reviewId, async () => 'never'),
    await withReviewLock(store.store, other, async () => 'free'),
  ])
  expect(outcome).toEqual({
    ok: true,
    value: [
      { ok: false, reason: 'busy' },
      { ok: true, value: 'free' },
    ],
  })
})

test('gives the lock back after success and after failure, and raises the fence each time', async () => {
  const reviewId = await storeReview(store.pool)
  const fence = async (): Promise<unknown> =>
    withReviewLock(store.store, reviewId, async (lock) => lock.fence)
  expect(await fence()).toEqual({ ok: true, value: 1 })
  const failing = withReviewLock(store.store, reviewId, async () => {
    throw new Error('a stage failed')
  })
  await expect(failing).rejects.toThrow('a stage failed')
  expect(await fence()).toEqual({ ok: true, value: 3 })
  expect(await loadReview(store.pool, reviewId)).toMatchObject({ fence: 3 })
})

test('needs a review on record', async () => {
  await expect(withReviewLock(store.store, 'nothing', async () => 1)).rejects.toMatchObject({
    code: 'REVIEW_NOT_FOUND',
  })
})

test('of twenty at once one works at a time', async () => {
  const reviewId = await storeReview(store.pool)
  let working = 0
  let most = 0
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () =>
      withReviewLock(store.store, reviewId, async () => {
        working += 1
        most = Math.max(most, working)
        await store.pool.query('select pg_sleep(0.05)')
        working -= 1
      }),
    ),
  )
  expect(most).toBe(1)
  expect(outcomes.some((outcome) => outcome.ok)).toBe(true)
})

test('interrupts the work the moment its connection is lost, and says so', async () => {
  const reviewId = await storeReview(store.pool)
  const working = withReviewLock(store.store, reviewId, async (lock) => {
    void cutLockConnections()
    return untilAborted(lock.signal)
  })
  await expect(working).rejects.toMatchObject({
    code: 'REVIEW_LOCK_LOST',
    next: `run: mo resume ${reviewId}`,
    cause: expect.objectContaining({ code: '57P01' }),
  })
})

test('blames the loss of the lock for what failed after it', async () => {
  const reviewId = await storeReview(store.pool)
  const working = withReviewLock(store.store, reviewId, async (lock) => {
    void cutLockConnections()
    await untilAborted(lock.signal)
    throw new Error('a query was cancelled')
  })
  await expect(working).rejects.toMatchObject({ code: 'REVIEW_LOCK_LOST' })
})

test('does not pass off work as done that ended after the lock was lost', async () => {
  const reviewId = await storeReview(store.pool)
  const working = withReviewLock(store.store, reviewId, async (lock) => {
    const lost = untilAborted(lock.signal)
    await cutLockConnections()
    return lost
  })
  await expect(working).rejects.toBeInstanceOf(AppError)
})

test('a holder who was not told is stopped by the fence', async () => {
  const reviewId = await storeReview(store.pool)
  const late = { reviewId, stage: 'budget', result: '{"late":true}' }
  const working = withReviewLock(store.store, reviewId, async (lock) => {
    await cutLockConnections()
    const taken = await withReviewLock(store.store, reviewId, async (next) =>
      saveStageResult(store.pool, { ...late, result: '{}', fence: next.fence }),
    )
    expect(taken).toMatchObject({ ok: true, value: { written: true } })
    await expect(saveStageResult(store.pool, { ...late, fence: lock.fence })).rejects.toMatchObject(
      {
        code: 'REVIEW_LOCK_LOST',
      },
    )
    return 'not told'
  })
  await expect(working).rejects.toMatchObject({ code: 'REVIEW_LOCK_LOST' })
})

test('a process that is killed frees the review', async () => {
  const reviewId = await storeReview(store.pool)
  const script = startScript('store-process.ts', [store.workspaceDir, 'lock', reviewId])
  expect(await script.line()).toBe('locked 1')
  expect(await withReviewLock(store.store, reviewId, async () => 1)).toEqual({
    ok: false,
    reason: 'busy',
  })
  await script.kill()
  await expect
    .poll(() => withReviewLock(store.store, reviewId, async (lock) => lock.fence))
    .toEqual({ ok: true, value: 2 })
})

test('notices a connection on which nothing comes back any more', async () => {
  const reviewId = await storeReview(store.pool)
  const client = await store.store.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const serverSide = Number(rows[0].pid)
  vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout'] })
  try {
    const working = withReviewLock({ connect: async () => client }, reviewId, async (lock) => {
      const lost = untilAborted(lock.signal)
      await vi.advanceTimersByTimeAsync(5_000)
      expect(lock.signal.aborted).toBe(false)
      process.kill(serverSide, 'SIGSTOP')
      await vi.advanceTimersByTimeAsync(15_000)
      return lost
    })
    await expect(working).rejects.toMatchObject({
      code: 'REVIEW_LOCK_LOST',
      cause: expect.objectContaining({ got: 'no heartbeat' }),
    })
  } finally {
    vi.useRealTimers()
    process.kill(serverSide, 'SIGCONT')
  }
})
