import { daysBetween, monthRange } from '../kernel/calendar.ts'
import { compareText } from '../kernel/order.ts'
import type { Policy } from '../policy/policy.ts'
import { SEVERITIES, type Severity } from '../policy/synthesis.ts'

/** A value that somebody wrote down as evidence of a risk. */
export type EvidenceValue = string | number | boolean | null

/** A row of `risk_signals`; `evidence` is its JSON object, null when there is none, `unreadable` when it is no such object. */
export interface RiskSignal {
  readonly riskId: string
  readonly raisedMs: number
  readonly raisedOn: string
  readonly campaignId: string | null
  readonly riskType: string
  readonly severity: Severity
  readonly evidence: ReadonlyMap<string, EvidenceValue> | null | 'unreadable'
  readonly recommendedAction: string | null
  readonly status: string
}

/** Whether a risk is there: `open` while nobody deals with it, `in_hand` while somebody does, `gone` once it is settled. */
export type RiskPresence = 'open' | 'in_hand' | 'gone'

/** The policy as far as it says which risks are there. */
type StatusPolicy = Pick<Policy, 'risk' | 'budget'>

/**
 * Is a risk still there, and has somebody taken it in hand?
 *
 * Open under a status of `risk.open_statuses`: it counts for verdict and targets and asks for an action. In hand under any other status of
 * `budget.blocking_risk.statuses`: it is dealt with and asks for nothing more, but what keeps money out is there.
 */
export function presenceOf(
  { status }: Pick<RiskSignal, 'status'>,
  { risk, budget }: StatusPolicy,
): RiskPresence {
  if (risk.open_statuses.includes(status)) return 'open'
  return budget.blocking_risk.statuses.includes(status) ? 'in_hand' : 'gone'
}

/** Statuses, each once, under which a risk is there: open or in hand. */
export function presentStatuses({ risk, budget }: StatusPolicy): readonly string[] {
  return [...new Set([...risk.open_statuses, ...budget.blocking_risk.statuses])]
}

/**
 * How many days has a risk been open in the eyes of the month's review?
 *
 * Counted to the review's date, but not beyond the last day of the month: a review of the same month gives the same age whenever it is
 * run. A risk raised after that is 0 days old.
 */
export function ageDays(
  raisedOn: string,
  { month, asOfOn }: { readonly month: string; readonly asOfOn: string },
): number {
  const { to } = monthRange(month)
  return Math.max(0, daysBetween(raisedOn, asOfOn < to ? asOfOn : to))
}

/** Gravest first, then the oldest, then by id. */
export function byGravity(left: RiskSignal, right: RiskSignal): number {
  return (
    SEVERITIES.indexOf(right.severity) - SEVERITIES.indexOf(left.severity) ||
    left.raisedMs - right.raisedMs ||
    compareText(left.riskId, right.riskId)
  )
}
