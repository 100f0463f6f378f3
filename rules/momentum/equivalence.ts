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
export function isWithinMinimum(
  { test, interval, previous }: Pick<MeasuredChange, 'test' | 'interval' | 'previous'>,
  minimum: number,
): boolean {
  if (interval === null || previous === null) return false
  const bound = OF_DIFFERENCE.has(test) ? minimum * previous : minimum
  return interval.low >= -bound && interval.high <= bound
}
