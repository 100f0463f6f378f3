import { distinctPart } from '../kernel/text-id.ts'
import type { AttributionPolicy } from '../policy/attribution.ts'
import type { Decision } from '../schema/review.ts'
import type { Disagreement } from './disagreement.ts'

/** What the trust in one channel's credit is judged on; all amounts are conversions. */
export interface ChannelCase {
  readonly id: string
  readonly name: string
  /** Conversions whose path the channel was part of. */
  readonly support: number
  /** Credit under the deciding model. */
  readonly credit: number
  readonly models: Disagreement
  /** Least and most credit over every order of simultaneous touches; null where it was not computed. */
  readonly ties: { readonly low: number; readonly high: number } | null
}

/**
 * May a channel's credit be relied on, or is it a direction only?
 *
 * First match decides: support below the minimum · models apart by more than the swing allowed · simultaneous touches could move the credit
 * by more than that · otherwise relied on. Swing allowed = max_swing_share × credit under the deciding model.
 */
export function judgeChannelTrust(
  channel: ChannelCase,
  policy: AttributionPolicy,
  policyVersion: string,
): Decision {
  const { models, ties, credit } = channel
  const swingAllowed = policy.max_swing_share * credit
  const reason = reasonOf(channel, { swingAllowed, minSupport: policy.min_support })
  return {
    id: `attribution.trust:${distinctPart(channel.id)}`,
    stage: 'attribution',
    subject: `channel:${channel.id}`,
    subjectName: channel.name,
    action: reason === 'supported' ? 'relied_on' : 'directional',
    reason,
    ruleId: 'attribution.trust',
    policyVersion,
    evidence: {
      supportConversions: channel.support,
      minSupport: policy.min_support,
      credit,
      swingAllowed,
      lowModel: models.lowModel,
      lowCredit: models.low,
      highModel: models.highModel,
      highCredit: models.high,
      tieLow: ties?.low ?? null,
      tieHigh: ties?.high ?? null,
    },
  }
}

type TrustReason =
  | 'supported'
  | 'support_below_minimum'
  | 'models_disagree'
  | 'order_of_ties_decides'

function reasonOf(
  { support, models, ties }: ChannelCase,
  bound: { readonly swingAllowed: number; readonly minSupport: number },
): TrustReason {
  if (support < bound.minSupport) return 'support_below_minimum'
  if (models.high - models.low > bound.swingAllowed) return 'models_disagree'
  if (ties !== null && ties.high - ties.low > bound.swingAllowed) return 'order_of_ties_decides'
  return 'supported'
}
