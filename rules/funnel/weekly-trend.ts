import type { FunnelPlan } from './definition.ts'
import type { PersonReader } from './event-fold.ts'
import { type PersonEvents, timeAt } from './person-events.ts'
import { createTrendTally, type TrendPoint } from './trend-tally.ts'

const WEEK_MS = 604_800_000

/**
 * How do entries and conversions develop week by week?
 *
 * Weeks are counted back from the instant the review speaks for: 0 is the seven days before it. Weeks that began before the first event
 * of the log are left out, because the log may hold only their end.
 *
 * @param asOfMs No event is later.
 * @param weeks How many weeks back are counted at most.
 */
export function createWeeklyTrend(
  plan: FunnelPlan,
  { asOfMs, weeks }: { readonly asOfMs: number; readonly weeks: number },
): { readonly read: PersonReader; readonly finish: () => TrendPoint[] } {
  const tally = createTrendTally(plan)
  let earliestMs = Infinity
  return {
    read: (person) => {
      earliestMs = Math.min(earliestMs, timeAt(person, person.from))
      tally.read(inWeeks(person, asOfMs))
    },
    finish: () =>
      tally
        .finish(Array.from({ length: weeks }, (_, week) => week))
        .filter(({ period }) => asOfMs - (period + 1) * WEEK_MS >= earliestMs),
  }
}

/** The same person with weeks for periods. */
function inWeeks(person: PersonEvents, asOfMs: number): PersonEvents {
  const { from, to, timesMs, kinds, labels } = person
  const timesOfPerson = new Float64Array(to - from)
  const kindsOfPerson = new Int32Array(to - from)
  const weeks = new Int32Array(to - from)
  for (let row = from; row < to; row++) {
    const atMs = timesMs[row] ?? 0
    timesOfPerson[row - from] = atMs
    kindsOfPerson[row - from] = kinds[row] ?? 0
    weeks[row - from] = Math.floor((asOfMs - atMs) / WEEK_MS)
  }
  return {
    from: 0,
    to: to - from,
    timesMs: timesOfPerson,
    kinds: kindsOfPerson,
    periods: weeks,
    labels,
    openPeriod: undefined,
  }
}
