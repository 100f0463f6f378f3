import { compareAmount } from '../kernel/currency.ts'
import { invariant, present } from '../kernel/invariant.ts'
import { compareText, sortByLargest } from '../kernel/order.ts'
import { compareToPrinted, type Fraction } from '../kernel/printed-decimal.ts'
import type { ApprovalPolicy, ApprovalTier } from '../policy/money-moves.ts'
import { automaticRefusal, type AutomaticLimits, type AutomaticRefusal } from './automatic.ts'
import { lineSizes, planSize, type LineChange, type PastChange, type Size } from './plan-size.ts'

/** A plan as it is put before governance. */
export interface TierRequest {
  readonly currency: string
  readonly changes: readonly LineChange[]
  readonly history: readonly PastChange[]
  /** What makes the plan risky: names of `approval.bump`. */
  readonly flags: readonly string[]
  readonly limits: AutomaticLimits
}

/** Why the plan stands in its tier, in the order it was judged. */
export type TierReason =
  | { readonly kind: 'single'; readonly tierId: string }
  | {
      readonly kind: 'cumulative'
      readonly tierId: string
      readonly line: string
      readonly sumMinor: number
    }
  | { readonly kind: 'flag'; readonly flag: string; readonly steps: number }
  | { readonly kind: 'automatic_refused'; readonly why: AutomaticRefusal }

/** Who must agree to a plan, and why. */
export interface TierRuling {
  readonly tierId: string
  readonly approvers: number
  readonly roles: readonly string[]
  /** Business hours until the request expires; null when the tier sets none. */
  readonly expiresBusinessHours: number | null
  /** Money the plan moves. */
  readonly amountMinor: number
  /** The largest change of a line against its budget; null when a line had no budget, which no share can express. */
  readonly share: Fraction | null
  readonly reasons: readonly TierReason[]
}

/**
 * Which approval tier does a plan need?
 *
 * The first tier whose `max_amount` and `max_share` both hold, tried on (a) the plan and (b) each line with everything that changed it
 * within `window_days`. The higher of the two is lifted by the largest bump among the plan's flags; bumps do not add up. A tier without
 * approvers then lets the plan pass by rule only when nothing in `automatic.ts` refuses it; refused, it goes to the first tier above that
 * has approvers. Sizes are those of `plan-size.ts`; bounds themselves still hold.
 *
 * @param request Lines are distinct; budgets and ages ≥ 0 (parsed where the plan is read).
 * @throws InvariantError on a plan without a change, a line named twice, or a refusal above which nobody stands.
 * Source: authorisation levels and split-transaction rules of public procurement (e.g. FAR 13.003(c)(2)).
 */
export function tierOfPlan(request: TierRequest, policy: ApprovalPolicy): TierRuling {
  checkLines(request.changes)
  const size = planSize(request.changes)
  const single = fittingTier(policy.tiers, size, request.currency)
  const line = highestLine(request, policy)
  const flags = bumps(request.flags, policy.bump)
  const lift = Math.max(0, ...flags.map((flag) => flag.steps))
  const lifted = Math.min(Math.max(single, line.index) + lift, policy.tiers.length - 1)
  const refusals = automaticRefusals(lifted, { request, amountMinor: size.minor, policy })
  const tier =
    refusals.length === 0 ? tierAt(policy.tiers, lifted) : firstManned(policy.tiers, lifted)
  return {
    tierId: tier.id,
    approvers: tier.approvers,
    roles: tier.roles,
    expiresBusinessHours: policy.expires_business_hours[tier.id] ?? null,
    amountMinor: size.minor,
    share: size.share,
    reasons: [
      { kind: 'single', tierId: tierAt(policy.tiers, single).id },
      ...(line.index > single ? [line.reason] : []),
      ...flags,
      ...refusals.map((why) => ({ kind: 'automatic_refused' as const, why })),
    ],
  }
}

function checkLines(changes: readonly LineChange[]): void {
  invariant(changes.length > 0, 'tierOfPlan: expected at least one change')
  const lines = new Set(changes.map((change) => change.line))
  invariant(lines.size === changes.length, 'tierOfPlan: expected each line once')
}

/** The first tier that holds the size; the policy makes sure that the last one holds everything. */
function fittingTier(tiers: readonly ApprovalTier[], size: Size, currency: string): number {
  return tiers.findIndex(
    ({ max_amount: amount, max_share: share }) =>
      (amount === undefined || compareAmount(size.minor, currency, amount) <= 0) &&
      (share === undefined || (size.share !== null && compareToPrinted(size.share, share) <= 0)),
  )
}

function highestLine(
  { changes, history, currency }: TierRequest,
  { tiers, window_days: windowDays }: ApprovalPolicy,
): { index: number; reason: TierReason } {
  const ranked = lineSizes(changes, history, windowDays).map((size) => ({
    index: fittingTier(tiers, size, currency),
    line: size.line,
    sumMinor: size.minor,
  }))
  const { index, line, sumMinor } = present(
    sortByLargest(
      ranked,
      (row) => row.index,
      (row) => row.line,
    )[0],
    'a line of the plan',
  )
  return { index, reason: { kind: 'cumulative', tierId: tierAt(tiers, index).id, line, sumMinor } }
}

/** Flags by name with the steps the policy gives them; a flag the policy does not name lifts nothing and is still shown. */
function bumps(
  flags: readonly string[],
  table: ApprovalPolicy['bump'],
): { kind: 'flag'; flag: string; steps: number }[] {
  return [...new Set(flags)]
    .toSorted(compareText)
    .map((flag) => ({ kind: 'flag', flag, steps: table[flag] ?? 0 }))
}

function automaticRefusals(
  index: number,
  {
    request,
    amountMinor,
    policy,
  }: { request: TierRequest; amountMinor: number; policy: ApprovalPolicy },
): AutomaticRefusal[] {
  const tier = tierAt(policy.tiers, index)
  if (tier.approvers > 0) return []
  return automaticRefusal(request.limits, {
    tier,
    amountMinor,
    currency: request.currency,
    needsImpactAboveZero: policy.auto_needs_impact_above_zero,
  })
}

function firstManned(tiers: readonly ApprovalTier[], from: number): ApprovalTier {
  const found = tiers.slice(from).find((tier) => tier.approvers > 0)
  return present(found, 'a tier with approvers above an automatic one')
}

function tierAt(tiers: readonly ApprovalTier[], index: number): ApprovalTier {
  return present(tiers[index], 'a tier of the policy')
}
