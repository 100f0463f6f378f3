import { channelsOf, type Journey } from './journey.ts'
import type { DecidingModel } from './models.ts'
import {
  lastNonDirectTouch,
  linearWeights,
  positionWeights,
  singleTouchWeights,
  timeDecayWeights,
  uniqueChannelWeights,
} from './touch-weights.ts'

/** What the weights of a journey depend on besides its channels. */
export interface WeightOptions {
  /** One flag (0 or 1) per channel code. */
  readonly isDirect: Uint8Array
  readonly endShare: number
  /** In the unit of the times. */
  readonly halfLife: number
}

/**
 * The share of each touch in a conversion under the deciding model; they sum to 1.
 *
 * @param times Instants of the touches, ascending; null where the data carries none.
 * @returns Null where the model does not divide single journeys (Markov) or needs times there are none of.
 */
export function decidingWeights(
  model: DecidingModel,
  { journey, times }: { readonly journey: Journey; readonly times: ArrayLike<number> | null },
  { isDirect, endShare, halfLife }: WeightOptions,
): number[] | null {
  const channels = channelsOf(journey)
  const { length } = channels
  switch (model) {
    case 'first_touch':
      return singleTouchWeights(length, 0)
    case 'last_touch':
      return singleTouchWeights(length, length - 1)
    case 'last_non_direct':
      return singleTouchWeights(
        length,
        lastNonDirectTouch(channels.map((channel) => isDirect[channel] === 1)),
      )
    case 'linear':
      return linearWeights(length)
    case 'linear_unique_channels':
      return uniqueChannelWeights(channels)
    case 'position_based':
      return positionWeights(length, endShare)
    case 'time_decay':
      return times === null ? null : timeDecayWeights(agesOf(times, length), halfLife)
    case 'markov':
  }
  return null
}

/** Ages as of one instant; which one cancels when the weights are scaled to sum to 1. */
function agesOf(times: ArrayLike<number>, length: number): number[] {
  return Array.from({ length }, (_, touch) => -(times[touch] ?? 0))
}
