import { BudgetMove } from '#rules/schema/budget-move.ts'

import type { Approval } from '../store/approvals.ts'

/** The move a request asks for. */
export function moveOf(request: Pick<Approval, 'move'>): BudgetMove {
  return BudgetMove.parse(JSON.parse(request.move))
}
