import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ProcessCost } from './cost.ts'
import { journeyGenerator, writeJourneys } from './journeys.ts'

/** All order-based models and the exact chain over generated journeys, beside a plain scan of the same columns. */
export interface AttributionBench {
  readonly journeys: number
  /** First, last, last non-direct, linear, linear over unique channels, position-based, time decay, Markov: journey, channel and instant. */
  readonly all: BesideScan
  /** The same but time decay, which alone needs the instants: journey and channel. */
  readonly untimed: BesideScan
  /** Whether one and two threads gave the same result to the last bit. */
  readonly sameOnOneThread: boolean
}

interface BesideScan {
  readonly scan: ProcessCost
  readonly pass: ProcessCost
  /** CPU of the pass ÷ CPU of the scan. */
  readonly ratio: number
}

const ROUNDS = 2

/**
 * Stores `journeys` generated journeys as Parquet by journey and time, and measures one pass over them. Each measurement is a process of its own; the
 * cheapest of two rounds counts.
 */
export async function benchAttribution(journeys: number): Promise<AttributionBench> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-attribution-'))
  try {
    await writeJourneys(folder, journeys)
    const all = { scan: cheapest(folder, 'scan-timed'), pass: cheapest(folder, 'timed') }
    const untimed = { scan: cheapest(folder, 'scan'), pass: cheapest(folder, 'pass') }
    const single = measure(folder, { mode: 'timed', threads: 1 })
    return {
      journeys,
      all: beside(all),
      untimed: beside(untimed),
      sameOnOneThread: single.result === all.pass.result,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function beside({ scan, pass }: { scan: Measured; pass: Measured }): BesideScan {
  const ratio = pass.cost.cpuSeconds / scan.cost.cpuSeconds
  return { scan: scan.cost, pass: pass.cost, ratio }
}

type Mode = 'scan' | 'scan-timed' | 'pass' | 'timed'

interface Measured {
  readonly cost: ProcessCost
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
  const { result, ...cost }: ProcessCost & { result: unknown } = JSON.parse(run.stdout)
  return { cost, result: JSON.stringify(result) }
}

function line(name: string, { cpuSeconds, wallSeconds, peakMegabytes }: ProcessCost): string {
  return `${name}: ${cpuSeconds.toFixed(2)} s CPU, ${wallSeconds.toFixed(2)} s, peak ${peakMegabytes} MB`
}

async function main(): Promise<void> {
  const { path, exists } = journeyGenerator()
  if (!exists) throw new TypeError(`the journey generator is not at ${path}`)
  const bench = await benchAttribution(Number(process.argv[2] ?? 10_000_000))
  console.log(`attribution of ${bench.journeys} journeys`)
  for (const [name, { scan, pass, ratio }] of [
    ['seven heuristics and Markov', bench.all],
    ['without time decay', bench.untimed],
  ] as const) {
    console.log(line('scan of the same columns', scan))
    console.log(line(name, pass))
    console.log(`ratio ${ratio.toFixed(2)} (CPU)`)
  }
  console.log(`the same on one thread: ${bench.sameOnOneThread ? 'yes' : 'NO'}`)
}

if (import.meta.main) await main()
