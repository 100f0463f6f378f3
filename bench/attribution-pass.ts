import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'

import { indexChannels } from '#rules/attribution/channels.ts'
import { createHeuristicBuckets } from '#rules/attribution/heuristic-buckets.ts'
import { heuristicCredits, type HeuristicCredits } from '#rules/attribution/heuristic-credit.ts'
import { startJourneyFold } from '#rules/attribution/journey-fold.ts'
import type { Credit } from '#rules/attribution/journey.ts'
import { markovAttribution, type MarkovResult } from '#rules/attribution/markov.ts'
import { createTimeDecayCredit } from '#rules/attribution/time-decay.ts'
import { createTransitionCounts } from '#rules/attribution/transitions.ts'
import { invariant, InvariantError } from '#rules/kernel/invariant.ts'

/** What one pass found; equal for every number of threads, to the last bit. */
interface PassResult {
  readonly channels: readonly string[]
  readonly conversions: number
  readonly valueMinor: number
  readonly heuristics: HeuristicCredits
  readonly timeDecay: Credit | null
  readonly markov: MarkovResult
}

interface PassOptions {
  readonly threads: number
  /** Whether the instants are read as well, for time decay. */
  readonly timed: boolean
}

const DAY_MS = 86_400_000
/** As in the bench of the funnel: what the engine may have ready before it waits for the fold. */
const READ_AHEAD = '32MB'

/** Whole numbers of a column as the engine hands them over, without a copy. */
type Numbers = Int32Array | Uint8Array | Float64Array

/**
 * All order-based models and the exact chain in one pass over touches that lie in Parquet by journey and time.
 *
 * @param folder Holds `touches.parquet` and `convs.parquet`.
 */
async function runPass(folder: string, { threads, timed }: PassOptions): Promise<PassResult> {
  const connection = await connect(threads)
  const channels = indexChannels(await channelNames(connection, folder))
  const buckets = createHeuristicBuckets(
    Uint8Array.from(channels.names, (name) => (name === 'Direct' ? 1 : 0)),
  )
  const transitions = createTransitionCounts(channels.names.length)
  const decay = createTimeDecayCredit(channels.names.length, 7 * DAY_MS)
  const fold = startJourneyFold({
    journeys: [transitions],
    // The buckets count conversions alone, so the nine journeys of ten that led nowhere need not pass them.
    conversions: [{ takeConversion: buckets.take }, ...(timed ? [decay] : [])],
  })
  const conversions = `select cast(journey_id as integer), cast(value_minor as double) from '${folder}/convs.parquet'`
  const total = { conversions: 0, valueMinor: 0 }
  for await (const [journey, valueMinor] of columns(connection, conversions)) {
    fold.addConversions({ journey, valueMinor })
    total.conversions += journey.length
    for (const value of valueMinor) total.valueMinor += value
  }
  // The engine looks a name up once per dictionary entry, not once per row. Places count from 1, codes from 0.
  const code = `list_position([${channels.names.map(quoted).join(', ')}], channel) - 1`
  const at = timed ? ', cast(ts_ms as double)' : ''
  const touches = `select cast(journey_id as integer), ${code}${at} from '${folder}/touches.parquet'`
  for await (const [journey, channel, times] of columns(connection, touches)) {
    fold.add({ journey, channel, ...(times === undefined ? {} : { at: times }) })
  }
  const touchless = fold.finish()
  invariant(touchless.conversions === 0, 'every generated conversion has a touch')
  return {
    channels: channels.names,
    ...total,
    heuristics: heuristicCredits(buckets, 0.4),
    timeDecay: timed ? decay.credit() : null,
    markov: markovAttribution(transitions, total, { withNulls: true }),
  }
}

/** Reads the same columns and does nothing with them but add them up. */
async function runScan(folder: string, { threads, timed }: PassOptions): Promise<unknown> {
  const connection = await connect(threads)
  const result = await connection.runAndReadAll(
    `select sum(journey_id), sum(strlen(channel))${timed ? ', sum(ts_ms)' : ''} from '${folder}/touches.parquet'`,
  )
  return result.getRowsJson()
}

async function connect(threads: number): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: '1GB',
  })
  const connection = await instance.connect()
  await connection.run(`set streaming_buffer_size = '${READ_AHEAD}'`)
  return connection
}

async function channelNames(connection: DuckDBConnection, folder: string): Promise<string[]> {
  const result = await connection.runAndReadAll(
    `select distinct channel from '${folder}/touches.parquet'`,
  )
  return result.getRowsJson().flatMap(([name]) => (typeof name === 'string' ? [name] : []))
}

async function* columns(
  connection: DuckDBConnection,
  query: string,
): AsyncGenerator<readonly [Numbers, Numbers, Numbers?]> {
  const stream = await connection.stream(query)
  let next = stream.fetchChunk()
  for (;;) {
    const chunk = await next
    if (chunk === null || chunk.rowCount === 0) return
    next = stream.fetchChunk()
    const [first, second] = [numbers(chunk.getColumnVector(0)), numbers(chunk.getColumnVector(1))]
    yield chunk.columnCount === 2
      ? [first, second]
      : [first, second, numbers(chunk.getColumnVector(2))]
  }
}

/** The typed array behind a column without nulls. */
function numbers(vector: object): Numbers {
  const items: unknown = 'items' in vector ? vector.items : undefined
  if (items instanceof Int32Array || items instanceof Uint8Array || items instanceof Float64Array) {
    return items
  }
  throw new InvariantError('expected a column of plain numbers')
}

function quoted(name: string): string {
  return `'${name.replaceAll("'", "''")}'`
}

/** Run as a process of its own, so that CPU and peak memory are those of the pass alone: `node bench/attribution-pass.ts FOLDER THREADS MODE`. */
async function main(): Promise<void> {
  const [folder = '', threads = '2', mode = 'pass'] = process.argv.slice(2)
  const startMs = performance.now()
  const options = { threads: Number(threads), timed: mode.endsWith('timed') }
  const result = mode.startsWith('scan')
    ? await runScan(folder, options)
    : await runPass(folder, options)
  const { user, system } = process.cpuUsage()
  const report = {
    wallSeconds: (performance.now() - startMs) / 1000,
    // From the start of the process, start-up and compiling included.
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    result,
  }
  console.log(JSON.stringify(report))
}

if (import.meta.main) await main()
