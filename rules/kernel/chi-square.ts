import { gammaCdf, gammaLogSurvival, gammaQuantile, gammaSurvival } from './gamma.ts'

/** The chi-square distribution with df > 0 degrees of freedom: twice a gamma of shape df/2. Source: NIST DLMF 8.2. */

/** P(X ≤ x). */
export function chiSquareCdf(x: number, df: number): number {
  return gammaCdf(0.5 * x, 0.5 * df)
}

/** P(X > x), the p value of a chi-square statistic. */
export function chiSquareSurvival(x: number, df: number): number {
  return gammaSurvival(0.5 * x, 0.5 * df)
}

/** ln P(X > x); finite where the p value itself underflows. */
export function chiSquareLogSurvival(x: number, df: number): number {
  return gammaLogSurvival(0.5 * x, 0.5 * df)
}

/** The x with P(X ≤ x) = p, for p in [0, 1]. */
export function chiSquareQuantile(p: number, df: number): number {
  return 2 * gammaQuantile(p, 0.5 * df)
}
