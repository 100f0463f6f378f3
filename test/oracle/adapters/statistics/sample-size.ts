import { z } from 'zod'

import { sampleSize } from '#rules/experiment/sample-size.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareNumber } from '../../compare.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        baseline: z.number(),
        relative_mde: z.number(),
        alpha: z.number(),
        power: z.number(),
      }),
      expected: z.record(z.string(), z.number()),
    }),
  ),
})

/** Users per arm. The arcsine formula was solved to 1e-6 by root finding, the others are closed forms. */
export const adapter: OracleAdapter = {
  kind: 'statistics/sample_size',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const { baseline, relative_mde: relativeChange, alpha, power } = input
      const size = sampleSize({ baseline, relativeChange, alpha, power })
      const actual: Readonly<Record<string, number>> = {
        n_per_arm_fleiss: size.fleiss,
        n_per_arm_fleiss_ceil: Math.ceil(size.fleiss),
        n_per_arm_unpooled: size.unpooled,
        n_per_arm_cohen_h: size.cohenH,
      }
      return {
        id: `${id} ${JSON.stringify(input)}`,
        mismatches: Object.entries(expected).flatMap(([name, wanted]) =>
          compareNumber(
            name,
            { expected: wanted, actual: actual[name] },
            { relative: name === 'n_per_arm_cohen_h' ? 1e-6 : 1e-9 },
          ),
        ),
      }
    }),
}
