import { z } from 'zod'

import { splitMixAndRate } from '#rules/momentum/mix-rate.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'

const Counts = z.array(z.int())
const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({ n0: Counts, k0: Counts, n1: Counts, k1: Counts }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** A blended rate's change split into mix and rate. */
export const adapter: OracleAdapter = {
  kind: 'statistics/mix_rate',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const split = splitMixAndRate(
        input.n0.map((entered, index) => ({
          id: String(index),
          previous: { entered, converted: input.k0[index] ?? 0 },
          current: { entered: input.n1[index] ?? 0, converted: input.k1[index] ?? 0 },
        })),
      )
      const actual = {
        total_change: split?.change,
        rate_effect: split?.rateEffect,
        mix_effect: split?.mixEffect,
        simpson_reversal: split?.simpsonReversal,
        segments: split?.segments.map((segment) => ({
          share0: segment.previousShare,
          share1: segment.currentShare,
          rate0: segment.previousRate,
          rate1: segment.currentRate,
          rate_effect: segment.rateEffect,
          mix_effect: segment.mixEffect,
        })),
      }
      return {
        id,
        mismatches: compareDeep('split', { expected, actual }, { absolute: 1e-12, relative: 1e-9 }),
      }
    }),
}
