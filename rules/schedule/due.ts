import type { LocalTime } from '../governance/local-clock.ts'
import { addMonths } from '../kernel/calendar.ts'
import type { SchedulePlan } from '../schema/schedule-plan.ts'
import { startDayOf, type ReviewCalendar } from './start-day.ts'

/** Further back nobody catches up: a start missed for a year was not missed but stopped. */
const CATCH_UP_MONTHS_MAX = 12

/** What is known of a workspace when its calendar is looked at. */
export interface ScheduleState {
  readonly plan: SchedulePlan
  readonly calendar: ReviewCalendar
  /** Local wall-clock time of the company. */
  readonly now: LocalTime
  /** The first month that is to start by itself, `YYYY-MM`. */
  readonly firstMonth: string
  /** Months that have a review of the whole month, however it was begun and wherever it stands. */
  readonly begun: ReadonlySet<string>
}

/** Which reviews to begin now, oldest month first, and when the next one is due. */
export interface ScheduleRuling {
  readonly due: readonly string[]
  readonly next: { readonly month: string; readonly at: LocalTime }
}

/**
 * Is it time to begin a review, and of which months?
 *
 * A month is due from its start day at the plan's minute on, for as long as it has no review: asked again, late, or after days of
 * silence, the answer is the same until the review is begun. Wall-clock times are compared as they are shown, so that a start in an
 * hour that a time change skips comes with the hour after, and one in an hour that is shown twice comes with the first.
 *
 * @throws InvariantError on a plan that is not feasible.
 */
export function judgeSchedule({
  plan,
  calendar,
  now,
  firstMonth,
  begun,
}: ScheduleState): ScheduleRuling {
  const current = now.on.slice(0, 7)
  const oldest = addMonths(current, -CATCH_UP_MONTHS_MAX)
  const due: string[] = []
  let month = firstMonth > oldest ? firstMonth : oldest
  for (;;) {
    const at = { on: startDayOf(month, plan, calendar), minute: plan.minute }
    if (isLater(at, now)) return { due, next: { month, at } }
    if (!begun.has(month)) due.push(month)
    month = addMonths(month, 1)
  }
}

function isLater(left: LocalTime, right: LocalTime): boolean {
  return left.on === right.on ? left.minute > right.minute : left.on > right.on
}
