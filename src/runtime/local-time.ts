import { Temporal } from 'temporal-polyfill'

import { AppError } from '../errors.ts'

/** The instant a review speaks for, and the local date it falls on. */
export interface AsOf {
  /** UTC, to the second. */
  readonly instant: string
  readonly localDate: string
}

/**
 * When does a review of `month` speak for? The date asked for; else the last day of the month, or today while the month still runs. So the
 * same month on the same data is the same review, whatever day it is run.
 *
 * @param asked A local date `YYYY-MM-DD`, or undefined.
 * @throws AppError `USAGE` when the date is none or lies before the month.
 */
export function asOfReview(
  month: string,
  { asked, timeZone, now }: { asked: string | undefined; timeZone: string; now: Date },
): AsOf {
  const last = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 31 })
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
  const date = asked === undefined ? earlier(last, today) : parseDate(asked)
  if (date.toString().slice(0, 7) < month) {
    throw new AppError('USAGE', {
      message: 'the review would speak for a day before its month',
      expected: `a day in or after ${month}`,
      got: date.toString(),
    })
  }
  return { instant: endOfDay(date.toString(), timeZone), localDate: date.toString() }
}

/** The local date of an instant. */
export function localDateOf(instant: string, timeZone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

/** The last instant of a local date `YYYY-MM-DD`: UTC, to the second. */
export function endOfDay(date: string, timeZone: string): string {
  const midnight = Temporal.PlainDate.from(date).add({ days: 1 })
  const next = midnight.toZonedDateTime({ timeZone, plainTime: '00:00' })
  return next.toInstant().subtract({ seconds: 1 }).toString({ smallestUnit: 'second' })
}

function earlier(left: Temporal.PlainDate, right: Temporal.PlainDate): Temporal.PlainDate {
  return Temporal.PlainDate.compare(left, right) <= 0 ? left : right
}

function parseDate(text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' })
  } catch (cause) {
    throw new AppError('USAGE', {
      message: 'the date is not readable',
      expected: 'a date YYYY-MM-DD',
      got: text,
      cause,
    })
  }
}
