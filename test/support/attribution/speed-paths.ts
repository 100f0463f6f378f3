import { join } from 'node:path'

import { z } from 'zod'

import { parsePath, startPathFold } from '#rules/attribution/path-fold.ts'
import type { OracleAdapter, OracleMismatch } from '#test/oracle/adapter.ts'
import { compareExact } from '#test/oracle/compare.ts'

import { near } from './compare-credit.ts'
import { createDigest, lineBlocks, parseGenerator, withGenerated } from './generated-journeys.ts'
import { compareModels, createModels, PathExpected } from './path-models.ts'

const File = z.object({
  generator: z.string(),
  md5: z.record(z.string(), z.string()).default({}),
  expected: PathExpected,
})
type File = z.infer<typeof File>

/** Short paths repeat; long ones hardly do. */
const CACHED_PATHS = 50_000

/** Generated journeys, one row each, streamed through the rules; the generator's files are removed again. */
export function speedAdapter(kind: string): OracleAdapter {
  return {
    kind,
    run: async (input, directory) => {
      const file = File.parse(input)
      const mismatches = await withGenerated(
        parseGenerator(file.generator),
        { oracleDirectory: directory, unread: ['touches.csv', 'convs.csv'] },
        (folder) => compareFolder(file, folder),
      )
      return [{ id: kind, mismatches }]
    },
  }
}

async function compareFolder(file: File, folder: string): Promise<OracleMismatch[]> {
  const { expected } = file
  const models = createModels(expected.channels)
  const fold = startPathFold({ ...models, ignoreDirect: false }, models)
  const digest = createDigest()
  const distinct = new Set<number>()
  const parsed = new Map<string, readonly string[]>()
  let longest = 0
  for await (const lines of lineBlocks(join(folder, 'paths.csv'), digest.add)) {
    const path: (readonly string[])[] = []
    const numbers = lines.map((line) => {
      const end = line.indexOf(',')
      const text = line.slice(0, end)
      const channels = parsed.get(text) ?? parsePath(text)
      if (parsed.size < CACHED_PATHS) parsed.set(text, channels)
      path.push(channels)
      distinct.add(hash(text))
      longest = Math.max(longest, channels.length)
      return line.slice(end + 1).split(',')
    })
    fold.add({
      path,
      conversions: numbers.map((row) => Number(row[0])),
      valueMinor: numbers.map((row) => Math.round(Number(row[1]) * 100)),
      nulls: numbers.map((row) => Number(row[2])),
    })
  }
  const { attributed, nullJourneys } = fold.finish()
  const totals: Record<string, number> = {
    distinct_paths: distinct.size,
    conversions: attributed.conversions,
    value: attributed.valueMinor / 100,
    nulls: nullJourneys,
    max_len: longest,
  }
  const wanted = file.md5['paths.csv']
  return [
    ...(wanted === undefined
      ? []
      : compareExact('md5', { expected: wanted, actual: digest.hex() })),
    ...Object.entries(expected.totals).flatMap(([part, amount]) =>
      near(`totals.${part}`, amount, totals[part]),
    ),
    ...compareModels(models, expected, { scale: 100, attributed }),
  ]
}

/** 53 bits of a text from two FNV-1a runs; enough to tell a few million paths apart. */
function hash(text: string): number {
  let [left, right] = [0x81_1c_9d_c5, 0x01_00_01_93]
  for (let index = 0; index < text.length; index++) {
    left = Math.imul(left ^ text.charCodeAt(index), 0x01_00_01_93)
    right = Math.imul(right ^ text.charCodeAt(index), 0x5b_d1_e9_95)
  }
  return (left >>> 0) * 2 ** 21 + ((right >>> 0) & 0x1f_ff_ff)
}
