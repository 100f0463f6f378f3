import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'

/** What a piece of work cost, as a process of its own. */
interface Cost {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly peakMegabytes: number
}

/** All order-based models and the exact chain over generated journeys, beside a plain scan of the same columns. */
export interface AttributionBench {
  readonly journeys: number
  readonly scan: Cost
  /** First, last, last non-direct, linear, linear over unique channels, position-based, Markov. */
  readonly pass: Cost
  /** The same and time decay, which needs the instants: a third column. */
  readonly timed: Cost
  /** CPU of the pass ÷ CPU of the scan. */
  readonly ratio: number
  /** Whether one and two threads gave the same result to the last bit. */
  readonly sameOnOneThread: boolean
  /** The result of the pass as JSON, to compare runs. */
  readonly result: string
}

const SEED = 42
const ROUNDS = 2

/**
 * Generates `journeys` journeys (about 3.8 touches each), stores them as Parquet by journey and time, and measures one pass over them. Each
 * measurement is a process of its own; the cheapest of two rounds counts. Ten million journeys need about 2.5 GB in the temporary folder.
 *
 * @param generator Path of `gen_journeys.mjs`.
 */
export async function benchAttribution(
  journeys: number,
  generator: string = defaultGenerator(),
): Promise<AttributionBench> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-attribution-'))
  try {
    await generate(folder, journeys, generator)
    const scan = cheapest(folder, 'scan')
    const pass = cheapest(folder, 'pass')
    const timed = cheapest(folder, 'timed')
    const single = measure(folder, { mode: 'pass', threads: 1 })
    return {
      journeys,
      scan: scan.cost,
      pass: pass.cost,
      timed: timed.cost,
      ratio: pass.cost.cpuSeconds / scan.cost.cpuSeconds,
      sameOnOneThread: single.result === pass.result,
      result: pass.result,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function defaultGenerator(): string {
  const path = join(import.meta.dirname, '../../shared/bench/gen_journeys.mjs')
  if (!existsSync(path)) throw new TypeError(`the journey generator is not at ${path}`)
  return path
}

async function generate(folder: string, journeys: number, generator: string): Promise<void> {
  symlinkSync(devNull, join(folder, 'paths.csv'))
  execFileSync(process.execPath, [generator, String(journeys), String(SEED), folder])
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1GB',
    temp_directory: folder,
  })
  const connection = await instance.connect()
  await connection.run(
    `copy (select journey_id, channel, ts_ms from read_csv('${folder}/touches.csv')) to '${folder}/touches.parquet' (format parquet)`,
  )
  rmSync(join(folder, 'touches.csv'))
  await connection.run(
    `copy (select journey_id, cast(round(value * 100) as bigint) as value_minor from read_csv('${folder}/convs.csv')) to '${folder}/convs.parquet' (format parquet)`,
  )
  connection.closeSync()
  instance.closeSync()
}

type Mode = 'scan' | 'pass' | 'timed'

interface Measured {
  readonly cost: Cost
  readonly result: string
}

function cheapest(folder: string, mode: Mode): Measured {
  const rounds = Array.from({ length: ROUNDS }, () => measure(folder, { mode, threads: 2 }))
  return rounds.reduce((best, round) =>
    round.cost.cpuSeconds < best.cost.cpuSeconds ? round : best,
  )
}

function measure(folder: string, { mode, threads }: { mode: Mode; threads: number }): Measured {
  const script = join(import.meta.dirname, 'attribution-pass.ts')
  const run = spawnSync(process.execPath, [script, folder, String(threads), mode], {
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new TypeError(`${mode} failed: ${run.stderr}`)
  const { result, ...cost }: Cost & { result: unknown } = JSON.parse(run.stdout)
  return { cost, result: JSON.stringify(result) }
}

function line(name: string, { cpuSeconds, wallSeconds, peakMegabytes }: Cost): string {
  return `${name}: ${cpuSeconds.toFixed(2)} s CPU, ${wallSeconds.toFixed(2)} s, peak ${peakMegabytes} MB`
}

async function main(): Promise<void> {
  const bench = await benchAttribution(Number(process.argv[2] ?? 10_000_000))
  console.log(`attribution of ${bench.journeys} journeys`)
  console.log(line('scan of the same columns', bench.scan))
  console.log(line('six models and Markov', bench.pass))
  console.log(line('with time decay', bench.timed))
  console.log(`ratio ${bench.ratio.toFixed(2)} (CPU)`)
  console.log(`the same on one thread: ${bench.sameOnOneThread ? 'yes' : 'NO'}`)
}

if (import.meta.main) await main()
