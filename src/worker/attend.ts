import { AppError } from '../errors.ts'
import { failureFields } from '../observe/log.ts'
import { ringFairly } from '../queue/ring.ts'
import { reviewsNotIssued, shareByOf } from '../runtime/meeting.ts'
import { NOTICES, noticeRequest } from '../runtime/notices.ts'
import { expireApprovals } from '../store/approval-steps.ts'
import { loadReview } from '../store/reviews.ts'
import type { WorkerDependencies } from './handle-bell.ts'
import { heldClock } from './held-clock.ts'
import { waitingRequests } from './waiting.ts'

/** Who may decide changes with the day, by delegations, so a request is looked at again after an hour at the latest. */
const LOOK_AGAIN_MS = 3_600_000
/** And after this long when looking at it failed. */
const TRY_AGAIN_MS = 600_000

/** A pass over what waits for people; `signal` ends it between two of them. */
export type Attend = (signal: AbortSignal) => Promise<void>

/**
 * Looks after what waits for people, in all workspaces: lets expire what is out of time, asks, reminds and escalates, and has the reports go out
 * whose meeting is near. Safe from any number of processes at once. A pass is a few queries, and a look at each request about which there may be
 * something to say; one that cannot be looked at is logged, and the others are.
 */
export function createAttendant(dependencies: WorkerDependencies): Attend {
  const requests: Looks = new Map()
  const reports: Looks = new Map()
  return async (signal) => {
    const { store } = dependencies
    await expireApprovals(store.pool, NOTICES)
    const now = (await heldClock(dependencies))()
    const pass = { ...dependencies, signal, now: () => now }
    await lookAtDue(pass, { looks: requests, things: await requestsToNotice(pass) })
    await lookAtDue(pass, { looks: reports, things: await reportsToIssue(pass) })
  }
}

/** When there may be something to do about what waits. What this process does not know, it finds out anew: nothing is said twice. */
type Looks = Map<string, number>

interface Pass extends WorkerDependencies {
  readonly signal: AbortSignal
}

/** Something that waits. */
interface Thing {
  readonly key: string
  readonly reviewId: string
  readonly workspace: string
  /** Does what is due; returns when there may be more to do. */
  readonly look: () => Promise<number>
}

async function requestsToNotice({ store, now }: Pass): Promise<Thing[]> {
  const waiting = await waitingRequests(store.pool)
  return waiting.map(({ approvalId, reviewId, workspace, decided }) => ({
    // A decision changes who is still to be asked.
    key: `${approvalId} ${decided}`,
    reviewId,
    workspace,
    look: async () => {
      const notice = await noticeRequest(store, { approvalId, workspace, now: now() })
      const againMs = now().getTime() + LOOK_AGAIN_MS
      return Math.min(notice?.nextAt?.getTime() ?? againMs, againMs)
    },
  }))
}

/** Whoever hears the bell issues the report, under the review's lock. */
async function reportsToIssue({ store, queue, now }: Pass): Promise<Thing[]> {
  const open = await reviewsNotIssued(store.pool)
  return open.map(({ reviewId, workspace }) => ({
    key: reviewId,
    reviewId,
    workspace,
    look: async () => {
      const review = await loadReview(store.pool, reviewId)
      const dueMs = review === undefined ? 0 : shareByOf(review).getTime()
      if (review === undefined || now().getTime() < dueMs) return dueMs
      const bell = { kind: 'review', subject: reviewId } as const
      if (!(await queue.isRung(bell))) await ringFairly({ store, queue }, bell, workspace)
      return dueMs
    },
  }))
}

async function lookAtDue(
  { observer, now, signal }: Pass,
  { looks, things }: { readonly looks: Looks; readonly things: readonly Thing[] },
): Promise<void> {
  const nowMs = now().getTime()
  const standing = new Set(things.map(({ key }) => key))
  for (const key of looks.keys()) if (!standing.has(key)) looks.delete(key)
  for (const { key, reviewId, workspace, look } of things) {
    if (signal.aborted) return
    if (nowMs < (looks.get(key) ?? nowMs)) continue
    try {
      looks.set(key, await look())
    } catch (error) {
      // The store is away for all of them.
      if (error instanceof AppError && error.code === 'STORE_UNAVAILABLE') throw error
      looks.set(key, nowMs + TRY_AGAIN_MS)
      const about = { reviewId, workspace, ...failureFields(error) }
      observer.log.warn(about, 'what waits for people could not be looked after')
    }
  }
}
