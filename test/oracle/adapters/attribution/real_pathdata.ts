import { z } from 'zod'

import { addAt, createBuckets } from '#rules/attribution/journey.ts'
import type { OracleAdapter, OracleMismatch } from '#test/oracle/adapter.ts'
import { toWholeUnits } from '#test/support/attribution/decimals.ts'
import { readInput } from '#test/support/attribution/inputs.ts'
import {
  comparePaths,
  parsePathLines,
  PathExpected,
  createModels,
  type OraclePathRow,
} from '#test/support/attribution/path-models.ts'
import { compareDecay } from '#test/support/attribution/real-journeys.ts'
import {
  DAY_MS,
  decayWeights,
  parseDecay,
  type Decay,
} from '#test/support/attribution/timed-models.ts'

const File = z.object({ input: z.string(), expected: PathExpected })

export const adapter: OracleAdapter = {
  kind: 'attribution/real_pathdata',
  run: (file, directory) => {
    const { input, expected } = File.parse(file)
    const rows = parsePathLines(readInput(directory, input))
    const decays = Object.keys(expected).flatMap(parseDecay)
    return [
      { id: 'models', mismatches: comparePaths(rows, expected) },
      ...decays.map((decay) => ({
        id: decay.key,
        mismatches: compareSpacedDecay(rows, { decay, wanted: expected[decay.key] }),
      })),
    ]
  },
}

/** Time decay over touches a day apart, the last one at the conversion: the data carries no times. */
function compareSpacedDecay(
  rows: readonly OraclePathRow[],
  { decay, wanted }: { readonly decay: Decay; readonly wanted: unknown },
): OracleMismatch[] {
  const { channels } = createModels(rows.flatMap((row) => row.path))
  const credit = createBuckets(channels.names.length)
  const { units, scale } = toWholeUnits(rows.map((row) => row.value))
  for (const [index, row] of rows.entries()) {
    const ages = row.path.map((_, touch) => (row.path.length - 1 - touch) * DAY_MS)
    for (const [touch, weight] of decayWeights(decay, ages).entries()) {
      const channel = channels.codeOf.get(row.path[touch] ?? '') ?? -1
      addAt(credit.conversions, channel, weight * row.conversions)
      addAt(credit.valueMinor, channel, weight * (units[index] ?? 0))
    }
  }
  return compareDecay(wanted, {
    decay,
    naming: { names: channels.names, scale },
    credit: { conversions: [...credit.conversions], valueMinor: [...credit.valueMinor] },
  })
}
