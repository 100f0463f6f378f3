import type { DatasetName } from '#rules/schema/review.ts'

import type { Column } from './column.ts'

/** A rule over two columns of one row; it holds when either cell is empty. */
export type RowRule =
  /** The date or amount in `low` is not above the one in `high`. */
  | { readonly kind: 'ordered'; readonly low: string; readonly high: string }
  /** At least one of `date` and `month` is given, and a date lies in its month. */
  | { readonly kind: 'date-or-month' }
  /** The size of a covariance is at most the root of the product of the two variances. */
  | {
      readonly kind: 'covariance'
      readonly covariance: string
      readonly variances: readonly [string, string]
    }

/** What a data set must look like to be read. */
export interface DatasetContract {
  readonly dataset: DatasetName
  readonly columns: readonly Column[]
  /** Columns that together name a row; two rows with the same key cannot both be right. Empty: every row is an event of its own. */
  readonly key: readonly string[]
  /** The column whose month is the row's `month_key`; none for sets without a time of their own. */
  readonly dated?: string
  readonly rowRules: readonly RowRule[]
}
