import { addMonths, priorQuarter } from '../kernel/calendar.ts'

/** A stretch of whole months the current one is held against. */
export interface Period {
  readonly id: 'current' | 'prior_month' | 'prior_quarter' | 'same_month_last_year'
  readonly label: string
  readonly months: readonly string[]
}

/**
 * The periods a review compares: the month itself, the month before, the quarter before the month's own, and the same month a year ago. A
 * quarter is compared by its monthly average.
 */
export function periodsOf(month: string): {
  readonly current: Period
  readonly earlier: readonly Period[]
} {
  return {
    current: { id: 'current', label: month, months: [month] },
    earlier: [
      { id: 'prior_month', label: 'prior month', months: [addMonths(month, -1)] },
      { id: 'prior_quarter', label: 'prior quarter, monthly average', months: priorQuarter(month) },
      {
        id: 'same_month_last_year',
        label: 'same month last year',
        months: [addMonths(month, -12)],
      },
    ],
  }
}

/** The rows that fall into a period. */
export function within<Row extends { readonly month: string }>(
  rows: readonly Row[],
  period: Period,
): Row[] {
  return rows.filter((row) => period.months.includes(row.month))
}
