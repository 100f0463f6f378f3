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
 * `loss` when value < cost; `below_target` when value < cost × (1 + target); else `on_target`. Compared exactly: the target is read as
 * ten-thousandths and both sides stay whole numbers.
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
  if (targetRoi === undefined) return { ...decision, action: 'profit', reason: 'no_target_set' }
  const asked = BigInt(cost.value) * BigInt(10_000 + Math.round(targetRoi * 10_000))
  const short = BigInt(value.value) * 10_000n < asked
  return short
    ? { ...decision, action: 'below_target', reason: 'roi_below_target' }
    : { ...decision, action: 'on_target', reason: 'roi_at_least_target' }
}
