import { compareToPrinted } from '../kernel/printed-decimal.ts'
import { isMeasured } from '../kernel/quantity.ts'
import type { Decision } from '../schema/review.ts'
import type { Economics } from './economics.ts'

const RULE_ID = 'campaign_roi.performance'

/** A campaign as it is judged; money in minor units. */
export interface JudgedCampaign {
  readonly id: string
  readonly name: string
  readonly economics: Economics
}

/**
 * Did the campaign return what the policy asks?
 *
 * `loss` when value < cost; `below_target` when (value − cost) ÷ cost < target; else `on_target`. Compared exactly, with the target as
 * printed: nothing is rounded. What cost nothing has no return to hold against a target.
 *
 * @param targetRoi The policy's target `roi` (0.5 = +50 %), or undefined when the policy sets none: then only a loss is told apart.
 */
export function judgePerformance(
  campaign: JudgedCampaign,
  { targetRoi, policyVersion }: { targetRoi: number | undefined; policyVersion: string },
): Decision {
  const { cost, value } = campaign.economics
  const decision = {
    id: `${RULE_ID}:${campaign.id}`,
    stage: 'campaign_roi' as const,
    subject: `campaign:${campaign.id}`,
    subjectName: campaign.name,
    ruleId: RULE_ID,
    policyVersion,
    evidence: {
      costMinor: isMeasured(cost) ? cost.value : null,
      valueMinor: isMeasured(value) ? value.value : null,
      targetRoi: targetRoi ?? null,
    },
  }
  if (!isMeasured(cost)) return { ...decision, action: 'not_assessable', reason: 'cost_missing' }
  if (!isMeasured(value)) return { ...decision, action: 'not_assessable', reason: 'value_missing' }
  if (value.value < cost.value) return { ...decision, action: 'loss', reason: 'value_below_cost' }
  if (cost.value === 0) return { ...decision, action: 'not_assessable', reason: 'cost_is_zero' }
  if (targetRoi === undefined) return { ...decision, action: 'profit', reason: 'no_target_set' }
  const roi = { numerator: value.value - cost.value, denominator: cost.value }
  return compareToPrinted(roi, targetRoi) < 0
    ? { ...decision, action: 'below_target', reason: 'roi_below_target' }
    : { ...decision, action: 'on_target', reason: 'roi_at_least_target' }
}
