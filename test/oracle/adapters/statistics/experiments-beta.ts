import { z } from 'zod'

import { logBayesFactor } from '#rules/experiment/bayes-factor.ts'
import { compareBetas, credibleInterval, meanOfShape } from '#rules/experiment/beta-comparison.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'
import { ends } from '../../two-proportion-readings.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        k0: z.int(),
        n0: z.int(),
        k1: z.int(),
        n1: z.int(),
        prior_a: z.number(),
        prior_b: z.number(),
      }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Exact comparison of two beta posteriors. The file's own sums carry about 1e-11: it asks for 1e-9 absolute there. */
export const adapter: OracleAdapter = {
  kind: 'statistics/experiments_beta',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const samples = {
        control: { successes: input.k0, trials: input.n0 },
        treatment: { successes: input.k1, trials: input.n1 },
      }
      const result = compareBetas(samples, { a: input.prior_a, b: input.prior_b })
      const actual = {
        posterior0: [result.control.a, result.control.b],
        posterior1: [result.treatment.a, result.treatment.b],
        mean0: meanOfShape(result.control),
        mean1: meanOfShape(result.treatment),
        prob_1_beats_0: result.chanceToWin,
        expected_loss_if_keep_0: result.lossIfKept,
        expected_loss_if_ship_1: result.lossIfShipped,
        ci0: ends(credibleInterval(result.control, 0.95)),
        ci1: ends(credibleInterval(result.treatment, 0.95)),
        ln_bayes_factor_10: logBayesFactor(samples),
      }
      return {
        id,
        mismatches: compareDeep('beta', { expected, actual }, { absolute: 1e-9, relative: 1e-9 }),
      }
    }),
}
