/** Books of which rows can be rejected when they are read. */
export type RejectableBook = 'cost_ledger' | 'value_ledger' | 'ad_performance' | 'deals'

/** Rows of each book that were rejected, but exact copies: what they said is known to nobody. */
export type RejectedRows = Readonly<Record<RejectableBook, number>>

/** Rejected rows as far as it is known when they count. */
export interface Rejected {
  /** Rows whose month could not be read: they may be of any. */
  readonly undated: RejectedRows
  readonly dated: readonly {
    readonly book: RejectableBook
    readonly month: string
    readonly rows: number
  }[]
}

/** How many rejected rows of each book may be of one of these months? */
export function rejectedIn({ undated, dated }: Rejected, months: readonly string[]): RejectedRows {
  const of = (book: RejectableBook): number =>
    dated
      .filter((row) => row.book === book && months.includes(row.month))
      .reduce((sum, { rows }) => sum + rows, undated[book])
  return {
    cost_ledger: of('cost_ledger'),
    value_ledger: of('value_ledger'),
    ad_performance: of('ad_performance'),
    deals: of('deals'),
  }
}
