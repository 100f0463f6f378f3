import type { Bell } from '../queue/bell.ts'
import { bellKey } from '../queue/bell.ts'
import { restartTurns } from '../queue/fair-turns.ts'
import type { QueueSchedule } from '../queue/queue.ts'
import { ringFairly } from '../queue/ring.ts'
import { listWorkspaces, workspacesToLookAt, type KnownWorkspace } from '../schedule/workspaces.ts'
import { sha256 } from '../store/hash.ts'
import type { WorkerDependencies } from './handle-bell.ts'
import { heldClock } from './held-clock.ts'
import { isDead, unfinishedReviews } from './unfinished.ts'

const HOUR_MINUTES = 60
const KEY_DIGITS = 8

/** How much a pass found to be done. */
export interface Reconciled {
  readonly reviews: number
  readonly ticks: number
}

/**
 * Brings the queue to what the store says: rings for reviews that wait for nobody, for calendars nobody looked at in time, and makes the
 * queue's calendar entries those of the workspaces. What a lost queue, a missed start or a killed process left lying is found here.
 */
export async function reconcile(dependencies: WorkerDependencies): Promise<Reconciled> {
  const { store, queue } = dependencies
  const workspaces = await listWorkspaces(store.pool)
  await setSchedules(dependencies, workspaces)
  const { waiting } = await queue.depth()
  if (waiting === 0) await restartTurns(store.pool)
  const now = await heldClock(dependencies)
  const ticks = await workspacesToLookAt(store.pool, now())
  for (const name of ticks) await ringTick(dependencies, name)
  const reviews = await unfinishedReviews(store.pool)
  for (const { reviewId, workspace } of reviews) {
    const bell: Bell = { kind: 'review', subject: reviewId }
    // With a thousand under way, to ring for each anew would take most of a pass.
    if (!(await queue.isRung(bell))) await ringFairly({ store, queue }, bell, workspace)
  }
  return { reviews: reviews.length, ticks: ticks.length }
}

/** Looks at calendars come before all reviews: they are short, and each workspace has one at most. */
async function ringTick({ store, queue }: WorkerDependencies, name: string): Promise<void> {
  const bell: Bell = { kind: 'tick', subject: name }
  if (await queue.isRung(bell)) return
  if (!(await isDead(store.pool, bell))) await queue.ring(bell, { turn: 1 })
}

async function setSchedules(
  { queue }: WorkerDependencies,
  workspaces: readonly KnownWorkspace[],
): Promise<void> {
  const wanted = new Map(
    workspaces.flatMap(({ name, timeZone, plan }) => {
      if (plan === null) return []
      const pattern = `${plan.minute % HOUR_MINUTES} ${Math.floor(plan.minute / HOUR_MINUTES)} * * *`
      const bell: Bell = { kind: 'tick', subject: name }
      const schedule: QueueSchedule = { bell, pattern, timeZone }
      // Another time or zone is another entry, so that an entry that stands never has to be compared.
      const version = sha256(`${pattern} ${timeZone}`).slice(0, KEY_DIGITS)
      return [[`${bellKey(bell)}-${version}`, schedule] as const]
    }),
  )
  await queue.setSchedules(wanted)
}
