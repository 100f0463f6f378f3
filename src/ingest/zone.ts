/** From `atMs` (UTC) on, local time is UTC plus `afterMs`; just before it was UTC plus `beforeMs`. */
interface Transition {
  readonly atMs: number
  readonly beforeMs: number
  readonly afterMs: number
}

/** The offsets of a time zone over a span of time. */
export interface ZoneOffsets {
  /** Offset in force at the start of the span. */
  readonly firstMs: number
  readonly transitions: readonly Transition[]
}

const DAY_MS = 86_400_000
/** No zone has ever changed twice within less than this. */
const STEP_MS = 3 * DAY_MS

/** True when the runtime knows the IANA time zone. */
export function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Every change of a zone's offset from two days before `fromMs` to two days after `toMs`. */
export function zoneOffsets(timeZone: string, fromMs: number, toMs: number): ZoneOffsets {
  const offsetAt = createOffsetAt(timeZone)
  const start = fromMs - 2 * DAY_MS
  const end = toMs + 2 * DAY_MS
  const firstMs = offsetAt(start)
  const transitions: Transition[] = []
  let beforeMs = firstMs
  for (let earlier = start; earlier < end; earlier += STEP_MS) {
    const later = Math.min(earlier + STEP_MS, end)
    const afterMs = offsetAt(later)
    if (afterMs === beforeMs) continue
    transitions.push({ atMs: changeBetween(offsetAt, earlier, later), beforeMs, afterMs })
    beforeMs = afterMs
  }
  return { firstMs, transitions }
}

/** SQL of the offset (ms) in force at an instant given as SQL of UTC milliseconds. */
export function offsetAtUtc(utcMs: string, zone: ZoneOffsets): string {
  return lookUp(utcMs, zone, ({ atMs }) => atMs)
}

/**
 * SQL of the offset (ms) that belongs to a local time given as SQL of milliseconds on the local clock. A time that the clock
 * showed twice is read as the earlier one.
 */
export function offsetAtLocal(wallMs: string, zone: ZoneOffsets): string {
  return lookUp(wallMs, zone, ({ atMs, beforeMs, afterMs }) => atMs + Math.max(beforeMs, afterMs))
}

/** SQL that is true of a local time the clock skipped; none when the zone never skips in the span. */
export function inGap(wallMs: string, { transitions }: ZoneOffsets): string | undefined {
  const gaps = transitions.filter(({ beforeMs, afterMs }) => afterMs > beforeMs)
  if (gaps.length === 0) return undefined
  return gaps
    .map(
      ({ atMs, beforeMs, afterMs }) =>
        `(${wallMs} >= ${atMs + beforeMs} and ${wallMs} < ${atMs + afterMs})`,
    )
    .join(' or ')
}

function lookUp(
  valueMs: string,
  { firstMs, transitions }: ZoneOffsets,
  threshold: (transition: Transition) => number,
): string {
  if (transitions.length === 0) return String(firstMs)
  const branches = transitions
    .toReversed()
    .map((transition) => `when ${valueMs} >= ${threshold(transition)} then ${transition.afterMs}`)
  return `(case ${branches.join(' ')} else ${firstMs} end)`
}

/** The first whole second of the later offset. */
function changeBetween(offsetAt: (ms: number) => number, earlier: number, later: number): number {
  const before = offsetAt(earlier)
  let low = Math.floor(earlier / 1000)
  let high = Math.ceil(later / 1000)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * 1000) === before) low = middle
    else high = middle
  }
  return high * 1000
}

function createOffsetAt(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0
    const wall = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    )
    return wall - Math.floor(ms / 1000) * 1000
  }
}
