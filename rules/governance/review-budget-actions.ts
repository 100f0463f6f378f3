import { compareText } from '../kernel/order.ts'
import type { Presence } from '../kernel/presence.ts'
import type { Policy } from '../policy/policy.ts'
import type { MoveConcern } from '../schema/budget-move.ts'
import { createFactBook } from '../schema/fact-book.ts'
import type { Decision, Fact, Finding, StageName, Table } from '../schema/review.ts'
import { actionTable } from './action-table.ts'
import { enterApprovals, neverRefusedFinding, pendingFindings } from './approval-findings.ts'
import { approvalStatistics, outcomeOf, type ApprovalStatistics } from './approval-statistics.ts'
import { faultFindings, type FindingContext, type JudgedMove } from './move-findings.ts'
import {
  linesByCampaign,
  pastMoveFaults,
  risksAt,
  type BudgetAction,
  type MoveBooks,
  type OpenRisk,
  type UsedLine,
} from './past-moves.ts'

/** What the review of past budget actions looks at. */
export interface BudgetActionsInput {
  readonly actions: readonly BudgetAction[]
  /** Of `budget_actions`. */
  readonly presence: Presence
  readonly usedLines: readonly UsedLine[]
  readonly openRisks: readonly OpenRisk[]
  /** What speaks against the actions that moves of this review carry, by action; no entry where nothing was asked. */
  readonly concerns: ReadonlyMap<string, readonly MoveConcern[]>
  readonly names: {
    readonly campaigns: ReadonlyMap<string, string>
    readonly channels: ReadonlyMap<string, string>
  }
}

/** The stage whose facts these become, and the policy in force. */
export interface BudgetActionsContext {
  readonly stage: StageName
  readonly policy: Policy
  /** False where another stage already tells faulty and waiting moves; then only their approval is told here. */
  readonly tellsMoves: boolean
}

/** Parts of a stage result, with the counts that targets and verdict read. */
export interface BudgetActionsReview {
  readonly facts: readonly Fact[]
  readonly decisions: readonly Decision[]
  readonly findings: readonly Finding[]
  readonly tables: readonly Table[]
  readonly statistics: ApprovalStatistics
  readonly pending: readonly BudgetAction[]
}

/**
 * Were the budget moves of the past sound, were they approved as they should have been, and which still wait?
 *
 * @param input Rows of `budget_actions` with what the campaigns really use and the risks that are open.
 */
export function reviewBudgetActions(
  input: BudgetActionsInput,
  { stage, policy, tellsMoves }: BudgetActionsContext,
): BudgetActionsReview {
  const actions = input.actions.toSorted(
    (left, right) => left.createdMs - right.createdMs || compareText(left.actionId, right.actionId),
  )
  const books: MoveBooks = {
    currency: policy.company.currency,
    usedLines: linesByCampaign(input.usedLines),
    openRisks: input.openRisks,
    blocksInflowFrom: policy.risk.blocks_inflow_from,
  }
  const context: FindingContext = { stage, currency: books.currency, books, ...input.names }
  const judged = actions.map((action) => ({
    action,
    faults: pastMoveFaults(action, books),
    concerns: input.concerns.get(action.actionId) ?? [],
  }))
  const pending = actions.filter((action) => outcomeOf(action.status) === 'pending')
  const statistics = approvalStatistics(actions)
  const book = createFactBook()
  enterApprovals(book, statistics, { stage, presence: input.presence })
  return {
    decisions: judged.flatMap((move) => decisionOf(move, { stage, policy, books })),
    findings: [
      ...faultFindings(book, judged, { ...context, faults: tellsMoves ? 'all' : 'approval' }),
      ...(tellsMoves ? pendingFindings(book, pending, context) : []),
      ...neverRefusedFinding(statistics, stage),
    ],
    tables: actions.length === 0 ? [] : [actionTable(book, judged, context)],
    facts: book.list(),
    statistics,
    pending,
  }
}

/** A decision for each move that somebody must look at: one that waits, or one that was carried out and should not have been. */
function decisionOf(
  { action, faults }: JudgedMove,
  { stage, policy, books }: { stage: StageName; policy: Policy; books: MoveBooks },
): Decision[] {
  const waits = outcomeOf(action.status) === 'pending'
  if (!waits && faults.length === 0) return []
  const ruleId = waits ? 'governance.pending_moves' : 'governance.past_moves'
  return [
    {
      id: `${ruleId}:${action.actionId}`,
      stage,
      subject: `budget_action:${action.actionId}`,
      subjectName: action.actionId,
      action: waits ? 'decide' : 'question',
      reason: faults[0] ?? 'waits_for_decision',
      ruleId,
      policyVersion: policy.version,
      evidence: {
        status: action.status,
        fromChannelId: action.fromChannelId,
        toChannelId: action.toChannelId,
        amountMinor: action.amountMinor,
        currency: action.currency,
        reasonCode: action.reasonCode,
        faults: [...faults],
        openRisks: risksAt(action, books).map((risk) => risk.riskId),
        blocksInflowFrom: books.blocksInflowFrom,
      },
    },
  ]
}
