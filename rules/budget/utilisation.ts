/** Where a budget stands; amounts in the caller's units, shares of 1. */
export interface Utilisation {
  readonly spent: number
  readonly committed: number
  /** What is neither spent nor promised; negative when the budget is overdrawn. */
  readonly available: number
  /** Null when there is no budget to divide by. */
  readonly utilisation: number | null
  readonly utilisationWithCommitments: number | null
}

/**
 * How much of a budget is spent, promised and free?
 *
 * available = budget − spent − committed; utilisation = spent ÷ budget; with commitments = (spent + committed) ÷ budget.
 *
 * @param committed Promised and not yet spent, ≥ 0: an order, a contract, a booked slot.
 */
export function utilisationOf(budget: number, spent: number, committed: number): Utilisation {
  const share = (part: number): number | null => (budget > 0 ? part / budget : null)
  return {
    spent,
    committed,
    available: budget - spent - committed,
    utilisation: share(spent),
    utilisationWithCommitments: share(spent + committed),
  }
}
