import { addBusinessDays, isBusinessDay, type WorkingCalendar } from '../kernel/business-days.ts'
import { addDays, monthRange } from '../kernel/calendar.ts'
import { invariant } from '../kernel/invariant.ts'
import type { SchedulePlan } from '../schema/schedule-plan.ts'

/** Working days and holidays of a company, and the business day after month end on which its meeting is held. */
export interface ReviewCalendar extends WorkingCalendar {
  readonly meetingBusinessDay: number
}

/** Can the plan be kept? A start before the meeting must still lie after the month's end, or half a month would be reviewed. */
export function isFeasible({ day }: SchedulePlan, calendar: ReviewCalendar): boolean {
  return day.kind === 'after_month_end' || day.businessDays < calendar.meetingBusinessDay
}

/**
 * On which local date does the review of a month start?
 *
 * Business day 1 is the first business day after the month's last day. `before_meeting` counts back from the meeting, business day
 * `meetingBusinessDay`, so that N before business day M is business day M − N.
 *
 * @param month `YYYY-MM`.
 * @throws InvariantError on a plan that is not feasible, or when a year passes without a business day.
 */
export function startDayOf(month: string, plan: SchedulePlan, calendar: ReviewCalendar): string {
  invariant(isFeasible(plan, calendar), 'startDayOf: expected a start after the month ends')
  const { to } = monthRange(month)
  const { day } = plan
  if (day.kind === 'after_month_end') return addBusinessDays(to, day.businessDay, calendar)
  return businessDaysBefore(
    addBusinessDays(to, calendar.meetingBusinessDay, calendar),
    day.businessDays,
    calendar,
  )
}

function businessDaysBefore(date: string, count: number, calendar: WorkingCalendar): string {
  let current = date
  for (let left = count; left > 0;) {
    current = addDays(current, -1)
    if (isBusinessDay(current, calendar)) left--
  }
  return current
}
