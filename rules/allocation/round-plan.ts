import { invariant } from '../kernel/invariant.ts'

/** Bounds in whole minor units. */
export interface WholeBounds {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/** A unit in 4096 parts: fractions are counted by part. */
const PARTS = 4096

/**
 * The plan in whole minor units: every line its whole part, and the units left to the lines with the largest fractions, ties to the earlier line;
 * nothing leaves its bounds and the sum is the budget.
 *
 * Fractions are compared to 1/4096 of a unit, which spares sorting a million of them and costs nothing a reader could see.
 *
 * 10.5, 20.9, 30.5 and 38.1 of a budget of 100: whole parts 98; the two units left go to .9 and to the earlier .5: 11, 21, 30 and 38.
 *
 * @param plan In minor units, within the bounds, summing to the budget up to rounding.
 * @throws InvariantError when the bounds cannot hold the budget.
 * Source: Hamilton's method of apportionment, bounded.
 */
export function roundPlan(
  plan: Float64Array,
  { lower, upper }: WholeBounds,
  budget: number,
): Float64Array {
  const whole = new Float64Array(plan.length)
  const fraction = new Uint16Array(plan.length)
  let sum = 0
  for (let line = 0; line < plan.length; line++) {
    const x = plan[line] ?? 0
    const floor = Math.min(upper[line] ?? 0, Math.max(lower[line] ?? 0, Math.floor(x)))
    whole[line] = floor
    sum += floor
    fraction[line] = Math.max(0, Math.floor((x - floor) * PARTS))
  }
  let left = budget - sum
  while (left !== 0) {
    const given = giveUnits(whole, { fraction, bounds: { lower, upper }, left })
    invariant(given !== 0, 'roundPlan: the bounds cannot hold the budget')
    left -= given
  }
  return whole
}

/** Gives one unit each to the lines with the largest fractions that have room (takes from those with the smallest); returns what was given. */
function giveUnits(
  whole: Float64Array,
  { fraction, bounds, left }: { fraction: Uint16Array; bounds: WholeBounds; left: number },
): number {
  const sign = Math.sign(left)
  // Given first to the largest fraction, taken first from the smallest.
  const [limit, first] = sign === 1 ? [bounds.upper, PARTS - 1] : [bounds.lower, 0]
  const { last, inLast } = cutOf(whole, { fraction, first, limit, count: Math.abs(left) })
  let [given, leftInLast] = [0, inLast]
  for (let line = 0; line < whole.length; line++) {
    const rank = Math.abs(first - (fraction[line] ?? 0))
    if (rank > last || whole[line] === limit[line]) continue
    if (rank === last && leftInLast-- <= 0) continue
    whole[line] = (whole[line] ?? 0) + sign
    given += sign
  }
  return given
}

/** The rank (distance of a fraction from the one served first) down to which every line with room is served, and how many of that rank are. */
function cutOf(
  whole: Float64Array,
  order: { fraction: Uint16Array; first: number; limit: Float64Array; count: number },
): { readonly last: number; readonly inLast: number } {
  const counts = new Float64Array(PARTS + 1)
  for (let line = 0; line < whole.length; line++) {
    if (whole[line] === order.limit[line]) continue
    const rank = Math.abs(order.first - (order.fraction[line] ?? 0))
    counts[rank] = (counts[rank] ?? 0) + 1
  }
  // Beyond the last rank there is room for all that is left, so that the count ends there.
  counts[PARTS] = Infinity
  let [last, inLast] = [0, order.count]
  while ((counts[last] ?? 0) < inLast) {
    inLast -= counts[last] ?? 0
    last++
  }
  return { last, inLast }
}
