import { z } from 'zod'

import { correlate } from '#rules/funnel/correlation.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        success_with: z.int(),
        failure_with: z.int(),
        success_total: z.int(),
        failure_total: z.int(),
      }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Odds of completing the funnel with and without a habit. */
export const adapter: OracleAdapter = {
  kind: 'statistics/funnel_correlation',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const found = correlate({
        successWith: input.success_with,
        failureWith: input.failure_with,
        successTotal: input.success_total,
        failureTotal: input.failure_total,
      })
      const actual = {
        odds_ratio_prior1: found.oddsRatio,
        odds_ratio_raw: found.rawOddsRatio,
        correlation_type: found.direction,
        too_few: found.tooFew,
        skewed: found.skewed,
      }
      return {
        id,
        mismatches: compareDeep('correlation', { expected, actual }, { relative: 1e-12 }),
      }
    }),
}
