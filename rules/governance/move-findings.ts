import { measured } from '../kernel/quantity.ts'
import type { MoveConcern } from '../schema/budget-move.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource, Finding, StageName } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { moveFacts } from './move-facts.ts'
import { risksAt, type BudgetAction, type MoveBooks, type PastMoveFault } from './past-moves.ts'

/** What a finding needs besides the rows. */
export interface FindingContext {
  readonly stage: StageName
  readonly currency: string
  readonly channels: ReadonlyMap<string, string>
  readonly campaigns: ReadonlyMap<string, string>
  readonly books: MoveBooks
}

/** A move with the faults found in it. */
export interface JudgedMove {
  readonly action: BudgetAction
  readonly faults: readonly PastMoveFault[]
  /** What spoke against it when this review asked for a decision. */
  readonly concerns: readonly MoveConcern[]
}

const LISTED = 5

const TITLES: Readonly<Record<PastMoveFault, string>> = {
  same_line: 'from a channel to itself',
  giver_not_used: 'from a channel the campaign does not use',
  receiver_not_used: 'into a channel the campaign does not use',
  receiver_under_open_risk: 'into a channel while a grave risk on it was open',
  foreign_currency: 'in another currency than the company’s',
  approver_missing: 'without a named approver',
  approved_by_proposer: 'approved by the person who proposed them',
}

const CONSEQUENCES: Readonly<Record<PastMoveFault, string>> = {
  same_line: 'Nothing moved: either the entry is wrong or it hides an increase of the budget.',
  giver_not_used:
    'Neither delivery nor the funnel shows the campaign on that channel, so there was no budget of its own to give.',
  receiver_not_used: 'Neither delivery nor the funnel shows the campaign on that channel.',
  receiver_under_open_risk:
    'Money should not flow into a line until the risk on it is closed or accepted.',
  foreign_currency: 'The amounts cannot be added to the rest without a rate.',
  approver_missing: 'Money moved without anybody answering for it.',
  approved_by_proposer: 'Nobody may approve a move of their own.',
}

/** The order in which faults are told. */
const FAULTS: readonly PastMoveFault[] = [
  'same_line',
  'giver_not_used',
  'receiver_not_used',
  'receiver_under_open_risk',
  'approver_missing',
  'approved_by_proposer',
  'foreign_currency',
]

/** Faults of the approval, not of the entry. */
const APPROVAL_FAULTS: readonly PastMoveFault[] = ['approver_missing', 'approved_by_proposer']

/** One finding per kind of fault, with the number and sum of the moves it concerns. */
export function faultFindings(
  book: FactBook,
  judged: readonly JudgedMove[],
  context: FindingContext & { readonly faults: 'all' | 'approval' },
): Finding[] {
  const told = context.faults === 'all' ? FAULTS : APPROVAL_FAULTS
  return told.flatMap((fault) => {
    const moves = judged.filter((move) => move.faults.includes(fault)).map((move) => move.action)
    return moves.length === 0 ? [] : [faultFinding(book, { fault, moves }, context)]
  })
}

function faultFinding(
  book: FactBook,
  { fault, moves }: { fault: PastMoveFault; moves: readonly BudgetAction[] },
  context: FindingContext,
): Finding {
  const { stage, currency } = context
  const source: FactSource[] = [{ dataset: 'budget_actions', rows: moves.length }]
  const prefix = `${stage}.past_moves.${fault}`
  const own = moves.filter((move) => move.currency === currency)
  const count = book.add({
    id: `${prefix}.count`,
    label: `Executed moves ${TITLES[fault]}`,
    unit: 'count',
    quantity: measured(moves.length),
    source,
  })
  const amount = book.add({
    id: `${prefix}.amount`,
    label: `Sum of executed moves ${TITLES[fault]}`,
    unit: 'money',
    currency,
    quantity: measured(own.reduce((sum, move) => sum + move.amountMinor, 0)),
    source,
  })
  const sum = fault === 'foreign_currency' ? '' : `, ${token(amount)} in all`
  return {
    id: `finding.governance.past_moves:${fault}`,
    ruleId: 'governance.past_moves',
    severity: 'serious',
    subject: 'budget:past_moves',
    title: `${token(count)} executed ${moves.length === 1 ? 'move' : 'moves'} ${TITLES[fault]}${sum}`,
    detail: `${moveList(book, { moves, verb: 'moved' }, context)}. ${CONSEQUENCES[fault]}${riskNames(fault, moves, context.books)}`,
  }
}

/** Moves as a reader recognises them: id, amount, giver and receiver, campaign; the first few, then that there are more. */
export function moveList(
  book: FactBook,
  { moves, verb }: { moves: readonly BudgetAction[]; verb: 'moved' | 'would move' },
  { stage, channels, campaigns }: FindingContext,
): string {
  const channel = (id: string | null): string =>
    id === null ? 'the reserve' : literal(channels.get(id) ?? id)
  const told = moves.slice(0, LISTED).map((move) => {
    const amount = token(moveFacts(book, stage, move).amount)
    const campaign = literal(campaigns.get(move.campaignId) ?? move.campaignId)
    return `${literal(move.actionId)} ${verb} ${amount} from ${channel(move.fromChannelId)} to ${channel(move.toChannelId)} in ${campaign}`
  })
  return `${told.join('; ')}${moves.length > LISTED ? '; and others' : ''}`
}

function riskNames(fault: PastMoveFault, moves: readonly BudgetAction[], books: MoveBooks): string {
  if (fault !== 'receiver_under_open_risk') return ''
  const ids = new Set(moves.flatMap((move) => risksAt(move, books).map((risk) => risk.riskId)))
  return ` Open at the time: ${[...ids].map((id) => literal(id)).join(', ')}.`
}
