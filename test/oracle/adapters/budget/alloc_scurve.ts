import { z } from 'zod'

import { fillSCurves } from '#rules/allocation/s-curve-fill.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareValue, LinesCase, NEAR, toLines } from '../../allocation-case.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const Case = LinesCase.extend({
  budget: z.number(),
  value_global: z.number(),
  envelope_upper_bound: z.number().optional(),
  bnb_value: z.number().optional(),
})
const File = z.looseObject({ cases: z.array(Case) })

function runCase(entry: z.infer<typeof Case>): OracleCaseResult {
  const lines = toLines(entry)
  const found = fillSCurves({ ...lines, budget: entry.budget })
  if (found.status !== 'optimal') {
    return {
      id: entry.id,
      mismatches: [{ what: 'status', expected: 'optimal', actual: found.status }],
    }
  }
  return {
    id: entry.id,
    mismatches: [
      ...compareValue(lines, found.plan, { value: entry.value_global, budget: entry.budget }),
      ...(entry.bnb_value === undefined
        ? []
        : compareNumber(
            'value by search',
            { expected: entry.bnb_value, actual: found.value },
            NEAR,
          )),
      ...(entry.envelope_upper_bound === undefined
        ? []
        : compareNumber(
            'bound of the envelope',
            { expected: entry.envelope_upper_bound, actual: found.envelopeBound },
            NEAR,
          )),
      ...compareExact('proven', {
        expected: true,
        actual: found.bound <= found.value * (1 + 1e-9),
      }),
    ],
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/alloc_scurve',
  run: (file) => File.parse(file).cases.map(runCase),
}
