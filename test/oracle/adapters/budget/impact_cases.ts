import { z } from 'zod'

import { impactOf } from '#rules/budget/impact.ts'
import { simulateImpact } from '#rules/budget/simulated-impact.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareNumber } from '../../compare.ts'

const List = z.array(z.number())
const Case = z.looseObject({
  id: z.string(),
  x0: List,
  x1: List,
  y0: List,
  cv_y0: List,
  b: List,
  se_b: List,
  rho: z.number(),
  delta_line: List,
  sd_line: List,
  delta: z.number(),
  sd: z.number(),
  ci90: z.tuple([z.number(), z.number()]),
  p_positive: z.number(),
  monte_carlo_rho0: z
    .looseObject({
      mean: z.number(),
      sd: z.number(),
      q05: z.number(),
      q95: z.number(),
      p_positive: z.number(),
    })
    .optional(),
})
type Case = z.infer<typeof Case>
const File = z.looseObject({ cases: z.array(Case) })

const NEAR = { relative: 1e-9, absolute: 1e-12 }
/** Simulations agree to a hundredth: of a probability, or of the standard deviation. */
const SIMULATED = 0.01

function runCase(entry: Case): OracleCaseResult {
  const lines = entry.x0.map((from, index) => ({
    from,
    to: entry.x1[index] ?? from,
    value: entry.y0[index] ?? 0,
    valueCv: entry.cv_y0[index] ?? 0,
    elasticity: entry.b[index] ?? 0,
    elasticitySe: entry.se_b[index] ?? 0,
  }))
  const found = impactOf(lines, entry.rho)
  const pairs = [
    ['delta', entry.delta, found.delta],
    ['sd', entry.sd, found.sd],
    ['low', entry.ci90[0], found.low],
    ['high', entry.ci90[1], found.high],
    ['p_positive', entry.p_positive, found.probabilityGain],
    ...entry.delta_line.map(
      (delta, index) => [`delta[${index}]`, delta, found.lines[index]?.delta] as const,
    ),
    ...entry.sd_line.map((sd, index) => [`sd[${index}]`, sd, found.lines[index]?.sd] as const),
  ] as const
  return {
    id: entry.id,
    mismatches: [
      ...pairs.flatMap(([what, expected, actual]) =>
        compareNumber(what, { expected, actual }, NEAR),
      ),
      ...compareSimulated(entry, lines),
    ],
  }
}

function compareSimulated(entry: Case, lines: Parameters<typeof simulateImpact>[0]) {
  const wanted = entry.monte_carlo_rho0
  if (wanted === undefined) return []
  const found = simulateImpact(lines)
  // Where nothing is unsure the simulation differs by its last digits.
  const absolute = SIMULATED * wanted.sd + NEAR.relative * Math.abs(wanted.mean)
  return [
    ...compareNumber('simulated mean', { expected: wanted.mean, actual: found.mean }, { absolute }),
    ...compareNumber('simulated sd', { expected: wanted.sd, actual: found.sd }, { absolute }),
    ...compareNumber(
      'simulated low',
      { expected: wanted.q05, actual: found.low },
      { absolute: 2 * absolute },
    ),
    ...compareNumber(
      'simulated high',
      { expected: wanted.q95, actual: found.high },
      { absolute: 2 * absolute },
    ),
    ...compareNumber(
      'simulated probability',
      { expected: wanted.p_positive, actual: found.probabilityGain },
      { absolute: SIMULATED },
    ),
  ]
}

export const adapter: OracleAdapter = {
  kind: 'budget/impact_cases',
  run: (file) => File.parse(file).cases.map(runCase),
}
