import { groupByText } from '../kernel/order.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { summariseDelivery, type Delivery } from './delivery.ts'
import type { DeliveryRow } from './input.ts'
import { enterDelivery } from './subject-facts.ts'

/** One channel or segment of the month. */
export interface DimensionLine {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly delivery: Delivery
}

/**
 * Delivery per channel or per segment. Rows without the dimension are left to the total: they belong to nobody, and no line claims them.
 */
export function summariseDimension(
  rows: readonly DeliveryRow[],
  dimension: 'channel' | 'segment',
  names: ReadonlyMap<string, string>,
): DimensionLine[] {
  const idOf = (row: DeliveryRow): string | null =>
    dimension === 'channel' ? row.channelId : row.segmentId
  const groups = groupByText(
    rows.filter((row) => idOf(row) !== null),
    (row) => idOf(row) ?? '',
  )
  return Array.from(groups, ([id, own]) => ({
    id,
    name: names.get(id) ?? id,
    prefix: `campaign_roi.${dimension}.${distinctPart(id)}`,
    delivery: summariseDelivery(own, 'present'),
  }))
}

/** Enters each line's delivery as facts. */
export function enterDimension(
  book: FactBook,
  lines: readonly DimensionLine[],
  context: { readonly month: string; readonly currency: string; readonly column: string },
): void {
  for (const { id, name, prefix, delivery } of lines) {
    enterDelivery(
      book,
      { prefix, name, currency: context.currency },
      {
        figures: delivery,
        source: [
          {
            dataset: 'ad_performance',
            rows: delivery.rows,
            where: { month_key: context.month, [context.column]: id },
          },
        ],
      },
    )
  }
}
