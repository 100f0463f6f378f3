import { z } from 'zod'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'
import { readSampleRatio } from '../../sample-ratio-readings.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({ users: z.array(z.number()), weights: z.array(z.number()) }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Sample-ratio mismatch and leaks into arms without planned traffic. */
export const adapter: OracleAdapter = {
  kind: 'statistics/srm',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => ({
      id,
      mismatches: compareDeep(
        'srm',
        { expected, actual: readSampleRatio(input, expected) },
        { absolute: 1e-12, relative: 1e-9 },
      ),
    })),
}
