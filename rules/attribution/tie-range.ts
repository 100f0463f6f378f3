import { ascending } from '../kernel/sample-quantile.ts'
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
 *
 * Under 40/20/40 with A, then B and C at one instant, A has 0.4; B and C have 0.2 at least and 0.4 at most.
 */
export function createTieRange(channelCount: number): TieRangeCounts {
  const low = new Float64Array(channelCount)
  const high = new Float64Array(channelCount)
  let tiedConversions = 0
  /** @param sorted Weights of the places, the smallest first. */
  const takeGroup = (channels: readonly number[], sorted: readonly number[]): void => {
    for (const [channel, touches] of countEach(channels)) {
      addAt(low, channel, sumOf(sorted.slice(0, touches)))
      addAt(high, channel, sumOf(sorted.slice(sorted.length - touches)))
    }
  }
  const take = ({ channels, times, weights, byPlace }: TiePlaces): void => {
    const groups = instants(times).map(({ from, to }) => ({
      channels: channels.slice(from, to),
      weights: weights.slice(from, to),
    }))
    for (const group of groups) {
      if (byPlace) {
        takeGroup(group.channels, ascending(group.weights))
        continue
      }
      for (const [touch, channel] of group.channels.entries()) {
        takeGroup([channel], group.weights.slice(touch, touch + 1))
      }
    }
    if (groups.some((group) => new Set(group.channels).size > 1)) tiedConversions++
  }
  return { take, finish: () => ({ low: [...low], high: [...high], tiedConversions }) }
}

/** Runs of touches at one instant. */
function instants(times: readonly number[]): { readonly from: number; readonly to: number }[] {
  const starts = [...times.keys()].filter((touch) => times[touch] !== times[touch - 1])
  return starts.map((from, run) => ({ from, to: starts[run + 1] ?? times.length }))
}

function countEach(channels: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const channel of channels) counts.set(channel, (counts.get(channel) ?? 0) + 1)
  return counts
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}
