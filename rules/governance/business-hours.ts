import { addBusinessDays, isBusinessDay, type WorkingCalendar } from '../kernel/business-days.ts'
import { addDays } from '../kernel/calendar.ts'
import { invariant } from '../kernel/invariant.ts'
import type { CalendarPolicy } from '../policy/organisation.ts'
import type { LocalTime } from './local-clock.ts'

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Days that count, and the minutes of such a day in which people answer: `opens` included, `closes` not. */
export interface BusinessHours extends WorkingCalendar {
  readonly opens: number
  readonly closes: number
}

/** The hours as the policy writes them. */
export function businessHoursOf(calendar: CalendarPolicy): BusinessHours {
  return {
    workingDays: calendar.working_days.map((day) => WEEKDAYS.indexOf(day)),
    holidays: new Set(calendar.holidays),
    opens: minuteOf(calendar.working_hours.from),
    closes: minuteOf(calendar.working_hours.to),
  }
}

/**
 * The wall-clock time after `minutes` business minutes.
 *
 * Counting starts at `start`, or at the next opening when it lies outside the hours. A span that ends at closing ends that day at closing,
 * not the next morning.
 *
 * @param minutes Whole, ≥ 0.
 * @throws InvariantError on a negative or fractional span, or when a year passes without a business day.
 */
export function addBusinessMinutes(
  start: LocalTime,
  minutes: number,
  hours: BusinessHours,
): LocalTime {
  invariant(
    Number.isSafeInteger(minutes) && minutes >= 0,
    `addBusinessMinutes: expected whole minutes, got ${minutes}`,
  )
  let at = openingFrom(start, hours)
  let left = minutes
  while (left > hours.closes - at.minute) {
    left -= hours.closes - at.minute
    at = openingFrom({ on: addDays(at.on, 1), minute: 0 }, hours)
  }
  return { on: at.on, minute: at.minute + left }
}

/** `at` when it lies in business hours, else the next opening. */
function openingFrom(at: LocalTime, hours: BusinessHours): LocalTime {
  if (isBusinessDay(at.on, hours) && at.minute < hours.closes) {
    return { on: at.on, minute: Math.max(at.minute, hours.opens) }
  }
  return { on: addBusinessDays(at.on, 1, hours), minute: hours.opens }
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}
