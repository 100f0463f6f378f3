import { channelsOf, type Journey } from './journey.ts'
import type { DecidingModel } from './models.ts'
import type { TiePlaces } from './tie-range.ts'
import { singleTouchWeights } from './touch-weights.ts'

/** Models whose credit belongs to a place in the path, so that the order of simultaneous touches matters. */
const BY_PLACE: ReadonlySet<DecidingModel> = new Set([
  'first_touch',
  'last_touch',
  'last_non_direct',
  'position_based',
])

/**
 * Which touches of a journey could change places under the deciding model, and what stands on each place? The last non-direct model only
 * chooses among touches that are not direct, so the others do not take part.
 *
 * @param given.weights Credit of each touch; null for a model that does not divide single journeys.
 * @returns Null when the model does not divide single journeys.
 */
export function tiePlaces(
  model: DecidingModel,
  given: {
    readonly journey: Journey
    readonly times: readonly number[]
    readonly weights: readonly number[] | null
  },
  isDirect: Uint8Array,
): TiePlaces | null {
  const { journey, times, weights } = given
  if (weights === null) return null
  const channels = channelsOf(journey)
  const byPlace = BY_PLACE.has(model)
  const others = channels.map((channel) => isDirect[channel] === 0)
  if (model !== 'last_non_direct' || !others.includes(true)) {
    return { channels, times, weights, byPlace }
  }
  const kept = channels.filter((_, touch) => others[touch] === true)
  return {
    channels: kept,
    times: times.filter((_, touch) => others[touch] === true),
    weights: singleTouchWeights(kept.length, kept.length - 1),
    byPlace,
  }
}
