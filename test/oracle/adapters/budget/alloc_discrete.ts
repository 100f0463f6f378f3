import { z } from 'zod'

import { planDiscrete } from '#rules/allocation/discrete.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { CurveCase, NEAR, toCurve } from '../../allocation-case.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const Case = z.looseObject({
  id: z.string(),
  curves: z.array(CurveCase),
  current: z.array(z.number()),
  increment: z.number(),
  max_step_pct: z.number(),
  min_move_pct: z.number(),
  max_changed_lines: z.int(),
  budget: z.number(),
  status: z.string().optional(),
  x: z.array(z.number()).optional(),
  value: z.number().optional(),
  changed: z.int().optional(),
})
const File = z.looseObject({ cases: z.array(Case) })

function runCase(entry: z.infer<typeof Case>): OracleCaseResult {
  const found = planDiscrete(
    entry.curves.map((curve, line) => ({
      curve: toCurve(curve),
      current: entry.current[line] ?? 0,
    })),
    {
      increment: entry.increment,
      maxStepShare: entry.max_step_pct,
      minMoveShare: entry.min_move_pct,
      maxChangedLines: entry.max_changed_lines,
      budget: entry.budget,
    },
  )
  const status = compareExact('status', {
    expected: (entry.status ?? 'optimal') === 'optimal',
    actual: found.status === 'optimal',
  })
  if (found.status !== 'optimal') return { id: entry.id, mismatches: status }
  return {
    id: entry.id,
    mismatches: [
      ...status,
      ...compareExact('plan', { expected: entry.x, actual: found.plan }),
      ...compareNumber('value', { expected: entry.value, actual: found.value }, NEAR),
      ...compareExact('changed', { expected: entry.changed, actual: found.changed }),
    ],
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/alloc_discrete',
  run: (file) => File.parse(file).cases.map(runCase),
}
