import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'

/** A filed budget action as far as its decision goes. */
export interface FiledAction {
  readonly status: string
  readonly createdMs: number
  readonly decidedMs: number | null
}

/** How a filed action ended for those who count approvals. */
export type Outcome = 'approved' | 'rejected' | 'pending' | 'lapsed'

/** Approvals of a set of actions. */
export interface ApprovalStatistics {
  readonly total: number
  readonly approved: number
  readonly rejected: number
  readonly pending: number
  /** Ended without a decision: expired, superseded, withdrawn, cancelled. */
  readonly lapsed: number
  /** approved + rejected */
  readonly decided: number
  /** Sum and number of the waiting times that are known, in minutes. */
  readonly latencyMinutes: number
  readonly latencies: number
  /** Mean minutes from filing to decision. */
  readonly meanLatency: Quantity
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  approved: 'approved',
  executed: 'approved',
  applying: 'approved',
  applied: 'approved',
  verified: 'approved',
  failed: 'approved',
  rolled_back: 'approved',
  rejected: 'rejected',
  draft: 'pending',
  proposed: 'pending',
  pending: 'pending',
}

/** Statuses under which money was really moved. */
const EXECUTED = new Set(['executed', 'applying', 'applied', 'verified'])

/** What a status means for the count of approvals: what was carried out had been approved; an unknown end is a lapse. */
export function outcomeOf(status: string): Outcome {
  return OUTCOMES[status] ?? 'lapsed'
}

/** True when the money of an action was moved and not moved back. */
export function isExecuted(status: string): boolean {
  return EXECUTED.has(status)
}

/**
 * How were the month's budget actions decided, and how fast?
 *
 * A rate of all actions counts what nobody has decided yet as a refusal; a rate of decided actions is the one to compare with a target.
 * Mean latency = Σ (decided − filed) ÷ number, over approved and rejected actions whose decision is dated.
 *
 * @param actions `decidedMs` ≥ `createdMs` (held by the data contract).
 */
export function approvalStatistics(actions: readonly FiledAction[]): ApprovalStatistics {
  const count = (outcome: Outcome): number =>
    actions.filter((action) => outcomeOf(action.status) === outcome).length
  const waits = actions
    .filter((action) => ['approved', 'rejected'].includes(outcomeOf(action.status)))
    .flatMap(({ createdMs, decidedMs }) =>
      decidedMs === null ? [] : [(decidedMs - createdMs) / 60_000],
    )
  const latencyMinutes = waits.reduce((sum, minutes) => sum + minutes, 0)
  const [approved, rejected] = [count('approved'), count('rejected')]
  return {
    total: actions.length,
    approved,
    rejected,
    pending: count('pending'),
    lapsed: count('lapsed'),
    decided: approved + rejected,
    latencyMinutes,
    latencies: waits.length,
    meanLatency:
      waits.length === 0
        ? notMeasured('no decision is dated')
        : measured(latencyMinutes / waits.length),
  }
}
