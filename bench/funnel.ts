import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api'

import { OTHER_KIND, plainFunnel, planFunnel, type FunnelPlan } from '#rules/funnel/definition.ts'
import { createEventFold } from '#rules/funnel/event-fold.ts'
import { createFunnelTally } from '#rules/funnel/funnel-tally.ts'

import { CHANNELS, EVENTS_PER_PERSON, funnelEvents, SEGMENTS, STAGES } from './funnel-events.ts'

/** What a piece of work cost. */
interface Cost {
  readonly wallSeconds: number
  readonly cpuSeconds: number
}

/** The funnel over generated events beside a plain scan of the same columns. */
export interface FunnelBench {
  readonly events: number
  readonly persons: number
  /** Persons at each step. */
  readonly counts: readonly number[]
  readonly cells: number
  readonly scan: Cost
  readonly funnel: Cost
  /** CPU of the funnel ÷ CPU of the scan. */
  readonly ratio: number
  /** Highest resident memory of the process while the funnel ran, engine included. */
  readonly peakMegabytes: number
}

const DAY_MS = 86_400_000
const WINDOW_DAYS = 30
const ROUNDS = 5
const MEMORY_LIMIT = '512MB'
/** What the engine may have ready before it waits for the fold; with its own 1 MB the two wake each other for every few chunks. */
const READ_AHEAD = '32MB'

/**
 * Generates `scale` events in DuckDB, stored as Parquet in person order, then scans the columns once and runs the ordered funnel with its
 * breakdown by segment × channel through the fold that the review uses. Of five rounds each the cheapest counts.
 */
async function benchFunnel(scale: number): Promise<FunnelBench> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-funnel-'))
  try {
    const file = join(directory, 'events.parquet')
    await inEngine((connection) => generate(connection, scale, file))
    const scan = await cheapest(() => inEngine((connection) => scanColumns(connection, file)))
    const peak = watchMemory()
    const funnel = await cheapest(() => inEngine((connection) => runFunnel(connection, file)))
    return {
      ...funnel.result,
      scan: scan.cost,
      funnel: funnel.cost,
      ratio: funnel.cost.cpuSeconds / scan.cost.cpuSeconds,
      peakMegabytes: peak.stop(),
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function inEngine<Result>(
  run: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    threads: '2',
  })
  const connection = await instance.connect()
  try {
    return await run(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function generate(connection: DuckDBConnection, scale: number, file: string): Promise<void> {
  await connection.run("set memory_limit = '2GB'")
  await connection.run(`copy (${funnelEvents(scale)}) to '${file}' (format parquet)`)
}

async function scanColumns(connection: DuckDBConnection, file: string): Promise<void> {
  await connection.runAndReadAll(`
    select sum(strlen(person_id)), sum(strlen(stage)), sum(occurred_ms), sum(strlen(segment_id)), sum(strlen(channel_id))
    from '${file}'`)
}

/**
 * The columns as the fold reads them, so that nothing is done to a row between engine and fold. The engine looks a name up once per dictionary
 * entry, not once per row, as long as functions are all it meets (`coalesce` is none); a name that is not listed has place 0. Persons only
 * have to be told from their neighbours, so a hash of the id stands for the text; `persons` shows that no two ran together.
 */
function columnsOf({ kindOfStage }: FunnelPlan): string {
  const kinds = [...kindOfStage].toSorted(([, one], [, other]) => one - other)
  if (kinds.some(([, kind], index) => kind !== index)) {
    throw new TypeError('expected kinds that count from 0')
  }
  const stages = kinds.map(([stage]) => stage)
  return `cast(hash(person_id) as double) as person, cast(occurred_ms as double) as time_ms,
    ${place(stages, 'stage')} + ${OTHER_KIND} as kind,
    ${place(SEGMENTS, 'segment_id')} * ${CHANNELS.length + 1} + ${place(CHANNELS, 'channel_id')} as label`
}

function place(names: readonly string[], column: string): string {
  return `greatest(list_position(['${names.join("', '")}'], ${column}), 0)`
}

async function runFunnel(connection: DuckDBConnection, file: string) {
  const plan = planFunnel(plainFunnel(STAGES, WINDOW_DAYS * DAY_MS))
  const tally = createFunnelTally(plan, { breakdown: { step: 0 } })
  const fold = createEventFold([tally.read])
  await connection.run(`set streaming_buffer_size = '${READ_AHEAD}'`)
  const result = await connection.stream(`select ${columnsOf(plan)} from '${file}'`)
  let next = result.fetchChunk()
  for (;;) {
    const chunk = await next
    if (chunk === null || chunk.rowCount === 0) break
    // The engine goes on while the fold counts.
    next = result.fetchChunk()
    fold.add({
      person: numbersOf(chunk, 0),
      timeMs: numbersOf(chunk, 1),
      kind: numbersOf(chunk, 2),
      label: numbersOf(chunk, 3),
    })
  }
  const { events, persons } = fold.finish()
  if (persons !== Math.ceil(events / EVENTS_PER_PERSON)) {
    throw new TypeError(`expected ${EVENTS_PER_PERSON} events a person, got ${persons} persons`)
  }
  const { all, byLabel } = tally.finish()
  return { events, persons, counts: all.steps.map((step) => step.persons), cells: byLabel.size }
}

function numbersOf(chunk: DuckDBDataChunk, column: number): Float64Array | Int32Array {
  const vector = chunk.getColumnVector(column)
  const items: unknown = 'items' in vector ? vector.items : undefined
  if (items instanceof Float64Array || items instanceof Int32Array) return items
  throw new TypeError(`expected plain numbers in column ${column}`)
}

async function cheapest<Result>(
  run: () => Promise<Result>,
): Promise<{ result: Result; cost: Cost }> {
  let best: { result: Result; cost: Cost } | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const startCpu = process.cpuUsage()
    const startMs = performance.now()
    const result = await run()
    const { user, system } = process.cpuUsage(startCpu)
    const cost = {
      wallSeconds: (performance.now() - startMs) / 1000,
      cpuSeconds: (user + system) / 1e6,
    }
    if (best === undefined || cost.cpuSeconds < best.cost.cpuSeconds) best = { result, cost }
  }
  if (best === undefined) throw new TypeError('expected at least one round')
  return best
}

function watchMemory(): { stop: () => number } {
  let peak = 0
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 20)
  return {
    stop: () => {
      look()
      clearInterval(timer)
      return Math.round(peak / 1e6)
    },
  }
}

if (import.meta.main) {
  console.log(JSON.stringify(await benchFunnel(Number(process.argv[2] ?? 10_000_000))))
}
