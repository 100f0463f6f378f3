import { z } from 'zod'

import { measureDrift } from '#rules/leads/drift.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({ ref_counts: z.array(z.int()), cur_counts: z.array(z.int()) }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Population stability from binned counts. */
export const adapter: OracleAdapter = {
  kind: 'statistics/psi_counts',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const drift = measureDrift(input.ref_counts, input.cur_counts)
      const actual = {
        psi: drift.psi,
        psi_smoothed_half: drift.psiSmoothed,
        chi2_stat: drift.statistic,
        df: drift.degrees,
        p_value: drift.p,
        critical_95: drift.critical95,
      }
      return {
        id,
        mismatches: compareDeep('drift', { expected, actual }, { absolute: 1e-14, relative: 1e-9 }),
      }
    }),
}
