import { z } from 'zod'

import { bestFamily } from '#rules/response/best-family.ts'
import type { ResponsePoint } from '#rules/response/family-fit.ts'
import { fitPoissonPower } from '#rules/response/poisson-power.ts'
import { spendVariation } from '#rules/response/power-law.ts'

import type { OracleAdapter, OracleCaseResult, OracleMismatch } from '../../adapter.ts'
import { compareExact, compareNumber } from '../../compare.ts'
import {
  compareFamily,
  compareLogLog,
  FamilyCase,
  FamilyName,
  isBetter,
  LogLogCase,
} from '../../family-fits.ts'

const PoissonCase = z.looseObject({
  n: z.int(),
  c: z.number(),
  b: z.number(),
  phi: z.number(),
  cov: z.array(z.array(z.number())),
  se_b: z.number(),
  hc1_se_b: z.number(),
})
const Case = z.looseObject({
  id: z.string(),
  x: z.array(z.number()),
  y: z.array(z.number()),
  spend_cv: z.number(),
  spend_range_ratio: z.union([z.number(), z.literal('Infinity')]),
  loglog_ols: LogLogCase.nullable(),
  ppml_power: PoissonCase.nullable(),
  nls: z.partialRecord(FamilyName, FamilyCase),
  best_aicc: z.string(),
})
type Case = z.infer<typeof Case>
const File = z.looseObject({ cases: z.array(Case) })

const NEAR = { relative: 1e-9, absolute: 1e-11 }
/** Covariances of an iteration that the reference stopped at 1e-10. */
const ITERATED = { relative: 1e-7, absolute: 1e-12 }

function comparePoisson(
  expected: z.infer<typeof PoissonCase> | null,
  points: readonly ResponsePoint[],
): OracleMismatch[] {
  const found = fitPoissonPower(points)
  if (expected === null) return compareExact('ppml', { expected, actual: found })
  const pairs = [
    ['n', expected.n, found?.points],
    ['c', expected.c, found?.intercept],
    ['b', expected.b, found?.slope],
    ['phi', expected.phi, found?.phi],
    ['se_b', expected.se_b, found?.slopeError],
    ['hc1_se_b', expected.hc1_se_b, found?.robustSlopeError],
    ...expected.cov.flatMap((row, index) =>
      row.map(
        (value, column) =>
          [`cov[${index}][${column}]`, value, found?.covariance[index]?.[column]] as const,
      ),
    ),
  ] as const
  return pairs.flatMap(([what, wanted, actual]) =>
    compareNumber(`ppml.${what}`, { expected: wanted, actual }, ITERATED),
  )
}

function runCase(entry: Case): OracleCaseResult {
  const points = entry.x.map((spend, index) => ({ spend, value: entry.y[index] ?? 0 }))
  const variation = spendVariation(points)
  const families = FamilyName.options.flatMap((name) => {
    const expected = entry.nls[name]
    return expected === undefined ? [] : compareFamily(name, expected, points)
  })
  return {
    id: entry.id,
    mismatches: [
      ...compareNumber('spend_cv', { expected: entry.spend_cv, actual: variation.cv }, NEAR),
      ...compareNumber(
        'spend_range_ratio',
        { expected: entry.spend_range_ratio, actual: variation.ratio },
        NEAR,
      ),
      ...compareLogLog(entry.loglog_ols, points),
      ...comparePoisson(entry.ppml_power, points),
      ...families,
      ...compareBest(entry, points),
    ],
  }
}

const NAMES = {
  power: 'power',
  log: 'log',
  saturating: 'mm',
  exponential: 'exp',
  hill: 'hill',
} as const

/** The family of least AICc; families within a millionth of it are equally good, and one that the file fitted less well may well be better. */
function compareBest(entry: Case, points: readonly ResponsePoint[]): OracleMismatch[] {
  const { best, fits } = bestFamily(points)
  const wanted = fits.find((fit) => NAMES[fit.curve.family] === entry.best_aicc)
  const isTie = wanted !== undefined && wanted.aicc - best.aicc <= 1e-6 * Math.abs(best.aicc)
  return isTie || isBetter(best, entry.nls[NAMES[best.curve.family]])
    ? []
    : compareExact('best_aicc', { expected: entry.best_aicc, actual: NAMES[best.curve.family] })
}

export const adapter: OracleAdapter = {
  kind: 'budget/fit_cases',
  run: (file) => File.parse(file).cases.map(runCase),
}
