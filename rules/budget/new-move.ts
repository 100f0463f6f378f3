import { money } from '../kernel/money.ts'
import { normalQuantile } from '../kernel/normal.ts'
import { isMeasured, type Quantity } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { GatedMove } from './gated-step.ts'
import type { BudgetContext } from './input.ts'
import type { LineReview } from './line-review.ts'
import type { LineStop } from './line-stops.ts'

const UPPER_OF_90 = 0.95

/** The move that a stop makes: everything the line has left goes to the reserve. None when it has nothing left or its budget is unknown. */
export function stopMove(
  { line, action, reason, evidence, provenWaste, dispersion }: LineStop,
  remainder: Quantity,
  { policy }: BudgetContext,
): readonly BudgetMove[] {
  if (action !== 'stop' || evidence === null) return []
  if (!isMeasured(remainder) || remainder.value <= 0) return []
  return [
    {
      id: `MOVE:${line.id}>RESERVE`,
      origin: 'proposed',
      actionId: null,
      campaignId: line.campaignId,
      fromLine: line.id,
      toLine: null,
      fromName: line.name,
      toName: 'the reserve',
      amount: money(policy.company.currency, remainder.value),
      reasonCode: 'stop_loss',
      basis: {
        rule: reason,
        conversions_expected_at_target: evidence.expectedConversions,
        conversion_dispersion: dispersion.value,
        conversion_dispersion_from: dispersion.basis,
        conversion_dispersion_days: dispersion.days,
        log_e_value: evidence.logEValue,
        p_value: evidence.pValue,
        alpha: policy.stop_loss.alpha,
        waste_provable_minor: provenWaste ?? 0,
        uncommitted_remainder_minor: remainder.value,
      },
      expectedImpact: null,
      impactNotMeasured: 'money kept back earns nothing until it is given to another line',
      concerns: [],
      ruleId: 'budget.stop_loss',
    },
  ]
}

/** The move that a gated step makes, with what it is expected to bring; low and high bound 90 %. */
export function stepMove(
  step: GatedMove,
  ends: {
    readonly from: LineReview | undefined
    readonly to: LineReview | undefined
    readonly context: BudgetContext
  },
): readonly BudgetMove[] {
  const { from, to } = ends
  if (from === undefined || to === undefined) return []
  const { company, budget } = ends.context.policy
  const reach = normalQuantile(UPPER_OF_90) * step.gainSd
  const inMoney = (minor: number) => money(company.currency, Math.round(minor))
  const sameCampaign = from.line.campaignId === to.line.campaignId
  return [
    {
      id: `MOVE:${step.from}>${step.to}`,
      origin: 'proposed',
      actionId: null,
      campaignId: sameCampaign ? from.line.campaignId : null,
      fromLine: step.from,
      toLine: step.to,
      fromName: from.line.name,
      toName: to.line.name,
      amount: inMoney(step.amount),
      reasonCode: 'higher_marginal_return',
      basis: {
        evidence_from: from.evidence.level,
        evidence_to: to.evidence.level,
        marginal_return_from: from.evidence.response?.marginalReturn ?? null,
        marginal_return_to: to.evidence.response?.marginalReturn ?? null,
        sd_minor: step.gainSd,
        z: step.z,
        probability_better: step.probability,
        probability_required: budget.gate.probability_better,
      },
      expectedImpact: {
        low: inMoney(step.expectedGain - reach),
        mid: inMoney(step.expectedGain),
        high: inMoney(step.expectedGain + reach),
      },
      impactNotMeasured: null,
      concerns: [],
      ruleId: 'budget.gated_step',
    },
  ]
}
