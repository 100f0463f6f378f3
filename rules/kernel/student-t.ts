import { betaLogitQuantile, betaTails } from './beta.ts'
import { exp } from './elementary.ts'
import { invariant } from './invariant.ts'
import { normalQuantile, normalSurvival, normalTwoSided } from './normal.ts'
import { lowerTail, type Tails, upperTail } from './tails.ts'

/**
 * Student's t distribution with df > 0 degrees of freedom; Infinity is the normal distribution.
 * T² ÷ (df + T²) follows a beta distribution (½, df/2), so every figure here is one of that kernel.
 *
 * Source: NIST DLMF 8.17; Abramowitz and Stegun 26.7.1.
 */

/** P(T ≤ t). */
export function studentTCdf(t: number, df: number): number {
  return studentTSurvival(-t, df)
}

/** P(T > t). */
export function studentTSurvival(t: number, df: number): number {
  if (df === Infinity) return normalSurvival(t)
  const tails = sizeTails(t, df)
  return t < 0 ? 0.5 + 0.5 * lowerTail(tails) : 0.5 * upperTail(tails)
}

/** P(|T| > |t|), the two-sided p value of a t statistic. */
export function studentTTwoSided(t: number, df: number): number {
  return df === Infinity ? normalTwoSided(t) : upperTail(sizeTails(t, df))
}

/**
 * The t with P(T ≤ t) = p, for p in [0, 1].
 *
 * @throws InvariantError when p is no probability or df is not above 0.
 */
export function studentTQuantile(p: number, df: number): number {
  invariant(p >= 0 && p <= 1, `studentTQuantile: expected a probability, got ${p}`)
  if (df === Infinity) return normalQuantile(p)
  if (p === 0.5) return 0
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity
  const upper = 2 * Math.min(p, 1 - p)
  const size =
    Math.sqrt(df) * exp(0.5 * betaLogitQuantile({ lower: 1 - upper, upper }, 0.5, 0.5 * df))
  return p < 0.5 ? -size : size
}

/** Tails of T² ÷ (df + T²) at the observed t. */
function sizeTails(t: number, df: number): Tails {
  const ratio = (t / df) * t
  const x = ratio === Infinity ? 1 : ratio / (1 + ratio)
  return betaTails({ x, complement: 1 / (1 + ratio) }, 0.5, 0.5 * df)
}
