import { AppError } from '../errors.ts'
import { watched } from '../llm/narrate.ts'
import type { NarratorSettings } from '../llm/narrator.ts'
import type { Observer } from '../observe/observer.ts'
import type { Bell } from '../queue/bell.ts'
import { serveTurn } from '../queue/fair-turns.ts'
import type { BellHandler, BellRun, Handled, WorkQueue } from '../queue/queue.ts'
import { ringFairly } from '../queue/ring.ts'
import { driveReview } from '../runtime/drive.ts'
import { loadMeetingIssue, shareByOf } from '../runtime/meeting.ts'
import { publishAtRest } from '../runtime/publish.ts'
import { narratorOf } from '../runtime/review-narrator.ts'
import { openSession } from '../runtime/session.ts'
import { openWorkspace } from '../runtime/workspace.ts'
import { tickWorkspace } from '../schedule/tick.ts'
import { findWorkspace, type KnownWorkspace } from '../schedule/workspaces.ts'
import { loadReview, type Review } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { heldClock } from './held-clock.ts'
import { waitsForPeople } from './unfinished.ts'

/** What a worker works with. */
export interface WorkerDependencies {
  readonly store: Store
  readonly queue: WorkQueue
  readonly observer: Observer
  readonly now: () => Date
  /** What `now` is held to; default: the clock of the database. */
  readonly databaseNow?: () => Promise<Date>
  /** Undefined: reviews tell themselves. */
  readonly narrator?: NarratorSettings | undefined
}

const DONE: Handled = { kind: 'done' }
/** Another process drives the review; whatever it leaves is looked at after it. */
const BUSY: Handled = { kind: 'again', afterMs: 5_000 }

/**
 * What is done when a bell rings: the store is asked whether there is anything to do, and if so it is done. Safe for bells that come twice,
 * late, or for what is finished or gone.
 */
export function createBellHandler(dependencies: WorkerDependencies): BellHandler {
  const { store, observer } = dependencies
  return async (bell, run) => {
    await serveTurn(store.pool, run.turn)
    return observer.job(bell, run, () =>
      bell.kind === 'review' ? goOn(bell, run, dependencies) : look(bell, dependencies),
    )
  }
}

async function goOn(bell: Bell, run: BellRun, dependencies: WorkerDependencies): Promise<Handled> {
  const review = await loadReview(dependencies.store.pool, bell.subject)
  if (review === undefined || isSettled(review)) return DONE
  const { store } = dependencies
  const now = await heldClock(dependencies)
  if (await onlyWaits(store, review, now())) return DONE
  const known = await workspaceOf(store, review.workspace)
  try {
    await drive(review, known, { ...dependencies, now, run })
    return DONE
  } catch (error) {
    if (error instanceof AppError && error.code === 'REVIEW_BUSY') return BUSY
    throw error
  }
}

/** Whether there is nothing to do but to wait for people: they have time left, and so has the report, or it went out. */
async function onlyWaits(store: Store, review: Review, now: Date): Promise<boolean> {
  const { reviewId, status } = review
  if (status !== 'awaiting_approval' || !(await waitsForPeople(store.pool, reviewId))) return false
  return (await loadMeetingIssue(store, reviewId)) !== undefined || now < shareByOf(review)
}

/** `failed` is a broken promise of the program: a person takes the review up again. */
function isSettled({ status }: Review): boolean {
  return ['completed', 'withheld', 'failed', 'superseded'].includes(status)
}

async function drive(
  review: Review,
  known: KnownWorkspace,
  { store, observer, now, narrator, run }: WorkerDependencies & { readonly run: BellRun },
): Promise<void> {
  const workspace = await openWorkspace(known.directory)
  const session = await openSession(workspace, review)
  const about = { reviewId: review.reviewId, jobId: run.jobId }
  try {
    const outcome = await driveReview({
      store,
      session,
      now,
      narrator: watched(narratorOf(narrator, store, session), (event) => {
        if (event.kind === 'failed')
          observer.log.warn({ ...about, ...event }, 'a model call failed')
      }),
      publish: publishAtRest(store, session),
      onStage: observer.stages(about),
      unattended: true,
      stop: run.signal,
    })
    observer.log[outcome === 'withheld' ? 'warn' : 'info'](
      { reviewId: review.reviewId, workspace: known.name, outcome },
      'review rests',
    )
  } finally {
    await session.data.close()
  }
}

async function look(bell: Bell, dependencies: WorkerDependencies): Promise<Handled> {
  const { store, queue, observer } = dependencies
  const known = await findWorkspace(store.pool, bell.subject)
  if (known === undefined) return DONE
  const now = await heldClock(dependencies)
  const { begun } = await tickWorkspace(store, known, now())
  for (const reviewId of begun) {
    observer.log.info({ reviewId, workspace: known.name }, 'review begun by the calendar')
    await ringFairly({ store, queue }, { kind: 'review', subject: reviewId }, known.name)
  }
  return DONE
}

async function workspaceOf(store: Store, name: string): Promise<KnownWorkspace> {
  const known = await findWorkspace(store.pool, name)
  if (known !== undefined) return known
  throw new AppError('WORKSPACE_NOT_FOUND', {
    message: 'no worker of this database knows the workspace of the review',
    got: name,
    next: 'run in its folder: mo schedule set, or mo worker',
  })
}
