import { invariant } from './invariant.ts'
import { normalQuantile } from './normal.ts'

/** Two ends, `low` ≤ `high`; an end may be infinite. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** Shares of a distribution below the ends of its middle 95 %, the interval that goes with a two-sided test at 0.05. */
export const LOWER_OF_95 = 0.025
export const UPPER_OF_95 = 0.975

/**
 * The z that leaves (1 − confidence) ÷ 2 in each tail: 1.96 at 0.95.
 *
 * @throws InvariantError when the confidence is not inside (0, 1).
 */
export function twoSidedZ(confidence: number): number {
  invariant(
    confidence > 0 && confidence < 1,
    `twoSidedZ: expected 0 < confidence < 1, got ${confidence}`,
  )
  return -normalQuantile((1 - confidence) / 2)
}

/** centre ± half. */
export function around(centre: number, half: number): Interval {
  return { low: centre - half, high: centre + half }
}
