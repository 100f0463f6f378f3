import { notMeasured, type Missing } from '../kernel/quantity.ts'
import type { ChannelSets } from './channel-sets.ts'
import type { Credit, Tally } from './journey.ts'
import { inProportion } from './markov.ts'
import { EXACT_CHANNELS_MAX, shapleyConversionRate } from './shapley-rate.ts'
import { sampleShapley } from './shapley-sampling.ts'

/** Credit by the conversion-rate game; `errorBound` is null where every coalition was looked at. */
export interface ShapleyCredit extends Credit {
  /** Per channel, in conversions per journey; negative where journeys with the channel convert worse. */
  readonly phi: readonly number[]
  readonly errorBound: readonly number[] | null
}

/** Above this many channels the sampled bound says nothing any more. */
const SAMPLED_CHANNELS_MAX = 60
/** Steps the sampling may take: orders × channels over all distinct sets. */
const SAMPLING_WORK = 30_000_000
const PERMUTATIONS_MAX = 2000
const PERMUTATIONS_MIN = 100
/** Chance that some sampled bound fails. */
const ALPHA = 0.05

/**
 * Which credit does the conversion-rate game give? φ ÷ Σφ · total, exact up to 14 channels, sampled with a stated bound up to 60.
 *
 * @returns Not measured without journeys that did not convert (every rate is then 1 and the game decides nothing), without conversions, and
 * above 60 channels.
 */
export function shapleyCredit(
  journeys: ChannelSets,
  totals: Tally,
  seed: number,
): ShapleyCredit | Missing {
  const sets = journeys.sets()
  if (!sets.some((set) => set.nulls > 0)) {
    return notMeasured('journeys that did not convert were not counted')
  }
  if (!sets.some((set) => set.conversions > 0)) return notMeasured('no journey converted')
  if (journeys.channelCount > SAMPLED_CHANNELS_MAX) {
    return notMeasured(`more than ${SAMPLED_CHANNELS_MAX} channels`)
  }
  const { phi, errorBound } =
    journeys.channelCount <= EXACT_CHANNELS_MAX
      ? { phi: shapleyConversionRate(journeys), errorBound: null }
      : sampleShapley(journeys, { seed, permutations: permutationsFor(journeys), alpha: ALPHA })
  return {
    phi,
    errorBound,
    conversions: inProportion(phi, totals.conversions),
    valueMinor: inProportion(phi, totals.valueMinor),
  }
}

/** As many orders as the work allows, so that the time does not grow with the number of sets. */
function permutationsFor(journeys: ChannelSets): number {
  const work = journeys.sets().reduce((total, set) => total + set.channels.length, 0)
  const affordable = Math.floor(SAMPLING_WORK / work)
  return Math.min(PERMUTATIONS_MAX, Math.max(PERMUTATIONS_MIN, affordable))
}
