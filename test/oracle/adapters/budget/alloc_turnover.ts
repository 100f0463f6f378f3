import { z } from 'zod'

import { fillTurnover } from '#rules/allocation/turnover-fill.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareValue, LinesCase, NEAR, toLines } from '../../allocation-case.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const Case = LinesCase.extend({
  current: z.array(z.number()),
  budget: z.number(),
  max_turnover: z.number(),
  status: z.string().optional(),
  turnover: z.number().optional(),
  value: z.number().optional(),
})
/** A sum of differences of amounts: where nothing moves, their last digits may. */
const TURNOVER = { ...NEAR, absolute: 1e-9 }
const File = z.looseObject({ cases: z.array(Case) })

function runCase(entry: z.infer<typeof Case>): OracleCaseResult {
  const lines = toLines(entry)
  const found = fillTurnover({
    ...lines,
    budget: entry.budget,
    current: Float64Array.from(entry.current),
    maxTurnover: entry.max_turnover,
  })
  const status = compareExact('feasible', {
    expected: (entry.status ?? 'optimal') === 'optimal',
    actual: found.status === 'optimal',
  })
  if (found.status !== 'optimal') return { id: entry.id, mismatches: status }
  return {
    id: entry.id,
    mismatches: [
      ...status,
      ...compareValue(lines, found.plan, { value: entry.value, budget: entry.budget }),
      ...compareNumber('turnover', { expected: entry.turnover, actual: found.turnover }, TURNOVER),
      ...compareExact('turnover within its limit', {
        expected: true,
        actual: found.turnover <= entry.max_turnover * (1 + 1e-9),
      }),
    ],
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/alloc_turnover',
  run: (file) => File.parse(file).cases.map(runCase),
}
