import { compareText } from '../kernel/order.ts'
import { measured } from '../kernel/quantity.ts'
import { distinctPart, shortPart } from '../kernel/text-id.ts'
import { type BudgetMove, lineId } from '../schema/budget-move.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import { subjectFacts } from './fact-entries.ts'
import type { ActionRow } from './input.ts'
import type { NamedConflict } from './limit-conflicts.ts'
import { enterImpact } from './move-impact-facts.ts'
import type { MadeMove } from './recorded-moves.ts'

/** Prefix of a move's facts. */
export function movePrefix(move: BudgetMove): string {
  return `budget.move.${distinctPart(move.id)}`
}

/** Enters amount and expected impact of a move, `budget.move.ID.*`. */
export function enterMove(book: FactBook, move: BudgetMove): void {
  const source: FactSource[] =
    move.actionId === null
      ? []
      : [{ dataset: 'budget_actions', rows: 1, where: { action_id: move.actionId } }]
  const facts = subjectFacts(
    book,
    {
      prefix: movePrefix(move),
      name: `${move.fromName} to ${move.toName}`,
      currency: move.amount.currency,
    },
    source,
  )
  facts.enter('amount', {
    label: 'amount to move',
    unit: 'money',
    quantity: measured(move.amount.minor),
  })
  enterImpact(book, facts, move)
}

/** Faults of made moves that share a cause and a line, with their sum. */
export interface FaultGroup {
  readonly prefix: string
  readonly fault: string
  /** The line the fault lies on; null where it lies on the move as such. */
  readonly lineId: string | null
  readonly campaignId: string | null
  readonly channelId: string | null
  readonly actions: readonly ActionRow[]
}

/** Made moves grouped by what was wrong with them, in the order of fault and line. */
export function faultGroups(made: readonly MadeMove[]): readonly FaultGroup[] {
  const groups = new Map<string, FaultGroup>()
  for (const { action, faults } of made) {
    for (const fault of faults) {
      const channelId = channelAtFault(fault, action)
      const campaignId = channelId === null ? null : action.campaignId
      const line = channelId === null ? null : lineId(action.campaignId, channelId)
      const prefix = `budget.made.${fault}${line === null ? '' : `.${distinctPart(line)}`}`
      const group = groups.get(prefix)
      groups.set(prefix, {
        prefix,
        fault,
        lineId: line,
        campaignId,
        channelId,
        actions: [...(group?.actions ?? []), action],
      })
    }
  }
  return [...groups.values()].toSorted((left, right) => compareText(left.prefix, right.prefix))
}

/** Enters how many made moves share a fault and what they add up to. */
export function enterFaultGroup(book: FactBook, group: FaultGroup): void {
  const source: FactSource[] = [{ dataset: 'budget_actions', rows: group.actions.length }]
  const [first] = group.actions
  book.add({
    id: `${group.prefix}.amount`,
    label: `Moves made: ${group.fault.replaceAll('_', ' ')}, amount`,
    unit: 'money',
    currency: first?.currency ?? '',
    quantity: measured(group.actions.reduce((sum, action) => sum + action.amountMinor, 0)),
    source,
  })
  book.add({
    id: `${group.prefix}.count`,
    label: `Moves made: ${group.fault.replaceAll('_', ' ')}, count`,
    unit: 'count',
    quantity: measured(group.actions.length),
    source,
  })
}

/** Enters by how much limits conflict. */
export function enterConflict(book: FactBook, conflict: NamedConflict, currency: string): void {
  book.add({
    id: conflictId(conflict),
    label: `Limits conflict: ${conflict.kind.replaceAll('_', ' ')}`,
    unit: 'money',
    currency,
    quantity: measured(conflict.gapMinor),
    source: [{ dataset: 'budgets', rows: conflict.ids.length }],
  })
}

/** Fact of a conflict's gap. */
export function conflictId({ kind, ids }: NamedConflict): string {
  return `budget.conflict.${kind}.${shortPart(ids.join(' '), 60)}`
}

function channelAtFault(fault: string, action: ActionRow): string | null {
  if (fault === 'giver_not_used') return action.fromChannelId
  if (fault === 'receiver_not_used' || fault === 'receiver_under_open_risk') {
    return action.toChannelId
  }
  return null
}
