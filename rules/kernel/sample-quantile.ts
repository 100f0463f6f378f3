import { type Interval, LOWER_OF_95, UPPER_OF_95 } from './interval.ts'
import { invariant, present } from './invariant.ts'

/**
 * The q-quantile of a sample by linear interpolation between order statistics: position q·(n − 1).
 *
 * @param sorted Ascending, at least one value.
 * @param q In [0, 1].
 * @throws InvariantError on an empty sample or a q out of range.
 * Source: Hyndman and Fan (1996), type 7; rounding as in NumPy's `linear`.
 */
export function sampleQuantile(sorted: readonly number[], q: number): number {
  invariant(q >= 0 && q <= 1, `sampleQuantile: expected a share, got ${q}`)
  const position = q * (sorted.length - 1)
  const below = Math.floor(position)
  const low = present(sorted[below], 'sampleQuantile: an order statistic')
  const high = sorted[below + 1] ?? low
  const share = position - below
  // From the nearer end, so that the result is exact where the position falls on a value.
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
}

/** The middle value of a sample in any order (mean of the two middle ones when even). @throws InvariantError on an empty sample. */
export function sampleMedian(values: readonly number[]): number {
  return sampleQuantile(ascending(values), 0.5)
}

/**
 * The middle 95 % of resampled figures: a bootstrap's percentile interval.
 *
 * @throws InvariantError without a figure.
 * Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, §13.
 */
export function percentileInterval(resampled: readonly number[]): Interval {
  const sorted = ascending(resampled)
  return { low: sampleQuantile(sorted, LOWER_OF_95), high: sampleQuantile(sorted, UPPER_OF_95) }
}

/** A copy in ascending order. */
export function ascending(values: readonly number[]): number[] {
  return values.toSorted((left, right) => left - right)
}
