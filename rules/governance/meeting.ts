import { addBusinessDays, type WorkingCalendar } from '../kernel/business-days.ts'
import { monthRange } from '../kernel/calendar.ts'
import type { LocalTime } from './local-clock.ts'

/** When the review meeting of a month is held, by the policy's calendar: business day and wall-clock time. */
export interface MeetingPlan {
  /** Counted from the first business day after the month's last day. */
  readonly businessDay: number
  /** `HH:MM`. */
  readonly at: string
}

/**
 * On which day and at which time is a month's review discussed?
 *
 * @param month `YYYY-MM`.
 * @throws InvariantError when a year passes without a business day.
 */
export function meetingOf(month: string, plan: MeetingPlan, calendar: WorkingCalendar): LocalTime {
  const [hour = '0', minute = '0'] = plan.at.split(':')
  return {
    on: addBusinessDays(monthRange(month).to, plan.businessDay, calendar),
    minute: Number(hour) * 60 + Number(minute),
  }
}
