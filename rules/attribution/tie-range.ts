import { addAt } from './journey.ts'

/** The least and the most credit a channel could have, had touches at the same instant come in another order. */
export interface TieRange {
  /** Conversions per channel code. */
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** Conversions with two different channels at one instant. */
  readonly tiedConversions: number
}

/** The touches of one converting journey that could change places, oldest first: parallel lists. */
export interface TiePlaces {
  readonly channels: readonly number[]
  readonly times: readonly number[]
  /** Credit of each place. */
  readonly weights: readonly number[]
  /** Whether credit belongs to the place; if not, it goes with the touch wherever it stands. */
  readonly byPlace: boolean
}

export interface TieRangeCounts {
  readonly take: (places: TiePlaces) => void
  readonly finish: () => TieRange
}

/**
 * How far could the order of simultaneous touches move the credit? Within each group of touches at one instant, a channel with m of them
 * can take the m largest or the m smallest weights of the group's places; groups are independent, so the bounds can be reached.
 */
export function createTieRange(channelCount: number): TieRangeCounts {
  const low = new Float64Array(channelCount)
  const high = new Float64Array(channelCount)
  let tiedConversions = 0
  const takeGroup = (channels: readonly number[], slots: readonly number[]): void => {
    for (const [channel, touches] of countEach(channels)) {
      addAt(low, channel, sumOf(slots.slice(0, touches)))
      addAt(high, channel, sumOf(slots.slice(slots.length - touches)))
    }
  }
  const take = ({ channels, times, weights, byPlace }: TiePlaces): void => {
    let tied = false
    for (let from = 0; from < times.length;) {
      const to = endOfInstant(times, from)
      const group = channels.slice(from, to)
      tied ||= new Set(group).size > 1
      if (byPlace) takeGroup(group, weights.slice(from, to).toSorted(ascending))
      else
        for (let touch = from; touch < to; touch++)
          takeGroup([channels[touch] ?? 0], [weights[touch] ?? 0])
      from = to
    }
    if (tied) tiedConversions++
  }
  return { take, finish: () => ({ low: [...low], high: [...high], tiedConversions }) }
}

/** Index after the last touch at the instant of touch `from`. */
function endOfInstant(times: readonly number[], from: number): number {
  let to = from + 1
  while (to < times.length && times[to] === times[from]) to++
  return to
}

function countEach(channels: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const channel of channels) counts.set(channel, (counts.get(channel) ?? 0) + 1)
  return counts
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}

function ascending(left: number, right: number): number {
  return left - right
}
