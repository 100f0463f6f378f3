import { z } from 'zod'

import {
  fillToHurdle,
  fillToReturn,
  fillToValue,
  type FlexibleFilled,
  priceOf,
} from '#rules/allocation/flexible-fill.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareValue, isPriced, LinesCase, NEAR, toLines } from '../../allocation-case.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const Case = LinesCase.extend({
  scenario: z.enum(['hurdle_mroi', 'target_roi', 'min_spend_for_value']),
  hurdle: z.number().optional(),
  budget_cap: z.number().optional(),
  target: z.number().optional(),
  target_value: z.number().optional(),
  status: z.string().optional(),
  binding: z.string().optional(),
  lambda_: z.number().nullish(),
  spend: z.number().optional(),
  value: z.number().optional(),
  roi: z.number().nullish(),
})
type Case = z.infer<typeof Case>
const File = z.looseObject({ cases: z.array(Case) })

function solve(entry: Case) {
  const lines = toLines(entry)
  if (entry.scenario === 'hurdle_mroi') {
    return fillToHurdle(lines, { hurdle: entry.hurdle ?? 0, cap: entry.budget_cap ?? Infinity })
  }
  return entry.scenario === 'target_roi'
    ? fillToReturn(lines, entry.target ?? 0)
    : fillToValue(lines, entry.target_value ?? 0)
}

function compareFilled(entry: Case, found: FlexibleFilled) {
  const { plan, spend, value, logPrice } = found
  const lines = toLines(entry)
  const namesPrice = found.binding === 'hurdle' || isPriced(lines, plan)
  return [
    ...compareValue(lines, plan, { value: entry.value }),
    ...compareNumber('spend', { expected: entry.spend, actual: spend }, NEAR),
    ...(logPrice === null || entry['lambda_'] === undefined || !namesPrice
      ? []
      : compareNumber('price', { expected: entry['lambda_'], actual: priceOf(logPrice) }, NEAR)),
    ...(entry.roi === undefined
      ? []
      : compareNumber(
          'return',
          { expected: entry.roi, actual: spend === 0 ? null : value / spend },
          NEAR,
        )),
    ...(entry.binding === undefined
      ? []
      : compareExact('binding', { expected: entry.binding, actual: found.binding })),
  ]
}

function runCase(entry: Case): OracleCaseResult {
  const found = solve(entry)
  const wanted = entry.status ?? 'optimal'
  const isSame = (wanted === 'optimal') === (found.status === 'optimal')
  return {
    id: entry.id,
    mismatches: [
      ...(isSame ? [] : compareExact('status', { expected: wanted, actual: found.status })),
      ...(found.status === 'optimal' && isSame ? compareFilled(entry, found) : []),
    ],
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/alloc_flexible',
  run: (file) => File.parse(file).cases.map(runCase),
}
