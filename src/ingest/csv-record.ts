import { CELL_BYTES_MAX } from './limits.ts'

const NEW_LINE = 0x0a
const RETURN = 0x0d
const QUOTE = 0x22
const TAB = 0x09

/** What is wrong with a record, seen from its bytes alone. */
export type RecordFault = 'broken_quote' | 'cell_too_long' | 'control_character'

/** One record of a CSV file as offsets into the bytes it was found in; reused from record to record. */
export interface CsvRecord {
  /** Cells found, also those beyond the capacity. */
  cells: number
  /** Where each cell's content starts and ends; the quotes around it are left out. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly quoted: Uint8Array
  fault: RecordFault | undefined
  /** The cell the fault was met in. */
  faultCell: number
  /** Where the next record starts. */
  next: number
}

export function createCsvRecord(capacity: number): CsvRecord {
  return {
    cells: 0,
    starts: new Int32Array(capacity),
    ends: new Int32Array(capacity),
    quoted: new Uint8Array(capacity),
    fault: undefined,
    faultCell: 0,
    next: 0,
  }
}

/** The bytes to read, and whether the file ends with them. */
export interface Readable {
  readonly bytes: Buffer
  readonly last: boolean
}

/**
 * Finds the record that starts at `start` (RFC 4180, any of the three line ends). A quoted cell must be quoted as a whole; after a
 * broken quote the next record starts on the next line, so that an unclosed quote cannot swallow the rows behind it.
 *
 * @returns False when the bytes end before the record does.
 */
export function readRecord(
  readable: Readable,
  start: number,
  { record, delimiter }: { readonly record: CsvRecord; readonly delimiter: number },
): boolean {
  const { bytes, last } = readable
  record.cells = 0
  record.fault = undefined
  for (let at = start; ;) {
    const end =
      bytes[at] === QUOTE
        ? readQuoted(readable, at, { record, delimiter })
        : readPlain(bytes, at, { record, delimiter })
    if (end === OPEN) return last ? endBroken(readable, start, record) : false
    if (end === BROKEN) return endBroken(readable, start, record)
    record.cells++
    if (end === bytes.length) {
      record.next = end
      return last
    }
    if (bytes[end] !== delimiter) return endAtLine(readable, end, record)
    at = end + 1
  }
}

/** The quoted cell is still open where the bytes end. */
const OPEN = -1
/** Something other than a delimiter follows the closing quote. */
const BROKEN = -2

interface CellReader {
  readonly record: CsvRecord
  readonly delimiter: number
}

function readPlain(bytes: Buffer, start: number, { record, delimiter }: CellReader): number {
  let at = start
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === delimiter || byte === NEW_LINE || byte === RETURN) break
    if (byte === QUOTE) note(record, 'broken_quote')
    else if (byte < 0x20 && byte !== TAB) note(record, 'control_character')
  }
  keep(record, start, at)
  record.quoted[record.cells] = 0
  return at
}

function readQuoted({ bytes, last }: Readable, start: number, reader: CellReader): number {
  const { record, delimiter } = reader
  let at = start + 1
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) {
      if (bytes[at + 1] !== QUOTE) break
      at++
    } else if (byte < 0x20 && byte !== TAB && byte !== NEW_LINE && byte !== RETURN) {
      note(record, 'control_character')
    }
  }
  if (at >= bytes.length) return OPEN
  keep(record, start + 1, at)
  record.quoted[record.cells] = 1
  const after = at + 1
  if (after === bytes.length) return last ? after : OPEN
  const follows = bytes[after]
  return follows === delimiter || follows === NEW_LINE || follows === RETURN ? after : BROKEN
}

function keep(record: CsvRecord, start: number, end: number): void {
  if (end - start > CELL_BYTES_MAX) note(record, 'cell_too_long')
  record.starts[record.cells] = start
  record.ends[record.cells] = end
}

function note(record: CsvRecord, fault: RecordFault): void {
  if (record.fault !== undefined) return
  record.fault = fault
  record.faultCell = record.cells
}

function endAtLine({ bytes, last }: Readable, end: number, record: CsvRecord): boolean {
  if (bytes[end] === NEW_LINE) {
    record.next = end + 1
    return true
  }
  if (end + 1 === bytes.length && !last) return false
  record.next = bytes[end + 1] === NEW_LINE ? end + 2 : end + 1
  return true
}

/** Gives the record up: it is broken, and the next one starts on the next line. */
function endBroken(readable: Readable, start: number, record: CsvRecord): boolean {
  record.fault = 'broken_quote'
  record.faultCell = record.cells
  const next = nextLine(readable, start)
  if (next === undefined) return false
  record.next = next
  return true
}

/** Where the line after the one at `start` begins; undefined when the bytes end before it. */
export function nextLine({ bytes, last }: Readable, start: number): number | undefined {
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] === NEW_LINE) return at + 1
    if (bytes[at] !== RETURN) continue
    if (at + 1 === bytes.length && !last) return undefined
    return bytes[at + 1] === NEW_LINE ? at + 2 : at + 1
  }
  return last ? bytes.length : undefined
}

/** How many lines end between two offsets. */
export function countLines(bytes: Buffer, start: number, end: number): number {
  let lines = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === NEW_LINE || (byte === RETURN && bytes[at + 1] !== NEW_LINE)) lines++
  }
  return lines
}
