import { invariant } from './invariant.ts'

/** Local dates are `YYYY-MM-DD`, months `YYYY-MM`; both compare as text. No clock and no time zone here. */
const MONTH = /^(\d{4})-(\d{2})$/

/** Begins and ends anywhere: what was read has to print as the text it was read from. */
const DATE = /(\d{4})-(\d{2})-(\d{2})/

export interface DateRange {
  /** First day, included. */
  readonly from: string
  /** Last day, included. */
  readonly to: string
}

/**
 * Days since 1970-01-01 of a local date.
 *
 * Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
 * @throws InvariantError when the text is no date of the calendar.
 */
export function dayNumber(date: string): number {
  const match = DATE.exec(date)
  invariant(match !== null, `dayNumber: expected YYYY-MM-DD, got ${date}`)
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const number = daysFromCivil(year, month, day)
  invariant(dateOfDay(number) === date, `dayNumber: ${date} is not in the calendar`)
  return number
}

/** The local date of a day number; the inverse of `dayNumber`. */
export function dateOfDay(days: number): string {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from)
}

/** The date `days` later (earlier when negative). */
export function addDays(date: string, days: number): string {
  return dateOfDay(dayNumber(date) + days)
}

/** Day of the week: 0 Monday … 6 Sunday. */
export function weekday(date: string): number {
  return (((dayNumber(date) + 3) % 7) + 7) % 7
}

/** First and last day of a month `YYYY-MM`. */
export function monthRange(month: string): DateRange {
  const first = `${month}-01`
  return { from: first, to: addDays(`${addMonths(month, 1)}-01`, -1) }
}

/** True when a review speaks for the whole month: it speaks for the end of its day, so on the month's last day nothing is left out. */
export function isMonthOver(month: string, asOfOn: string): boolean {
  return asOfOn >= monthRange(month).to
}

/** The last month `YYYY-MM` that is over at the end of a day. */
export function lastMonthOver(asOfOn: string): string {
  const month = asOfOn.slice(0, 7)
  return isMonthOver(month, asOfOn) ? month : addMonths(month, -1)
}

/**
 * The month `count` later (earlier when negative).
 *
 * @throws InvariantError when the text is no month `YYYY-MM`.
 */
export function addMonths(month: string, count: number): string {
  const match = MONTH.exec(month)
  invariant(match !== null, `addMonths: expected YYYY-MM, got ${month}`)
  const index = Number(match[1]) * 12 + (Number(match[2]) - 1) + count
  return `${pad(Math.floor(index / 12), 4)}-${pad((index % 12) + 1, 2)}`
}

/** The three calendar months before the quarter that holds `month`, oldest first. */
export function priorQuarter(month: string): string[] {
  const position = (Number(month.slice(5)) - 1) % 3
  return [-3, -2, -1].map((step) => addMonths(month, step - position))
}

/** Days that count as working: names `mon`…`sun` and holidays as local dates. */
export interface WorkingCalendar {
  readonly workingDays: readonly number[]
  readonly holidays: ReadonlySet<string>
}

/** True on a working weekday that is no holiday. */
export function isBusinessDay(date: string, calendar: WorkingCalendar): boolean {
  return calendar.workingDays.includes(weekday(date)) && !calendar.holidays.has(date)
}

/**
 * The date `count` business days after `date` (`date` itself does not count).
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
      invariant(idle < 366, 'addBusinessDays: the calendar has no business day in a year')
    }
  }
  return current
}

function daysFromCivil(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
