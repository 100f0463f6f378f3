import { invariant } from '../kernel/invariant.ts'

/** A class of a histogram: its lower edge and how many values fall into it. */
export interface HistogramBin {
  readonly from: number
  readonly count: number
}

const AUTO_BINS_MAX = 60
const GIVEN_BINS_MAX = 90
/** Class width when all values are equal. */
const SINGLE_WIDTH = 60

/**
 * How are conversion times spread? Bins of equal width ⌈(max − min) ÷ bins⌉ from the smallest value, and one closing bin that holds the
 * largest when the width divides the range. Without `bins` the number is the cube root of the sample, rounded up, at most 60.
 *
 * @param seconds Whole seconds, at least one value.
 * @throws InvariantError on an empty sample.
 * Source: PostHog, funnel_time_to_convert, from its asserted cases.
 */
export function timeToConvertHistogram(seconds: readonly number[], bins?: number): HistogramBin[] {
  invariant(seconds.length > 0, 'histogram: expected at least one value')
  const count =
    bins === undefined
      ? Math.min(AUTO_BINS_MAX, cubeRootUp(seconds.length))
      : Math.min(GIVEN_BINS_MAX, Math.max(1, bins))
  const smallest = Math.floor(seconds.reduce((low, value) => Math.min(low, value), Infinity))
  const largest = Math.ceil(seconds.reduce((high, value) => Math.max(high, value), -Infinity))
  const raw = Math.ceil((largest - smallest) / count)
  const width = raw > 0 ? raw : SINGLE_WIDTH
  const counts = Array.from({ length: count + 1 }, () => 0)
  for (const value of seconds) {
    const bin = Math.floor((value - smallest) / width)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts.map((inBin, bin) => ({ from: smallest + bin * width, count: inBin }))
}

/** The smallest whole number whose cube is at least `value`. */
function cubeRootUp(value: number): number {
  let root = 1
  while (root * root * root < value) root++
  return root
}
