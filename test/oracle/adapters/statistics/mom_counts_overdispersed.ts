import { z } from 'zod'

import { compareClusteredCounts, type ClusteredChange } from '#rules/momentum/clustered-counts.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep, type Reading } from '../../compare-deep.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        previous_daily: z.array(z.number()),
        current_daily: z.array(z.number()),
      }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Daily counts that scatter more than Poisson, by quasi-likelihood. */
export const adapter: OracleAdapter = {
  kind: 'statistics/mom_counts_overdispersed',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const change = compareClusteredCounts(input.previous_daily, input.current_daily)
      const actual = change === null ? null : readChange(change)
      return {
        id,
        mismatches: compareDeep('count', { expected, actual }, { absolute: 1e-15, relative: 1e-9 }),
      }
    }),
}

function readChange(change: ClusteredChange): Reading {
  return {
    log_rate_ratio: change.logRatio,
    dispersion_phi: change.dispersion,
    dispersion_chi2: change.dispersionStatistic,
    dispersion_p: change.dispersionP,
    se_quasi: change.standardError,
    se_poisson: change.poissonStandardError,
    p_quasi_t: change.p,
    p_quasi_z: change.pNormal,
    p_poisson_z: change.pPoisson,
    rate_ratio_ci_quasi_t: [change.ratioInterval.low, change.ratioInterval.high],
  }
}
