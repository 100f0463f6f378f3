import { measured, notMeasured, quotient, type Missing, type Quantity } from '../kernel/quantity.ts'
import type { SearchMonth } from './input.ts'

/** How a page or query did in search in one period. */
export interface SearchResult {
  readonly rows: number
  readonly clicks: Quantity
  readonly impressions: Quantity
  /** clicks ÷ impressions */
  readonly ctr: Quantity
  /** Mean position weighted by impressions; 1 is the top. */
  readonly position: Quantity
}

const NO_ROW = notMeasured('no search row in the period')

/**
 * How visible was it in search?
 *
 * position = Σ(position × impressions) ÷ Σ impressions, as the search console weights it.
 * Source: Google Search Console Help, "Performance report", average position.
 */
export function summariseSearch(
  months: readonly SearchMonth[],
  none: Missing = NO_ROW,
): SearchResult {
  if (months.length === 0) {
    return { rows: 0, clicks: none, impressions: none, ctr: none, position: none }
  }
  const total = (read: (row: SearchMonth) => number): Quantity =>
    measured(months.reduce((sum, row) => sum + read(row), 0))
  const clicks = total((row) => row.clicks)
  const impressions = total((row) => row.impressions)
  return {
    rows: months.reduce((sum, row) => sum + row.rows, 0),
    clicks,
    impressions,
    ctr: quotient(clicks, impressions, 'impressions'),
    position: quotient(
      total((row) => row.positionSum),
      impressions,
      'impressions',
    ),
  }
}
