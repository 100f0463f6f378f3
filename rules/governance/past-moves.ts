import { groupByText } from '../kernel/order.ts'
import { SEVERITIES, type Severity } from '../policy/synthesis.ts'
import { lineId } from '../schema/budget-move.ts'
import { isExecuted, type FiledAction } from './approval-statistics.ts'
import { moveFaults, type MoveFault } from './double-entry.ts'

/** A row of `budget_actions`. */
export interface BudgetAction extends FiledAction {
  readonly actionId: string
  readonly createdOn: string
  readonly campaignId: string
  readonly fromChannelId: string | null
  readonly toChannelId: string | null
  readonly amountMinor: number
  readonly currency: string
  readonly reasonCode: string
  readonly proposedBy: string
  readonly approver: string | null
}

/** An open risk and the lines it lies on; `channelId` null when it lies on the whole campaign. */
export interface OpenRisk {
  readonly riskId: string
  readonly severity: Severity
  readonly raisedMs: number
  readonly campaignId: string | null
  readonly channelId: string | null
}

/** A campaign's channel as seen in its delivery or its funnel. */
export interface UsedLine {
  readonly campaignId: string
  readonly channelId: string
}

/** What the past is held against. */
export interface MoveBooks {
  readonly currency: string
  /** Lines of each campaign (`lineId`); a campaign that is absent has neither delivery nor funnel. */
  readonly usedLines: ReadonlyMap<string, ReadonlySet<string>>
  readonly openRisks: readonly OpenRisk[]
  /** Risks of this severity or graver bar inflow. */
  readonly blocksInflowFrom: Severity
}

/** What is wrong with a move that was carried out. */
export type PastMoveFault =
  | Extract<
      MoveFault,
      | 'same_line'
      | 'giver_not_used'
      | 'receiver_not_used'
      | 'receiver_under_open_risk'
      | 'foreign_currency'
    >
  | 'approver_missing'
  | 'approved_by_proposer'

/** Faults of double entry that the books of the past can show; what the giver had left on that day is not recorded. */
const ENTRY_FAULTS = [
  'same_line',
  'giver_not_used',
  'receiver_not_used',
  'receiver_under_open_risk',
  'foreign_currency',
] as const

/**
 * What is wrong with a budget move that was carried out?
 *
 * Held against the same double entry as a new move, with the risks that were open and had been raised when it was decided (filed, where
 * no decision is dated). A risk that was closed since is left out: nobody recorded until when it was open. Whoever proposed a move must
 * not have approved it, and somebody must have.
 *
 * @returns Empty for a move that was not carried out.
 */
export function pastMoveFaults(action: BudgetAction, books: MoveBooks): PastMoveFault[] {
  if (!isExecuted(action.status)) return []
  const { campaignId, fromChannelId, toChannelId } = action
  const fromLine = fromChannelId === null ? null : lineId(campaignId, fromChannelId)
  const toLine = toChannelId === null ? null : lineId(campaignId, toChannelId)
  const found = moveFaults(
    {
      fromLine,
      toLine,
      amount: { currency: action.currency, minor: action.amountMinor },
      // Nobody typed the moves of the past: money from the reserve is taken at its word.
      kind: 'increase',
    },
    {
      currency: books.currency,
      // Without delivery and funnel nobody knows what the campaign uses.
      usedLines: books.usedLines.get(campaignId) ?? null,
      remainders: new Map(),
      atRisk: new Set(toLine !== null && risksAt(action, books).length > 0 ? [toLine] : []),
      stopped: new Set(),
      campaignRuns: true,
    },
  )
  return [...ENTRY_FAULTS.filter((fault) => found.includes(fault)), ...approverFaults(action)]
}

/** Open risks on the receiving line that had been raised when the move was decided, by id. */
export function risksAt(action: BudgetAction, books: MoveBooks): OpenRisk[] {
  const atMs = action.decidedMs ?? action.createdMs
  const gravest = SEVERITIES.indexOf(books.blocksInflowFrom)
  return books.openRisks.filter(
    (risk) =>
      risk.raisedMs <= atMs &&
      SEVERITIES.indexOf(risk.severity) >= gravest &&
      risk.campaignId === action.campaignId &&
      (risk.channelId === null || risk.channelId === action.toChannelId),
  )
}

/** The lines each campaign uses, by campaign. */
export function linesByCampaign(
  lines: readonly UsedLine[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = groupByText(lines, (line) => line.campaignId)
  return new Map(
    Array.from(groups, ([campaignId, own]) => [
      campaignId,
      new Set(own.map((line) => lineId(campaignId, line.channelId))),
    ]),
  )
}

function approverFaults({ approver, proposedBy }: BudgetAction): PastMoveFault[] {
  if (approver === null) return ['approver_missing']
  return approver === proposedBy ? ['approved_by_proposer'] : []
}
