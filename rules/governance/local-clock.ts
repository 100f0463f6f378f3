import { dateOfDay, dayNumber } from '../kernel/calendar.ts'
import { present } from '../kernel/invariant.ts'

const MINUTE_MS = 60_000
const DAY_MINUTES = 1440

/** A wall-clock time: a local date and whole minutes after its midnight (0–1439). */
export interface LocalTime {
  readonly on: string
  readonly minute: number
}

/** From `fromMs` on (UTC) local time is UTC plus `offsetMinutes`. Read from the time-zone data outside, since rules have none. */
export interface ZoneOffset {
  readonly fromMs: number
  readonly offsetMinutes: number
}

/**
 * What does the wall clock show at an instant? A started minute counts as the next one, so that a deadline is never short.
 *
 * @param offsets By `fromMs`, ascending; the first covers every earlier instant.
 * @throws InvariantError without an offset.
 */
export function localTimeOf(instantMs: number, offsets: readonly ZoneOffset[]): LocalTime {
  const minutes = Math.ceil(instantMs / MINUTE_MS) + offsetAt(instantMs, offsets)
  const day = Math.floor(minutes / DAY_MINUTES)
  return { on: dateOfDay(day), minute: minutes - day * DAY_MINUTES }
}

/**
 * At which instant (ms, UTC) does the wall clock show a time? When it shows it twice, the first. When it skips it, the time is read with
 * the offset in force before the skip, so the deadline lies as far behind the skip as was asked.
 *
 * @param offsets By `fromMs`, ascending; the first covers every earlier instant.
 * @throws InvariantError without an offset.
 * Source: RFC 5545, section 3.3.5, form 3 (local time with time zone).
 */
export function instantOf({ on, minute }: LocalTime, offsets: readonly ZoneOffset[]): number {
  const wallMs = (dayNumber(on) * DAY_MINUTES + minute) * MINUTE_MS
  const readings = offsets.map(({ offsetMinutes }) => wallMs - offsetMinutes * MINUTE_MS)
  const shown = readings.filter(
    (instantMs) => instantMs + offsetAt(instantMs, offsets) * MINUTE_MS === wallMs,
  )
  if (shown.length > 0) return Math.min(...shown)
  const before = offsets.findLast(
    ({ fromMs, offsetMinutes }) => fromMs + offsetMinutes * MINUTE_MS < wallMs,
  )
  return wallMs - present(before, 'the offset before the skipped time').offsetMinutes * MINUTE_MS
}

function offsetAt(instantMs: number, offsets: readonly ZoneOffset[]): number {
  const current = offsets.findLast(({ fromMs }) => fromMs <= instantMs) ?? offsets[0]
  return present(current, 'a time-zone offset').offsetMinutes
}
