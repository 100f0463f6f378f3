import { present } from '../kernel/invariant.ts'
import { printedDecimal } from '../kernel/printed-decimal.ts'
import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'

/** Of fewer pieces none is the best quarter. */
const PIECES_MIN = 4

/**
 * Which value parts a share of the pieces from the rest?
 *
 * The smallest value that at least `share` of the values do not exceed: the one of rank share × number, rounded up, with the share as printed.
 * Of 10, 20, 30, 40 a share of 0.75 is the third, 30, and 0.5 the second, 20. In doubles 0.55 × 100 is above 55; as printed it is the 55th.
 *
 * @param share In (0, 1].
 * @returns Not measured with fewer than four values.
 */
export function orderStatistic(values: readonly number[], share: number): Quantity {
  if (values.length < PIECES_MIN) return notMeasured('fewer than four pieces to compare')
  const sorted = values.toSorted((left, right) => left - right)
  const { digits, scale } = printedDecimal(share)
  const rank = Number((digits * BigInt(sorted.length) + scale - 1n) / scale)
  return measured(present(sorted[rank - 1], 'the value of a rank'))
}
