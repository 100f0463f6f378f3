import { z } from 'zod'

import { compareRevenue, resampleMeans } from '#rules/momentum/revenue.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        previous: z.array(z.number()),
        current: z.array(z.number()),
        seed: z.int(),
        resamples: z.int(),
      }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Heavy-tailed revenue: Welch, seeded bootstrap, capped, by ranks, and without the largest deal. */
export const adapter: OracleAdapter = {
  kind: 'statistics/mom_revenue',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const { welch, bootstrap, capped, ranks, ...rest } = compareRevenue(
        input.previous,
        input.current,
        input,
      )
      const draws = resampleMeans(input.previous, input.current, { seed: input.seed, resamples: 3 })
      const actual = {
        mean0: welch.previousMean,
        mean1: welch.currentMean,
        diff: welch.difference,
        welch_t: welch.t,
        welch_df: welch.degrees,
        welch_p: welch.p,
        welch_ci: [welch.interval?.low, welch.interval?.high],
        bootstrap_percentile_ci_diff: [bootstrap.difference.low, bootstrap.difference.high],
        bootstrap_percentile_ci_lift: [bootstrap.lift?.low, bootstrap.lift?.high],
        bootstrap_first_3_diff: draws.differences,
        winsor_cap_pooled_p99: capped.cap,
        winsor_diff: capped.welch.difference,
        winsor_welch_p: capped.welch.p,
        mann_whitney_u: ranks?.u,
        mann_whitney_p: ranks?.p,
        top1_share_current: rest.largestShare,
        diff_without_largest_current: rest.differenceWithoutLargest,
        median0: rest.previousMedian,
        median1: rest.currentMedian,
      }
      return {
        id,
        mismatches: compareDeep(
          'revenue',
          { expected, actual },
          { absolute: 1e-9, relative: 1e-9 },
        ),
      }
    }),
}
