import { z } from 'zod'

import { gatedSteps } from '#rules/budget/gated-step.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const File = z.looseObject({
  cases: z.array(
    z.looseObject({
      id: z.string(),
      lines: z.array(
        z.looseObject({
          id: z.string(),
          spend: z.number(),
          lower: z.number(),
          upper: z.number(),
          m: z.number(),
          s: z.number(),
          locked: z.boolean(),
          learning: z.boolean(),
        }),
      ),
      step: z.number(),
      p_min: z.number(),
      min_move: z.number(),
      max_turnover: z.number(),
      moves: z.array(
        z.looseObject({
          to: z.string(),
          from_: z.string(),
          amount: z.number(),
          z: z.number(),
          p: z.number(),
        }),
      ),
      x: z.record(z.string(), z.number()),
      expected_gain: z.number(),
    }),
  ),
})
type Case = z.infer<typeof File>['cases'][number]

const NEAR = { relative: 1e-9, absolute: 1e-9 }

/** Amounts of the file are in currency units with two decimals; the rule works in whole cents. */
function cents(amount: number): number {
  return Math.round(amount * 100)
}

function runCase(entry: Case): OracleCaseResult {
  const lines = entry.lines.map((line) => ({
    id: line.id,
    spend: cents(line.spend),
    lower: cents(line.lower),
    upper: cents(line.upper),
    marginalReturn: line.m,
    marginalSd: line.s,
    fixed: line.locked || line.learning,
  }))
  const moves = gatedSteps(lines, {
    step: entry.step,
    probability: entry.p_min,
    minMove: cents(entry.min_move),
    maxTurnover: cents(entry.max_turnover),
  })
  const plan = new Map(lines.map((line) => [line.id, line.spend]))
  for (const { from, to, amount } of moves) {
    plan.set(from, (plan.get(from) ?? 0) - amount)
    plan.set(to, (plan.get(to) ?? 0) + amount)
  }
  const gain = moves.reduce((sum, move) => sum + move.expectedGain, 0) / 100
  return {
    id: entry.id,
    mismatches: [
      ...compareExact('moves', {
        expected: entry.moves.map((move) => [move['from_'], move.to, cents(move.amount)]),
        actual: moves.map((move) => [move.from, move.to, move.amount]),
      }),
      ...compareExact('plan', {
        expected: Object.entries(entry.x).map(([id, amount]) => [id, cents(amount)]),
        actual: Object.keys(entry.x).map((id) => [id, plan.get(id)]),
      }),
      ...entry.moves.flatMap((move, index) => [
        ...compareNumber(`z[${index}]`, { expected: move.z, actual: moves[index]?.z }, NEAR),
        ...compareNumber(
          `p[${index}]`,
          { expected: move.p, actual: moves[index]?.probability },
          NEAR,
        ),
      ]),
      ...compareNumber('expected_gain', { expected: entry.expected_gain, actual: gain }, NEAR),
    ],
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/gated_step_cases',
  run: (file) => File.parse(file).cases.map(runCase),
}
