import { exp, log } from './elementary.ts'
import { around, type Interval, twoSidedZ } from './interval.ts'
import { rateOf } from './proportion.ts'
import { rateVariance, type TwoProportions } from './two-proportions.ts'

/** An estimate and the variance of that estimate (not of one unit). */
export interface Estimate {
  readonly mean: number
  readonly variance: number
}

/**
 * Fieller's interval of the relative lift r − 1, r = treatment ÷ control: all r with
 * (m₁ − r m₀)² ≤ z² (V₁ + r² V₀).
 *
 * It excludes 0 exactly when the interval of the absolute difference excludes 0, so the two never contradict each
 * other. Null when the control's mean is not clearly away from 0: then no ratio can be ruled out.
 *
 * @param critical z or t value.
 * Source: E. C. Fieller, Journal of the Royal Statistical Society B 16 (1954), 175–185.
 */
export function fiellerLift(
  control: Estimate,
  treatment: Estimate,
  critical: number,
): Interval | null {
  const square = critical * critical
  const a = control.mean * control.mean - square * control.variance
  if (!(a > 0)) return null
  const centre = (control.mean * treatment.mean) / a
  const spread = treatment.variance * a + control.variance * treatment.mean * treatment.mean
  const half = (critical * Math.sqrt(spread)) / a
  return around(centre - 1, half)
}

/** Fieller's interval of the lift between two rates. */
export function fiellerLiftOfRates(samples: TwoProportions, confidence: number): Interval | null {
  const [control, treatment] = estimates(samples)
  return fiellerLift(control, treatment, twoSidedZ(confidence))
}

/** (rate of treatment − rate of control) ÷ rate of control; null when the control has none. */
export function relativeLift(samples: TwoProportions): number | null {
  const control = rateOf(samples.control)
  return control === 0 ? null : (rateOf(samples.treatment) - control) / control
}

/**
 * Interval of the lift by the normal approximation of ln(p₁/p₀), the usual one for a risk ratio; null when a sample
 * has no successes.
 *
 * Source: D. Katz et al., Biometrics 34 (1978), 469–474.
 */
export function logRiskRatioLift(samples: TwoProportions, confidence: number): Interval | null {
  const { control, treatment } = samples
  if (control.successes === 0 || treatment.successes === 0) return null
  const [p0, p1] = [rateOf(control), rateOf(treatment)]
  const variance = (1 - p1) / treatment.successes + (1 - p0) / control.successes
  const { low, high } = around(log(p1 / p0), twoSidedZ(confidence) * Math.sqrt(variance))
  return { low: exp(low) - 1, high: exp(high) - 1 }
}

/**
 * Interval of the lift by the delta method: variance V₁/m₀² + V₀ m₁²/m₀⁴. Symmetric, so it may disagree with the
 * absolute test; shown beside tools that use it. Null when the control has no successes.
 *
 * Source: GrowthBook, gbstats 0.8, relative effect.
 */
export function deltaLiftOfRates(samples: TwoProportions, confidence: number): Interval | null {
  const lift = relativeLift(samples)
  if (lift === null) return null
  const [control, treatment] = estimates(samples)
  const variance =
    treatment.variance / control.mean ** 2 +
    (control.variance * treatment.mean ** 2) / control.mean ** 4
  return around(lift, twoSidedZ(confidence) * Math.sqrt(variance))
}

function estimates({ control, treatment }: TwoProportions): [Estimate, Estimate] {
  return [
    { mean: rateOf(control), variance: rateVariance(control) },
    { mean: rateOf(treatment), variance: rateVariance(treatment) },
  ]
}
