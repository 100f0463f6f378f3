import type { Presence } from '../kernel/presence.ts'
import { measured, notMeasured, unreadable, type Quantity } from '../kernel/quantity.ts'
import type { FactSource } from '../schema/review.ts'
import type { CostRow, ValueRow, WonRow } from './input.ts'

/** The kinds of cost a ledger books, in the order they are shown. */
export const COST_TYPES = ['media', 'human_review', 'llm', 'tooling', 'agency'] as const
export type CostType = (typeof COST_TYPES)[number]

/** The kinds as a reader knows them. */
export const COST_LABELS: Readonly<Record<CostType, string>> = {
  media: 'media',
  human_review: 'human review',
  llm: 'LLM',
  tooling: 'tooling',
  agency: 'agency',
}

/** Cost of one subject and period by kind, minor units. */
export interface LedgerCost {
  readonly rows: number
  readonly byType: Readonly<Record<CostType, Quantity>>
  /** Entries behind each kind. */
  readonly rowsByType: Readonly<Record<CostType, number>>
  /** Sum of every entry; kinds without an entry are not booked and add nothing. */
  readonly total: Quantity
}

/**
 * What did the ledger book for this subject?
 *
 * The ledger is the book of record: its total is the sum of its entries. A kind without an entry is "not booked", not zero; a period
 * without any entry has no cost figure at all.
 *
 * @param rows Entries of one subject and period.
 */
export function summariseCost(rows: readonly CostRow[], presence: Presence): LedgerCost {
  const sumOf = (picked: readonly CostRow[], what: string): Quantity =>
    picked.length === 0
      ? missingEntry(presence, 'cost ledger', what)
      : measured(picked.reduce((sum, row) => sum + row.amountMinor, 0))
  const entries = (type: CostType): CostRow[] => rows.filter((row) => row.costType === type)
  const ofType = (type: CostType): Quantity =>
    sumOf(entries(type), `no ${type.replace('_', ' ')} entry in the cost ledger`)
  return {
    rows: countRows(rows),
    byType: {
      media: ofType('media'),
      human_review: ofType('human_review'),
      llm: ofType('llm'),
      tooling: ofType('tooling'),
      agency: ofType('agency'),
    },
    rowsByType: {
      media: countRows(entries('media')),
      human_review: countRows(entries('human_review')),
      llm: countRows(entries('llm')),
      tooling: countRows(entries('tooling')),
      agency: countRows(entries('agency')),
    },
    total: sumOf(rows, 'no entry in the cost ledger'),
  }
}

/** Value of one subject and period, minor units, and where it was read. */
export interface BookedValue {
  readonly rows: number
  readonly value: Quantity
  readonly basis: 'value_ledger' | 'deals' | 'none'
  /** How much of the value is an estimate and not booked by the CRM. */
  readonly estimated: 'none' | 'part' | 'all'
}

/**
 * What value is booked for this subject? The value ledger speaks first; without it the CRM's won deals do.
 *
 * @param entries Ledger entries of one subject and period.
 * @param won Won deals of the same subject and period.
 */
export function summariseValue(
  entries: readonly ValueRow[],
  won: readonly WonRow[],
  presence: { readonly value_ledger: Presence; readonly deals: Presence },
): BookedValue {
  if (presence.value_ledger === 'present' || presence.value_ledger === 'unreadable') {
    return {
      rows: countRows(entries),
      value:
        entries.length === 0
          ? missingEntry(presence.value_ledger, 'value ledger', 'no entry in the value ledger')
          : measured(entries.reduce((sum, row) => sum + row.amountMinor, 0)),
      basis: 'value_ledger',
      estimated: estimatedPart(entries),
    }
  }
  if (presence.deals !== 'present') {
    const value =
      presence.deals === 'unreadable'
        ? unreadable('the deals could not be read')
        : notMeasured('neither a value ledger nor deals were provided')
    return { rows: 0, value, basis: 'none', estimated: 'none' }
  }
  return { rows: countRows(won), value: wonValue(won), basis: 'deals', estimated: 'none' }
}

function estimatedPart(entries: readonly ValueRow[]): BookedValue['estimated'] {
  const estimates = entries.filter((row) => row.source === 'estimate')
  if (estimates.length === 0) return 'none'
  return estimates.length === entries.length ? 'all' : 'part'
}

/** The rows behind a cost and a value, as sources of facts. */
export function bookSources(
  cost: LedgerCost,
  booked: BookedValue,
  where: Readonly<Record<string, string>>,
): FactSource[] {
  const costSource: FactSource = { dataset: 'cost_ledger', rows: cost.rows, where: { ...where } }
  if (booked.basis === 'none') return [costSource]
  return [costSource, { dataset: booked.basis, rows: booked.rows, where: { ...where } }]
}

/** The rows behind one kind of cost in a month. */
export function kindSource(cost: LedgerCost, type: CostType, month: string): FactSource {
  const where = { month_key: month, cost_type: type }
  return { dataset: 'cost_ledger', rows: cost.rowsByType[type], where }
}

function wonValue(won: readonly WonRow[]): Quantity {
  if (won.length === 0) return notMeasured('no won deal in the period')
  const amounts = won.map((row) => row.amountMinor).filter((amount) => amount !== null)
  if (amounts.length < won.length) return notMeasured('a won deal has no amount')
  return measured(amounts.reduce((sum, amount) => sum + amount, 0))
}

function missingEntry(presence: Presence, book: string, what: string): Quantity {
  if (presence === 'unreadable') return unreadable(`the ${book} could not be read`)
  if (presence === 'absent') return notMeasured(`no ${book} was provided`)
  return notMeasured(what)
}

function countRows(rows: readonly { readonly rows: number }[]): number {
  return rows.reduce((count, row) => count + row.rows, 0)
}
