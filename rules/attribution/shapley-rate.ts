import { invariant } from '../kernel/invariant.ts'
import type { ChannelSets } from './channel-sets.ts'
import { addAt, amountAt } from './journey.ts'

/** Up to this many channels all 2^n coalitions are looked at. */
export const EXACT_CHANNELS_MAX = 14

/**
 * Which part of the overall conversion rate does each channel bring, averaged over every order in which channels could have joined?
 *
 * v(S) = conversions ÷ journeys over all journeys whose channels all belong to S, 0 where there are none. φ(c) is c's Shapley value of v;
 * the φ add up to v(all). φ is negative for a channel whose journeys convert worse than the rest; it is shown so, never cut off.
 *
 * Ten journeys each: A alone converts 1, B alone 3, both 6. v(A) = 0.1, v(B) = 0.3, v(A B) = 10/30. A joins first or second:
 * φ(A) = ½ · 0.1 + ½ · (0.333 − 0.3) = 0.067, φ(B) = ½ · 0.3 + ½ · (0.333 − 0.1) = 0.267.
 *
 * @returns φ per channel code, in conversions per journey.
 * @throws InvariantError above 14 channels.
 * Source: L. S. Shapley, "A value for n-person games" (1953).
 */
export function shapleyConversionRate(journeys: ChannelSets): number[] {
  const size = journeys.channelCount
  invariant(size <= EXACT_CHANNELS_MAX, `shapleyConversionRate: ${size} channels are too many`)
  const rates = coalitionRates(journeys)
  const weights = joinWeights(size)
  return Array.from({ length: size }, (_, channel) => {
    const bit = 1 << channel
    let phi = 0
    for (const coalition of rates.keys()) {
      // A coalition that has the channel already gains nothing by it.
      const gain = amountAt(rates, coalition | bit) - amountAt(rates, coalition)
      phi += amountAt(weights, bitCount(coalition)) * gain
    }
    return phi
  })
}

/** v(S) of every coalition, by its bits. */
function coalitionRates(journeys: ChannelSets): Float64Array {
  const size = journeys.channelCount
  const conversions = new Float64Array(2 ** size)
  const all = new Float64Array(2 ** size)
  for (const set of journeys.sets()) {
    const bits = set.channels.reduce((found, channel) => found | (1 << channel), 0)
    addAt(conversions, bits, set.conversions)
    addAt(all, bits, set.conversions + set.nulls)
  }
  for (let channel = 0; channel < size; channel++) {
    addSubsets(conversions, channel)
    addSubsets(all, channel)
  }
  return conversions.map((count, coalition) => {
    const journeyCount = amountAt(all, coalition)
    return journeyCount === 0 ? 0 : count / journeyCount
  })
}

/** Adds to every coalition with `channel` the sum of the same coalition without it; over all channels this sums all subsets. */
function addSubsets(sums: Float64Array, channel: number): void {
  const bit = 1 << channel
  for (const coalition of sums.keys()) {
    if ((coalition & bit) !== 0) addAt(sums, coalition, amountAt(sums, coalition ^ bit))
  }
}

/** Chance that a channel joins right after one given coalition of s others: s!·(n − 1 − s)! ÷ n!, by s. */
function joinWeights(size: number): number[] {
  const weights = [1 / size]
  for (let others = 1; others < size; others++) {
    weights.push((amountAt(weights, others - 1) * others) / (size - others))
  }
  return weights
}

function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}
