import { Temporal } from 'temporal-polyfill'

import type { LocalTime } from '#rules/governance/local-clock.ts'

const HOUR_MINUTES = 60

/** What the wall clock of a time zone shows; whole minutes, so that a plan's minute is reached and not passed. */
export function wallClock(now: Date, timeZone: string): LocalTime {
  const shown = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone)
  return {
    on: shown.toPlainDate().toString(),
    minute: shown.hour * HOUR_MINUTES + shown.minute,
  }
}

/** When the wall clock first shows a time, or, where a time change skips it, has passed it. */
export function instantOfWallClock({ on, minute }: LocalTime, timeZone: string): Date {
  const shown = Temporal.PlainDate.from(on).toZonedDateTime({
    timeZone,
    plainTime: { hour: Math.floor(minute / HOUR_MINUTES), minute: minute % HOUR_MINUTES },
  })
  return new Date(shown.epochMilliseconds)
}
