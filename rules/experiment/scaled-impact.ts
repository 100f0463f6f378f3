import type { Interval } from '../kernel/interval.ts'
import { invariant } from '../kernel/invariant.ts'
import type { Effect } from './effect.ts'
import { type FixedTest, twoSidedTest } from './fixed-test.ts'

/** Traffic of the whole experiment, all arms together. */
export interface Exposure {
  readonly totalUsers: number
  /** Share of all traffic that took part, in (0, 1]. */
  readonly trafficShare: number
  readonly days: number
}

/** What the effect would be worth per day if all traffic got the treatment. */
export interface ScaledImpact {
  readonly perDay: number
  readonly interval: Interval
}

/**
 * Absolute effect × users a day at full traffic (totalUsers ÷ (trafficShare · days)).
 *
 * @throws InvariantError when the exposure is not positive.
 * Source: GrowthBook gbstats 0.8, scaled impact.
 */
export function scaledImpact(effect: Effect, exposure: Exposure, alpha: number): ScaledImpact {
  const { totalUsers, trafficShare, days } = exposure
  invariant(totalUsers >= 0 && trafficShare > 0 && days > 0, 'scaledImpact: expected an exposure')
  const scale = totalUsers / (trafficShare * days)
  const { interval }: FixedTest = twoSidedTest(effect, alpha)
  return {
    perDay: effect.estimate * scale,
    interval: { low: interval.low * scale, high: interval.high * scale },
  }
}
