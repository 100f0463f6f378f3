import { exp, log } from './elementary.ts'
import { gammaCdf, gammaSurvival } from './gamma.ts'
import { deviance, LOG_TWO_PI, stirlingError } from './saddle-point.ts'

/** The Poisson distribution with mean > 0; counts are integers. Source: NIST DLMF 8.11; C. Loader, 2000. */

/** P(X ≤ count). */
export function poissonCdf(count: number, mean: number): number {
  return count < 0 ? 0 : gammaSurvival(mean, Math.floor(count) + 1)
}

/** P(X ≥ count), the count itself included. */
export function poissonAtLeast(count: number, mean: number): number {
  return count <= 0 ? 1 : gammaCdf(mean, Math.ceil(count))
}

/** ln P(X = count), for an integer count ≥ 0. */
export function poissonLogPmf(count: number, mean: number): number {
  if (count === 0) return -mean
  return -stirlingError(count) - deviance(count, mean) - 0.5 * (LOG_TWO_PI + log(count))
}

/** P(X = count), for an integer count ≥ 0. */
export function poissonPmf(count: number, mean: number): number {
  return exp(poissonLogPmf(count, mean))
}
