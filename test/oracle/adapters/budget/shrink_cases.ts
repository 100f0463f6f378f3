import { z } from 'zod'

import { shrinkElasticities } from '#rules/response/shrunken-elasticities.ts'
import { shrinkRates } from '#rules/response/shrunken-rates.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareNumber } from '../../compare.ts'

const List = z.array(z.number())
const Case = z.looseObject({
  id: z.string(),
  b: List,
  se: List,
  mu_fixed: z.number(),
  Q: z.number(),
  tau2_DL: z.number(),
  mu_random: z.number(),
  posterior: z.array(z.looseObject({ mean: z.number(), sd: z.number() })),
  gamma_poisson: z.looseObject({
    spend: List,
    conversions: List,
    mbar: z.number(),
    between_var: z.number(),
    alpha: z.number().nullish(),
    beta: z.number().nullish(),
    posterior: z.array(
      z.looseObject({ mean: z.number(), ci90: z.tuple([z.number(), z.number()]) }),
    ),
  }),
})
const File = z.looseObject({ cases: z.array(Case) })

const NEAR = { relative: 1e-9, absolute: 1e-12 }

function runCase(entry: z.infer<typeof Case>): OracleCaseResult {
  const elasticities = shrinkElasticities(
    entry.b.map((estimate, index) => ({ estimate, standardError: entry.se[index] ?? 0 })),
  )
  const wanted = entry.gamma_poisson
  const rates = shrinkRates(
    wanted.spend.map((spend, index) => ({ spend, conversions: wanted.conversions[index] ?? 0 })),
  )
  const { pooled } = elasticities
  const pairs: (readonly [string, unknown, number | null | undefined])[] = [
    ['mu_fixed', entry.mu_fixed, pooled.fixed.estimate],
    ['Q', entry.Q, pooled.q],
    ['tau2', entry.tau2_DL, pooled.tauSquared],
    ['mu_random', entry.mu_random, pooled.random.estimate],
    ...entry.posterior.flatMap(({ mean, sd }, index) => [
      [`mean[${index}]`, mean, elasticities.lines[index]?.mean] as const,
      [`sd[${index}]`, sd, elasticities.lines[index]?.sd] as const,
    ]),
    ['mbar', wanted.mbar, rates.commonRate],
    ['between_var', wanted.between_var, rates.betweenVariance],
    ['alpha', wanted.alpha, rates.shape],
    ['beta', wanted.beta, rates.rate],
    ...wanted.posterior.flatMap(({ mean, ci90 }, index) => [
      [`rate[${index}]`, mean, rates.lines[index]?.mean] as const,
      [`rate low[${index}]`, ci90[0], rates.lines[index]?.low] as const,
      [`rate high[${index}]`, ci90[1], rates.lines[index]?.high] as const,
    ]),
  ]
  return {
    id: entry.id,
    mismatches: pairs.flatMap(([what, expected, actual]) =>
      compareNumber(what, { expected, actual }, NEAR),
    ),
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/shrink_cases',
  run: (file) => File.parse(file).cases.map(runCase),
}
