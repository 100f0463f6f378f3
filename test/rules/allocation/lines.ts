import fc from 'fast-check'

import { curveColumns } from '#rules/allocation/curve-columns.ts'
import { type Curve, type CurveFamily, logMarginalAt } from '#rules/allocation/curve.ts'
import type { FillProblem } from '#rules/allocation/fill.ts'
import { share } from '#test/support/share.ts'

/** A curve with the steepness its family has. */
export function curve(family: CurveFamily, scale: number, shape: number, steepness = 1): Curve {
  return { family, scale, shape, steepness }
}

/** A line of a problem under test. */
export interface TestLine {
  readonly curve: Curve
  readonly lower: number
  readonly upper: number
}

/** The problem of some lines and a budget. */
export function problemOf(lines: readonly TestLine[], budget: number): FillProblem {
  return {
    curves: curveColumns(lines.map((line) => line.curve)),
    lower: Float64Array.from(lines, (line) => line.lower),
    upper: Float64Array.from(lines, (line) => line.upper),
    budget,
  }
}

/** A concave curve of any family around a spend of a thousand. */
export const concaveCurve: fc.Arbitrary<Curve> = fc
  .tuple(fc.integer({ min: 0, max: 4 }), share(), share())
  .map(([kind, height, form]) => {
    const scale = 200 + 5000 * height
    const spend = 200 + 4000 * form
    if (kind === 0) return curve('power', 1 + 20 * height, 0.2 + 0.7 * form)
    if (kind === 1) return curve('log', scale, spend)
    if (kind === 2) return curve('saturating', scale, spend)
    return kind === 3
      ? curve('exponential', scale, spend)
      : curve('hill', scale, spend, 0.4 + 0.6 * height)
  })

/** An S-curve around a spend of a thousand. */
export const sCurve: fc.Arbitrary<Curve> = fc
  .tuple(share(), share(), share())
  .map(([height, form, steep]) =>
    curve('hill', 500 + 5000 * height, 200 + 1500 * form, 1.2 + 2.3 * steep),
  )

/** Lines with bounds around a thousand. */
export function linesOf(
  curves: fc.Arbitrary<Curve>,
  size: { readonly minLength: number; readonly maxLength: number },
): fc.Arbitrary<readonly TestLine[]> {
  return fc.array(
    fc
      .tuple(curves, fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 2000 }))
      .map(([own, lower, room]) => ({ curve: own, lower, upper: lower + room })),
    size,
  )
}

/** Lines with a budget somewhere between what they need and what they can hold. */
export function solvable(curves: fc.Arbitrary<Curve>, maxLength = 8) {
  return fc
    .tuple(linesOf(curves, { minLength: 1, maxLength }), share())
    .map(([lines, position]) => {
      const floors = lines.reduce((sum, line) => sum + line.lower, 0)
      const caps = lines.reduce((sum, line) => sum + line.upper, 0)
      return { lines, budget: floors + position * (caps - floors) }
    })
}

/** Sum of a plan. */
export function sumOf(plan: Iterable<number>): number {
  let sum = 0
  for (const amount of plan) sum += amount
  return sum
}

/** The plan of a problem that has one. */
export function optimal<Found extends { readonly status: string }>(
  found: Found,
): Extract<Found, { readonly status: 'optimal' }> {
  if (!isOptimal(found)) throw new Error(`expected a plan, got ${found.status}`)
  return found
}

function isOptimal<Found extends { readonly status: string }>(
  found: Found,
): found is Extract<Found, { readonly status: 'optimal' }> {
  return found.status === 'optimal'
}

/**
 * By how much the worst line breaks its bounds or, relatively, the rule that its marginal response is the price unless a bound holds it; 0 or less is
 * a plan without fault.
 */
export function worstFault(
  lines: readonly TestLine[],
  plan: Float64Array,
  logPrice: number | null,
): number {
  let worst = -Infinity
  for (const [index, { curve: own, lower, upper }] of lines.entries()) {
    const x = plan[index] ?? 0
    worst = Math.max(worst, lower - x, x - upper)
    if (logPrice === null) continue
    const distance = logMarginalAt(own, x) - logPrice
    if (x < upper) worst = Math.max(worst, distance)
    if (x > lower) worst = Math.max(worst, -distance)
  }
  return worst
}

/** Largest difference between two plans, line by line. */
export function farthest(left: Iterable<number>, right: readonly number[]): number {
  return [...left].reduce((most, x, index) => Math.max(most, Math.abs(x - (right[index] ?? 0))), 0)
}
