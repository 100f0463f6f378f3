import { type Interval, twoSidedZ } from './interval.ts'
import { checkProportion, rateOf } from './proportion.ts'
import { bracketRoot, findRoot } from './root.ts'
import type { TwoProportions } from './two-proportions.ts'

/**
 * Miettinen–Nurminen's score interval of the lift r − 1 between two rates, r = treatment ÷ control: every r that a score
 * test with the rates fitted under it, and the factor N/(N − 1), would not reject. It excludes 0 exactly when the score
 * interval of the difference does, and keeps its width where no user, or every user, converts. Null when the control has
 * no successes: then no ratio is too large.
 *
 * Source: O. Miettinen and M. Nurminen, Statistics in Medicine 4 (1985), 213–226.
 */
export function scoreLiftInterval(samples: TwoProportions, confidence: number): Interval | null {
  const { control, treatment } = samples
  checkProportion(control)
  checkProportion(treatment)
  if (control.successes === 0) return null
  const critical = twoSidedZ(confidence)
  const observed = rateOf(treatment) / rateOf(control)
  const above = (ratio: number): number =>
    ratio === observed ? -critical : -scoreZ(samples, ratio) - critical
  const below = (ratio: number): number => critical - scoreZ(samples, ratio)
  const high = findRoot(above, bracketRoot(above, observed))
  const low = findRoot(below, { a: 0, fa: -critical, b: observed, fb: critical })
  return { low: low - 1, high: high - 1 }
}

/**
 * The score statistic of the hypothesis that the treatment's rate is r > 0 times the control's:
 * (p̂₁ − r p̂₀) ÷ √((p₁(1 − p₁)/n₁ + r² p₀(1 − p₀)/n₀)·N/(N − 1)), with p̂ the observed rates, p the likeliest ones with that ratio, N = n₀ + n₁.
 */
function scoreZ(samples: TwoProportions, ratio: number): number {
  const { control, treatment } = samples
  const p0 = controlRateUnder(samples, ratio)
  const p1 = Math.min(1, ratio * p0)
  const total = control.trials + treatment.trials
  const variance =
    (p1 * (1 - p1)) / treatment.trials + (ratio ** 2 * p0 * (1 - p0)) / control.trials
  const distance = rateOf(treatment) - ratio * rateOf(control)
  return distance / Math.sqrt((variance * total) / (total - 1))
}

/**
 * The control's maximum-likelihood rate p when the treatment's must be r times it: the smaller root of
 * N r p² − (r (s₀ + n₁) + s₁ + n₀) p + s₀ + s₁ = 0, s and n the successes and trials. Written 2c ÷ (b + √(b² − 4ac)), which loses no digits.
 */
function controlRateUnder({ control, treatment }: TwoProportions, ratio: number): number {
  const successes = control.successes + treatment.successes
  const b = ratio * (control.successes + treatment.trials) + treatment.successes + control.trials
  const product = 4 * (control.trials + treatment.trials) * ratio * successes
  return Math.min(1, (2 * successes) / (b + Math.sqrt(Math.max(0, b ** 2 - product))))
}
