import { participation, type HeuristicBuckets } from './heuristic-buckets.ts'
import type { HeuristicCredits } from './heuristic-credit.ts'
import { amountAt } from './journey.ts'

/** What a channel closed itself and where it helped; whole conversions. */
export interface Contribution {
  /** Conversions the channel closed (last touch). */
  readonly direct: number
  /** Conversions whose path the channel was part of without closing it. */
  readonly assisted: number
}

/**
 * Did a channel close conversions or help others to close them?
 *
 * direct = conversions with the channel as last touch; assisted = conversions with the channel anywhere on the path − direct. A conversion
 * counts as assisted once per channel, however often the channel was touched, so assists of all channels add up to more than the conversions.
 *
 * Source: Google Analytics, assisted conversions.
 */
export function contributions(
  buckets: HeuristicBuckets,
  credits: HeuristicCredits,
): Contribution[] {
  const involved = participation(buckets)
  return credits.last_touch.conversions.map((direct, channel) => ({
    direct,
    assisted: amountAt(involved.conversions, channel) - direct,
  }))
}
