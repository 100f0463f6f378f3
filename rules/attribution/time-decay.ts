import { addAt, createBuckets, type Credit, type Journey } from './journey.ts'
import { decayWeight } from './touch-weights.ts'

/** Sums time-decay credit over converting journeys. */
export interface TimeDecayCredit {
  /**
   * One converting journey.
   *
   * @param times Instants of its touches, ascending, in the unit of the half life, in the same rows as its channels.
   */
  readonly takeConversion: (journey: Journey, times: ArrayLike<number>) => void
  readonly credit: () => Credit
}

const FIRST_CAPACITY = 64

/**
 * How much of each conversion does the time-decay model give to each channel? Weights as in `timeDecayWeights`. These are the only sums of
 * fractions in this folder; they are added in the order of the journeys, which the folds make the same on every run.
 *
 * @param halfLife > 0, in the unit of the times.
 */
export function createTimeDecayCredit(channelCount: number, halfLife: number): TimeDecayCredit {
  const buckets = createBuckets(channelCount)
  let weights = new Float64Array(FIRST_CAPACITY)
  const takeConversion = (journey: Journey, times: ArrayLike<number>): void => {
    const { channels, from, to, conversions, valueMinor } = journey
    if (to - from > weights.length) weights = new Float64Array(2 * (to - from))
    const last = to - 1
    const youngest = times[last] ?? 0
    let older = 0
    for (let touch = from; touch < last; touch++) {
      const weight = decayWeight(youngest - (times[touch] ?? 0), halfLife)
      weights[touch - from] = weight
      older += weight
    }
    // Ages count from the youngest touch, which so weighs 1: no exponential for it, and none at all for a journey of one touch.
    weights[last - from] = 1
    const total = older + 1
    for (let touch = from; touch < to; touch++) {
      const share = (weights[touch - from] ?? 0) / total
      addAt(buckets.conversions, channels[touch] ?? 0, share * conversions)
      addAt(buckets.valueMinor, channels[touch] ?? 0, share * valueMinor)
    }
  }
  const credit = (): Credit => ({
    conversions: [...buckets.conversions],
    valueMinor: [...buckets.valueMinor],
  })
  return { takeConversion, credit }
}
