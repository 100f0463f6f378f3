import { addAt, amountAt } from './journey.ts'

/** The least and the most credit a channel could have, had touches at the same instant come in another order. */
export interface TieRange {
  /** Conversions per channel code. */
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** Conversions with two different channels at one instant. */
  readonly tiedConversions: number
}

export interface TieRangeCounts {
  /**
   * One converting journey.
   *
   * @param weights Credit of each place in the path, oldest first.
   * @param times Instants of the touches, ascending, one per place.
   */
  readonly take: (
    channels: ArrayLike<number>,
    times: readonly number[],
    weights: readonly number[],
  ) => void
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
  const take = (
    channels: ArrayLike<number>,
    times: readonly number[],
    weights: readonly number[],
  ): void => {
    let mixed = false
    for (let from = 0; from < times.length;) {
      let to = from + 1
      while (to < times.length && times[to] === times[from]) to++
      const group = touchesPerChannel(channels, from, to)
      const slots = weights.slice(from, to).toSorted((left, right) => left - right)
      for (const [channel, touches] of group) {
        addAt(low, channel, sumOf(slots.slice(0, touches)))
        addAt(high, channel, sumOf(slots.slice(slots.length - touches)))
      }
      mixed ||= group.size > 1
      from = to
    }
    if (mixed) tiedConversions++
  }
  return { take, finish: () => ({ low: [...low], high: [...high], tiedConversions }) }
}

function touchesPerChannel(
  channels: ArrayLike<number>,
  from: number,
  to: number,
): Map<number, number> {
  const group = new Map<number, number>()
  for (let touch = from; touch < to; touch++) {
    const channel = amountAt(channels, touch)
    group.set(channel, (group.get(channel) ?? 0) + 1)
  }
  return group
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}
