import { compareToPrinted } from '../kernel/printed-decimal.ts'
import { derive, isMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { Trust } from '../policy/verdict.ts'
import type { Decision } from '../schema/review.ts'

/** How far the books and the platforms agree on what was spent; money in minor units. */
export interface SpendTrace {
  readonly ledgerMedia: Quantity
  readonly platformSpend: Quantity
  /** ledger − platforms where positive: spend booked that no platform row explains. */
  readonly untraceable: Quantity
  /** untraceable ÷ ledger, a share of 1. */
  readonly untraceableShare: Quantity
}

/**
 * How much of the booked media spend can be traced to platform rows?
 *
 * untraceable = max(0, ledger − platforms); share = untraceable ÷ ledger. Without one of the two sides nothing can be traced or missed.
 */
export function traceSpend(ledgerMedia: Quantity, platformSpend: Quantity): SpendTrace {
  const untraceable = derive([ledgerMedia, platformSpend], ([booked = 0, reported = 0]) =>
    Math.max(0, booked - reported),
  )
  return {
    ledgerMedia,
    platformSpend,
    untraceable,
    untraceableShare: quotient(untraceable, ledgerMedia, 'media spend in the ledger'),
  }
}

/**
 * May the spend be trusted? `untraceable` when the share that no platform row explains is above the policy's bound, `overclaimed` when the
 * platforms report more spend than the ledger by more than the tolerance, otherwise `reconciled`.
 */
export function judgeSpendTrace(
  trace: SpendTrace,
  policy: {
    readonly trust: Trust
    readonly toleranceShare: number
    readonly version: string
  },
): Decision {
  const { ledgerMedia, platformSpend } = trace
  const decision = {
    id: 'campaign_roi.spend_trace:total',
    stage: 'campaign_roi' as const,
    subject: 'total:spend',
    subjectName: 'Media spend',
    ruleId: 'campaign_roi.spend_trace',
    policyVersion: policy.version,
    evidence: {
      ledgerMediaMinor: isMeasured(ledgerMedia) ? ledgerMedia.value : null,
      platformSpendMinor: isMeasured(platformSpend) ? platformSpend.value : null,
      untraceableMinor: isMeasured(trace.untraceable) ? trace.untraceable.value : null,
      maxUntraceableShare: policy.trust.max_untraceable_spend_share,
      toleranceShare: policy.toleranceShare,
    },
  }
  if (!isMeasured(ledgerMedia) || !isMeasured(platformSpend)) {
    return { ...decision, action: 'not_assessable', reason: 'one_side_missing' }
  }
  const excess = platformSpend.value - ledgerMedia.value
  if (isAbove(-excess, policy.trust.max_untraceable_spend_share, ledgerMedia.value)) {
    return { ...decision, action: 'untraceable', reason: 'untraceable_share_above_bound' }
  }
  if (isAbove(excess, policy.toleranceShare, ledgerMedia.value)) {
    return { ...decision, action: 'overclaimed', reason: 'platforms_above_ledger' }
  }
  return { ...decision, action: 'reconciled', reason: 'within_bounds' }
}

/**
 * Do the platforms claim more conversions than the CRM won?
 *
 * claim ratio = platform conversions ÷ CRM wins. Above the policy's bound, platforms count the same win more than once or count what was never won.
 */
export function judgeClaims(
  counts: { readonly platformConversions: Quantity; readonly wins: Quantity },
  policy: { readonly claimRatioWarn: number; readonly version: string },
): { readonly claimRatio: Quantity; readonly decision: Decision } {
  const { platformConversions, wins } = counts
  const claimRatio = quotient(platformConversions, wins, 'CRM wins')
  const decision = {
    id: 'campaign_roi.claim_ratio:total',
    stage: 'campaign_roi' as const,
    subject: 'total:conversions',
    subjectName: 'Conversions claimed',
    ruleId: 'campaign_roi.claim_ratio',
    policyVersion: policy.version,
    evidence: {
      platformConversions: isMeasured(platformConversions) ? platformConversions.value : null,
      crmWins: isMeasured(wins) ? wins.value : null,
      claimRatioWarn: policy.claimRatioWarn,
    },
  }
  if (!isMeasured(platformConversions) || !isMeasured(wins)) {
    return {
      claimRatio,
      decision: { ...decision, action: 'not_assessable', reason: 'one_side_missing' },
    }
  }
  if (wins.value === 0) {
    return {
      claimRatio,
      decision: { ...decision, action: 'not_assessable', reason: 'no_win_to_compare' },
    }
  }
  return {
    claimRatio,
    decision: isAbove(platformConversions.value, policy.claimRatioWarn, wins.value)
      ? { ...decision, action: 'overclaimed', reason: 'claim_ratio_above_bound' }
      : { ...decision, action: 'plausible', reason: 'claim_ratio_within_bound' },
  }
}

/** Is `part` more than `share` of `whole`? Exact, with the share as printed; of nothing, anything is more. */
function isAbove(part: number, share: number, whole: number): boolean {
  if (whole === 0) return part > 0
  return compareToPrinted({ numerator: part, denominator: whole }, share) > 0
}
