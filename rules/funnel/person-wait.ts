import type { FunnelPolicy } from '../policy/stages.ts'
import type { CohortMember } from './cohort.ts'
import { type Match, type PersonEvents, timeAt } from './person-events.ts'

const HOUR_MS = 3_600_000
const DAY_HOURS = 24
const DAY_MS = HOUR_MS * DAY_HOURS

/**
 * How long did a person wait at one step for a later one, or has waited so far: until the review looked, or the window closed?
 *
 * Whole hours, written in days; a wait that ended is rounded up, one that goes on down.
 *
 * @param steps Index of the step waited at, which the person reached, and of the step waited for.
 * @param options The policy's window, counted from the entry, and the instant the review speaks for.
 */
export function personWait(
  { person, match }: { readonly person: PersonEvents; readonly match: Match },
  [from, to]: readonly [number, number],
  options: { readonly policy: FunnelPolicy; readonly asOfMs: number },
): CohortMember {
  const at = (step: number): number => timeAt(person, match.events[step] ?? 0)
  const windowEndMs = at(0) + options.policy.window_days * DAY_MS
  const watchedMs = Math.min(options.asOfMs, windowEndMs) - at(from)
  const watched = Math.floor(Math.max(0, watchedMs) / HOUR_MS)
  const waited = match.depth > to ? Math.ceil((at(to) - at(from)) / HOUR_MS) : null
  return {
    elapsedDays: Math.max(watched, waited ?? 0) / DAY_HOURS,
    convertedAfterDays: waited === null ? null : waited / DAY_HOURS,
  }
}
