import { z } from 'zod'

import { curveColumns, totalResponse } from '#rules/allocation/curve-columns.ts'
import { returnGoalGradient } from '#rules/allocation/flexible-fill.ts'
import { fillByMarginals } from '#rules/allocation/marginal-fill.ts'
import { fillSCurves } from '#rules/allocation/s-curve-fill.ts'
import { importedMarginalAt, importedResponseAt } from '#rules/response/imported-response.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareNumber } from '../../compare.ts'

const List = z.array(z.number())
const Golden = z.looseObject({
  lam_draws: z.array(List),
  beta: List,
  adstock_alpha: List,
  l_max: z.int(),
  num_periods: z.int(),
  trailing_zero_periods: z.int(),
  budget_per_period: z.number(),
  test_expected: List,
  independent_optimum: List,
  independent_value: z.number(),
  value_at_test_expected: z.number(),
  value_at_equal: z.number(),
})
const Jacobian = z.looseObject({
  coeff: List,
  alpha: List,
  inflexion: List,
  carryover: List,
  x: List,
  target: z.number(),
  true_jacobian: List,
})
const LocalOptimum = z.looseObject({
  coeff: List,
  alpha: List,
  inflexion: List,
  lower: List,
  upper: List,
  budget: z.number(),
  global_x: List,
  global_value: z.number(),
})
const File = z.looseObject({
  pymc_golden: Golden,
  robyn_target_efficiency_jacobian: Jacobian,
  robyn_scurve_local_optimum: LocalOptimum,
})

const NEAR = { relative: 1e-9 }
/** The file prints the gradient with eight decimals, and finds the optimum on a plateau by search. */
const PRINTED = { absolute: 5.1e-9 }
const PLATEAU = { relative: 1e-6 }

function golden(entry: z.infer<typeof Golden>): OracleCaseResult {
  const horizon = {
    spendPeriods: entry.num_periods,
    trailingPeriods: entry.trailing_zero_periods,
  }
  const channels = entry.beta.map((strength, channel) => ({
    strength,
    saturationDraws: entry.lam_draws.map((draw) => draw[channel] ?? 0),
    retention: entry.adstock_alpha[channel] ?? 0,
    carryPeriods: entry.l_max,
  }))
  const valueAt = (plan: readonly number[]): number =>
    channels.reduce(
      (sum, channel, index) => sum + importedResponseAt(channel, horizon, plan[index] ?? 0),
      0,
    )
  const filled = fillByMarginals(
    channels.map((channel) => ({
      marginalAt: (x: number) => importedMarginalAt(channel, horizon, x),
      lower: 0,
      upper: entry.budget_per_period,
    })),
    entry.budget_per_period,
  )
  const plan = filled?.plan ?? []
  const equal = channels.map(() => entry.budget_per_period / channels.length)
  return {
    id: 'pymc_golden',
    mismatches: [
      ...compareNumber('value', { expected: entry.independent_value, actual: valueAt(plan) }, NEAR),
      ...compareNumber(
        'value of the test plan',
        { expected: entry.value_at_test_expected, actual: valueAt(entry.test_expected) },
        NEAR,
      ),
      ...compareNumber(
        'value of halves',
        { expected: entry.value_at_equal, actual: valueAt(equal) },
        NEAR,
      ),
      ...entry.independent_optimum.flatMap((x, index) =>
        compareNumber(`x[${index}]`, { expected: x, actual: plan[index] }, PLATEAU),
      ),
    ],
  }
}

function hills(entry: Pick<z.infer<typeof Jacobian>, 'coeff' | 'alpha' | 'inflexion'>) {
  return curveColumns(
    entry.coeff.map((scale, index) => ({
      family: 'hill',
      scale,
      shape: entry.inflexion[index] ?? 0,
      steepness: entry.alpha[index] ?? 1,
    })),
  )
}

function jacobian(entry: z.infer<typeof Jacobian>): OracleCaseResult {
  const carried = Float64Array.from(entry.x, (x, index) => x + (entry.carryover[index] ?? 0))
  const found = returnGoalGradient(hills(entry), carried, entry.target)
  return {
    id: 'robyn_target_efficiency_jacobian',
    mismatches: entry.true_jacobian.flatMap((expected, index) =>
      compareNumber(`gradient[${index}]`, { expected, actual: found[index] }, PRINTED),
    ),
  }
}

function localOptimum(entry: z.infer<typeof LocalOptimum>): OracleCaseResult {
  const curves = hills(entry)
  const found = fillSCurves({
    curves,
    lower: Float64Array.from(entry.lower),
    upper: Float64Array.from(entry.upper),
    budget: entry.budget,
  })
  const plan = found.status === 'optimal' ? found.plan : new Float64Array()
  return {
    id: 'robyn_scurve_local_optimum',
    mismatches: [
      ...compareNumber(
        'value',
        { expected: entry.global_value, actual: totalResponse(curves, plan) },
        NEAR,
      ),
      ...entry.global_x.flatMap((x, index) =>
        compareNumber(`x[${index}]`, { expected: x, actual: plan[index] }, PLATEAU),
      ),
    ],
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/anchor_checks',
  run: (file) => {
    const parsed = File.parse(file)
    return [
      golden(parsed.pymc_golden),
      jacobian(parsed.robyn_target_efficiency_jacobian),
      localOptimum(parsed.robyn_scurve_local_optimum),
    ]
  },
}
