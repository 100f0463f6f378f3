import { invariant } from './invariant.ts'

/** Local dates are `YYYY-MM-DD`, months `YYYY-MM`; both compare as text. No clock and no time zone here. */
const MONTH = /^(\d{4})-(\d{2})$/

/** Begins and ends anywhere: what was read has to print as the text it was read from. */
const DATE = /(\d{4})-(\d{2})-(\d{2})/

// The calendar repeats every 400 years. Years are counted from 1 March here, so that a leap day is the last of its year.
const CYCLE_YEARS = 400
const CYCLE_DAYS = 146_097
const CENTURY_DAYS = 36_524
const FOUR_YEARS_DAYS = 1461
/** Days from 0000-03-01, where the first cycle begins, to 1970-01-01. */
const DAYS_FROM_CYCLE_TO_1970 = 719_468

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

/** The local date of a day number; the inverse of `dayNumber`. Source: Hinnant, civil_from_days. */
export function dateOfDay(days: number): string {
  const sinceCycle = days + DAYS_FROM_CYCLE_TO_1970
  const cycle = Math.floor(sinceCycle / CYCLE_DAYS)
  const dayOfCycle = sinceCycle - cycle * CYCLE_DAYS
  const yearOfCycle = yearHolding(dayOfCycle)
  const dayOfYear = dayOfCycle - daysOfYears(yearOfCycle)
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - daysBeforeMonth(monthFromMarch) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfCycle + cycle * CYCLE_YEARS + (month <= 2 ? 1 : 0)
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

function daysFromCivil(year: number, month: number, day: number): number {
  const yearFromMarch = month <= 2 ? year - 1 : year
  const cycle = Math.floor(yearFromMarch / CYCLE_YEARS)
  const monthFromMarch = month > 2 ? month - 3 : month + 9
  const dayOfYear = daysBeforeMonth(monthFromMarch) + day - 1
  const dayOfCycle = daysOfYears(yearFromMarch - cycle * CYCLE_YEARS) + dayOfYear
  return cycle * CYCLE_DAYS + dayOfCycle - DAYS_FROM_CYCLE_TO_1970
}

/** Days of the first `years` years of a cycle: every fourth has a leap day, the hundredth year none. */
function daysOfYears(years: number): number {
  return 365 * years + Math.floor(years / 4) - Math.floor(years / 100)
}

/** The year of a cycle, from 0, that holds a day of it: leap days so far are taken out, and each 365 days left are a year. */
function yearHolding(dayOfCycle: number): number {
  const leapDays =
    Math.floor(dayOfCycle / (FOUR_YEARS_DAYS - 1)) -
    Math.floor(dayOfCycle / CENTURY_DAYS) +
    Math.floor(dayOfCycle / (CYCLE_DAYS - 1))
  return Math.floor((dayOfCycle - leapDays) / 365)
}

/** Days of a year from March before a month, 0 March … 11 February: any five on end without February have 153 days. */
function daysBeforeMonth(monthFromMarch: number): number {
  return Math.floor((153 * monthFromMarch + 2) / 5)
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
