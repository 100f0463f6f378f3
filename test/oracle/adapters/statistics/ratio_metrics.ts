import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { z } from 'zod'

import { compareRatios, type RatioUnit } from '#rules/momentum/ratio-metric.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'
import { readCsv } from '../../csv.ts'

const Inline = z.object({
  num0: z.array(z.number()),
  den0: z.array(z.number()),
  num1: z.array(z.number()),
  den1: z.array(z.number()),
})
const FromFile = z.object({
  file: z.string(),
  group0: z.string(),
  group1: z.string(),
  numerator: z.string(),
  denominator: z.string(),
})
const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.union([Inline, FromFile]),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** CTR, CPC and CPA by linearisation over units; inputs stand inline or in a CSV file of the shared data. */
export const adapter: OracleAdapter = {
  kind: 'statistics/ratio_metrics',
  run: (file, directory) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const { previous, current } = unitsOf(input, directory)
      const change = compareRatios(previous, current)
      const actual = {
        ratio0: change.previous.ratio,
        ratio1: change.current.ratio,
        se0_delta: change.previous.standardError,
        se1_delta: change.current.standardError,
        z_delta: change.z,
        p_delta: change.p,
        lift: change.lift,
        log_ratio_ci_lift: [change.liftInterval?.low, change.liftInterval?.high],
        se0_naive_binomial: change.previous.binomialStandardError,
        se1_naive_binomial: change.current.binomialStandardError,
        unweighted_mean_of_unit_ratios0: change.previous.meanOfUnitRatios,
        unweighted_mean_of_unit_ratios1: change.current.meanOfUnitRatios,
      }
      return {
        id,
        mismatches: compareDeep(
          'ratio',
          { expected, actual },
          { absolute: 1e-300, relative: 1e-9 },
        ),
      }
    }),
}

function unitsOf(input: z.infer<typeof Inline> | z.infer<typeof FromFile>, directory: string) {
  if ('num0' in input) {
    return { previous: pair(input.num0, input.den0), current: pair(input.num1, input.den1) }
  }
  const rows = readCsv(readFileSync(locate(input.file, directory), 'utf8'))
  const group = (filter: string): RatioUnit[] => {
    const [column = '', value = ''] = filter.split('=')
    return rows
      .filter((row) => row[column] === value)
      .map((row) => ({
        numerator: Number(row[input.numerator]),
        denominator: Number(row[input.denominator]),
      }))
  }
  return { previous: group(input.group0), current: group(input.group1) }
}

function pair(numerators: readonly number[], denominators: readonly number[]): RatioUnit[] {
  return numerators.map((numerator, index) => ({
    numerator,
    denominator: denominators[index] ?? 0,
  }))
}

/** Beside the oracle file, in the folder of public data sets beside the oracle, or in the one beside the repository. */
function locate(name: string, directory: string): string {
  const folder = join('data', 'leads-funnel-experiments', name)
  const places = [
    join(directory, name),
    join(directory, '..', '..', folder),
    join(import.meta.dirname, '../../../../../shared', folder),
  ]
  return places.find((place) => existsSync(place)) ?? join(directory, name)
}
