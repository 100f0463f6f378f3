import { z } from 'zod'

import type { CurveFamily } from '#rules/allocation/curve.ts'
import {
  errorsAt,
  fitFamily,
  fitFamilyRobustly,
  type FamilyFit,
  type ResponsePoint,
  softLoss,
} from '#rules/response/family-fit.ts'
import { fitLogLog } from '#rules/response/power-law.ts'

import type { OracleMismatch } from './adapter.ts'
import { compareExact, compareNumber } from './compare.ts'

const Numbers = z.array(z.union([z.number(), z.literal(['Infinity', 'NaN'])]).nullable())

const Fitted = z.looseObject({
  status: z.literal('ok'),
  params: z.array(z.number()),
  se: Numbers,
  rss: z.number(),
  aicc: z.number(),
  r2: z.number(),
  identified: z.boolean(),
  robust_soft_l1: z.array(z.number()).nullish(),
})
type Fitted = z.infer<typeof Fitted>
const NotFitted = z.looseObject({ status: z.string() })

/** One family as the files write it: fitted, or why it is not. */
export const FamilyCase = z.union([Fitted, NotFitted])
type FamilyCase = z.infer<typeof FamilyCase>

function isFitted(given: FamilyCase): given is Fitted {
  return Fitted.safeParse(given).success
}

export const FamilyName = z.enum(['power', 'log', 'mm', 'exp', 'hill'])
type FamilyName = z.infer<typeof FamilyName>

const FAMILY: Readonly<Record<FamilyName, CurveFamily>> = {
  power: 'power',
  log: 'log',
  mm: 'saturating',
  exp: 'exponential',
  hill: 'hill',
}

/** By what share squared residuals must be smaller to be those of another minimum, and not of one valley's floor looked for longer. */
const ANOTHER_MINIMUM = 1e-4
const OBJECTIVE = { relative: 1e-9, absolute: 1e-9 }
/** Estimates of greatest likelihood agree to a thousandth of their standard error; standard errors to what a difference quotient gives. */
const SHARE_OF_ERROR = 1e-3
const ERRORS = { relative: 1e-5 }

function curveWith(family: FamilyName, parameters: readonly number[]) {
  const [scale = 0, shape = 0, steepness = 1] = parameters
  return { family: FAMILY[family], scale, shape, steepness }
}

/**
 * Compares a family. Families the file calls not identified are compared by their squared residuals only, and must be called so here too.
 *
 * A file may have stopped at a local minimum: a curve with smaller squared residuals proves that, and the rest of what the file says is of
 * another curve. A family that the file could not fit has nothing to be compared with.
 *
 * A file may call a family identified where its information matrix is singular at its own parameters: pseudo-inverses drop the
 * direction that is not determined and report it as known. `errorsAt` proves that, and then our refusal is the right answer.
 */
export function compareFamily(
  name: FamilyName,
  expected: FamilyCase,
  points: readonly ResponsePoint[],
): OracleMismatch[] {
  if (!isFitted(expected)) return []
  const fit = fitFamily(FAMILY[name], points)
  if (isBetter(fit, expected)) return []
  const rss = { expected: expected.rss, actual: fit.residualSquares }
  const notWorse =
    fit.residualSquares <= expected.rss ? [] : compareNumber(`${name}.rss`, rss, OBJECTIVE)
  if (!expected.identified || provesUndetermined(name, expected, points)) {
    return [
      ...notWorse,
      ...compareExact(`${name}.identified`, { expected: false, actual: fit.isIdentified }),
    ]
  }
  return [
    ...compareNumber(`${name}.rss`, rss, OBJECTIVE),
    ...compareExact(`${name}.identified`, { expected: true, actual: fit.isIdentified }),
    ...compareNumber(`${name}.aicc`, { expected: expected.aicc, actual: fit.aicc }, OBJECTIVE),
    ...compareNumber(`${name}.r2`, { expected: expected.r2, actual: fit.r2 }, OBJECTIVE),
    ...compareParameters(name, expected, fit),
    ...compareRobust(name, expected, { fit, points }),
  ]
}

/** True when the curve has smaller squared residuals than what the file calls the least, so that the file's is a local minimum. */
export function isBetter(fit: FamilyFit, expected: FamilyCase | undefined): boolean {
  if (expected === undefined || !isFitted(expected)) return true
  return fit.residualSquares < expected.rss * (1 - ANOTHER_MINIMUM)
}

function provesUndetermined(
  name: FamilyName,
  expected: Fitted,
  points: readonly ResponsePoint[],
): boolean {
  const errors = errorsAt(curveWith(name, expected.params), points)
  return (
    errors === null || errors.some((error, index) => !(error <= 5 * (expected.params[index] ?? 0)))
  )
}

function parametersOf(fit: FamilyFit): readonly number[] {
  const { family, scale, shape, steepness } = fit.curve
  return family === 'hill' ? [scale, shape, steepness] : [scale, shape]
}

function compareParameters(name: FamilyName, expected: Fitted, fit: FamilyFit): OracleMismatch[] {
  return parametersOf(fit).flatMap((actual, index) => {
    const error = fit.standardErrors?.[index] ?? 0
    return [
      ...compareNumber(
        `${name}.params[${index}]`,
        { expected: expected.params[index], actual },
        { absolute: SHARE_OF_ERROR * error },
      ),
      ...compareNumber(
        `${name}.se[${index}]`,
        { expected: expected.se[index], actual: error },
        ERRORS,
      ),
    ]
  })
}

function compareRobust(
  name: FamilyName,
  expected: Fitted,
  { fit, points }: { readonly fit: FamilyFit; readonly points: readonly ResponsePoint[] },
): OracleMismatch[] {
  if (expected.robust_soft_l1 === undefined || expected.robust_soft_l1 === null) return []
  const found = fitFamilyRobustly(fit, points)
  const reference = softLoss(curveWith(name, expected.robust_soft_l1), points, found.scale)
  return found.loss <= reference * (1 + 1e-9)
    ? []
    : compareNumber(`${name}.robust loss`, { expected: reference, actual: found.loss }, OBJECTIVE)
}

/** The log-log line of the files. */
export const LogLogCase = z.looseObject({
  n: z.int(),
  ln_a: z.number(),
  b: z.number(),
  sigma: z.number(),
  se_b: z.number(),
  ci90_b: z.tuple([z.number(), z.number()]),
  r2: z.number(),
  smearing: z.number(),
})

/** Compares the log-log line over the points that have spend and value. */
export function compareLogLog(
  expected: z.infer<typeof LogLogCase> | null,
  points: readonly ResponsePoint[],
): OracleMismatch[] {
  const found = fitLogLog(points)
  if (expected === null || found === null)
    return compareExact('loglog', { expected, actual: found })
  const pairs = [
    ['n', expected.n, found.points],
    ['ln_a', expected.ln_a, found.intercept],
    ['b', expected.b, found.slope],
    ['sigma', expected.sigma, found.sigma],
    ['se_b', expected.se_b, found.slopeError],
    ['ci90_b low', expected.ci90_b[0], found.slopeLow],
    ['ci90_b high', expected.ci90_b[1], found.slopeHigh],
    ['r2', expected.r2, found.r2],
    ['smearing', expected.smearing, found.smearing],
  ] as const
  return pairs.flatMap(([what, wanted, actual]) =>
    compareNumber(`loglog.${what}`, { expected: wanted, actual }, OBJECTIVE),
  )
}
