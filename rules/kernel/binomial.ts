import { betaCdf, betaSurvival } from './beta.ts'
import { exp, log, log1p } from './elementary.ts'
import { deviance, LOG_TWO_PI, stirlingError } from './saddle-point.ts'

/** The binomial distribution: successes in `trials` (an integer ≥ 0) with probability p in [0, 1]. Source: NIST DLMF 8.17.5; C. Loader, 2000. */

/** P(X ≤ successes). */
export function binomialCdf(successes: number, trials: number, p: number): number {
  const count = Math.floor(successes)
  if (count < 0) return 0
  return count >= trials ? 1 : betaSurvival(p, count + 1, trials - count)
}

/** P(X ≥ successes), the count itself included. */
export function binomialAtLeast(successes: number, trials: number, p: number): number {
  const count = Math.ceil(successes)
  if (count <= 0) return 1
  return count > trials ? 0 : betaCdf(p, count, trials - count + 1)
}

/** ln P(X = successes), for an integer from 0 to `trials`. */
export function binomialLogPmf(successes: number, trials: number, p: number): number {
  const failures = trials - successes
  if (p === 0 || p === 1) return (p === 0 ? successes : failures) === 0 ? 0 : -Infinity
  if (successes === 0) return trials * log1p(-p)
  if (failures === 0) return trials * log(p)
  const excess = p < 0.5 ? successes - trials * p : trials * (1 - p) - failures
  return (
    stirlingError(trials) -
    stirlingError(successes) -
    stirlingError(failures) -
    deviance(successes, trials * p, excess) -
    deviance(failures, trials * (1 - p), -excess) +
    0.5 * (log(trials / successes / failures) - LOG_TWO_PI)
  )
}

/** P(X = successes), for an integer from 0 to `trials`. */
export function binomialPmf(successes: number, trials: number, p: number): number {
  return exp(binomialLogPmf(successes, trials, p))
}
