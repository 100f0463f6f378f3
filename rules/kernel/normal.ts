import { exp } from './elementary.ts'
import { gammaLogQuantile, gammaTails } from './gamma.ts'
import { invariant } from './invariant.ts'
import { LOG_TWO_PI } from './saddle-point.ts'
import { logUpperTail, lowerTail, upperTail } from './tails.ts'

/**
 * The standard normal distribution. Z² / 2 follows a gamma distribution of shape ½, so every figure here is one of
 * that kernel.
 *
 * Source: NIST DLMF 7.11.1, erfc(z) = Q(½, z²).
 */

/** P(Z ≤ z). */
export function normalCdf(z: number): number {
  return normalSurvival(-z)
}

/** P(Z > z), exact also far out: normalSurvival(37) is 5.7e-300. */
export function normalSurvival(z: number): number {
  const tails = gammaTails(0.5 * z * z, 0.5)
  return z < 0 ? 0.5 + 0.5 * lowerTail(tails) : 0.5 * upperTail(tails)
}

/** P(|Z| > |z|), the two-sided p value of a z statistic. */
export function normalTwoSided(z: number): number {
  return upperTail(gammaTails(0.5 * z * z, 0.5))
}

/** ln P(|Z| > |z|); finite where the p value itself underflows. */
export function normalLogTwoSided(z: number): number {
  return logUpperTail(gammaTails(0.5 * z * z, 0.5))
}

/** Density at z. */
export function normalDensity(z: number): number {
  return exp(-0.5 * (z * z + LOG_TWO_PI))
}

/**
 * The z with P(Z ≤ z) = p, for p in [0, 1].
 *
 * @throws InvariantError when p is no probability.
 */
export function normalQuantile(p: number): number {
  invariant(p >= 0 && p <= 1, `normalQuantile: expected a probability, got ${p}`)
  if (p === 0.5) return 0
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity
  const masses = { lower: Math.abs(2 * p - 1), upper: 2 * Math.min(p, 1 - p) }
  const size = Math.SQRT2 * exp(0.5 * gammaLogQuantile(masses, 0.5))
  return p < 0.5 ? -size : size
}
