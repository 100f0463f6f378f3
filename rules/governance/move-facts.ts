import { measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource, StageName } from '../schema/review.ts'
import type { BudgetAction } from './past-moves.ts'

/** Fact ids of one budget action. */
export interface MoveFacts {
  readonly amount: string
  readonly filedOn: string
}

/** Enters amount and filing day of an action as facts `STAGE.move.ID.*`, once; only actions that are told take room in the review. */
export function moveFacts(book: FactBook, stage: StageName, action: BudgetAction): MoveFacts {
  const prefix = `${stage}.move.${distinctPart(action.actionId)}`
  const facts = { amount: `${prefix}.amount`, filedOn: `${prefix}.filed_on` }
  if (book.has(facts.amount)) return facts
  const source: FactSource[] = [
    { dataset: 'budget_actions', rows: 1, where: { action_id: action.actionId } },
  ]
  book.add({
    id: facts.amount,
    label: `${action.actionId}: amount`,
    unit: 'money',
    currency: action.currency,
    quantity: measured(action.amountMinor),
    source,
  })
  book.addText({
    id: facts.filedOn,
    label: `${action.actionId}: filed on`,
    unit: 'date',
    value: action.createdOn,
    source,
  })
  return facts
}
