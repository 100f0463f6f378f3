import { z } from 'zod'

import { logMarginals } from '#rules/allocation/curve-columns.ts'
import { fill } from '#rules/allocation/fill.ts'
import { exp } from '#rules/kernel/elementary.ts'

import type { OracleAdapter, OracleCaseResult, OracleMismatch } from '../../adapter.ts'
import { compareValue, isPriced, LinesCase, NEAR, toLines } from '../../allocation-case.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const Case = LinesCase.extend({
  budget: z.number(),
  status: z.enum(['optimal', 'infeasible_floor', 'infeasible_cap']),
  value: z.number().optional(),
  lambda_: z.number().nullish(),
  shortfall: z.number().optional(),
  unallocatable: z.number().optional(),
})
const File = z.looseObject({ cases: z.array(Case) })

const STATUS = {
  optimal: 'optimal',
  floors_above_budget: 'infeasible_floor',
  caps_below_budget: 'infeasible_cap',
} as const

/** The greatest relative distance of a marginal response from the price among lines that could still follow it. */
function residual(lines: ReturnType<typeof toLines>, plan: Float64Array, logPrice: number): number {
  let worst = 0
  for (const [line, logMarginal] of logMarginals(lines.curves, plan).entries()) {
    const ratio = exp(logMarginal - logPrice) - 1
    const x = plan[line] ?? 0
    if (x < (lines.upper[line] ?? 0)) worst = Math.max(worst, ratio)
    if (x > (lines.lower[line] ?? 0)) worst = Math.max(worst, -ratio)
  }
  return worst
}

function runCase(entry: z.infer<typeof Case>): OracleCaseResult {
  const lines = toLines(entry)
  const found = fill({ ...lines, budget: entry.budget })
  const mismatches: OracleMismatch[] = compareExact('status', {
    expected: entry.status,
    actual: STATUS[found.status],
  })
  if (found.status !== 'optimal') {
    const expected = entry.shortfall ?? entry.unallocatable
    return {
      id: entry.id,
      mismatches: [...mismatches, ...compareNumber('gap', { expected, actual: found.gap }, NEAR)],
    }
  }
  const { plan, logPrice } = found
  return {
    id: entry.id,
    mismatches: [
      ...mismatches,
      ...compareValue(lines, plan, { value: entry.value, budget: entry.budget }),
      ...(logPrice === null
        ? compareExact('price', { expected: entry['lambda_'] ?? null, actual: null })
        : compareNumber(
            'KKT residual',
            { expected: 0, actual: residual(lines, plan, logPrice) },
            { absolute: 1e-9 },
          )),
      ...(logPrice !== null && isPriced(lines, plan)
        ? compareNumber('price', { expected: entry['lambda_'], actual: exp(logPrice) }, NEAR)
        : []),
    ],
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/alloc_basic',
  run: (file) => File.parse(file).cases.map(runCase),
}
