import type { Proportion } from '../kernel/proportion.ts'
import { logBeta } from '../kernel/saddle-point.ts'
import type { TwoProportions } from '../kernel/two-proportions.ts'

/**
 * How much likelier are the data if the rates differ than if there is one rate? ln of the Bayes factor, uniform priors.
 *
 * ln [B(s₁+1, f₁+1) B(s₀+1, f₀+1) ÷ B(s₁+s₀+1, f₁+f₀+1)], s and f the successes and failures, B the beta function. A test
 * may be stopped at any look when the factor reaches 1/alpha: if there is one rate, that happens at some look with a chance of alpha at most,
 * averaged over that rate.
 *
 * 1 of 3 against 2 of 3: B(3, 2) B(2, 3) ÷ B(4, 4) = (1/12 · 1/12) ÷ (1/140) = 0.97, no evidence either way.
 *
 * Source: H. Jeffreys, Theory of Probability, 1961; J. Ville, 1939, for the bound at every look.
 */
export function logBayesFactor({ control, treatment }: TwoProportions): number {
  const successes = control.successes + treatment.successes
  const failures = control.trials + treatment.trials - successes
  return logBetaOf(control) + logBetaOf(treatment) - logBeta(successes + 1, failures + 1)
}

function logBetaOf({ successes, trials }: Proportion): number {
  return logBeta(successes + 1, trials - successes + 1)
}
