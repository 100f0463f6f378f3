import type { ApprovalState } from '../schema/approval-state.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { BudgetAction } from './past-moves.ts'

/** How a request ended, as the count of approvals reads it: what follows an approval does not unsay it. */
const ENDS: Readonly<Record<ApprovalState, string | null>> = {
  draft: null,
  proposed: null,
  pending: null,
  approved: 'approved',
  applying: 'approved',
  applied: 'approved',
  verified: 'approved',
  failed: 'approved',
  rolled_back: 'approved',
  rejected: 'rejected',
  expired: 'expired',
  withdrawn: 'withdrawn',
  superseded: null,
}

/**
 * What do the recorded actions say once the requests of this review are counted too?
 *
 * An action that a move of the review carries takes the end of its request; the file in the workspace still says that it waits. When a
 * request was decided is not told: the waiting times are those of the record.
 *
 * @param moves Of the budget stage; `actionId` names the action a move carries.
 * @param approvals The requests that stand, at most one of a move.
 */
export function asDecidedHere(
  actions: readonly BudgetAction[],
  moves: readonly BudgetMove[],
  approvals: readonly { readonly moveId: string; readonly state: ApprovalState }[],
): BudgetAction[] {
  const states = new Map(approvals.map(({ moveId, state }) => [moveId, state]))
  const ends = new Map(
    moves.flatMap(({ id, actionId }) => {
      // A move without a request has not been put before anybody.
      const end = ENDS[states.get(id) ?? 'draft']
      return actionId === null || end === null ? [] : [[actionId, end]]
    }),
  )
  return actions.map((action) => {
    const status = ends.get(action.actionId)
    return status === undefined ? action : { ...action, status, decidedMs: null }
  })
}
