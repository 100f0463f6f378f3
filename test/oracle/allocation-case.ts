import { z } from 'zod'

import { type CurveColumns, curveColumns, totalResponse } from '#rules/allocation/curve-columns.ts'
import type { Curve } from '#rules/allocation/curve.ts'

import type { OracleMismatch } from './adapter.ts'
import { compareExact, compareNumber } from './compare.ts'

/** A curve as the allocation files write it. */
export const CurveCase = z.looseObject({
  type: z.enum(['power', 'log', 'mm', 'exp', 'hill']),
  a: z.number().optional(),
  b: z.number().optional(),
  v: z.number().optional(),
  k: z.number().optional(),
  s: z.number().optional(),
})

/** The columns every allocation case has. */
export const LinesCase = z.looseObject({
  id: z.string(),
  curves: z.array(CurveCase),
  lower: z.array(z.number()),
  upper: z.array(z.number()),
})

const FAMILY = {
  power: 'power',
  log: 'log',
  mm: 'saturating',
  exp: 'exponential',
  hill: 'hill',
} as const

/** The curve of a case as the rules name it. */
export function toCurve(curve: z.infer<typeof CurveCase>): Curve {
  return {
    family: FAMILY[curve.type],
    scale: curve.a ?? curve.v ?? Number.NaN,
    shape: curve.type === 'power' ? (curve.b ?? Number.NaN) : (curve.k ?? Number.NaN),
    steepness: curve.s ?? 1,
  }
}

/** The lines of a case in the columns of the solver. */
export function toLines(entry: z.infer<typeof LinesCase>): {
  readonly curves: CurveColumns
  readonly lower: Float64Array
  readonly upper: Float64Array
} {
  return {
    curves: curveColumns(entry.curves.map(toCurve)),
    lower: Float64Array.from(entry.lower),
    upper: Float64Array.from(entry.upper),
  }
}

/** True when some line stands between its bounds, so that the plan names one price; at the bounds any price of a range would do. */
export function isPriced(lines: ReturnType<typeof toLines>, plan: Float64Array): boolean {
  return plan.some((x, line) => x > (lines.lower[line] ?? 0) && x < (lines.upper[line] ?? 0))
}

/** Objective values: relative 1e-9, as the files' README asks. */
export const NEAR = { relative: 1e-9 }

/** Plan against the bounds and sum of the case, and its value against the reference. */
export function compareValue(
  lines: ReturnType<typeof toLines>,
  plan: Float64Array,
  expected: { readonly value: unknown; readonly budget?: number },
): OracleMismatch[] {
  const { budget } = expected
  const outside = Array.from(plan.entries()).filter(([line, x]) => {
    const slack = 1e-9 * Math.max(1, x)
    return x < (lines.lower[line] ?? 0) - slack || x > (lines.upper[line] ?? 0) + slack
  })
  const sum = plan.reduce((total, x) => total + x, 0)
  return [
    ...compareExact('lines outside their bounds', { expected: [], actual: outside }),
    ...(budget === undefined ? [] : compareNumber('sum', { expected: budget, actual: sum }, NEAR)),
    ...compareNumber(
      'value',
      { expected: expected.value, actual: totalResponse(lines.curves, plan) },
      NEAR,
    ),
  ]
}
