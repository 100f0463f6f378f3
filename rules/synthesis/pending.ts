import type { BudgetAction } from '../governance/past-moves.ts'
import type { Presence } from '../kernel/presence.ts'
import { countedIn } from '../kernel/presence.ts'
import { isMeasured, measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { MoveApproval } from './input.ts'

/** Reallocations that wait for a person. */
export interface PendingMoves {
  /** Moves of the budget stage among them. */
  readonly moves: readonly BudgetMove[]
  /** Recorded actions that wait and that no move of the review carries. */
  readonly actions: readonly BudgetAction[]
}

const WAITING = new Set(['draft', 'proposed', 'pending'])

/**
 * Which reallocations wait for a decision?
 *
 * A carried move waits until a request of this review decided it; a move that this review proposes waits only once a request for it is
 * open, since a move may pass by rule. Recorded actions that the budget stage did not carry wait as recorded.
 */
export function pendingMoves(
  recorded: readonly BudgetAction[],
  moves: readonly BudgetMove[],
  approvals: readonly MoveApproval[],
): PendingMoves {
  const states = new Map(approvals.map(({ moveId, state }) => [moveId, state]))
  const carried = new Set(moves.map((move) => move.actionId))
  return {
    moves: moves.filter(({ id, origin }) => {
      const state = states.get(id)
      return state === undefined ? origin === 'carried' : WAITING.has(state)
    }),
    actions: recorded.filter(({ actionId }) => !carried.has(actionId)),
  }
}

/** Id of the fact that holds what is asked for by now where a person amended it, `synthesis.amended.ID.amount`. */
export function amendedAmount(move: Pick<BudgetMove, 'id'>): string {
  return `synthesis.amended.${distinctPart(move.id)}.amount`
}

function enterAmended(book: FactBook, move: BudgetMove): void {
  if (move.basis['amended_from_minor'] === undefined) return
  const { currency, minor } = move.amount
  book.add({
    id: amendedAmount(move),
    label: `${move.fromName} to ${move.toName}: amount asked for after the amendment`,
    unit: 'money',
    currency,
    quantity: measured(minor),
    source: [],
  })
}

/**
 * Enters how many reallocations wait and what they add up to.
 *
 * @param options `hasRequests`: people were asked in this review itself. When none of it waits any more that is known, also without a record of
 * other actions; a record that could not be read may hold some that wait.
 * @returns The count; null when none is known of, and neither a record nor a request of this review says that there is none.
 */
export function enterPending(
  book: FactBook,
  { moves, actions }: PendingMoves,
  {
    presence,
    currency,
    hasRequests,
  }: { readonly presence: Presence; readonly currency: string; readonly hasRequests: boolean },
): number | null {
  const count = moves.length + actions.length
  const amounts = [
    ...moves.map(({ amount }) => amount),
    ...actions.map(({ currency: own, amountMinor: minor }) => ({ currency: own, minor })),
  ]
  const none =
    hasRequests && presence !== 'unreadable'
      ? measured(0)
      : countedIn(presence, 'budget actions', 0)
  const source = [{ dataset: 'budget_actions' as const, rows: count }]
  book.add({
    id: 'synthesis.pending_reallocations.count',
    label: 'Reallocations that wait for a decision',
    unit: 'count',
    quantity: count > 0 ? measured(count) : none,
    source,
  })
  for (const move of moves) enterAmended(book, move)
  const own = amounts.filter((amount) => amount.currency === currency)
  book.add({
    id: 'synthesis.pending_reallocations.amount',
    label: 'Sum of reallocations that wait',
    unit: 'money',
    currency,
    quantity: count > 0 ? measured(own.reduce((sum, amount) => sum + amount.minor, 0)) : none,
    source,
  })
  return count > 0 || isMeasured(none) ? count : null
}
