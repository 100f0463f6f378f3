import { measured, notMeasured, quotient, type Missing, type Quantity } from '../kernel/quantity.ts'
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
  readonly bounces: Quantity
  /** bounces ÷ views */
  readonly bounceRate: Quantity
  readonly conversions: Quantity
  readonly assistedConversions: Quantity
  /** conversions ÷ views */
  readonly conversionRate: Quantity
}

const NO_ROW = notMeasured('no content row in the period')

/**
 * How was it read, and what came of it?
 *
 * @param months Figures of one piece, or of all, in one period.
 * @param none What every figure is when the list is empty: not measured, or unreadable where the rows could not be read.
 * Source: Google Analytics 4, "Engagement rate and bounce rate".
 */
export function summariseEngagement(
  months: readonly PieceMonth[],
  none: Missing = NO_ROW,
): Engagement {
  const total = (read: (row: PieceMonth) => number | null): Quantity =>
    months.length === 0 ? none : sumOf(months.map(read))
  const views = total((row) => row.views)
  const engagedViews = total((row) => row.engagedViews)
  const bounces = total((row) => row.bounces)
  const conversions = total((row) => row.conversions)
  return {
    rows: months.reduce((sum, row) => sum + row.rows, 0),
    views,
    engagedViews,
    engagementRate: quotient(engagedViews, views, 'views'),
    averageTime: quotient(
      total((row) => row.viewSeconds),
      views,
      'views',
    ),
    bounces,
    bounceRate: quotient(bounces, views, 'views'),
    conversions,
    assistedConversions: total((row) => row.assistedConversions),
    conversionRate: quotient(conversions, views, 'views'),
  }
}

function sumOf(values: readonly (number | null)[]): Quantity {
  const known = values.filter((value) => value !== null)
  if (known.length < values.length) return notMeasured('left out in part of the content rows')
  return measured(known.reduce((sum, value) => sum + value, 0))
}
