import type { FunnelPlan } from './definition.ts'
import type { PersonReader } from './event-fold.ts'
import { withPeriods } from './other-periods.ts'
import { timeAt } from './person-events.ts'
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
  const readWeeks = withPeriods(tally.read, (atMs) => Math.floor((asOfMs - atMs) / WEEK_MS))
  let earliestMs = Infinity
  return {
    read: (person) => {
      earliestMs = Math.min(earliestMs, timeAt(person, person.from))
      readWeeks(person)
    },
    finish: () =>
      tally
        .finish(Array.from({ length: weeks }, (_, week) => week))
        .filter(({ period }) => asOfMs - (period + 1) * WEEK_MS >= earliestMs),
  }
}
