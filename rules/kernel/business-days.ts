import { addDays, weekday } from './calendar.ts'
import { invariant } from './invariant.ts'

/** Which days count as working. */
export interface WorkingCalendar {
  /** Days of the week: 0 Monday … 6 Sunday. */
  readonly workingDays: readonly number[]
  /** Local dates `YYYY-MM-DD`. */
  readonly holidays: ReadonlySet<string>
}

/** Days without a business day after which a calendar is taken to have none: a leap year's. */
const IDLE_DAYS_MAX = 366

/** True on a working weekday that is no holiday. */
export function isBusinessDay(date: string, calendar: WorkingCalendar): boolean {
  return calendar.workingDays.includes(weekday(date)) && !calendar.holidays.has(date)
}

/**
 * The date `count` business days after `date` (`date` itself does not count).
 *
 * Two business days after Wednesday 2026-11-25, with Thursday a holiday, are Friday 27 and Monday 30: 2026-11-30.
 *
 * @throws InvariantError when a year passes without a business day: such a calendar cannot be served.
 */
export function addBusinessDays(date: string, count: number, calendar: WorkingCalendar): string {
  let current = date
  for (let found = 0, idle = 0; found < count;) {
    current = addDays(current, 1)
    if (isBusinessDay(current, calendar)) {
      found++
      idle = 0
    } else {
      idle++
      invariant(idle < IDLE_DAYS_MAX, 'addBusinessDays: the calendar has no business day in a year')
    }
  }
  return current
}
