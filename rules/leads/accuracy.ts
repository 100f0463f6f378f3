import { log } from '../kernel/elementary.ts'
import { invariant } from '../kernel/invariant.ts'
import { normalTwoSided } from '../kernel/normal.ts'

/** A settled lead with the probability of converting that was claimed for it. */
export interface ForecastLead {
  /** In [0, 1]. */
  readonly probability: number
  readonly converted: boolean
}

/** How near claimed probabilities come to what happened. null where the definition divides by zero. */
export interface Accuracy {
  readonly leads: number
  readonly converted: number
  /** converted ÷ leads. */
  readonly baseRate: number
  readonly meanProbability: number
  /** Mean of (probability − outcome)². 0 is perfect. */
  readonly brier: number
  /** The Brier score of claiming the base rate for everyone: baseRate · (1 − baseRate). */
  readonly brierReference: number
  /** 1 − brier ÷ brierReference; below 0 the base rate alone forecasts better. */
  readonly brierSkill: number | null
  /** Mean of −ln(probability given to what happened). */
  readonly logLoss: number
  /** converted ÷ sum of probabilities: above 1 the score promises too little. */
  readonly observedOverExpected: number | null
  /** Two-sided p of converted − expected when every claim is right (normal, variance Σ p(1 − p)). */
  readonly observedP: number | null
  /** z of the Brier score under the hypothesis that every claimed probability is right, and its two-sided p. */
  readonly spiegelhalterZ: number | null
  readonly spiegelhalterP: number | null
}

/**
 * Do the claimed probabilities agree with the outcomes?
 *
 * With p a claim and y its outcome, 1 or 0: Brier = mean (p − y)²; z of wins = Σ (y − p) ÷ √Σ p(1 − p); Spiegelhalter's
 * z = Σ (y − p)(1 − 2p) ÷ √Σ p(1 − p)(1 − 2p)², which is 0 on the mean when every claim is right.
 *
 * Claims 0.1 and 0.4 that were lost, 0.35 and 0.8 that were won: Brier (0.01 + 0.16 + 0.4225 + 0.04) ÷ 4 = 0.158, skill 1 − 0.158 ÷ 0.25 =
 * 37 %, observed ÷ expected 2 ÷ 1.65 = 1.21, Spiegelhalter's z −0.085 ÷ √0.145 = −0.22.
 *
 * @param leads At least one, probabilities in [0, 1].
 * @throws InvariantError on an empty list or a probability out of range.
 * Source: Brier (1950); Spiegelhalter (1986), Statistics in Medicine 5; log loss clipped as scikit-learn does.
 */
export function measureAccuracy(leads: readonly ForecastLead[]): Accuracy {
  invariant(leads.length > 0, 'measureAccuracy: expected at least one lead')
  const sums = sumUp(leads)
  const count = leads.length
  const baseRate = sums.converted / count
  const brier = sums.squaredErrors / count
  const brierReference = baseRate * (1 - baseRate)
  const { winsVariance, brierExcess, brierVariance } = sums
  const z = brierVariance > 0 ? brierExcess / Math.sqrt(brierVariance) : null
  return {
    leads: count,
    converted: sums.converted,
    baseRate,
    meanProbability: sums.expected / count,
    brier,
    brierReference,
    brierSkill: brierReference > 0 ? 1 - brier / brierReference : null,
    logLoss: sums.loss / count,
    observedOverExpected: sums.expected > 0 ? sums.converted / sums.expected : null,
    observedP:
      winsVariance > 0
        ? normalTwoSided((sums.converted - sums.expected) / Math.sqrt(winsVariance))
        : null,
    spiegelhalterZ: z,
    spiegelhalterP: z === null ? null : normalTwoSided(z),
  }
}

/**
 * −ln of the probability given to what happened, clipped to [ε, 1 − ε] so that one certain miss does not count as infinite.
 *
 * ε = 2⁻⁵², the double's own precision.
 */
export function lossOf({ probability, converted }: ForecastLead): number {
  const clipped = Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON)
  return -log(converted ? clipped : 1 - clipped)
}

/** The sums of the formulas of `measureAccuracy`; the Brier ones are the numerator and the variance of Spiegelhalter's z. */
function sumUp(leads: readonly ForecastLead[]) {
  const sums = {
    converted: 0,
    expected: 0,
    squaredErrors: 0,
    loss: 0,
    winsVariance: 0,
    brierExcess: 0,
    brierVariance: 0,
  }
  for (const lead of leads) {
    const p = lead.probability
    invariant(p >= 0 && p <= 1, `measureAccuracy: expected a probability, got ${p}`)
    const outcome = lead.converted ? 1 : 0
    sums.converted += outcome
    sums.expected += p
    sums.squaredErrors += (p - outcome) * (p - outcome)
    sums.loss += lossOf(lead)
    sums.winsVariance += p * (1 - p)
    sums.brierExcess += (outcome - p) * (1 - 2 * p)
    sums.brierVariance += p * (1 - p) * (1 - 2 * p) * (1 - 2 * p)
  }
  return sums
}
