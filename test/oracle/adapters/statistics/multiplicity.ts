import { z } from 'zod'

import { adjustPValues, type Correction } from '#rules/kernel/multiplicity.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'

const NAMES: Readonly<Record<string, Correction>> = {
  bonferroni: 'bonferroni',
  sidak: 'sidak',
  holm: 'holm',
  'holm-sidak': 'holm_sidak',
  hommel: 'hommel',
  fdr_bh: 'benjamini_hochberg',
  fdr_by: 'benjamini_yekutieli',
}

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({ p: z.array(z.number()), alpha: z.number() }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** p values adjusted for how many were looked at. */
export const adapter: OracleAdapter = {
  kind: 'statistics/multiplicity',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => ({
      id,
      mismatches: Object.entries(expected).flatMap(([name, wanted]) => {
        const correction = NAMES[name]
        const adjusted = correction === undefined ? [] : adjustPValues(input.p, correction)
        const actual = { adjusted, reject: adjusted.map((p) => p <= input.alpha) }
        return compareDeep(name, { expected: wanted, actual }, { absolute: 1e-12, relative: 1e-9 })
      }),
    })),
}
