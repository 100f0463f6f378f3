import { setTimeout as pause } from 'node:timers/promises'

import { buryBell } from '../queue/dead-letters.ts'
import type { DeadBell, QueueTiming } from '../queue/queue.ts'
import { findWorkspace } from '../schedule/workspaces.ts'
import { createAttendance } from '../store/attendance.ts'
import { loadReview } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { createAttendant } from './attend.ts'
import { createBellHandler, type WorkerDependencies } from './handle-bell.ts'
import { reconcile } from './reconcile.ts'

const RECONCILE_EVERY_MS = 30_000

export interface WorkerOptions extends WorkerDependencies {
  /** Reviews worked on at the same time at most. */
  readonly concurrency: number
  readonly timing?: Partial<QueueTiming>
  readonly reconcileEveryMs?: number
  /** Sends what waits in the outbox; called after every pass. Absent: it waits. */
  readonly sendMail?: (signal: AbortSignal) => Promise<unknown>
  /** Seals the audit log when it is time; called after every pass. */
  readonly keepHead?: () => Promise<void>
}

export interface RunningWorker {
  /** Takes no more work, hands back what runs after the stage it is in, and waits for it. */
  readonly close: () => Promise<void>
}

/** Starts hearing bells and reconciling; several workers, in one process or many, share the work. */
export function startWorker(options: WorkerOptions): RunningWorker {
  const { store, queue, observer } = options
  const consumer = queue.work({
    handle: createBellHandler(options),
    concurrency: options.concurrency,
    onDead: async (dead) => {
      observer.log.error(
        { ...about(dead), code: dead.code, attempt: dead.attempts },
        'given up until somebody retries it',
      )
      await buryBell(store.pool, dead, await workspaceOf(store, dead))
    },
    onError: (error) => observer.failure(error, 'the queue failed and is tried again'),
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  })
  const stop = new AbortController()
  const passes = reconcileForever(options, stop.signal)
  return {
    close: async () => {
      stop.abort()
      await consumer.close()
      await passes
    },
  }
}

function about({ bell }: DeadBell) {
  return bell.kind === 'review' ? { reviewId: bell.subject } : { workspace: bell.subject }
}

async function workspaceOf(store: Store, { bell }: DeadBell): Promise<string> {
  if (bell.kind === 'tick')
    return (await findWorkspace(store.pool, bell.subject))?.name ?? bell.subject
  return (await loadReview(store.pool, bell.subject))?.workspace ?? ''
}

async function reconcileForever(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const { observer } = options
  const attend = createAttendant(options)
  const attendance = createAttendance(options.store)
  // Each by itself: when one fails, the others are done all the same.
  const duties = [
    { work: attendance.keep, failed: 'saying that a worker is here failed and is tried again' },
    {
      work: async () => {
        const rung = await reconcile(options)
        observer.log.debug({ reviews: rung.reviews, ticks: rung.ticks }, 'reconciled')
      },
      failed: 'reconciling failed and is tried again',
    },
    { work: attend, failed: 'looking after what waits for people failed and is tried again' },
    { work: options.sendMail, failed: 'sending mail failed and is tried again' },
    { work: options.keepHead, failed: 'sealing the audit log failed and is tried again' },
  ]
  while (!signal.aborted) {
    for (const { work, failed } of duties) {
      try {
        await work?.(signal)
      } catch (error) {
        observer.failure(error, failed)
      }
    }
    await pause(options.reconcileEveryMs ?? RECONCILE_EVERY_MS, undefined, { signal }).catch(
      () => undefined,
    )
  }
  await attendance.end()
}
