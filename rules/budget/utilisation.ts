import { derive, difference, isMeasured, type Quantity, quotient } from '../kernel/quantity.ts'

/** What of a budget is gone; amounts in the caller's units. */
export interface BudgetUse {
  readonly budget: Quantity
  readonly spent: Quantity
  /** Promised and not yet spent, ≥ 0: an order, a contract, a booked slot. */
  readonly committed: Quantity
}

/** Where a budget stands; shares of 1. */
export interface Utilisation {
  /** What is neither spent nor promised; negative when the budget is overdrawn. */
  readonly available: Quantity
  readonly utilisation: Quantity
  readonly utilisationWithCommitments: Quantity
}

const BUDGET = 'the planned budget'

/**
 * How much of a budget is spent, promised and free?
 *
 * available = budget − spent − committed; utilisation = spent ÷ budget; with commitments = (spent + committed) ÷ budget. Commitments nobody
 * states take nothing off what is available, but then the share with commitments is not measured. A budget of zero has no share.
 */
export function utilisationOf({ budget, spent, committed }: BudgetUse): Utilisation {
  const gone = derive([spent, committed], ([already = 0, promised = 0]) => already + promised)
  return {
    available: difference(budget, isMeasured(committed) ? gone : spent),
    utilisation: quotient(spent, budget, BUDGET),
    utilisationWithCommitments: quotient(gone, budget, BUDGET),
  }
}
