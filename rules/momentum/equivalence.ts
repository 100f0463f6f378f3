import type { MeasuredChange } from './measured-change.ts'

/** Tests whose interval is of the difference of the two periods; that of the others is of the relative change. */
const OF_DIFFERENCE: ReadonlySet<MeasuredChange['test']> = new Set(['score', 'exact', 'welch'])

/**
 * Do the data show that a figure moved by less than is worth acting on?
 *
 * The 95 % interval lies within ± `minimum` × the figure before, both ends included: two one-sided tests at 2.5 %. A change that is merely not
 * significant shows no such thing. The figure before is taken as observed.
 *
 * @param minimum Relative change, ≥ 0 (guaranteed by the policy).
 * Source: D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987), 657–680.
 */
export function isWithinMinimum(change: Ranged, minimum: number): boolean {
  const found = rangeAndBound(change, minimum)
  return found !== null && found.low >= -found.bound && found.high <= found.bound
}

/**
 * Do the data show that a figure moved by more than the least worth acting on?
 *
 * The 95 % interval lies wholly on one side beyond `minimum` × the figure before, neither end on it; from a zero before, it excludes zero.
 *
 * @param minimum Relative change, ≥ 0 (guaranteed by the policy).
 * Source: as for isWithinMinimum, with the interval on the other side of the bound.
 */
export function isBeyondMinimum(change: Ranged, minimum: number): boolean {
  const found = rangeAndBound(change, minimum)
  return found !== null && (found.low > found.bound || found.high < -found.bound)
}

type Ranged = Pick<MeasuredChange, 'test' | 'interval' | 'previous'>

/** The interval with the business minimum in its unit; null where one of them is not defined. */
function rangeAndBound({ test, interval, previous }: Ranged, minimum: number) {
  if (interval === null || previous === null) return null
  return { ...interval, bound: OF_DIFFERENCE.has(test) ? minimum * previous : minimum }
}
