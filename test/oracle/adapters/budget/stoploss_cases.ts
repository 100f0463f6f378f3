import { z } from 'zod'

import { declineOf } from '#rules/budget/decline.ts'
import { maturedSpend } from '#rules/budget/maturity.ts'
import { stopLossEvidence } from '#rules/budget/stop-loss.ts'
import { adjustPValues } from '#rules/kernel/multiplicity.ts'

import type { OracleAdapter, OracleCaseResult, OracleMismatch } from '../../adapter.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const Expected = z.record(z.string(), z.unknown())
const Stop = z.looseObject({
  id: z.string(),
  spend: z.number(),
  conversions: z.number(),
  target_cpa: z.number(),
  alpha: z.number(),
  multiple: z.number(),
  beta: z.number(),
  nb_r: z.number().nullish(),
  daily_spend: z.array(z.number()).optional(),
  age_days: z.array(z.number()).optional(),
  lag_half_life: z.number().optional(),
  expected: Expected,
})
const Momentum = z.looseObject({
  id: z.string(),
  values: z.array(z.number()),
  sds: z.array(z.number()),
  N: z.int(),
  min_drop: z.number(),
  expected: Expected,
})
const Fdr = z.looseObject({
  id: z.string(),
  p: z.array(z.number()),
  q: z.number(),
  rejected: z.array(z.int()),
})
const File = z.looseObject({
  stop: z.array(Stop),
  momentum: z.array(Momentum),
  fdr: z.array(Fdr),
})

const NEAR = { relative: 1e-9, absolute: 1e-11 }

function compareAll(expected: Record<string, unknown>, actual: object): OracleMismatch[] {
  return Object.entries(actual).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'number'
      ? compareNumber(key, { expected: expected[key], actual: value }, NEAR)
      : compareExact(key, { expected: expected[key] ?? null, actual: value ?? null }),
  )
}

function runStop(entry: z.infer<typeof Stop>): OracleCaseResult {
  const spend =
    entry.daily_spend === undefined || entry.lag_half_life === undefined
      ? entry.spend
      : maturedSpend(
          entry.daily_spend.map((day, index) => ({
            spend: day,
            ageDays: entry.age_days?.[index] ?? 0,
          })),
          entry.lag_half_life,
        )
  const found = stopLossEvidence(
    { spend, conversions: entry.conversions },
    {
      targetCpa: entry.target_cpa,
      alpha: entry.alpha,
      beta: entry.beta,
      multiple: entry.multiple,
      clusterSize: entry.nb_r ?? null,
      dispersion: 1,
    },
  )
  const actual = {
    expected_conversions: found.expectedConversions,
    p_value: found.pValue,
    zero_conv_spend_bound: found.zeroConversionBound,
    zero_conv_spend_bound_nb: found.zeroConversionBoundClustered,
    conv_upper: found.conversionsHigh,
    conv_lower: found.conversionsLow,
    cpa_point: found.cpa,
    cpa_lower_bound: found.cpaLow,
    cpa_upper_bound: found.cpaHigh,
    llr_sprt: found.logLikelihoodRatio,
    sprt_upper: found.sprtUpper,
    sprt_lower: found.sprtLower,
    sprt: found.sprt,
    ln_e_value: found.logEValue,
    e_process: found.eProcess,
    triggers: found.triggers,
    waste_point: found.wastePoint,
    waste_provable: found.wasteProvable,
  }
  return { id: entry.id, mismatches: compareAll(entry.expected, actual) }
}

function runMomentum(entry: z.infer<typeof Momentum>): OracleCaseResult {
  const readings = entry.values.map((value, index) => ({ value, sd: entry.sds[index] ?? 0 }))
  const found = declineOf(readings, {
    runLength: entry.N,
    minDrop: entry.min_drop,
    alpha: 0.05,
  })
  const comparison = {
    z: found.comparison?.z,
    drop: found.comparison?.drop,
    mk_S: found.comparison?.mannKendall,
    mk_z: found.comparison?.mannKendallZ,
    theil_sen: found.comparison?.theilSen,
    mk_n: found.comparison?.values,
  }
  const actual = {
    consecutive_declines: found.consecutiveDeclines,
    p_random_runs: found.randomRunProbability,
    trigger: found.trigger,
    ...comparison,
  }
  return { id: entry.id, mismatches: compareAll(entry.expected, actual) }
}

function runFdr({ id, p, q, rejected }: z.infer<typeof Fdr>): OracleCaseResult {
  const adjusted = adjustPValues(p, 'benjamini_hochberg')
  const found = adjusted.flatMap((value, index) => (value <= q ? [index] : []))
  return { id, mismatches: compareExact('rejected', { expected: rejected, actual: found }) }
}

export const adapter: OracleAdapter = {
  kind: 'budget/stoploss_cases',
  run: (file) => {
    const { stop, momentum, fdr } = File.parse(file)
    return [...stop.map(runStop), ...momentum.map(runMomentum), ...fdr.map(runFdr)]
  },
}
