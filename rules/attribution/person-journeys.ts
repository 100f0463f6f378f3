import { amountAt, createTally, type Journey, type Tally } from './journey.ts'
import { eligibleTouches, firstAbove, type TouchRange, type WindowPolicy } from './window.ts'

/** Why a conversion is in no model. */
export const UNATTRIBUTED_REASONS = [
  /** The person has no touch up to the conversion. */
  'no_touch',
  /** Every touch that was left to credit is older than the lookback. */
  'outside_window',
  /** Every touch came before an earlier conversion, which closed them off. */
  'used_by_earlier_conversion',
  /** A negative value: it undoes a sale and names no journey, so no channel loses credit for it. */
  'refund',
] as const
export type UnattributedReason = (typeof UNATTRIBUTED_REASONS)[number]

/** What happened to the conversions of the month, besides what the sinks were given. */
export interface TimedTally {
  readonly attributed: Tally
  readonly unattributed: Readonly<Record<UnattributedReason, Tally>>
  /** Attributed conversions without a stated value, and with a value of exactly 0. */
  withoutValue: number
  zeroValue: number
  /** Attributed conversions from whose journey the lookback cut at least one touch. */
  truncated: number
  nullJourneys: number
}

/** Receives journeys in the order of persons and time. */
export interface TimedSink {
  readonly startPerson: () => void
  /** One converting journey with the instants of its touches and of the conversion, in ms. */
  readonly takeConversion: (
    journey: Journey,
    times: readonly number[],
    conversionMs: number,
  ) => void
  readonly takeNull: (journey: Journey) => void
}

/** How a person's touches are cut into journeys. */
export interface JourneyPolicy extends WindowPolicy {
  /** One flag (0 or 1) per channel code. */
  readonly isDirect: Uint8Array
  /** Leave direct touches out of journeys that have any other. */
  readonly ignoreDirect: boolean
}

/** A person's touches, oldest first: parallel lists. */
export interface Touches {
  readonly times: number[]
  readonly channels: number[]
}

export interface Conversion {
  readonly atMs: number
  /** In minor units; null where none is stated. */
  readonly valueMinor: number | null
  /** Whether the month under review counts it; if not, it only closes journeys. */
  readonly inMonth: boolean
}

/** What is known of one person, in the order of time; refunds are not among the conversions. */
export interface PersonEvents {
  readonly touches: Touches
  readonly conversions: readonly Conversion[]
  /** Whether the last touch lies in the month under review. */
  readonly lastTouchInMonth: boolean
}

/** An empty tally. */
export function createTimedTally(): TimedTally {
  return {
    attributed: createTally(),
    unattributed: {
      no_touch: createTally(),
      outside_window: createTally(),
      used_by_earlier_conversion: createTally(),
      refund: createTally(),
    },
    withoutValue: 0,
    zeroValue: 0,
    truncated: 0,
    nullJourneys: 0,
  }
}

/** Counts one conversion. */
export function addToTally(tally: Tally, valueMinor: number | null): void {
  tally.conversions++
  tally.valueMinor += valueMinor ?? 0
}

/** Hands the journeys of a person's conversions to the sink, the earliest first, and books every conversion of the month exactly once. */
export function closeConversions(
  { touches, conversions }: PersonEvents,
  policy: JourneyPolicy,
  { sink, tally }: { readonly sink: TimedSink; readonly tally: TimedTally },
): void {
  let earlierMs: number | null = null
  let instantMs: number | null = null
  for (const { atMs, valueMinor, inMonth } of conversions) {
    if (atMs !== instantMs) {
      earlierMs = instantMs
      instantMs = atMs
    }
    if (!inMonth) continue
    const range = eligibleTouches(touches.times, { conversionMs: atMs, earlierMs }, policy)
    if (range.from === range.to) {
      addToTally(tally.unattributed[reasonFor(range)], valueMinor)
      continue
    }
    bookAttributed(tally, range, valueMinor)
    const path = pathOf(touches, range, policy)
    const journey = { ...path.journey, conversions: 1, nulls: 0, valueMinor: valueMinor ?? 0 }
    sink.takeConversion(journey, path.times, atMs)
  }
}

/**
 * Hands the journey that led nowhere to the sink, if there is one: under `split` the touches after the person's last conversion, under
 * `overlap` all touches of a person who never converted. It has no window and belongs to the month of its last touch.
 */
export function closeNull(
  { touches, conversions, lastTouchInMonth }: PersonEvents,
  policy: JourneyPolicy,
  { sink, tally }: { readonly sink: TimedSink; readonly tally: TimedTally },
): void {
  const lastMs = conversions.at(-1)?.atMs
  if (!lastTouchInMonth || (policy.assignment === 'overlap' && lastMs !== undefined)) return
  const from = lastMs === undefined ? 0 : firstAbove(touches.times, lastMs)
  const to = touches.times.length
  if (from === to) return
  tally.nullJourneys++
  const path = pathOf(touches, { from, to }, policy)
  sink.takeNull({ ...path.journey, conversions: 0, nulls: 1, valueMinor: 0 })
}

function bookAttributed(tally: TimedTally, range: TouchRange, valueMinor: number | null): void {
  addToTally(tally.attributed, valueMinor)
  if (valueMinor === null) tally.withoutValue++
  if (valueMinor === 0) tally.zeroValue++
  if (range.from > range.open) tally.truncated++
}

function reasonFor(range: TouchRange): UnattributedReason {
  if (range.to === 0) return 'no_touch'
  return range.open === range.to ? 'used_by_earlier_conversion' : 'outside_window'
}

/** The touches of a range as a path, without direct ones where the policy says so and another is left. */
function pathOf(touches: Touches, range: Pick<TouchRange, 'from' | 'to'>, policy: JourneyPolicy) {
  const { from, to } = range
  const withoutDirect = leavesDirectOut(touches, range, policy)
  const times: number[] = []
  const channels = new Uint16Array(to - from)
  for (let touch = from; touch < to; touch++) {
    const channel = amountAt(touches.channels, touch)
    if (withoutDirect && policy.isDirect[channel] === 1) continue
    channels[times.length] = channel
    times.push(amountAt(touches.times, touch))
  }
  return { times, journey: { channels, from: 0, to: times.length } }
}

/** Whether direct touches are to go: the policy says so and the range holds another. */
function leavesDirectOut(
  { channels }: Touches,
  { from, to }: Pick<TouchRange, 'from' | 'to'>,
  { isDirect, ignoreDirect }: Pick<JourneyPolicy, 'isDirect' | 'ignoreDirect'>,
): boolean {
  if (!ignoreDirect) return false
  for (let touch = from; touch < to; touch++) {
    if (isDirect[amountAt(channels, touch)] === 0) return true
  }
  return false
}
