import { daysBetween, monthRange } from '../kernel/calendar.ts'
import { compareText } from '../kernel/order.ts'
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

/** Statuses under which nobody has taken a risk in hand. */
const OPEN = new Set(['open', 'escalated'])

/** True while nobody has taken the risk in hand: in review, mitigated or dismissed is not open. */
export function isOpen({ status }: Pick<RiskSignal, 'status'>): boolean {
  return OPEN.has(status)
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
