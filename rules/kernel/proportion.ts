import { betaQuantile } from './beta.ts'
import { type Interval, twoSidedZ } from './interval.ts'
import { invariant } from './invariant.ts'

/** Successes among trials; both whole, 0 ≤ successes ≤ trials, trials > 0. */
export interface Proportion {
  readonly successes: number
  readonly trials: number
}

/** successes ÷ trials. */
export function rateOf({ successes, trials }: Proportion): number {
  return successes / trials
}

/**
 * The promise of `Proportion`, for those who build one from data.
 *
 * @throws InvariantError when it is broken.
 */
export function checkProportion({ successes, trials }: Proportion): void {
  const whole = Number.isSafeInteger(successes) && Number.isSafeInteger(trials)
  invariant(
    whole && trials > 0 && successes >= 0 && successes <= trials,
    `proportion: expected 0 ≤ successes ≤ trials and trials > 0, got ${successes} of ${trials}`,
  )
}

/**
 * Wilson's score interval of a rate: the rates a score test would not reject. It stays inside [0, 1] and keeps its
 * coverage for few trials and for none or all successes. 0 of 10 at 0.95: 0 to 28 %.
 *
 * (k + z²/2 ± z √(k(n − k)/n + z²/4)) ÷ (n + z²) for k successes of n trials.
 *
 * Source: E. B. Wilson, JASA 22 (1927), 209–212; statsmodels `proportion_confint(method='wilson')`.
 */
export function wilsonInterval(sample: Proportion, confidence: number): Interval {
  checkProportion(sample)
  const { successes, trials } = sample
  const z = twoSidedZ(confidence)
  const square = z * z
  const failures = trials - successes
  const root = z * Math.sqrt((successes * failures) / trials + square / 4)
  const scale = trials + square
  return {
    // Exactly 0 without successes: the root of a rounded square is the number that was squared.
    low: (successes + square / 2 - root) / scale,
    high: failures === 0 ? 1 : (successes + square / 2 + root) / scale,
  }
}

/**
 * Clopper–Pearson's exact interval of a rate: never covers less than promised, so it is the widest.
 *
 * Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404–413, by quantiles of the beta distribution.
 */
export function clopperPearsonInterval(sample: Proportion, confidence: number): Interval {
  checkProportion(sample)
  const { successes, trials } = sample
  const tail = (1 - confidence) / 2
  const failures = trials - successes
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, failures + 1),
    high: failures === 0 ? 1 : betaQuantile(1 - tail, successes + 1, failures),
  }
}
