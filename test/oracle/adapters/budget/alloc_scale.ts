import { z } from 'zod'

import { totalResponse } from '#rules/allocation/curve-columns.ts'
import { fill } from '#rules/allocation/fill.ts'
import { exp } from '#rules/kernel/elementary.ts'
import { scaleLines } from '#test/support/scale-lines.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const Case = z.looseObject({
  n: z.int(),
  seed: z.int(),
  budget: z.number(),
  lambda_: z.number(),
  value: z.number(),
  value_current: z.number(),
  first10_x: z.array(z.number()),
  n_at_lower: z.int(),
  n_at_upper: z.int(),
})
const File = z.looseObject({ cases: z.array(Case) })

const NEAR = { relative: 1e-9 }

function runCase(entry: z.infer<typeof Case>): OracleCaseResult {
  const lines = scaleLines(entry.n, entry.seed)
  const id = `scale-${entry.n}-${entry.seed}`
  const found = fill({ ...lines, budget: entry.budget })
  if (found.status !== 'optimal' || found.logPrice === null) {
    return { id, mismatches: [{ what: 'status', expected: 'optimal', actual: found.status }] }
  }
  const { plan, logPrice } = found
  const at = (bound: Float64Array): number =>
    plan.reduce((count, x, line) => count + (x === bound[line] ? 1 : 0), 0)
  const value = (spend: Float64Array): number => totalResponse(lines.curves, spend)
  return {
    id,
    mismatches: [
      ...compareNumber('budget', { expected: entry.budget, actual: lines.budget }, NEAR),
      ...compareNumber('price', { expected: entry['lambda_'], actual: exp(logPrice) }, NEAR),
      ...compareNumber('value', { expected: entry.value, actual: value(plan) }, NEAR),
      ...compareNumber(
        'value now',
        { expected: entry.value_current, actual: value(lines.current) },
        NEAR,
      ),
      ...entry.first10_x.flatMap((x, line) =>
        compareNumber(`x[${line}]`, { expected: x, actual: plan[line] }, NEAR),
      ),
      ...compareExact('lines at their bounds', {
        expected: [entry.n_at_lower, entry.n_at_upper],
        actual: [at(lines.lower), at(lines.upper)],
      }),
    ],
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/alloc_scale',
  run: (file) => File.parse(file).cases.map(runCase),
}
