import { z } from 'zod'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'
import { readTwoProportions } from '../../two-proportion-readings.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        k0: z.int(),
        n0: z.int(),
        k1: z.int(),
        n1: z.int(),
        confidence: z.number(),
      }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Two rates: intervals, tests and lifts. */
export const adapter: OracleAdapter = {
  kind: 'statistics/two_proportions',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const samples = {
        control: { successes: input.k0, trials: input.n0 },
        treatment: { successes: input.k1, trials: input.n1 },
      }
      const actual = readTwoProportions(samples, input.confidence)
      return {
        id,
        mismatches: compareDeep(
          'two_proportions',
          { expected, actual },
          { absolute: 1e-10, relative: 1e-8 },
        ),
      }
    }),
}
