import { exp, expm1 } from '../kernel/elementary.ts'
import { power } from '../kernel/power.ts'

/**
 * A response that a marketing-mix model estimated elsewhere: what one channel brings per period of constant spend, with carry-over and
 * saturation, over the draws of the model's posterior.
 */
export interface ImportedResponse {
  /** Response when fully saturated, in the model's units, > 0. */
  readonly strength: number
  /** Saturation rate per unit of spend, one per posterior draw, > 0. */
  readonly saturationDraws: readonly number[]
  /** Share of a period's effect that is left one period later, in [0, 1), and the periods after which nothing is. */
  readonly retention: number
  readonly carryPeriods: number
}

/** How long spend goes on, and for how many periods after it the effect is still counted. */
export interface Horizon {
  readonly spendPeriods: number
  readonly trailingPeriods: number
}

/**
 * What does a constant spend per period bring over the horizon, on average over the draws?
 *
 * Σ over periods t of mean over draws of strength·tanh(rate·cₜ·x ÷ 2); cₜ is the share of the carry-over weights (retentionʲ, summing to 1) whose
 * period had spend. tanh(z/2) = (1 − e^(−z)) ÷ (1 + e^(−z)).
 *
 * One period of 70, half of the effect left each period, three periods counted: weights 4 : 2 : 1, so 40, 20 and 10 act one after the other; at a
 * rate of 0.01 and a strength of 3 that is 3 · (tanh 0.2 + tanh 0.1 + tanh 0.05) = 1.04.
 *
 * Source: PyMC-Marketing, geometric adstock and logistic saturation; Y. Jin et al., Bayesian Methods for Media Mix Modeling, 2017.
 */
export function importedResponseAt(
  response: ImportedResponse,
  horizon: Horizon,
  x: number,
): number {
  return overHorizon(response, horizon, (rate, reach) => {
    const z = rate * reach * x
    return -expm1(-z) / (1 + exp(-z))
  })
}

/** What one more unit of spend per period brings over the horizon; falls as spend rises, so that water-filling is exact. */
export function importedMarginalAt(
  response: ImportedResponse,
  horizon: Horizon,
  x: number,
): number {
  return overHorizon(response, horizon, (rate, reach) => {
    const decay = exp(-rate * reach * x)
    return (2 * rate * reach * decay) / ((1 + decay) * (1 + decay))
  })
}

/** strength · Σ over periods of the mean over draws of a term; `reach` is the share cₜ of a period. */
function overHorizon(
  { strength, saturationDraws, retention, carryPeriods }: ImportedResponse,
  { spendPeriods, trailingPeriods }: Horizon,
  term: (rate: number, reach: number) => number,
): number {
  const weights = Array.from({ length: carryPeriods }, (_weight, age) => power(retention, age))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  let total = 0
  for (let period = 0; period < spendPeriods + trailingPeriods; period++) {
    const reach =
      weights.reduce(
        (sum, weight, age) => (period >= age && period - age < spendPeriods ? sum + weight : sum),
        0,
      ) / whole
    for (const rate of saturationDraws) total += term(rate, reach)
  }
  return (strength * total) / saturationDraws.length
}
