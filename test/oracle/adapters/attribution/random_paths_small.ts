import { z } from 'zod'

import type { OracleAdapter } from '#test/oracle/adapter.ts'
import { comparePaths, PathExpected } from '#test/support/attribution/path-models.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      rows: z.array(
        z.object({
          path: z.array(z.string()),
          conversions: z.number(),
          value: z.union([z.string(), z.number()]),
          nulls: z.number(),
        }),
      ),
      expected: PathExpected,
    }),
  ),
})

export const adapter: OracleAdapter = {
  kind: 'attribution/random_paths_small',
  run: (file) =>
    File.parse(file).cases.map(({ id, rows, expected }) => ({
      id,
      mismatches: comparePaths(rows, expected),
    })),
}
