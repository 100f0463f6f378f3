import { invariant } from '../kernel/invariant.ts'
import { normalDensity, normalQuantile } from '../kernel/normal.ts'

/** Even number of steps of the integration; 96 leave five digits at 50 looks. */
const STEPS = 96
const LOOKS_MAX = 50

/**
 * How often does a test without any effect raise an alarm when a result made for one look is read `looks` times, at
 * equal distances? 0.05 becomes 0.08 at two looks, 0.14 at five, 0.25 at twenty.
 *
 * @param looks A whole number from 1; from 50 on the rate at 50 is given, as a lower bound.
 * @param alpha Error rate of one look, two-sided, in (0, 1).
 * @throws InvariantError on other looks.
 * Source: P. Armitage, C. K. McPherson and B. C. Rowe, JRSS A 132 (1969), 235–244, by their recursion.
 */
export function falseAlarmRate(looks: number, alpha: number): number {
  invariant(
    Number.isInteger(looks) && looks >= 1,
    `falseAlarmRate: expected looks ≥ 1, got ${looks}`,
  )
  const critical = -normalQuantile(alpha / 2)
  let grid = gridOf(critical)
  let density = grid.points.map(normalDensity)
  for (let look = 2; look <= Math.min(looks, LOOKS_MAX); look++) {
    const before = grid
    const weighted = density.map((value, index) => value * (before.weights[index] ?? 0))
    grid = gridOf(critical * Math.sqrt(look))
    density = grid.points.map((sum) =>
      weighted.reduce(
        (total, value, index) => total + value * normalDensity(sum - (before.points[index] ?? 0)),
        0,
      ),
    )
  }
  const quiet = density.reduce(
    (total, value, index) => total + value * (grid.weights[index] ?? 0),
    0,
  )
  return 1 - quiet
}

/** Points of Simpson's rule over [−bound, bound] with their weights. */
function gridOf(bound: number): { readonly points: number[]; readonly weights: number[] } {
  const step = (2 * bound) / STEPS
  const indices = Array.from({ length: STEPS + 1 }, (_, index) => index)
  return {
    points: indices.map((index) => -bound + index * step),
    weights: indices.map((index) => (simpson(index) * step) / 3),
  }
}

function simpson(index: number): number {
  if (index === 0 || index === STEPS) return 1
  return index % 2 === 1 ? 4 : 2
}
