import { log } from '../kernel/elementary.ts'
import { quotient } from '../kernel/quantity.ts'
import type { Policy } from '../policy/policy.ts'
import type { Decision, Evidence } from '../schema/review.ts'
import type { BudgetContext } from './input.ts'
import type { LineReview } from './line-review.ts'
import { agedSpend, type StopFamily } from './line-stops.ts'
import type { StopLossEvidence } from './stop-loss.ts'
import { valueOrNull } from './total-review.ts'

/**
 * What the stop-loss compared of one line: exposure day by day, conversions due and seen, their scatter, the statistic, and the bound that it was
 * held to among all lines tested. Amounts in minor units.
 */
export function stopEvidence(review: LineReview, context: BudgetContext): Evidence {
  const { stop, delivery, line } = review
  const { stop_loss: policy } = context.policy
  const seen = {
    spend_minor: valueOrNull(delivery.spend),
    conversions: valueOrNull(delivery.conversions),
    target_cpa_minor: stop.target?.minor ?? null,
    target_cpa_from: stop.target?.targetId ?? null,
  }
  const untested = { ...seen, ...declineEvidence(review, policy) }
  if (stop.evidence === null) return untested
  const days = agedSpend(line, context.asOfOn)
  return {
    ...untested,
    conversion_value_minor: valueOrNull(delivery.value),
    days_since_first_spend: stop.daysSinceFirst,
    learning_days: policy.learning_days,
    spend_by_day_minor: days.map(({ spend }) => spend),
    spend_age_days: days.map(({ ageDays }) => ageDays),
    lag_half_life_days: policy.lag_half_life_days,
    matured_spend_minor: stop.matured,
    matured_cpa_minor: stop.evidence.cpa,
    cpa_minor: valueOrNull(quotient(delivery.spend, delivery.conversions, 'the conversions')),
    average_return: stop.returned.ratio,
    return_target: stop.returned.target,
    conversions_expected_at_target: stop.evidence.expectedConversions,
    conversion_dispersion: stop.dispersion.value,
    conversion_dispersion_from: stop.dispersion.basis,
    conversion_dispersion_days: stop.dispersion.days,
    conversion_dispersion_squares: stop.dispersion.squares,
    conversion_dispersion_due: stop.dispersion.due,
    conversion_dispersion_assumed: stop.dispersion.assumed,
    conversion_dispersion_assumed_days: stop.dispersion.assumedDays,
    log_e_value: stop.evidence.logEValue,
    p_value: stop.evidence.pValue,
    ...boundEvidence(stop.family, policy),
    ...(policy.method === 'sprt'
      ? {
          log_likelihood_ratio: stop.evidence.logLikelihoodRatio,
          target_cpa_multiple: policy.target_cpa_multiple,
        }
      : {}),
    line_planned_minor: valueOrNull(line.planned),
    hard_cap_share: policy.hard_cap_share_of_budget,
    proven_waste_minor: stop.provenWaste,
  }
}

/** What a run of falling returns is judged on, beside spend and value of the weeks; where they fell as many weeks in a row as make a run. */
function declineEvidence({ evidence, stop }: LineReview, policy: Policy['stop_loss']): Evidence {
  if (evidence.response === null) return {}
  const returns = evidence.weeks.map(({ spend, value }) => (value ?? 0) / spend)
  const last = returns.slice(-1 - policy.decline_weeks)
  const falls = last.filter((value, week) => week > 0 && value < (last[week - 1] ?? 0))
  const run = { decline_weeks: policy.decline_weeks }
  if (falls.length < policy.decline_weeks) return run
  return {
    ...run,
    week_conversions: evidence.weeks.map(({ conversions }) => conversions),
    decline_min_drop: policy.decline_min_drop,
    decline_alpha: policy.alpha,
    decline_dispersion: stop.dispersion.value,
  }
}

/**
 * The bound that the review's correction for many tests comes to: with k of m lines proven, ln(m ÷ (alpha × k)) for e-values and likelihood ratios,
 * alpha × k ÷ m for p values. Of no line proven k counts as 1: the bound that the strongest line would have had to reach.
 */
function boundEvidence(
  { tested, proven, stopped }: StopFamily,
  { method, alpha }: Policy['stop_loss'],
): Evidence {
  const rank = Math.max(1, proven)
  return {
    stop_loss_method: method,
    alpha,
    lines_tested: tested,
    lines_proven: proven,
    lines_stopped: stopped,
    ...(method === 'poisson'
      ? { p_value_bound: (alpha * rank) / tested }
      : { log_bound: log(tested / (alpha * rank)) }),
  }
}

/** The statistic that lines are ranked by, the stronger the larger; of p values their negative. */
const STATISTICS: Readonly<
  Record<Policy['stop_loss']['method'], (evidence: StopLossEvidence) => number>
> = {
  e_value: ({ logEValue }) => logEValue,
  sprt: ({ logLikelihoodRatio }) => logLikelihoodRatio,
  poisson: ({ pValue }) => -pValue,
}

/**
 * How the lines were held against their target together: every statistic that could have been proven, strongest first, so that the count of proven
 * lines can be found again. No other can be: the least that any rank asks for is 1 ÷ alpha of an e-value and alpha of a p value.
 *
 * @returns Empty when no line was tested.
 */
export function stopFamilyDecisions(
  lines: readonly LineReview[],
  { policy }: BudgetContext,
): readonly Decision[] {
  const { stop_loss: stopLoss } = policy
  const tested = lines.flatMap(({ stop }) =>
    stop.evidence === null ? [] : [{ ...stop, evidence: stop.evidence }],
  )
  const [first] = tested
  if (first === undefined) return []
  const { proven, stopped } = first.family
  const least = stopLoss.method === 'poisson' ? -stopLoss.alpha : -log(stopLoss.alpha)
  const near = tested
    .map(({ line, evidence }) => ({ id: line.id, value: STATISTICS[stopLoss.method](evidence) }))
    .filter(({ value }) => value >= least)
    .toSorted((left, right) => right.value - left.value)
  return [
    {
      id: 'budget.stop_loss:lines',
      stage: 'budget',
      subject: 'budget:stop_loss',
      subjectName: 'Lines held against their target cost',
      action: stopped > 0 ? 'stop' : 'go_on',
      reason: reasonOf(proven, stopped),
      ruleId: 'budget.stop_loss',
      policyVersion: policy.version,
      evidence: {
        lines: lines.length,
        ...boundEvidence(first.family, stopLoss),
        nearest_lines: near.map(({ id }) => id),
        ...(stopLoss.method === 'poisson'
          ? { nearest_p_values: near.map(({ value }) => -value) }
          : { nearest_log_values: near.map(({ value }) => value) }),
      },
    },
  ]
}

function reasonOf(proven: number, stopped: number): string {
  if (stopped > 0) return 'proven_after_correction'
  return proven > 0 ? 'proven_lines_are_spared' : 'none_proven'
}
