import { exp, log, log1p } from '../kernel/elementary.ts'
import { around, type Interval } from '../kernel/interval.ts'
import type { Effect } from './effect.ts'

/** What may be read from a running test at any time, as often as one likes. */
export interface SequentialTest {
  /** Mixing parameter; the interval is tightest near the total it was tuned to. */
  readonly rho: number
  readonly interval: Interval
  readonly pValue: number
  readonly logPValue: number
}

/** How a sequential test is set up before it starts. */
export interface SequentialPlan {
  readonly alpha: number
  /** Total users of both arms at which the interval shall be tightest. */
  readonly tunedTo: number
}

/**
 * Asymptotic confidence sequence of an effect: its interval holds at level 1 − alpha over all looks together, so a
 * running test may be called when it excludes zero.
 *
 * ρ = √((−2 ln α + ln(−2 ln α + 1)) ÷ N*); half width = SE · √n · √(2 (nρ² + 1) ÷ (nρ)² · ln(√(nρ² + 1) ÷ α)),
 * n the users of both arms so far.
 *
 * Source: I. Waudby-Smith et al., "Time-uniform central limit theory and asymptotic confidence sequences",
 * arXiv 2103.06476v7, equation 9; GrowthBook gbstats 0.8.
 */
export function sequentialTest(
  effect: Effect,
  users: number,
  plan: SequentialPlan,
): SequentialTest {
  const logLevel = -2 * log(plan.alpha)
  const rho = Math.sqrt((logLevel + log1p(logLevel)) / plan.tunedTo)
  const growth = users * rho ** 2 + 1
  const width = (2 * growth * (0.5 * log(growth) - log(plan.alpha))) / (users * rho) ** 2
  const half = effect.standardError * Math.sqrt(users) * Math.sqrt(width)
  const z = effect.estimate / effect.standardError
  const logPValue = Math.min(0, 0.5 * log(growth) - (rho ** 2 * z ** 2 * users) / (2 * growth))
  return { rho, interval: around(effect.estimate, half), pValue: exp(logPValue), logPValue }
}
