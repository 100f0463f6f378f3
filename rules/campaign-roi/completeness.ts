import type { Presence } from '../kernel/presence.ts'
import { isMeasured, notMeasured, unreadable, type Quantity } from '../kernel/quantity.ts'
import type { Delivery } from './delivery.ts'
import type { CostRow, DeliveryRow, ValueRow, WonRow } from './input.ts'
import type { BookedValue, LedgerCost } from './ledger.ts'
import type { RejectedRows } from './rejected.ts'

/** Campaigns, by id, that ran in a period and of which a book says nothing. */
export interface BookGaps {
  readonly cost: readonly string[]
  readonly value: readonly string[]
}

/** Everything read of one period. */
export interface PeriodRows {
  readonly costs: readonly CostRow[]
  readonly values: readonly ValueRow[]
  readonly delivery: readonly DeliveryRow[]
  readonly won: readonly WonRow[]
}

/**
 * Which campaigns do the books leave out?
 *
 * Cost: the platforms report spend of the campaign and the cost ledger has no entry. Value: the campaign spent or cost something and the
 * value ledger has no entry, unless the CRM was read and won nothing for it. A campaign that returned nothing is booked with an entry of
 * zero; no entry is no answer.
 *
 * @returns Ids in the order of the rows, each once.
 */
export function findBookGaps(
  rows: PeriodRows,
  presence: Readonly<Record<'cost_ledger' | 'value_ledger' | 'deals', Presence>>,
): BookGaps {
  const costed = idsOf(rows.costs)
  const valued = idsOf(rows.values)
  const won = idsOf(rows.won)
  const spent = idsOf(rows.delivery.filter((row) => row.spendMinor > 0))
  const ran = new Set([...costed, ...spent])
  const isValueKnown = (id: string): boolean =>
    valued.has(id) || (presence.deals === 'present' && !won.has(id))
  return {
    cost: presence.cost_ledger === 'present' ? [...spent].filter((id) => !costed.has(id)) : [],
    value: presence.value_ledger === 'present' ? [...ran].filter((id) => !isValueKnown(id)) : [],
  }
}

function idsOf<Id>(rows: readonly { readonly campaignId: Id }[]): Set<Id> {
  return new Set(rows.map(({ campaignId }) => campaignId))
}

/**
 * The cost of a subject as far as the ledger can carry it: where rows were rejected, whatever they booked is missing from every sum; where
 * a campaign has no entry, the whole and its media are not known. A sum that leaves something out is no sum.
 *
 * @param gaps Campaigns of the subject without an entry.
 */
export function wholeCost(cost: LedgerCost, rejected: number, gaps: readonly string[]): LedgerCost {
  const whole = (quantity: Quantity): Quantity =>
    wholeOf(quantity, { rejected, gaps: gaps.length, book: 'cost ledger' })
  const { byType } = cost
  return {
    ...cost,
    byType: {
      media: whole(byType.media),
      human_review: withoutRejects(byType.human_review, rejected, 'cost ledger'),
      llm: withoutRejects(byType.llm, rejected, 'cost ledger'),
      tooling: withoutRejects(byType.tooling, rejected, 'cost ledger'),
      agency: withoutRejects(byType.agency, rejected, 'cost ledger'),
    },
    total: whole(cost.total),
  }
}

/** The value of a subject as far as its book can carry it, as for `wholeCost`. */
export function wholeValue(
  booked: BookedValue,
  rejected: RejectedRows,
  gaps: readonly string[],
): BookedValue {
  const { basis, value } = booked
  if (basis === 'none') return booked
  const book = basis === 'deals' ? 'deals' : 'value ledger'
  return {
    ...booked,
    value: wholeOf(value, { rejected: rejected[basis], gaps: gaps.length, book }),
  }
}

/** What the platforms delivered in all, as far as their rows could be read. */
export function wholeDelivery(delivery: Delivery, rejected: number): Delivery {
  const whole = (quantity: Quantity): Quantity =>
    withoutRejects(quantity, rejected, 'ad performance')
  return {
    rows: delivery.rows,
    spend: whole(delivery.spend),
    impressions: whole(delivery.impressions),
    clicks: whole(delivery.clicks),
    conversions: whole(delivery.conversions),
    conversionValue: whole(delivery.conversionValue),
    ctr: whole(delivery.ctr),
    cpc: whole(delivery.cpc),
    cpa: whole(delivery.cpa),
    conversionRate: whole(delivery.conversionRate),
    roas: whole(delivery.roas),
  }
}

/** A figure summed from rows of which some were rejected cannot be read. */
export function withoutRejects(quantity: Quantity, rejected: number, book: string): Quantity {
  if (!isMeasured(quantity) || rejected === 0) return quantity
  return unreadable(
    `${rejected} ${rejected === 1 ? 'row' : 'rows'} of the ${book} ${rejected === 1 ? 'was' : 'were'} rejected`,
  )
}

function wholeOf(
  quantity: Quantity,
  { rejected, gaps, book }: { rejected: number; gaps: number; book: string },
): Quantity {
  const read = withoutRejects(quantity, rejected, book)
  if (!isMeasured(read) || gaps === 0) return read
  return notMeasured(
    `the ${book} has no entry of ${gaps === 1 ? 'a campaign' : `${gaps} campaigns`} that ran`,
  )
}
