import { betaCdf, betaSurvival } from './beta.ts'
import { exp, log, log1p } from './elementary.ts'
import { logBeta } from './saddle-point.ts'

/**
 * The negative binomial distribution: failures before the `size`-th success (size > 0, need not be whole) with
 * success probability p in (0, 1]. A Poisson count whose mean is gamma distributed. Source: NIST DLMF 8.17.
 */

/** P(X ≤ failures). */
export function negativeBinomialCdf(failures: number, size: number, p: number): number {
  return failures < 0 ? 0 : betaCdf(p, size, Math.floor(failures) + 1)
}

/** P(X ≥ failures), the count itself included. */
export function negativeBinomialAtLeast(failures: number, size: number, p: number): number {
  return failures <= 0 ? 1 : betaSurvival(p, size, Math.ceil(failures))
}

/** P(X = failures), for an integer ≥ 0. */
export function negativeBinomialPmf(failures: number, size: number, p: number): number {
  if (failures === 0) return exp(size * log(p))
  return exp(size * log(p) + failures * log1p(-p) - logBeta(size, failures) - log(failures))
}
