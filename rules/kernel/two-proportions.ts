import { around, type Interval, twoSidedZ } from './interval.ts'
import { normalTwoSided } from './normal.ts'
import { type Proportion, rateOf, wilsonInterval } from './proportion.ts'

/** Two independent samples; differences are treatment − control. */
export interface TwoProportions {
  readonly control: Proportion
  readonly treatment: Proportion
}

/** A test statistic, null where it is undefined, with its two-sided p value. */
export interface ZTest {
  readonly z: number | null
  readonly pValue: number
}

/** rate(treatment) − rate(control), as a difference of two shares of 1. */
export function rateDifference({ control, treatment }: TwoProportions): number {
  return rateOf(treatment) - rateOf(control)
}

/**
 * Do the two rates differ? z = difference ÷ √(p(1 − p)(1/n₀ + 1/n₁)) with the pooled rate p, without continuity
 * correction. When none or all convert there is no evidence of a difference: z is undefined and p is 1.
 *
 * Source: statsmodels `proportions_ztest`.
 */
export function pooledZTest(samples: TwoProportions): ZTest {
  const { control, treatment } = samples
  const successes = control.successes + treatment.successes
  const trials = control.trials + treatment.trials
  if (successes === 0 || successes === trials) return { z: null, pValue: 1 }
  const pooled = successes / trials
  const variance = pooled * (1 - pooled) * (1 / control.trials + 1 / treatment.trials)
  const z = rateDifference(samples) / Math.sqrt(variance)
  return { z, pValue: normalTwoSided(z) }
}

/**
 * The same test with Yates' continuity correction, |difference| − ½(1/n₀ + 1/n₁) in place of |difference|: the more
 * cautious p value that many tools show first.
 *
 * Source: F. Yates, 1934; R `prop.test`, SciPy `chi2_contingency`.
 */
export function correctedPValue(samples: TwoProportions): number {
  const { z } = pooledZTest(samples)
  if (z === null || z === 0) return 1
  const standardError = rateDifference(samples) / z
  const correction = 0.5 * (1 / samples.control.trials + 1 / samples.treatment.trials)
  const distance = Math.max(0, Math.abs(rateDifference(samples)) - correction)
  return normalTwoSided(distance / standardError)
}

/** Variance of a sample rate, p(1 − p) ÷ n. */
export function rateVariance(sample: Proportion): number {
  const rate = rateOf(sample)
  return (rate * (1 - rate)) / sample.trials
}

/** Wald's interval of the difference with unpooled variances. Too narrow for few conversions; kept as the figure most tools show. */
export function waldInterval(samples: TwoProportions, confidence: number): Interval {
  const variance = rateVariance(samples.control) + rateVariance(samples.treatment)
  return around(rateDifference(samples), twoSidedZ(confidence) * Math.sqrt(variance))
}

/**
 * Newcombe's hybrid score interval of the difference: the two Wilson intervals put together.
 *
 * d − √((p₁ − low₁)² + (high₀ − p₀)²) to d + √((high₁ − p₁)² + (p₀ − low₀)²), d = p₁ − p₀. 48 of 80 and 56 of 70: d = 0.20, 0.052 to 0.334.
 *
 * Source: R. G. Newcombe, Statistics in Medicine 17 (1998), 873–890, method 10; statsmodels `newcomb`.
 */
export function newcombeInterval(samples: TwoProportions, confidence: number): Interval {
  const control = wilsonInterval(samples.control, confidence)
  const treatment = wilsonInterval(samples.treatment, confidence)
  const [p0, p1] = [rateOf(samples.control), rateOf(samples.treatment)]
  const down = Math.sqrt((p1 - treatment.low) ** 2 + (control.high - p0) ** 2)
  const up = Math.sqrt((treatment.high - p1) ** 2 + (p0 - control.low) ** 2)
  return { low: p1 - p0 - down, high: p1 - p0 + up }
}

/**
 * Agresti–Caffo's interval of the difference: Wald's after one success and one failure are added to each sample.
 *
 * Source: A. Agresti and B. Caffo, The American Statistician 54 (2000), 280–288.
 */
export function agrestiCaffoInterval(samples: TwoProportions, confidence: number): Interval {
  return waldInterval(
    { control: withOneEach(samples.control), treatment: withOneEach(samples.treatment) },
    confidence,
  )
}

function withOneEach({ successes, trials }: Proportion): Proportion {
  return { successes: successes + 1, trials: trials + 2 }
}
