import type { Interval } from '../kernel/interval.ts'
import { around, twoSidedZ } from '../kernel/interval.ts'
import { normalCdf, normalDensity, normalSurvival } from '../kernel/normal.ts'
import type { Effect } from './effect.ts'

/** What was believed of the effect before: normal with this mean and standard deviation; null for "anything alike". */
export type Prior = { readonly mean: number; readonly sd: number } | null

/** What is believed of an effect after the data. */
export interface Posterior {
  readonly mean: number
  readonly sd: number
  /** Probability that the treatment is better. */
  readonly chanceToWin: number
  readonly interval: Interval
  /** What is given up, on average, by keeping the control or by shipping the treatment although the other is better. */
  readonly riskIfKept: number
  readonly riskIfShipped: number
}

/** Which way is better, and how wide the credible interval shall be. */
export interface PosteriorQuestion {
  readonly lowerIsBetter: boolean
  readonly alpha: number
}

/**
 * Normal posterior of an effect: prior and data weighted by their precision 1 ÷ sd².
 *
 * An effect of 2 with a standard error of 1 and no prior: the treatment is better with a chance of Φ(2) = 97.7 %, and shipping it though the
 * control is better costs 0.0085 on average. A prior of 0.5 ± 0.5 weighs four times as much and draws the effect to
 * (4 · 0.5 + 2) ÷ 5 = 0.8 ± 0.45.
 *
 * @param prior On the scale of the effect, see `priorOnAbsoluteScale`.
 * Source: GrowthBook gbstats 0.8, Gaussian effect test.
 */
export function posteriorOf(effect: Effect, prior: Prior, question: PosteriorQuestion): Posterior {
  const { mean, sd } = combine(effect, prior)
  const z = mean / sd
  const gain = expectedPositive(mean, sd)
  const loss = expectedPositive(-mean, sd)
  const { lowerIsBetter, alpha } = question
  return {
    mean,
    sd,
    chanceToWin: lowerIsBetter ? normalCdf(-z) : normalSurvival(-z),
    interval: around(mean, twoSidedZ(1 - alpha) * sd),
    riskIfKept: lowerIsBetter ? loss : gain,
    riskIfShipped: lowerIsBetter ? gain : loss,
  }
}

/** A prior about relative effects as one about absolute effects: both figures times |control mean|. */
export function priorOnAbsoluteScale(prior: Prior, controlMean: number): Prior {
  if (prior === null) return null
  const scale = Math.abs(controlMean)
  return { mean: prior.mean * scale, sd: prior.sd * scale }
}

function combine({ estimate, standardError }: Effect, prior: Prior): { mean: number; sd: number } {
  if (prior === null) return { mean: estimate, sd: standardError }
  const ofPrior = 1 / prior.sd ** 2
  const ofData = 1 / standardError ** 2
  const precision = ofPrior + ofData
  return {
    mean: (prior.mean * ofPrior + estimate * ofData) / precision,
    sd: Math.sqrt(1 / precision),
  }
}

/** E max(X, 0) of a normal X: sd · (φ(z) + z·Φ(z)), z = mean ÷ sd. */
function expectedPositive(mean: number, sd: number): number {
  const z = mean / sd
  return sd * (normalDensity(z) + z * normalCdf(z))
}
