import { z } from 'zod'

import { poolEffects } from '#rules/experiment/pooling.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'
import { ends } from '../../two-proportion-readings.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({ effects: z.array(z.number()), se: z.array(z.number()) }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Experiments combined. The naive mean of lifts is no figure of ours: the file names it as the one to avoid. */
export const adapter: OracleAdapter = {
  kind: 'statistics/meta_analysis',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const { naive_mean_of_lifts: _forbidden, ...wanted } = expected
      const pooled = poolEffects(
        input.effects.map((estimate, index) => ({
          estimate,
          standardError: input.se[index] ?? Number.NaN,
        })),
      )
      const actual = {
        fixed_effect: pooled.fixed.estimate,
        fixed_ci: ends(pooled.fixed.interval),
        Q: pooled.q,
        Q_p: pooled.qPValue,
        I2: pooled.iSquared,
        tau2_dl: pooled.tauSquared,
        random_effect: pooled.random.estimate,
        random_ci: ends(pooled.random.interval),
        random_se: pooled.random.standardError,
        prediction_interval: ends(pooled.random.prediction),
        random_ci_hartung_knapp: ends(pooled.random.hartungKnapp),
        eb_shrunk: pooled.shrunken,
        eb_shrunk_toward_zero: pooled.shrunkenToZero,
        growthbook_james_stein_factor: pooled.jamesSteinFactor,
      }
      return {
        id,
        mismatches: compareDeep(
          'meta',
          { expected: wanted, actual },
          { absolute: 1e-12, relative: 1e-9 },
        ),
      }
    }),
}
