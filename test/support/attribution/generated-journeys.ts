import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the generator of an oracle file is asked for. */
export interface GeneratorCall {
  readonly journeys: number
  readonly seed: number
}

/** The numbers of a line such as `node bench/gen_journeys.mjs 100000 42 <dir>`. */
export function parseGenerator(line: string): GeneratorCall {
  const found = /gen_journeys\.mjs (\d+) (\d+)/.exec(line)
  if (found === null) throw new TypeError(`no generator call in: ${line}`)
  return { journeys: Number(found[1]), seed: Number(found[2]) }
}

/** Runs the generator into a folder of its own, hands it to `use` and removes it, whatever happens. */
export async function withGenerated<Result>(
  { journeys, seed }: GeneratorCall,
  options: { readonly oracleDirectory: string; readonly unread?: readonly string[] },
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'journeys-'))
  try {
    // The numbers drawn depend on all three files being written, so a file nobody reads is written to nowhere instead of to disk.
    for (const name of options.unread ?? []) symlinkSync(devNull, join(folder, name))
    const script = generatorPath(options.oracleDirectory)
    execFileSync(process.execPath, [script, String(journeys), String(seed), folder])
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function generatorPath(oracleDirectory: string): string {
  const candidates = [
    join(oracleDirectory, '../../bench/gen_journeys.mjs'),
    join(import.meta.dirname, '../../../../shared/bench/gen_journeys.mjs'),
  ]
  const path = candidates.find((candidate) => existsSync(candidate))
  if (path === undefined) throw new Error(`gen_journeys.mjs: none of ${candidates.join(', ')}`)
  return path
}

/** @yields The lines of a file in blocks, without its header. */
export async function* lineBlocks(
  path: string,
  onText: (text: string) => void = () => undefined,
): AsyncGenerator<readonly string[]> {
  let rest = ''
  let header = true
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })
  for await (const chunk of stream) {
    const text = String(chunk)
    onText(text)
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield header ? lines.slice(1) : lines
    header = false
  }
}

/** A running md5, to be sure that the generator wrote the bytes the file speaks of. */
export function createDigest(): {
  readonly add: (text: string) => void
  readonly hex: () => string
} {
  const hash = createHash('md5')
  return { add: (text) => void hash.update(text), hex: () => hash.digest('hex') }
}
