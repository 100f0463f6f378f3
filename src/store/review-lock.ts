import type { Client } from 'pg'
import { z } from 'zod'

import { AppError } from '#src/errors.ts'

import { REVIEW_LOCK_SEED } from './advisory-locks.ts'
import { ignoreLoss } from './connection.ts'
import { BigInteger, query } from './query.ts'
import type { Store } from './store.ts'

const HEARTBEAT_MS = 5_000
const HEARTBEAT_TIMEOUT_MS = 10_000

/** What the holder of a review's lock works with. */
export interface ReviewLock {
  /** Aborted the moment the lock is lost: whatever is under way must stop. */
  readonly signal: AbortSignal
  /** Grows with every holder. A write that carries it is refused once another process has taken over. */
  readonly fence: number
}

export type LockOutcome<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly reason: 'busy' }

/**
 * Runs `work` as the only one in the world to work on the review.
 *
 * The lock belongs to a connection of its own and ends with it, so a process that dies holds nothing. A process that lives on
 * without its connection is told by the signal; one that was suspended and cannot be told is stopped by the fence.
 *
 * @returns `busy` when another process works on it.
 * @throws AppError `REVIEW_LOCK_LOST` when the lock was lost meanwhile, `REVIEW_NOT_FOUND`, `STORE_UNAVAILABLE`.
 */
export async function withReviewLock<Result>(
  store: Pick<Store, 'connect'>,
  reviewId: string,
  work: (lock: ReviewLock) => Promise<Result>,
): Promise<LockOutcome<Result>> {
  const client = await store.connect()
  try {
    if (!(await tryLock(client, reviewId))) return { ok: false, reason: 'busy' }
    const fence = await raiseFence(client, reviewId)
    return { ok: true, value: await workWhileHeld(client, { reviewId, fence }, work) }
  } finally {
    await client.end().catch(ignoreLoss)
  }
}

async function tryLock(client: Client, reviewId: string): Promise<boolean> {
  const [row] = await query(client, z.object({ locked: z.boolean() }), {
    text: 'select pg_try_advisory_lock(hashtextextended($1, $2)) as locked',
    values: [reviewId, REVIEW_LOCK_SEED],
  })
  return row?.locked === true
}

async function raiseFence(client: Client, reviewId: string): Promise<number> {
  const [row] = await query(client, z.object({ fence: BigInteger }), {
    text: 'update mo.reviews set fence = fence + 1 where review_id = $1 returning fence',
    values: [reviewId],
  })
  if (row !== undefined) return row.fence
  throw new AppError('REVIEW_NOT_FOUND', { message: `there is no review ${reviewId}` })
}

async function workWhileHeld<Result>(
  client: Client,
  held: { readonly reviewId: string; readonly fence: number },
  work: (lock: ReviewLock) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController()
  let loss: AppError | undefined
  const lose = (cause: unknown): void => {
    loss ??= new AppError('REVIEW_LOCK_LOST', { next: `run: mo resume ${held.reviewId}`, cause })
    controller.abort(loss)
  }
  const end = (): void => lose(undefined)
  client.on('error', lose)
  client.on('end', end)
  const heartbeat = createHeartbeat(client)
  const beat = setInterval(() => {
    heartbeat().catch(lose)
  }, HEARTBEAT_MS)
  try {
    const value = await work({ signal: controller.signal, fence: held.fence })
    if (loss !== undefined) throw loss
    return value
  } catch (error) {
    // What fails after the loss fails because of it.
    throw loss ?? error
  } finally {
    clearInterval(beat)
    client.off('end', end)
    client.off('error', lose)
  }
}

/** A connection can be dead without either end having noticed, when a network between them was cut. One question at a time. */
function createHeartbeat(client: Client): () => Promise<void> {
  let waiting = false
  return async () => {
    if (waiting) return
    waiting = true
    await answerInTime(client)
    waiting = false
  }
}

async function answerInTime(client: Client): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new AppError('STORE_UNAVAILABLE', { got: 'no heartbeat' }))
  }, HEARTBEAT_TIMEOUT_MS)
  try {
    await Promise.race([client.query('select 1'), promise])
  } finally {
    clearTimeout(timer)
  }
}
