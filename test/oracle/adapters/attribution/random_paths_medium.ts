import { z } from 'zod'

import type { OracleAdapter } from '#test/oracle/adapter.ts'
import { readInput } from '#test/support/attribution/inputs.ts'
import {
  comparePaths,
  parsePathLines,
  PathExpected,
} from '#test/support/attribution/path-models.ts'

const File = z.object({ id: z.string(), input: z.string(), expected: PathExpected })

export const adapter: OracleAdapter = {
  kind: 'attribution/random_paths_medium',
  run: (file, directory) => {
    const { id, input, expected } = File.parse(file)
    const rows = parsePathLines(readInput(directory, input))
    return [{ id, mismatches: comparePaths(rows, expected) }]
  },
}
