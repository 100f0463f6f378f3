import { minorPerMajor } from '../kernel/currency.ts'
import type { Interval } from '../kernel/interval.ts'
import { money } from '../kernel/money.ts'
import type { LeadPolicy } from '../policy/leads.ts'
import type { Decision } from '../schema/review.ts'
import { bestPlan, planAt, type ContactPlan } from './contact-threshold.ts'
import type { SettledLead } from './input.ts'
import { scoreLevels } from './score-levels.ts'
import { rangeOfGain, rangeOfThreshold, resamplesFor } from './threshold-bootstrap.ts'

const RULE_ID = 'lead_scoring.contact_threshold'

/** The contact threshold in force beside the one that would have returned most, in whole units of the company's currency. */
export interface ThresholdChoice {
  /** Chosen on the older half of the settled leads. */
  readonly best: ContactPlan
  /** Both thresholds on the newer half. */
  readonly currentPlan: ContactPlan
  readonly proposedPlan: ContactPlan
  /** proposedPlan − currentPlan, with the 95 % range over resampled newer leads. */
  readonly gain: number
  readonly gainRange: Interval
  /** 95 % range of the best threshold over resampled older leads; null when nobody should be contacted in some. */
  readonly thresholdRange: Interval | null
  readonly resamples: number
}

/**
 * Which score is worth a contact, given what a win is worth and a contact costs?
 *
 * The threshold is chosen on the older half of the settled leads and its gain is measured on the newer half, so that it is not praised for
 * fitting luck. `bestPlan` works the value of a threshold in figures. Leads below the threshold in force were perhaps never contacted; their wins then understate what a contact would bring.
 *
 * @param settled Oldest first, at least two.
 */
export function chooseThreshold(
  settled: readonly SettledLead[],
  policy: LeadPolicy,
): ThresholdChoice {
  const economics = { valueOfWin: policy.value_of_win, costOfContact: policy.cost_of_contact }
  const half = Math.floor(settled.length / 2)
  const [older, newer] = [settled.slice(0, half), settled.slice(half)]
  const best = bestPlan(scoreLevels(older), economics)
  const at = { current: policy.bands.mql, proposed: best.threshold ?? Infinity }
  const levels = scoreLevels(newer)
  const currentPlan = planAt(levels, economics, at.current)
  const proposedPlan = planAt(levels, economics, at.proposed)
  const resamples = resamplesFor(settled.length, policy.bootstrap_resamples)
  const resampling = { seed: policy.bootstrap_seed, resamples }
  return {
    best,
    currentPlan,
    proposedPlan,
    gain: proposedPlan.expectedValue - currentPlan.expectedValue,
    gainRange: rangeOfGain(newer, { ...at, economics }, resampling),
    thresholdRange: rangeOfThreshold(older, economics, resampling),
    resamples,
  }
}

/**
 * Should the contact threshold move?
 *
 * `keep` unless the lower end of the gain's range is above zero and the gain at least threshold_min_gain of the value at stake, which is what
 * the wins above the threshold in force are worth on the newer half; then `raise` or `lower`; `stop_contacting` when no threshold paid on the
 * older half.
 */
export function judgeThreshold(
  choice: ThresholdChoice,
  policy: LeadPolicy,
  { currency, version }: { readonly currency: string; readonly version: string },
): Decision {
  const minor = (major: number) => money(currency, Math.round(major * minorPerMajor(currency)))
  const valueAtStake = policy.value_of_win * choice.currentPlan.converted
  const gainAsked = policy.threshold_min_gain * valueAtStake
  return {
    id: RULE_ID,
    stage: 'lead_scoring',
    subject: 'score:contact_threshold',
    subjectName: 'Contact threshold',
    ...callOf(choice, { gainAsked, current: policy.bands.mql }),
    ruleId: RULE_ID,
    policyVersion: version,
    evidence: {
      currentThreshold: policy.bands.mql,
      bestThreshold: choice.best.threshold,
      bestThresholdLow: choice.thresholdRange?.low ?? null,
      bestThresholdHigh: choice.thresholdRange?.high ?? null,
      gain: minor(choice.gain),
      gainLow: minor(choice.gainRange.low),
      gainHigh: minor(choice.gainRange.high),
      gainAsked: minor(gainAsked),
      resamples: choice.resamples,
      seed: policy.bootstrap_seed,
    },
  }
}

function callOf(
  { best, gain, gainRange }: ThresholdChoice,
  { gainAsked, current }: { gainAsked: number; current: number },
): Pick<Decision, 'action' | 'reason'> {
  if (gainRange.low <= 0) return { action: 'keep', reason: 'gain_within_chance' }
  if (gain < gainAsked) return { action: 'keep', reason: 'gain_below_minimum' }
  if (best.threshold === null) return { action: 'stop_contacting', reason: 'no_contact_pays' }
  return best.threshold > current
    ? { action: 'raise', reason: 'low_scores_do_not_pay' }
    : { action: 'lower', reason: 'lower_scores_still_pay' }
}
