import type { Interval } from '../kernel/interval.ts'
import { invariant } from '../kernel/invariant.ts'

/** Traffic of the whole experiment, all arms together. */
export interface Exposure {
  readonly totalUsers: number
  /** Share of all traffic that took part, in (0, 1]. */
  readonly trafficShare: number
  readonly days: number
}

/** An absolute effect per user with its interval, as the test found it. */
export interface TestedEffect {
  readonly difference: number
  readonly interval: Interval
}

/** What the effect would be worth per day if all traffic got the treatment. */
export interface ScaledImpact {
  readonly perDay: number
  readonly interval: Interval
}

/**
 * What would the difference be worth per day over all traffic?
 *
 * difference × users a day at full traffic (totalUsers ÷ (trafficShare · days)); the ends of the interval likewise.
 *
 * @throws InvariantError when the exposure is not positive.
 * Source: GrowthBook gbstats 0.8, scaled impact.
 */
export function scaledImpact(effect: TestedEffect, exposure: Exposure): ScaledImpact {
  const { totalUsers, trafficShare, days } = exposure
  invariant(totalUsers >= 0 && trafficShare > 0 && days > 0, 'scaledImpact: expected an exposure')
  const scale = totalUsers / (trafficShare * days)
  const { difference, interval } = effect
  return {
    perDay: difference * scale,
    interval: { low: interval.low * scale, high: interval.high * scale },
  }
}
