import { invariant } from '../kernel/invariant.ts'
import { normalDensity, normalQuantile } from '../kernel/normal.ts'

/** Even number of steps of the integration; 96 leave five digits at 50 looks. */
const STEPS = 96
const LOOKS_MAX = 50

/**
 * How often does a test without any effect raise an alarm when a result made for one look is read `looks` times, at
 * equal distances? 0.05 becomes 0.08 at two looks, 0.14 at five, 0.25 at twenty.
 *
 * Between two looks the test gains a standard normal increment, so that the sum of increments at look n is read against
 * ± z₁₋α/₂·√n. What has raised no alarm by then is 1 − the rate: its density is carried from look to look.
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
  let quiet = firstLook(critical)
  for (let look = 2; look <= Math.min(looks, LOOKS_MAX); look++) {
    quiet = nextLook(quiet, critical * Math.sqrt(look))
  }
  return 1 - massesOf(quiet).reduce((total, mass) => total + mass, 0)
}

/** Points of an integration with their weights. */
interface Grid {
  readonly points: readonly number[]
  readonly weights: readonly number[]
}

/** Density of the sum over the tests that have raised no alarm yet. */
interface Quiet extends Grid {
  readonly density: readonly number[]
}

function firstLook(bound: number): Quiet {
  const grid = gridOf(bound)
  return { ...grid, density: grid.points.map(normalDensity) }
}

/** What was quiet before, one normal increment later, as far as it stays within the bound. */
function nextLook(before: Quiet, bound: number): Quiet {
  const masses = massesOf(before)
  const grid = gridOf(bound)
  const density = grid.points.map((sum) =>
    masses.reduce(
      (total, mass, index) => total + mass * normalDensity(sum - (before.points[index] ?? 0)),
      0,
    ),
  )
  return { ...grid, density }
}

function massesOf({ density, weights }: Quiet): number[] {
  return density.map((value, index) => value * (weights[index] ?? 0))
}

/** Points of Simpson's rule over [−bound, bound] with their weights. */
function gridOf(bound: number): Grid {
  const step = (2 * bound) / STEPS
  const indices = Array.from({ length: STEPS + 1 }, (_, index) => index)
  return {
    points: indices.map((index) => -bound + index * step),
    weights: indices.map((index) => (simpsonWeight(index) * step) / 3),
  }
}

/** 1, 4, 2, 4, … 4, 1. */
function simpsonWeight(index: number): number {
  if (index === 0 || index === STEPS) return 1
  return index % 2 === 1 ? 4 : 2
}
