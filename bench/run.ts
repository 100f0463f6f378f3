import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { AllocationBench } from './allocation.ts'
import { benchAttribution } from './attribution.ts'
import { costOf, outputOf, type ProcessCost } from './cost.ts'
import { FUNNEL_MONTH, writeFunnelWorkspace } from './funnel-events.ts'
import type { FunnelBench } from './funnel.ts'
import { JOURNEY_MONTH, journeyGenerator, writeJourneyWorkspace } from './journeys.ts'
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
  readonly workspaces: number
  /** What a whole review is given of each kind of input. */
  readonly reviewed: {
    readonly touches: number
    readonly journeys: number
    readonly events: number
  }
}

/** The sizes that the figures are stated for. */
const FULL: Sizes = {
  journeys: 10_000_000,
  events: 10_000_000,
  lines: 1_000_000,
  workspaces: 50,
  reviewed: { touches: 1_000_000, journeys: 1_000_000, events: 1_000_000 },
}
const QUICK: Sizes = {
  journeys: 200_000,
  events: 1_000_000,
  lines: 100_000,
  workspaces: 20,
  reviewed: { touches: 100_000, journeys: 50_000, events: 100_000 },
}

const COMPANY = join(import.meta.dirname, '../examples/reference-company')

const USAGE = `Usage: npm run bench -- [--quick]

Time, CPU and peak memory of a review and of its parts, beside a baseline.

  --quick     small sizes; the figures of bench/README.md are of the full ones, which take minutes and 3 GB in the temporary folder
  --help, -h  this text
`

async function main(): Promise<void> {
  const options = process.argv.slice(2)
  if (options.includes('--help') || options.includes('-h')) {
    process.stdout.write(USAGE)
    return
  }
  const unknown = options.find((option) => option !== '--quick')
  if (unknown !== undefined) {
    process.stderr.write(`unknown option ${unknown}; --help lists those there are\n`)
    process.exitCode = 2
    return
  }
  const sizes = options.includes('--quick') ? QUICK : FULL
  print(['what', 'size', 'time', 'CPU', 'peak', '× base'])
  for (const bench of [demo, overhead, touchpoints, attribution, funnel, allocation, workspaces]) {
    for (const line of await bench(sizes)) print(cells(line))
  }
  console.log(NOTES)
}

const NOTES = `
× base: CPU against a plain scan of the same columns of the same file in the same run;
of the governed review: time against the same specialists as a bare LangGraph.
A fold counts rows that lie in order, and does nothing else. A whole review of the
same kind of rows, from files to report, also checks and stores every row, joins,
sorts and words: its cost by row is the one a company sees.`

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

async function touchpoints({ reviewed: { touches } }: Sizes): Promise<Line[]> {
  return inTemporaryFolder(async (folder) => {
    await writeTouchpoints(folder, touches)
    const file = `read_csv('${folder}/data/touchpoints.csv', all_varchar = true)`
    const columns = [
      'strlen(person_id)',
      'epoch_ms(cast(occurred_at as timestamptz))',
      'strlen(channel)',
    ]
    return reviewBesideScan(folder, {
      month: '2026-03',
      size: `${millions(touches)} touches, CSV`,
      scanned: [file, ...columns],
    })
  })
}

async function attribution(sizes: Sizes): Promise<Line[]> {
  const { path, exists } = journeyGenerator()
  if (!exists) {
    process.stderr.write(`attribution is left out: no journey generator at ${path}\n`)
    return []
  }
  const { all, untimed } = await benchAttribution(sizes.journeys)
  const size = `${millions(sizes.journeys)} journeys`
  return [
    { name: 'plain scan', size, cost: all.scan, ratio: 1 },
    { name: 'fold: heuristics and Markov', size, cost: all.pass, ratio: all.ratio },
    { name: 'plain scan, no instants', size, cost: untimed.scan, ratio: 1 },
    { name: 'fold, no time decay', size, cost: untimed.pass, ratio: untimed.ratio },
    ...(await reviewOfJourneys(sizes.reviewed.journeys)),
  ]
}

async function reviewOfJourneys(journeys: number): Promise<Line[]> {
  return inTemporaryFolder(async (folder) => {
    await writeJourneyWorkspace(folder, journeys)
    const columns = ['strlen(person_id)', 'strlen(occurred_at)', 'strlen(channel)']
    return reviewBesideScan(folder, {
      month: JOURNEY_MONTH,
      size: `${millions(journeys)} journeys`,
      scanned: [`'${folder}/data/touchpoints.parquet'`, ...columns],
    })
  })
}

async function funnel({ events, reviewed }: Sizes): Promise<Line[]> {
  const bench: FunnelBench = outputOf('funnel.ts', String(events))
  const size = `${millions(events)} events`
  const scan = { ...bench.scan, peakMegabytes: null }
  const cost = { ...bench.funnel, peakMegabytes: bench.peakMegabytes }
  return [
    { name: 'plain scan', size, cost: scan, ratio: 1 },
    { name: 'fold: funnel by cell', size, cost, ratio: bench.ratio },
    ...(await reviewOfEvents(reviewed.events)),
  ]
}

async function reviewOfEvents(events: number): Promise<Line[]> {
  return inTemporaryFolder(async (folder) => {
    await writeFunnelWorkspace(folder, events)
    const names = ['person_id', 'stage', 'occurred_at', 'segment_id', 'channel_id']
    return reviewBesideScan(folder, {
      month: FUNNEL_MONTH,
      size: `${millions(events)} events`,
      scanned: [
        `'${folder}/data/funnel_events.parquet'`,
        ...names.map((name) => `strlen(${name})`),
      ],
    })
  })
}

interface ReviewBench {
  readonly month: string
  readonly size: string
  /** What `scan.ts` is told: a table and its columns. */
  readonly scanned: readonly string[]
}

/** The product's whole way over a workspace: import, joins, sorting, every stage, store and report. */
function reviewBesideScan(folder: string, { month, size, scanned }: ReviewBench): Line[] {
  const scan = costOf('scan.ts', ...scanned)
  const cost = costOf('review.ts', folder, month)
  return [
    { name: 'plain scan', size, cost: scan, ratio: 1 },
    { name: 'whole review of them', size, cost, ratio: cost.cpuSeconds / scan.cpuSeconds },
  ]
}

function allocation({ lines }: Sizes): Line[] {
  const { split, check }: AllocationBench = outputOf('allocation.ts', String(lines))
  const size = `${millions(lines)} lines`
  return [
    { name: 'budget split to the cent', size, cost: split, ratio: null },
    { name: 'proof that it is the best', size, cost: check, ratio: null },
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

const WIDTHS = [30, 20, 10, 10, 9, 8]

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
