import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'

import { z } from 'zod'

import { oracleDirectory } from '../support/environment.ts'
import type { OracleAdapter, OracleCaseResult } from './adapter.ts'

const MISMATCHES_SHOWN = 5

const AdapterModule = z.object({
  adapter: z.custom<OracleAdapter>(
    (value) => typeof value === 'object' && value !== null && 'kind' in value && 'run' in value,
  ),
})

/** Kind of a file: its folder and its name without a size of its input, a trailing set letter or a seed. */
export function kindOf(path: string): string {
  const name = basename(path).replace(/\.json(\.gz)?$/, '')
  return `${basename(dirname(path))}/${name.replace(/_\d+[km](?=_|$)/, '').replace(/(_[A-Z])?(_\d+)?$/, '')}`
}

/** The adapter of a kind, or of the longest kind that it is a variant of: `alloc_basic_hidden` is read like `alloc_basic`. */
export function adapterOf<Adapter>(
  adapters: ReadonlyMap<string, Adapter>,
  kind: string,
): Adapter | undefined {
  const [nearest] = [...adapters.keys()]
    .filter((known) => kind === known || kind.startsWith(`${known}_`))
    .toSorted((left, right) => right.length - left.length)
  return nearest === undefined ? undefined : adapters.get(nearest)
}

async function loadAdapters(): Promise<ReadonlyMap<string, OracleAdapter>> {
  const folder = join(import.meta.dirname, 'adapters')
  const adapters = new Map<string, OracleAdapter>()
  for (const file of globSync('**/*.ts', { cwd: folder }).toSorted()) {
    const module: unknown = await import(pathToFileURL(join(folder, file)).href)
    const { adapter } = AdapterModule.parse(module)
    adapters.set(adapter.kind, adapter)
  }
  return adapters
}

function readJson(path: string): unknown {
  const bytes = readFileSync(path)
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
}

interface Tally {
  readonly cases: number
  readonly failed: number
}

async function runFile(path: string, adapter: OracleAdapter): Promise<Tally> {
  const results = await readAndRun(path, adapter)
  const failed = results.filter((result) => result.mismatches.length > 0)
  for (const { id, mismatches } of failed.slice(0, MISMATCHES_SHOWN)) {
    for (const { what, expected, actual } of mismatches.slice(0, MISMATCHES_SHOWN)) {
      console.log(
        `  ${id}: ${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
      )
    }
  }
  return { cases: results.length, failed: failed.length }
}

async function readAndRun(
  path: string,
  adapter: OracleAdapter,
): Promise<readonly OracleCaseResult[]> {
  const [name, directory] = [basename(path), dirname(path)]
  const read = await resultsOf(name, () => {
    const file = readJson(path)
    return casesOf(file, { name, run: (part) => adapter.run(part, directory) })
  })
  return read.results
}

/**
 * A file that cannot be run as a whole is run case by case, so that only the cases that cannot be run have failed; without a list of cases it is
 * one case.
 */
export async function casesOf(
  file: unknown,
  { name, run }: { readonly name: string; readonly run: (file: unknown) => AdapterResults },
): Promise<readonly OracleCaseResult[]> {
  const whole = await resultsOf(name, () => run(file))
  const listed = FileOfCases.safeParse(file)
  if (whole.ok || !listed.success) return whole.results
  const alone: (readonly OracleCaseResult[])[] = []
  for (const [place, one] of listed.data.cases.entries()) {
    const only = await resultsOf(`${name}, case ${place + 1}`, () =>
      run({ ...listed.data, cases: [one] }),
    )
    alone.push(only.results)
  }
  return alone.flat()
}

type AdapterResults = ReturnType<OracleAdapter['run']>

const FileOfCases = z.looseObject({ cases: z.array(z.unknown()).min(2) })

/** The results of a run; one that throws is one case that failed. */
async function resultsOf(
  id: string,
  run: () => AdapterResults,
): Promise<{ readonly ok: boolean; readonly results: readonly OracleCaseResult[] }> {
  try {
    return { ok: true, results: await run() }
  } catch (error) {
    const actual = error instanceof Error ? error.message : String(error)
    return {
      ok: false,
      results: [{ id, mismatches: [{ what: 'run', expected: 'no error', actual }] }],
    }
  }
}

async function main(): Promise<void> {
  const directory = resolve(oracleDirectory())
  const only = process.argv.slice(2)
  const files = globSync('*/*.{json,json.gz}', { cwd: directory })
    .toSorted()
    .filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
  const adapters = await loadAdapters()
  let passed = 0
  let failed = 0
  if (files.length === 0) {
    console.log(`no oracle file under ${relative(process.cwd(), directory)}`)
    failed++
  }
  for (const file of files) {
    const kind = kindOf(file)
    const adapter = adapterOf(adapters, kind)
    if (adapter === undefined) {
      console.log(`${file}: unknown kind ${kind}`)
      failed++
      continue
    }
    const tally = await runFile(join(directory, file), adapter)
    console.log(`${file}: ${tally.cases} cases, ${tally.failed} failed`)
    passed += tally.cases - tally.failed
    failed += tally.cases === 0 ? 1 : tally.failed
  }
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
}

if (process.argv[1] === import.meta.filename) await main()
