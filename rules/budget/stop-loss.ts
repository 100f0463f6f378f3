import { expm1, log } from '../kernel/elementary.ts'
import { gammaQuantile, gammaTails } from '../kernel/gamma.ts'
import { invariant } from '../kernel/invariant.ts'
import { negativeBinomialCdf } from '../kernel/negative-binomial.ts'
import { poissonCdf, poissonLogPmf } from '../kernel/poisson.ts'
import { power } from '../kernel/power.ts'
import { findRoot } from '../kernel/root.ts'
import { logLowerTail } from '../kernel/tails.ts'

/** What a line spent and brought. Amounts in one unit throughout. */
export interface StopLossLine {
  /** Spend whose conversions are in, see `maturedSpend`. */
  readonly spend: number
  readonly conversions: number
}

/** When a line counts as failing. */
export interface StopLossTerms {
  readonly targetCpa: number
  /** Chance of stopping a line that meets its target, over all looks together for the e-value and the SPRT. */
  readonly alpha: number
  /** Chance of missing a line at `multiple` × target (SPRT). */
  readonly beta: number
  /** The cost per acquisition, as a multiple of the target, that the SPRT is built to find; > 1. */
  readonly multiple: number
  /** Size of the negative binomial when conversions cluster; null: Poisson. */
  readonly clusterSize: number | null
  /** Variance ÷ mean of the conversions of a day, ≥ 1; 1: Poisson. Read by the e-value, the SPRT and the proven waste. */
  readonly dispersion: number
}

export type StopLossTrigger =
  | 'zero_conversions'
  | 'cpa_above_multiple_proven'
  | 'cpa_above_target_proven'
  | 'sprt_stop'

/** The evidence against a line; null where a figure has no meaning (no conversion to divide by). */
export interface StopLossEvidence {
  readonly expectedConversions: number
  /** P(at most so few conversions) if the line met its target. One look only: not to be read daily. */
  readonly pValue: number
  /** Spend without any conversion that proves a failure, for independent and for clustered conversions. */
  readonly zeroConversionBound: number
  readonly zeroConversionBoundClustered: number | null
  /** One-sided bounds of the mean number of conversions at 1 − alpha each. */
  readonly conversionsLow: number
  readonly conversionsHigh: number
  readonly cpa: number | null
  readonly cpaLow: number
  readonly cpaHigh: number | null
  readonly logLikelihoodRatio: number
  readonly sprtUpper: number
  readonly sprtLower: number
  readonly sprt: 'stop' | 'clear' | 'continue'
  /** ln of the e-value; stays honest however often one looks. */
  readonly logEValue: number
  readonly eProcess: 'stop' | 'continue'
  readonly triggers: readonly StopLossTrigger[]
  /** Spend above what the conversions were worth at target, as measured and as one single look proves it at 1 − alpha. */
  readonly wastePoint: number
  readonly wasteProvable: number
}

/**
 * Is this line proven to miss its target cost per acquisition?
 *
 * Under the target, conversions ~ Poisson(spend ÷ target CPA). The e-value mixes the likelihood ratio over shortfalls ρ in (0, 1) of the
 * conversion rate with density ∝ e^(−ρ): e = ∫ ρᶜ·e^(E(1 − ρ))·e^(−ρ) dρ ÷ (1 − e⁻¹). Its running maximum passes 1 ÷ alpha with
 * probability at most alpha, so daily looks do no harm. waste = max(0, spend − conversions × target CPA).
 *
 * Of conversions with dispersion φ, c ÷ φ and E ÷ φ are read instead, in the e-value and in the SPRT. For negative binomial days of variance
 * φ × mean the promise holds as before: ln E[ρ^(c ÷ φ)] = −E·ln(1 + (φ − 1)(1 − ρ^(1 ÷ φ))) ÷ (φ − 1) ≤ −E·(1 − ρ) ÷ φ, since both
 * sides and their slopes agree at ρ = 1 and t^(1 − φ) ≥ φ − (φ − 1)·t for t in (0, 1]; a lower dispersion than stated makes it smaller still.
 *
 * @throws InvariantError when spend, target or the error rates are out of range.
 * Source: A. Wald, Sequential Analysis, 1947 (SPRT); J. Ville 1939 and A. Ramdas et al., Statistical Science 38 (2023) 576 (e-values);
 * F. Garwood, Biometrika 28 (1936) 437 (bounds of a Poisson mean).
 */
export function stopLossEvidence(line: StopLossLine, terms: StopLossTerms): StopLossEvidence {
  const { spend, conversions } = line
  invariant(spend >= 0 && conversions >= 0, 'stop-loss: spend and conversions must not be negative')
  invariant(terms.targetCpa > 0 && terms.multiple > 1, 'stop-loss: target > 0 and multiple > 1')
  invariant(terms.dispersion >= 1, 'stop-loss: dispersion ≥ 1')
  const expected = spend / terms.targetCpa
  const conversionsHigh = gammaQuantile(1 - terms.alpha, conversions + 1)
  const conversionsLow = conversions > 0 ? gammaQuantile(terms.alpha, conversions) : 0
  const pValue = tooFew(conversions, expected, terms.clusterSize)
  const sprt = sprtOf(conversions, expected, terms)
  const logEValue = logEValueOf(conversions / terms.dispersion, expected / terms.dispersion)
  const cpaLow = spend / conversionsHigh
  return {
    expectedConversions: expected,
    pValue,
    ...zeroBounds(terms),
    conversionsLow,
    conversionsHigh,
    cpa: conversions > 0 ? spend / conversions : null,
    cpaLow,
    cpaHigh: conversionsLow > 0 ? spend / conversionsLow : null,
    ...sprt,
    logEValue,
    eProcess: logEValue >= -log(terms.alpha) ? 'stop' : 'continue',
    triggers: triggersOf({ conversions, pValue, cpaLow, sprt: sprt.sprt }, terms),
    wastePoint: Math.max(0, spend - conversions * terms.targetCpa),
    wasteProvable: Math.max(0, spend - conversionsHigh * terms.targetCpa),
  }
}

/**
 * How much of the spend is proven to lie above target, however often one looks?
 *
 * waste = (E − U) × target CPA, with E the conversions due at target and U the most that no look has ruled out at `alpha`: the λ whose
 * e-value reaches 1 ÷ alpha. Nothing is proven exactly where the e-value against the target itself does not reach it.
 *
 * @param alpha In (0, 1): the chance of proving more waste than there is, over all looks together.
 * @throws InvariantError when spend or target is out of range.
 * Source: a confidence sequence by inverting e-values; S. Howard et al., Annals of Statistics 49 (2021) 1055.
 */
export function anytimeWaste(
  { spend, conversions }: StopLossLine,
  { targetCpa, alpha, dispersion }: Pick<StopLossTerms, 'targetCpa' | 'alpha' | 'dispersion'>,
): number {
  invariant(spend >= 0 && targetCpa > 0, 'stop-loss: spend ≥ 0 and target > 0')
  invariant(dispersion >= 1, 'stop-loss: dispersion ≥ 1')
  const expected = spend / targetCpa
  const short = (due: number): number =>
    logEValueOf(conversions / dispersion, due / dispersion) + log(alpha)
  const atTarget = short(expected)
  if (atTarget <= 0) return 0
  const due = findRoot(short, { a: 0, fa: short(0), b: expected, fb: atTarget })
  return (expected - due) * targetCpa
}

/**
 * ln of the e-value against "the line meets its target" after `conversions` where `expected` were due; neither need be whole.
 *
 * = E + ln Γ(c+1) + ln P(c+1, E+1) − (c+1)·ln(E+1) − ln(1 − e⁻¹), which is Poisson's pmf turned around.
 */
export function logEValueOf(conversions: number, expected: number): number {
  const shifted = expected + 1
  const lnMass =
    logLowerTail(gammaTails(shifted, conversions + 1)) -
    poissonLogPmf(conversions, shifted) -
    shifted -
    log(shifted)
  return expected + lnMass - log(-expm1(-1))
}

function tooFew(conversions: number, expected: number, clusterSize: number | null): number {
  if (clusterSize === null) return poissonCdf(conversions, expected)
  return negativeBinomialCdf(conversions, clusterSize, clusterSize / (clusterSize + expected))
}

/** Spend at which not a single conversion has probability alpha: −ln(alpha) × target, or r(alpha^(−1/r) − 1) × target when clustered. */
function zeroBounds({ targetCpa, alpha, clusterSize }: StopLossTerms) {
  return {
    zeroConversionBound: -log(alpha) * targetCpa,
    zeroConversionBoundClustered:
      clusterSize === null ? null : clusterSize * (power(alpha, -1 / clusterSize) - 1) * targetCpa,
  }
}

/** Wald's test of "at target" against "at `multiple` × target": llr = (c·ln(1/multiple) + E·(1 − 1/multiple)) ÷ dispersion. */
function sprtOf(conversions: number, expected: number, terms: StopLossTerms) {
  const logLikelihoodRatio =
    (-conversions * log(terms.multiple) + expected * (1 - 1 / terms.multiple)) / terms.dispersion
  const sprtUpper = log((1 - terms.beta) / terms.alpha)
  const sprtLower = log(terms.beta / (1 - terms.alpha))
  let sprt: StopLossEvidence['sprt'] = 'continue'
  if (logLikelihoodRatio >= sprtUpper) sprt = 'stop'
  else if (logLikelihoodRatio <= sprtLower) sprt = 'clear'
  return { logLikelihoodRatio, sprtUpper, sprtLower, sprt }
}

function triggersOf(
  reading: Pick<StopLossEvidence, 'pValue' | 'cpaLow' | 'sprt'> & { conversions: number },
  { alpha, multiple, targetCpa }: StopLossTerms,
): readonly StopLossTrigger[] {
  const proven = reading.pValue <= alpha
  const aboveMultiple = reading.cpaLow > multiple * targetCpa
  const triggers: StopLossTrigger[] = []
  if (proven && reading.conversions === 0) triggers.push('zero_conversions')
  if (aboveMultiple) triggers.push('cpa_above_multiple_proven')
  else if (proven && reading.conversions > 0) triggers.push('cpa_above_target_proven')
  if (reading.sprt === 'stop') triggers.push('sprt_stop')
  return triggers
}
