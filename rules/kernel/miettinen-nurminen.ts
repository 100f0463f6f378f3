import { type Interval, twoSidedZ } from './interval.ts'
import { checkProportion, type Proportion } from './proportion.ts'
import { findRoot } from './root.ts'
import { rateDifference, type TwoProportions } from './two-proportions.ts'

/**
 * Miettinen–Nurminen's score interval of the difference of two rates: every difference that a score test with the
 * rates fitted under that difference, and the factor N/(N − 1), would not reject. The interval of choice when one
 * sample is small or has no conversions.
 *
 * Source: O. Miettinen and M. Nurminen, Statistics in Medicine 4 (1985), 213–226.
 */
export function miettinenNurminenInterval(samples: TwoProportions, confidence: number): Interval {
  checkProportion(samples.control)
  checkProportion(samples.treatment)
  const critical = twoSidedZ(confidence)
  const observed = rateDifference(samples)
  const end = (bound: -1 | 1): number => {
    const beyond = (difference: number): number => Math.abs(scoreZ(samples, difference)) - critical
    // No observation is explained by rates as far apart as can be, whatever the score says there.
    return findRoot(beyond, { a: observed, fa: -critical, b: bound, fb: 1 })
  }
  return { low: end(-1), high: end(1) }
}

/**
 * The score statistic of the hypothesis that the rates differ by δ: (p̂₁ − p̂₀ − δ) ÷ √((p₁(1 − p₁)/n₁ + p₀(1 − p₀)/n₀)·N/(N − 1)), with p̂
 * the observed rates, p the likeliest ones that differ by δ, and N = n₀ + n₁.
 */
function scoreZ(samples: TwoProportions, difference: number): number {
  const { control, treatment } = samples
  const p0 = controlRateUnder(samples, difference)
  const p1 = p0 + difference
  const total = control.trials + treatment.trials
  const variance = (p1 * (1 - p1)) / treatment.trials + (p0 * (1 - p0)) / control.trials
  return (rateDifference(samples) - difference) / Math.sqrt((variance * total) / (total - 1))
}

/**
 * The control's maximum-likelihood rate when the treatment's must be `difference` higher. The slope of the
 * likelihood falls from end to end of the admissible rates, so its only zero is found by bracketing; without one
 * the maximum lies at an end.
 */
function controlRateUnder({ control, treatment }: TwoProportions, difference: number): number {
  const low = Math.max(0, -difference)
  const high = Math.min(1, 1 - difference)
  const slope = (p0: number): number =>
    likelihoodSlope(control, p0) + likelihoodSlope(treatment, p0 + difference)
  const [atLow, atHigh] = [slope(low), slope(high)]
  if (!(atLow > 0)) return low
  if (!(atHigh < 0)) return high
  return findRoot(slope, { a: low, fa: atLow, b: high, fb: atHigh })
}

/** d ln likelihood ÷ d rate: successes/rate − failures/(1 − rate). */
function likelihoodSlope({ successes, trials }: Proportion, rate: number): number {
  const failures = trials - successes
  return (successes === 0 ? 0 : successes / rate) - (failures === 0 ? 0 : failures / (1 - rate))
}
