import { compareAmount } from '../kernel/currency.ts'
import { compareToPrinted } from '../kernel/printed-decimal.ts'
import { isMeasured, type Quantity } from '../kernel/quantity.ts'
import type { ApprovalTier } from '../policy/money-moves.ts'

/** What a move must show before it may pass by rule; money in minor units. */
export interface AutomaticLimits {
  /** Lower end of the plan's expected impact. */
  readonly impactLow: Quantity
  /** What passed by rule earlier in the month. */
  readonly automaticThisMonthMinor: number
  /** The whole budget that a cap as a share speaks of. */
  readonly portfolio: Quantity
}

/** Why a move may not pass by rule. */
export type AutomaticRefusal =
  | 'impact_not_measured'
  | 'impact_not_above_zero'
  | 'monthly_cap'
  | 'portfolio_not_measured'

/** The move and the tier that would let it pass. */
export interface AutomaticMove {
  readonly tier: ApprovalTier
  readonly amountMinor: number
  readonly currency: string
  readonly needsImpactAboveZero: boolean
}

/**
 * What keeps a move from passing by rule? Empty when nothing does.
 *
 * Refused when the lower end of the impact is not above zero (0 itself refuses), or when the month's automatic sum with this move is above
 * `monthly_cap` or above `monthly_cap_share` of the whole budget (the bound itself passes). What is not measured refuses too.
 */
export function automaticRefusal(limits: AutomaticLimits, move: AutomaticMove): AutomaticRefusal[] {
  return [...impactRefusal(limits.impactLow, move), ...capRefusal(limits, move)]
}

function impactRefusal(impactLow: Quantity, move: AutomaticMove): AutomaticRefusal[] {
  if (!move.needsImpactAboveZero) return []
  if (!isMeasured(impactLow)) return ['impact_not_measured']
  return impactLow.value > 0 ? [] : ['impact_not_above_zero']
}

function capRefusal(limits: AutomaticLimits, move: AutomaticMove): AutomaticRefusal[] {
  const { monthly_cap: cap, monthly_cap_share: share } = move.tier
  const sum = limits.automaticThisMonthMinor + move.amountMinor
  if (cap !== undefined && compareAmount(sum, move.currency, cap) > 0) return ['monthly_cap']
  if (share === undefined) return []
  if (limits.portfolio.status !== 'known') return ['portfolio_not_measured']
  const part = { numerator: sum, denominator: limits.portfolio.value }
  return compareToPrinted(part, share) > 0 ? ['monthly_cap'] : []
}
