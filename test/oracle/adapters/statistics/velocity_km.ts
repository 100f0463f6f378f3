import { z } from 'zod'

import {
  convertedBy,
  kaplanMeier,
  logRank,
  type SurvivalCurve,
  timeToShare,
  type Waiting,
} from '#rules/funnel/survival.ts'
import { sampleMedian } from '#rules/kernel/sample-quantile.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep, type Reading } from '../../compare-deep.ts'

const Group = z.object({ days: z.array(z.number()), converted: z.array(z.number()) })
type Group = z.infer<typeof Group>

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({ previous: Group, current: Group, at_days: z.array(z.number()) }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Kaplan–Meier curves of two months and their log-rank comparison. */
export const adapter: OracleAdapter = {
  kind: 'statistics/velocity_km',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const change = logRank(toWaits(input.previous), toWaits(input.current))
      const actual = {
        previous: toReading(input.previous, input.at_days, expected['previous']),
        current: toReading(input.current, input.at_days, expected['current']),
        logrank_chi2: change?.chiSquare,
        logrank_p: change?.pValue,
      }
      return {
        id,
        mismatches: compareDeep(
          'velocity',
          { expected, actual },
          { relative: 1e-9, absolute: 1e-12 },
        ),
      }
    }),
}

function toWaits({ days, converted }: Group): Waiting[] {
  return days.map((time, index) => {
    const isConverted = converted[index] === 1
    return { time, converted: isConverted ? 1 : 0, open: isConverted ? 0 : 1 }
  })
}

const Times = z.object({
  km_median_days: z.number().nullable().default(null),
  km_p25_days: z.number().nullable().default(null),
})

function toReading(
  group: Group,
  atDays: readonly number[],
  expected: unknown,
): Record<string, Reading> {
  const curve = kaplanMeier(toWaits(group))
  const times = Times.parse(expected)
  const conversions = group.days.filter((_, index) => group.converted[index] === 1)
  return {
    n: curve.entered,
    converted: curve.converted,
    km_converted_by: Object.fromEntries(
      atDays.map((days) => [String(days), convertedBy(curve, days)]),
    ),
    km_median_days: timeWithin(curve, 0.5, times.km_median_days),
    km_p25_days: timeWithin(curve, 0.25, times.km_p25_days),
    naive_rate: curve.entered === 0 ? null : curve.converted / curve.entered,
    naive_median_converters_only: conversions.length === 0 ? null : sampleMedian(conversions),
  }
}

const ROUNDING = 1e-12

/**
 * Our time, or the expected one where only rounding lies between them. The reference multiplies survival as a sum of logarithms, so where S is
 * exactly ½ (3 of 6 left) it may be ½ plus a last digit and the time is that of the next conversion.
 */
function timeWithin(curve: SurvivalCurve, share: number, expected: number | null) {
  const { steps } = curve
  const at = steps.findIndex(({ time }) => time === expected)
  const before = at === -1 ? steps : steps.slice(0, at)
  const reached = expected === null || (steps[at]?.survival ?? 1) <= 1 - share + ROUNDING
  return reached && before.every(({ survival }) => survival >= 1 - share - ROUNDING)
    ? expected
    : timeToShare(curve, share)
}
