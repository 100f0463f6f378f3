import { Command, isGraphDrained, RunControl } from '@langchain/langgraph'

import type { GateReply } from '#graph/approval-gate.ts'
import { createReviewGraph, NODES, type ReviewGraph } from '#graph/review-graph.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

import { AppError } from '../errors.ts'
import { inSpan } from '../observe/span.ts'
import { healBell } from '../queue/dead-letters.ts'
import { expireApprovals } from '../store/approval-steps.ts'
import { listApprovals } from '../store/approvals.ts'
import { ReviewCheckpointer } from '../store/checkpointer.ts'
import { withReviewLock, type ReviewLock } from '../store/review-lock.ts'
import {
  checkFence,
  loadReview,
  setReviewStatus,
  type ReviewStatus,
  type StatusChange,
} from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import { issueForMeeting } from './meeting.ts'
import { renewStale } from './renew-approvals.ts'
import {
  createReviewPorts,
  finalStatus,
  loadRecords,
  type PortDependencies,
} from './review-ports.ts'
import type { ReviewSession } from './session.ts'
import { tracedPorts } from './traced-ports.ts'
import { tellWithheld } from './withheld.ts'

/** Where a drive ended. */
export type DriveOutcome = Extract<ReviewStatus, 'completed' | 'withheld' | 'awaiting_approval'>

export interface DriveOptions {
  readonly store: Store
  readonly session: ReviewSession
  readonly now: () => Date
  readonly narrator?: PortDependencies['narrator']
  /** Writes the review's files from what the store holds, as those of a review that rests so. */
  readonly publish: (status: DriveOutcome) => Promise<void>
  readonly onStage: PortDependencies['onStage']
  /** Nobody watches: people are told when the review is withheld. */
  readonly unattended?: boolean
  /** Aborted when the process is asked to stop: the review then rests after the stage it is in. */
  readonly stop?: AbortSignal
}

/**
 * Drives a review until it is finished, withheld, or waits for people. Safe to call at any time, also for a review that was killed anywhere or
 * is finished: what is done is not done again, and only one process drives a review at a time.
 *
 * @throws AppError `REVIEW_BUSY` when another process drives it, `REVIEW_LOCK_LOST`, `WORK_HANDED_BACK` when asked to stop; what a
 * stage throws: the review can be resumed, and is on record as failed when it was an InvariantError.
 */
export async function driveReview(options: DriveOptions): Promise<DriveOutcome> {
  const { store, session } = options
  const { reviewId } = session.review
  const hold = () => withReviewLock(store, reviewId, (lock) => drive(options, lock))
  const first = await hold()
  if (!first.ok) {
    throw new AppError('REVIEW_BUSY', {
      got: reviewId,
      next: `wait for it, then see: mo status ${reviewId}`,
    })
  }
  let outcome = first.value
  // Whoever decided after this drive had looked, and before it gave the lock back, found the review busy and could not go on with it. Bounded,
  // so that a review which rests for a reason nobody foresaw rests.
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    if (outcome !== 'awaiting_approval' || (await isAwaited(options))) break
    const again = await hold()
    // Busy: then somebody goes on with it who saw the decision.
    if (!again.ok) break
    outcome = again.value
  }
  return outcome
}

/** Drives in a row of one call, beyond the first. */
const TURNS_MAX = 3

async function isAwaited({ store, session }: DriveOptions): Promise<boolean> {
  const { reviewId } = session.review
  return (await listApprovals(store.pool, { reviewId, statuses: ['pending'] })).length > 0
}

async function drive(options: DriveOptions, lock: ReviewLock): Promise<DriveOutcome> {
  const { store, session } = options
  const { reviewId } = session.review
  const { fence } = lock
  let published: DriveOutcome | undefined
  const publish = async (status: DriveOutcome): Promise<void> => {
    // The files are those of the month, and a newer review may have taken it.
    await checkFence(store.pool, reviewId, fence)
    await options.publish(status)
    published = status
  }
  const graph = createReviewGraph(
    tracedPorts(createReviewPorts({ ...options, publish, fence }), reviewId),
    new ReviewCheckpointer(store.pool),
  )
  await markRunning(options, fence)
  try {
    await inSpan('graph', { 'mo.review': reviewId }, () => runUntilBlocked(graph, options, lock))
  } catch (error) {
    await recordFailure(options, fence, error)
    throw error
  }
  const status = await restingStatus(graph, options)
  if (status === 'awaiting_approval') {
    await issueForMeeting(store, session, { now: options.now(), fence })
  }
  // The files first: a review that is killed here is driven again, one that is on record as finished is not.
  if (published !== status) await publish(status)
  if (status === 'withheld' && options.unattended === true) {
    await tellWithheld(store, session, fence)
  }
  await rest(options, { reviewId, status, fence })
  return status
}

/** Puts on record where the review rests; whatever made a worker give it up is over. */
async function rest({ store }: DriveOptions, change: StatusChange): Promise<void> {
  const { reviewId, status } = change
  await inTransaction(store.pool, async (client) => {
    await setReviewStatus(client, change)
    const how = { actor: 'system:review', reason: `the review went on: ${status}` }
    await healBell(client, { kind: 'review', subject: reviewId }, how)
  })
}

/**
 * A broken promise of our own code breaks again at every try: the review is on record as failed, with what broke, instead of running for ever. It can
 * be driven again, by hand, once a version of the program mends it.
 */
async function recordFailure(
  { store, session }: DriveOptions,
  fence: number,
  error: unknown,
): Promise<void> {
  if (!(error instanceof InvariantError)) return
  const { reviewId } = session.review
  const detail = `a stage broke a promise of the program: ${error.message}`
  await setReviewStatus(store.pool, { reviewId, status: 'failed', detail, fence })
}

/** A finished review stays finished: looking at it again does not make it run. */
async function markRunning({ store, session }: DriveOptions, fence: number): Promise<void> {
  const { reviewId } = session.review
  const review = await loadReview(store.pool, reviewId)
  if (review?.status === 'completed' || review?.status === 'withheld') return
  if (review?.status === 'superseded') {
    throw new AppError('REVIEW_SUPERSEDED', { got: `${reviewId}, ${review.statusDetail ?? ''}` })
  }
  await setReviewStatus(store.pool, { reviewId, status: 'running', fence })
}

async function runUntilBlocked(
  graph: ReviewGraph,
  options: DriveOptions,
  lock: ReviewLock,
): Promise<void> {
  const control = new RunControl()
  const drain = (): void => control.requestDrain()
  options.stop?.addEventListener('abort', drain)
  const config = { ...configOf(options), signal: lock.signal, control }
  try {
    for (;;) {
      if (options.stop?.aborted === true) throw new AppError('WORK_HANDED_BACK')
      if (!(await takeStep(graph, options, config))) return
    }
  } catch (error) {
    throw isGraphDrained(error) ? new AppError('WORK_HANDED_BACK', { cause: error }) : error
  } finally {
    options.stop?.removeEventListener('abort', drain)
  }
}

type RunConfig = ReturnType<typeof configOf> & {
  readonly signal: AbortSignal
  readonly control: RunControl
}

/** Runs the graph up to its next rest. False: there is nothing to run. */
async function takeStep(
  graph: ReviewGraph,
  options: DriveOptions,
  config: RunConfig,
): Promise<boolean> {
  const step = await nextStep(graph, options)
  if (step.kind === 'start') await graph.invoke({ reviewId: step.reviewId }, config)
  if (step.kind === 'continue') await graph.invoke(null, config)
  if (step.kind === 'wake') await graph.invoke(new Command({ resume: step.replies }), config)
  return step.kind !== 'blocked'
}

/** What is to be done next with the graph. `wake` answers each interrupt by its id. */
type Step =
  | { readonly kind: 'start'; readonly reviewId: string }
  | { readonly kind: 'continue' }
  | { readonly kind: 'wake'; readonly replies: Readonly<Record<string, GateReply>> }
  | { readonly kind: 'blocked' }

async function nextStep(graph: ReviewGraph, options: DriveOptions): Promise<Step> {
  const { store, session } = options
  const { reviewId } = session.review
  const snapshot = await graph.getState(configOf(options))
  if (snapshot.metadata === undefined) return { kind: 'start', reviewId }
  if (snapshot.next.length === 0) return { kind: 'blocked' }
  const interrupts = snapshot.tasks
    .filter((task) => snapshot.next.includes(task.name))
    .flatMap((task) => task.interrupts)
  if (interrupts.length === 0) return { kind: 'continue' }
  const actor = { actor: 'system:review', role: null, onBehalfOf: null }
  await expireApprovals(store.pool, actor)
  await renewStale(store, session, { now: options.now(), actor })
  if (await isAwaited(options)) return { kind: 'blocked' }
  const reply: GateReply = { kind: 'decisions_recorded' }
  const ids = interrupts.flatMap(({ id }) => (id === undefined ? [] : [id]))
  return { kind: 'wake', replies: Object.fromEntries(ids.map((id) => [id, reply])) }
}

async function restingStatus(graph: ReviewGraph, options: DriveOptions): Promise<DriveOutcome> {
  const snapshot = await graph.getState(configOf(options))
  if (snapshot.next.length > 0) return 'awaiting_approval'
  return finalStatus(await loadRecords(options.store, options.session.review.reviewId))
}

function configOf({ session }: DriveOptions) {
  return {
    configurable: { thread_id: session.review.reviewId },
    durability: 'sync' as const,
    recursionLimit: NODES.length + 5,
  }
}
