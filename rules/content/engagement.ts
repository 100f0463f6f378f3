import { measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { PieceMonth } from './input.ts'

/** What readers did with a piece (or with all pieces) in a period. */
export interface Engagement {
  readonly rows: number
  readonly views: Quantity
  readonly engagedViews: Quantity
  /** engaged views ÷ views */
  readonly engagementRate: Quantity
  /** seconds a view */
  readonly averageTime: Quantity
  /** bounces ÷ views */
  readonly bounceRate: Quantity
  readonly conversions: Quantity
  readonly assistedConversions: Quantity
  /** conversions ÷ views */
  readonly conversionRate: Quantity
}

/**
 * How was it read, and what came of it?
 *
 * @param months Figures of one piece, or of all, in one period; an empty list means nothing was measured.
 * Source: Google Analytics 4, "Engagement rate and bounce rate".
 */
export function summariseEngagement(months: readonly PieceMonth[]): Engagement {
  const views = total(months, (row) => row.views)
  const engagedViews = total(months, (row) => row.engagedViews)
  const conversions = total(months, (row) => row.conversions)
  return {
    rows: months.reduce((sum, row) => sum + row.rows, 0),
    views,
    engagedViews,
    engagementRate: quotient(engagedViews, views, 'views'),
    averageTime: quotient(
      total(months, (row) => row.viewSeconds),
      views,
      'views',
    ),
    bounceRate: quotient(
      total(months, (row) => row.bounces),
      views,
      'views',
    ),
    conversions,
    assistedConversions: total(months, (row) => row.assistedConversions),
    conversionRate: quotient(conversions, views, 'views'),
  }
}

function total(months: readonly PieceMonth[], read: (row: PieceMonth) => number | null): Quantity {
  if (months.length === 0) return notMeasured('no content row in the period')
  const values = months.map(read).filter((value) => value !== null)
  if (values.length < months.length) return notMeasured('left out in part of the content rows')
  return measured(values.reduce((sum, value) => sum + value, 0))
}
