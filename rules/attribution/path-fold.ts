import { present } from '../kernel/invariant.ts'
import type { ChannelIndex } from './channels.ts'
import { amountAt, createTally, type JourneySink, type Tally } from './journey.ts'

/** Rows of aggregated journeys; the same path may stand in many rows. */
export interface PathBatch {
  /** Channels from the oldest touch to the newest; none for a conversion without a touch. */
  readonly path: ArrayLike<readonly string[]>
  readonly conversions: ArrayLike<number>
  /** Value of these conversions in minor units; null where none is stated. */
  readonly valueMinor: ArrayLike<number | null>
  /** Journeys with this path that did not convert; null where nobody counted them. */
  readonly nulls: ArrayLike<number | null>
}

/** Why conversions of an aggregated row are in no model. */
export const PATH_REASONS = ['no_touch', 'refund', 'value_without_conversion'] as const
export type PathReason = (typeof PATH_REASONS)[number]

export interface PathTally {
  readonly attributed: Tally
  readonly unattributed: Readonly<Record<PathReason, Tally>>
  /** Attributed conversions without a stated value, and with a value of exactly 0 for the whole row. */
  withoutValue: number
  zeroValue: number
  /** Journeys that did not convert; rows that do not say so are counted apart. */
  nullJourneys: number
  rowsWithoutNulls: number
}

export interface PathFold {
  readonly add: (batch: PathBatch) => void
  readonly finish: () => PathTally
}

/** The channels of the rows, and what to do with direct touches. */
export interface PathPolicy {
  readonly channels: ChannelIndex
  /** One flag (0 or 1) per channel code. */
  readonly isDirect: Uint8Array
  /** Leave direct touches out of journeys that have any other. */
  readonly ignoreDirect: boolean
}

const FIRST_CAPACITY = 64

/** The channels of a path, oldest first: `"A > B"` gives A and B, an empty text none. */
export function parsePath(path: string): string[] {
  return path
    .split(' > ')
    .map((channel) => channel.trim())
    .filter((channel) => channel !== '')
}

/**
 * Hands aggregated journeys to the sink and books every conversion exactly once. A row with a negative value is a refund; a value where
 * nothing converted belongs to no journey.
 *
 * @throws InvariantError from `add` on a channel the index does not know.
 */
export function startPathFold(policy: PathPolicy, sink: JourneySink): PathFold {
  const tally = createPathTally()
  const codeOf = (name: string): number => present(policy.channels.codeOf.get(name), 'channel')
  let buffer = new Uint16Array(FIRST_CAPACITY)
  const addRow = (row: PathRow): void => {
    if (row.path.length > buffer.length) buffer = new Uint16Array(2 * row.path.length)
    for (const [touch, name] of row.path.entries()) buffer[touch] = codeOf(name)
    const length = policy.ignoreDirect
      ? withoutDirect(buffer, row.path.length, policy.isDirect)
      : row.path.length
    const reason = reasonFor(row)
    if (reason === null) bookAttributed(tally, row)
    else addRowToTally(tally.unattributed[reason], row)
    bookNulls(tally, row)
    sink.take({
      channels: buffer,
      from: 0,
      to: length,
      conversions: reason === null ? row.conversions : 0,
      nulls: row.nulls ?? 0,
      valueMinor: reason === null ? (row.valueMinor ?? 0) : 0,
    })
  }
  const add = (batch: PathBatch): void => {
    for (let row = 0; row < batch.path.length; row++) {
      addRow({
        path: batch.path[row] ?? [],
        conversions: amountAt(batch.conversions, row),
        valueMinor: batch.valueMinor[row] ?? null,
        nulls: batch.nulls[row] ?? null,
      })
    }
  }
  return { add, finish: () => tally }
}

/** Moves the touches that are not direct to the front and returns how many there are; a path of direct touches alone stays as it is. */
function withoutDirect(channels: Uint16Array, length: number, isDirect: Uint8Array): number {
  const others = channels.subarray(0, length).filter((channel) => isDirect[channel] === 0)
  if (others.length === 0) return length
  channels.set(others)
  return others.length
}

interface PathRow {
  readonly path: readonly string[]
  readonly conversions: number
  readonly valueMinor: number | null
  readonly nulls: number | null
}

function reasonFor({ path, conversions, valueMinor }: PathRow): PathReason | null {
  const value = valueMinor ?? 0
  if (value < 0) return 'refund'
  // A row of null journeys alone comes here too, and adds nothing to the line.
  if (conversions === 0) return 'value_without_conversion'
  return path.length === 0 ? 'no_touch' : null
}

function bookAttributed(tally: PathTally, row: PathRow): void {
  addRowToTally(tally.attributed, row)
  if (row.valueMinor === null) tally.withoutValue += row.conversions
  if (row.valueMinor === 0) tally.zeroValue += row.conversions
}

/** A null row without a path is no journey: nobody was touched. */
function bookNulls(tally: PathTally, { path, nulls }: PathRow): void {
  if (nulls === null) tally.rowsWithoutNulls++
  else if (path.length > 0) tally.nullJourneys += nulls
}

function addRowToTally(tally: Tally, row: PathRow): void {
  tally.conversions += row.conversions
  tally.valueMinor += row.valueMinor ?? 0
}

function createPathTally(): PathTally {
  return {
    attributed: createTally(),
    unattributed: {
      no_touch: createTally(),
      refund: createTally(),
      value_without_conversion: createTally(),
    },
    withoutValue: 0,
    zeroValue: 0,
    nullJourneys: 0,
    rowsWithoutNulls: 0,
  }
}
