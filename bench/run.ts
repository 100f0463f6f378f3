import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { AllocationBench } from './allocation.ts'
import { benchAttribution } from './attribution.ts'
import { costOf, outputOf, type ProcessCost } from './cost.ts'
import type { FunnelBench } from './funnel.ts'
import { writeTouchpoints } from './touchpoints.ts'

/** One line of the table. */
interface Line {
  readonly name: string
  readonly size: string
  readonly cost: Omit<ProcessCost, 'peakMegabytes'> & { readonly peakMegabytes: number | null }
  /** CPU ÷ CPU of a plain scan of the same columns in the same run, or of the bare graph; null where there is nothing to compare with. */
  readonly ratio: number | null
}

interface Sizes {
  readonly journeys: number
  readonly events: number
  readonly lines: number
  readonly touches: number
  readonly workspaces: number
}

const QUICK: Sizes = {
  journeys: 200_000,
  events: 1_000_000,
  lines: 100_000,
  touches: 1_000_000,
  workspaces: 50,
}
const FULL: Sizes = {
  journeys: 10_000_000,
  events: 10_000_000,
  lines: 1_000_000,
  touches: 1_000_000,
  workspaces: 1_000,
}

const COMPANY = join(import.meta.dirname, '../examples/reference-company')
const GENERATOR = join(import.meta.dirname, '../../shared/bench/gen_journeys.mjs')

async function main(): Promise<void> {
  const unknown = process.argv.slice(2).find((option) => !['--quick', '--full'].includes(option))
  if (unknown !== undefined) {
    process.stderr.write(`unknown option ${unknown}; use --quick (the default) or --full\n`)
    process.exitCode = 2
    return
  }
  const sizes = process.argv.includes('--full') ? FULL : QUICK
  print(['what', 'size', 'time', 'CPU', 'peak', '× base'])
  for (const bench of [demo, overhead, touchpoints, attribution, funnel, allocation, workspaces]) {
    for (const line of await bench(sizes)) print(cells(line))
  }
  console.log('× base: CPU against a plain scan of the same columns in the same run;')
  console.log('of the governed review: time against the same specialists as a bare LangGraph.')
}

/** The review of the example company, as `npm run demo` runs it. */
async function demo(): Promise<Line[]> {
  return inTemporaryFolder(async (folder) => {
    await cp(COMPANY, folder, { recursive: true })
    const cost = costOf('review.ts', folder, '2026-03')
    return [{ name: 'review, example company', size: '1 month', cost, ratio: null }]
  })
}

interface Overhead {
  readonly bare: Line['cost']
  readonly governed: Line['cost']
  readonly report: Line['cost']
}

/** One review from its first node to its report; beside it the same specialists, checkpointer and durability without anything else. */
async function overhead(): Promise<Line[]> {
  return inTemporaryFolder(async (folder) => {
    await cp(COMPANY, folder, { recursive: true })
    const { bare, governed, report }: Overhead = outputOf('overhead.ts', folder)
    const size = '1 review'
    const ratio = governed.wallSeconds / bare.wallSeconds
    return [
      { name: 'bare LangGraph', size, cost: bare, ratio: 1 },
      { name: 'governed review', size, cost: governed, ratio },
      { name: '  of which report', size, cost: report, ratio: null },
    ]
  })
}

interface Fleet extends ProcessCost {
  readonly early: number
  readonly late: number
}

/** Many companies whose reviews are due on one day; what counts is that the memory of the worker stays flat. */
async function workspaces({ workspaces: count }: Sizes): Promise<Line[]> {
  return inTemporaryFolder(async (folder) => {
    const fleet: Fleet = outputOf('workspaces.ts', folder, String(count))
    const size = `${fleet.early} → ${fleet.late} MB`
    return [{ name: `${count} companies due on one day`, size, cost: fleet, ratio: null }]
  })
}

async function touchpoints({ touches }: Sizes): Promise<Line[]> {
  return inTemporaryFolder(async (folder) => {
    await writeTouchpoints(folder, touches)
    const scan = costOf('touchpoints.ts', join(folder, 'data', 'touchpoints.csv'))
    const cost = costOf('review.ts', folder, '2026-03')
    const size = `${millions(touches)} touchpoints`
    return [
      { name: 'plain scan', size, cost: scan, ratio: 1 },
      { name: 'review, everything', size, cost, ratio: cost.cpuSeconds / scan.cpuSeconds },
    ]
  })
}

async function attribution({ journeys }: Sizes): Promise<Line[]> {
  if (!existsSync(GENERATOR)) {
    process.stderr.write(`attribution is left out: no journey generator at ${GENERATOR}\n`)
    return []
  }
  const { scan, pass, timed, ratio } = await benchAttribution(journeys, GENERATOR)
  const size = `${millions(journeys)} journeys`
  return [
    { name: 'plain scan', size, cost: scan, ratio: 1 },
    { name: 'attribution, seven models', size, cost: pass, ratio },
    {
      name: 'attribution, with time decay',
      size,
      cost: timed,
      ratio: timed.cpuSeconds / scan.cpuSeconds,
    },
  ]
}

function funnel({ events }: Sizes): Line[] {
  const bench: FunnelBench = outputOf('funnel.ts', String(events))
  const size = `${millions(events)} events`
  const unknownPeak = { ...bench.scan, peakMegabytes: null }
  return [
    { name: 'plain scan', size, cost: unknownPeak, ratio: 1 },
    {
      name: 'funnel by cell',
      size,
      cost: { ...bench.funnel, peakMegabytes: bench.peakMegabytes },
      ratio: bench.ratio,
    },
  ]
}

function allocation({ lines }: Sizes): Line[] {
  const bench: AllocationBench = outputOf('allocation.ts', String(lines))
  return [
    {
      name: 'budget split to the cent',
      size: `${millions(lines)} lines`,
      cost: bench,
      ratio: null,
    },
  ]
}

/** The database server of a review runs as another user when the bench runs as root, and must be able to enter. */
async function inTemporaryFolder(work: (folder: string) => Promise<Line[]>): Promise<Line[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mo-bench-'))
  try {
    await chmod(folder, 0o755)
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function cells({ name, size, cost, ratio }: Line): string[] {
  return [
    name,
    size,
    `${cost.wallSeconds.toFixed(2)} s`,
    `${cost.cpuSeconds.toFixed(2)} s`,
    cost.peakMegabytes === null ? '' : `${Math.round(cost.peakMegabytes)} MB`,
    ratio === null ? '' : ratio.toFixed(2),
  ]
}

const WIDTHS = [30, 18, 10, 10, 9, 8]

function print(row: readonly string[]): void {
  const padded = row.map((cell, index) =>
    index < 2 ? cell.padEnd(WIDTHS[index] ?? 0) : cell.padStart(WIDTHS[index] ?? 0),
  )
  console.log(padded.join('').trimEnd())
}

function millions(count: number): string {
  return `${count / 1_000_000} M`
}

await main()
