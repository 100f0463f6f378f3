import type { ActionRow } from '#rules/budget/input.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'

/** A move of 600 from A to B in C1 that was proposed elsewhere and waits; nobody said what it would bring. */
export const carriedMove = (changes: Partial<BudgetMove> = {}): BudgetMove => ({
  id: 'MOVE:A1',
  origin: 'carried',
  actionId: 'A1',
  campaignId: 'C1',
  fromLine: 'C1/A',
  toLine: 'C1/B',
  fromName: 'A in C1',
  toName: 'B in C1',
  amount: { currency: 'USD', minor: 600 },
  reasonCode: 'scale_winner',
  basis: {},
  expectedImpact: null,
  impactNotMeasured: 'nobody said',
  concerns: [],
  ruleId: 'budget.carried_move',
  ...changes,
})

/** The record of that move, as the data set of budget actions has it. */
export const recordedAction = (changes: Partial<ActionRow> = {}): ActionRow => ({
  actionId: 'A1',
  createdMs: 2000,
  createdOn: '2026-10-05',
  decidedMs: null,
  campaignId: 'C1',
  fromChannelId: 'A',
  toChannelId: 'B',
  amountMinor: 600,
  currency: 'USD',
  reasonCode: 'scale_winner',
  status: 'proposed',
  ...changes,
})
