import type { HeuristicBuckets } from './heuristic-buckets.ts'

/** How many touches converting journeys had. */
export interface PathLengthSummary {
  readonly conversions: number
  /** Touches of all converting journeys together; ÷ conversions gives the mean length. */
  readonly touches: number
  /** Smallest length that at least half of the conversions did not exceed. */
  readonly median: number
  /** Conversions after a single touch: every model gives that touch all the credit. */
  readonly oneTouch: number
  /** Conversions with 1, 2, 3, 4 and with 5 or more touches. */
  readonly histogram: readonly number[]
}

/** The last class of the histogram: this many touches or more. */
export const LENGTH_CLASSES = 5

/** How long were the paths that converted? Null when none did. */
export function pathLengths(buckets: HeuristicBuckets): PathLengthSummary | null {
  const rows = [...buckets.byLength].toSorted(([left], [right]) => left - right)
  const conversions = rows.reduce((total, [, row]) => total + row.conversions, 0)
  if (conversions === 0) return null
  const histogram = Array.from({ length: LENGTH_CLASSES }, () => 0)
  let [touches, running, median] = [0, 0, 0]
  for (const [length, row] of rows) {
    touches += length * row.conversions
    if (2 * running < conversions) median = length
    running += row.conversions
    const place = Math.min(length, LENGTH_CLASSES) - 1
    histogram[place] = (histogram[place] ?? 0) + row.conversions
  }
  return { conversions, touches, median, oneTouch: histogram[0] ?? 0, histogram }
}
