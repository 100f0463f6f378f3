import type { StageName } from '#rules/schema/review.ts'

import type { ApprovalOutcome, PendingApproval, StageReceipt } from './state.ts'

/** Ids of the moves ordered so far, and what waits for people again. */
export interface AppliedMoves {
  readonly applied: string[]
  readonly pending: PendingApproval[]
}

/**
 * What the graph needs of the world for one review. Every method may be called again after a crash and then gives the same answer without
 * doing its work or its effect twice.
 */
export interface ReviewPorts {
  /** Freezes the inputs, grades the data and says whether a review may speak on them. */
  readonly admit: () => Promise<'open' | 'withheld'>
  /** Runs a specialist and keeps its result; a stage already kept is returned, never computed again. */
  readonly runStage: (stage: StageName) => Promise<StageReceipt>
  /** Files the approval requests of the budget's moves; moves that pass by rule are not among them. */
  readonly fileApprovals: () => Promise<PendingApproval[]>
  /** How the filed approvals ended, read from the store: what an operator's message claims is never trusted. */
  readonly approvalOutcomes: () => Promise<ApprovalOutcome[]>
  /**
   * Writes the change orders of approved moves, once each. An approval whose facts or policy changed meanwhile is void: its move is asked for
   * anew and comes back as pending.
   */
  readonly applyMoves: () => Promise<AppliedMoves>
  /** Writes the review's files from what the store holds. */
  readonly publish: () => Promise<void>
}
