import { log } from '../kernel/elementary.ts'
import { invariant } from '../kernel/invariant.ts'
import { createRandom, type RandomSource } from '../kernel/random.ts'
import type { ChannelSet, ChannelSets } from './channel-sets.ts'
import { addAt, amountAt } from './journey.ts'

/** An estimate of the Shapley values with how far each may be off. */
export interface SampledShapley {
  /** φ per channel code, in conversions per journey; they add up to the overall rate. */
  readonly phi: readonly number[]
  /** Per channel: |estimate − φ| stays below this for all channels at once with probability 1 − `alpha`. */
  readonly errorBound: readonly number[]
  readonly permutations: number
}

export interface SamplingPlan {
  readonly seed: number
  /** Orders drawn, at least 2. */
  readonly permutations: number
  /** Chance in (0, 1) that some bound fails. */
  readonly alpha: number
}

/** A gain v(S ∪ c) − v(S) of conversion rates lies in [−1, 1]. */
const GAIN_RANGE = 2

/**
 * The Shapley values of the conversion-rate game for more channels than can be enumerated: the mean gain over random orders of joining.
 *
 * Bound per channel (empirical Bernstein, shared over n channels): √(2·V·ln(3n/α) ÷ m) + 3·R·ln(3n/α) ÷ m, with V the sample variance of
 * the gain, R = 2 its range and m the orders drawn.
 *
 * @throws InvariantError on fewer than 2 orders.
 * Source: J. Castro, D. Gómez, J. Tejada, "Polynomial calculation of the Shapley value based on sampling" (2009); J.-Y. Audibert, R. Munos,
 * C. Szepesvári, "Exploration–exploitation tradeoff using variance estimates" (2009).
 */
export function sampleShapley(journeys: ChannelSets, plan: SamplingPlan): SampledShapley {
  const { permutations } = plan
  const size = journeys.channelCount
  invariant(permutations >= 2, `sampleShapley: expected at least 2 orders, got ${permutations}`)
  const random = createRandom(plan.seed)
  const order = Array.from({ length: size }, (_, channel) => channel)
  const sets = flatten(journeys.sets())
  const sums = new Float64Array(size)
  const squares = new Float64Array(size)
  for (let drawn = 0; drawn < permutations; drawn++) {
    shuffle(order, random)
    for (const [place, gain] of gainsAlong(order, sets).entries()) {
      const channel = amountAt(order, place)
      addAt(sums, channel, gain)
      addAt(squares, channel, gain * gain)
    }
  }
  const phi = Array.from(sums, (sum) => sum / permutations)
  const spread = log((3 * size) / plan.alpha)
  const errorBound = phi.map((mean, channel) => {
    const variance = Math.max(0, amountAt(squares, channel) / permutations - mean * mean)
    return (
      Math.sqrt((2 * variance * spread) / permutations) + (3 * GAIN_RANGE * spread) / permutations
    )
  })
  return { phi, errorBound, permutations }
}

/** Distinct sets in flat lists, because every order looks at all of them. */
interface FlatSets {
  /** Where the channels of each set begin; one entry more than sets. */
  readonly starts: Int32Array
  readonly channels: Int32Array
  readonly conversions: Float64Array
  readonly journeys: Float64Array
}

function flatten(sets: readonly ChannelSet[]): FlatSets {
  const starts = new Int32Array(sets.length + 1)
  for (const [index, set] of sets.entries()) {
    starts[index + 1] = (starts[index] ?? 0) + set.channels.length
  }
  return {
    starts,
    channels: Int32Array.from(sets.flatMap((set) => set.channels)),
    conversions: Float64Array.from(sets, (set) => set.conversions),
    journeys: Float64Array.from(sets, (set) => set.conversions + set.nulls),
  }
}

/** What each place of the order adds to the conversion rate of the channels before it. */
function gainsAlong(order: readonly number[], sets: FlatSets): number[] {
  const placeOf = new Int32Array(order.length)
  for (const [place, channel] of order.entries()) placeOf[channel] = place
  const conversions = new Float64Array(order.length)
  const all = new Float64Array(order.length)
  for (let set = 0; set < sets.conversions.length; set++) {
    const complete = lastPlace(sets, set, placeOf)
    addAt(conversions, complete, sets.conversions[set] ?? 0)
    addAt(all, complete, sets.journeys[set] ?? 0)
  }
  let [converted, total, before] = [0, 0, 0]
  return order.map((_, place) => {
    converted += amountAt(conversions, place)
    total += amountAt(all, place)
    const rate = total === 0 ? 0 : converted / total
    const gain = rate - before
    before = rate
    return gain
  })
}

/** The place in the order at which the last channel of a set has joined. */
function lastPlace({ starts, channels }: FlatSets, set: number, placeOf: Int32Array): number {
  const end = starts[set + 1] ?? 0
  let last = 0
  for (let at = starts[set] ?? 0; at < end; at++) {
    last = Math.max(last, placeOf[channels[at] ?? 0] ?? 0)
  }
  return last
}

/** Source: R. Durstenfeld, "Algorithm 235: Random permutation" (1964). */
function shuffle(order: number[], random: RandomSource): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const kept = amountAt(order, last)
    order[last] = amountAt(order, other)
    order[other] = kept
  }
}
