import { z } from 'zod'

import { compareCounts } from '#rules/momentum/counts.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        count0: z.int(),
        days0: z.number(),
        count1: z.int(),
        days1: z.number(),
      }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Month-over-month change of a count, by the conditional binomial. */
export const adapter: OracleAdapter = {
  kind: 'statistics/mom_counts',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const { test, ...change } = compareCounts(
        { count: input.count0, days: input.days0 },
        { count: input.count1, days: input.days1 },
      )
      const actual = {
        rate0: change.previousRate,
        rate1: change.currentRate,
        rate_ratio: change.rateRatio,
        rate1_ci_garwood: [change.currentRateInterval.low, change.currentRateInterval.high],
        p_exact_doubled: test?.pExact,
        p_exact_minlike: test?.pMinimumLikelihood,
        p_midp_doubled: test?.pMid,
        p_score: test?.pScore,
        z_score: test?.z,
        rate_ratio_ci_exact: [test?.ratioExact.low, test?.ratioExact.high],
        rate_ratio_ci_score: [test?.ratioScore.low, test?.ratioScore.high],
      }
      return {
        id,
        mismatches: compareDeep(
          'count',
          { expected, actual },
          { absolute: 1e-300, relative: 1e-9 },
        ),
      }
    }),
}
