import { z } from 'zod'

import type { OracleAdapter, OracleMismatch } from './adapter.ts'
import { compareDeep, type Reading } from './compare-deep.ts'
import type { Tolerance } from './compare.ts'
import { ExperimentInput, readExperiment } from './experiment-readings.ts'
import { readSampleRatio } from './sample-ratio-readings.ts'
import { readTwoProportions } from './two-proportion-readings.ts'

const Fields = z.record(z.string(), z.unknown())
const File = z.object({
  cases: z.array(z.object({ id: z.string(), input: ExperimentInput, expected: Fields })),
})

/** Below 1e-200 the reference's own formula for a risk underflows to 0, where ours still has digits. */
const EXACT = { relative: 1e-9, absolute: 1e-200 }
/** What the files grant the ends of intervals and the accurate tail. */
const NEAR = { relative: 1e-8, absolute: 1e-200 }
/** From a formula that loses the tail. */
const LOSSY = { absolute: 1e-12 }
/** The tool takes the chance that a lower-is-better metric wins as 1 − P(effect > 0): a small one holds no more than the last digit of 1. */
const ONE_MINUS = { relative: 1e-9, absolute: 2 ** -52 }

/** An adapter for files of compared arms; they all have the same form. */
export function experimentAdapter(kind: string): OracleAdapter {
  return {
    kind,
    run: (file) =>
      File.parse(file).cases.map(({ id, input, expected }) => ({
        id,
        mismatches: compareCase(input, expected),
      })),
  }
}

/** Every field within the tolerance of its name. */
function compareCase(
  input: ExperimentInput,
  expected: Readonly<Record<string, unknown>>,
): OracleMismatch[] {
  const actual: Record<string, Reading> = { ...readExperiment(input, priorNames(expected)) }
  const { control, treatment } = input
  if (expected['srm'] !== undefined) {
    const traffic = { users: [usersOf(control), usersOf(treatment)], weights: input.weights ?? [] }
    actual['srm'] = readSampleRatio(traffic, Fields.parse(expected['srm']))
  }
  const { two_proportions: rates, ...others } = expected
  if (rates !== undefined && control.kind === 'proportion' && treatment.kind === 'proportion') {
    actual['two_proportions'] = readTwoProportions(
      {
        control: { successes: control.sum, trials: control.n },
        treatment: { successes: treatment.sum, trials: treatment.n },
      },
      1 - input.alpha,
    )
  }
  const toleranceOf = (key: string): Tolerance =>
    input.inverse && key === 'chance_to_win' ? ONE_MINUS : (OTHER_THAN_EXACT[key] ?? EXACT)
  return [
    ...[EXACT, NEAR, LOSSY, ONE_MINUS].flatMap((tolerance) =>
      compareDeep(
        '',
        { expected: only(others, (key) => toleranceOf(key) === tolerance), actual },
        tolerance,
      ),
    ),
    ...(rates === undefined
      ? []
      : compareDeep(
          'two_proportions',
          { expected: rates, actual: actual['two_proportions'] },
          { absolute: 1e-10, relative: 1e-8 },
        )),
  ]
}

const OTHER_THAN_EXACT: Readonly<Record<string, Tolerance>> = {
  p_value: LOSSY,
  p_value_tail_accurate: NEAR,
  ci: NEAR,
  ci_lower: NEAR,
  ci_upper: NEAR,
}

/** The expected fields whose own name is wanted; objects are searched, lists go with their name. */
function only(value: unknown, wanted: (key: string) => boolean): unknown {
  const fields = Fields.safeParse(value)
  if (!fields.success) return value
  return Object.fromEntries(
    Object.entries(fields.data)
      .filter(([key, inner]) => isRecord(inner) || wanted(key))
      .map(([key, inner]) => [key, isRecord(inner) ? only(inner, wanted) : inner]),
  )
}

function isRecord(value: unknown): boolean {
  return Fields.safeParse(value).success
}

function priorNames(expected: Readonly<Record<string, unknown>>): string[] {
  const bayesian = Fields.safeParse(expected['bayesian_relative'])
  return bayesian.success ? Object.keys(bayesian.data).filter((name) => name !== 'flat') : []
}

function usersOf(arm: ExperimentInput['control']): number {
  return 'n' in arm ? arm.n : Number.NaN
}
