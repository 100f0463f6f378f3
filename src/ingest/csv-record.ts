import { CELL_BYTES_MAX } from './limits.ts'

export const NEW_LINE = 0x0a
export const RETURN = 0x0d
export const QUOTE = 0x22
const TAB = 0x09
const SPACE = 0x20

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

/** A record with room for `capacity` cells. */
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

/** Bytes to read, and whether the file ends with them. */
export interface Readable {
  readonly bytes: Buffer
  readonly last: boolean
}

/** Where a record is put, and the byte that separates its cells. */
export interface RecordReader {
  readonly record: CsvRecord
  readonly delimiter: number
}

/** The quoted cell is still open where the bytes end. */
const OPEN = -1
/** Something other than a delimiter or a line end follows the closing quote. */
const BROKEN = -2

/**
 * Finds the record that starts at `start` (RFC 4180, with any of the three line ends). A cell is quoted as a whole or not at all;
 * after a broken quote the next record starts on the next line, so that an unclosed quote cannot swallow the rows behind it.
 *
 * @returns False when the bytes end before the record does.
 */
export function readRecord(readable: Readable, start: number, reader: RecordReader): boolean {
  const { bytes, last } = readable
  const { record, delimiter } = reader
  record.cells = 0
  record.fault = undefined
  for (let at = start; ;) {
    const end =
      bytes[at] === QUOTE ? readQuoted(readable, at, reader) : readPlain(bytes, at, reader)
    if (end === OPEN && !last) return false
    if (end < 0) return endBroken(readable, start, record)
    record.cells++
    if (end === bytes.length) {
      record.next = end
      return last
    }
    if (bytes[end] !== delimiter) return endAtLine(readable, end, record)
    at = end + 1
  }
}

function readPlain(bytes: Buffer, start: number, { record, delimiter }: RecordReader): number {
  let at = start
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === delimiter || byte === NEW_LINE || byte === RETURN) break
    if (byte === QUOTE) note(record, 'broken_quote')
    else if (byte < SPACE && byte !== TAB) note(record, 'control_character')
  }
  keep(record, { start, end: at, quoted: 0 })
  return at
}

function readQuoted({ bytes, last }: Readable, start: number, reader: RecordReader): number {
  const close = closingQuote(bytes, start + 1, reader.record)
  if (close === bytes.length) return OPEN
  keep(reader.record, { start: start + 1, end: close, quoted: 1 })
  const after = close + 1
  if (after === bytes.length) return last ? after : OPEN
  const follows = bytes[after]
  const ends = follows === reader.delimiter || follows === NEW_LINE || follows === RETURN
  return ends ? after : BROKEN
}

/** Where the quote is closed; the end of the bytes when it is not. A doubled quote is content. */
function closingQuote(bytes: Buffer, start: number, record: CsvRecord): number {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) {
      if (bytes[at + 1] !== QUOTE) return at
      at++
    } else if (byte < SPACE && byte !== TAB && byte !== NEW_LINE && byte !== RETURN) {
      note(record, 'control_character')
    }
  }
  return bytes.length
}

function keep(
  record: CsvRecord,
  { start, end, quoted }: { readonly start: number; readonly end: number; readonly quoted: number },
): void {
  if (end - start > CELL_BYTES_MAX) note(record, 'cell_too_long')
  record.starts[record.cells] = start
  record.ends[record.cells] = end
  record.quoted[record.cells] = quoted
}

function note(record: CsvRecord, fault: RecordFault): void {
  if (record.fault !== undefined) return
  record.fault = fault
  record.faultCell = record.cells
}

function endAtLine({ bytes, last }: Readable, end: number, record: CsvRecord): boolean {
  if (bytes[end] === RETURN && end + 1 === bytes.length && !last) return false
  record.next = bytes[end] === RETURN && bytes[end + 1] === NEW_LINE ? end + 2 : end + 1
  return true
}

/** Gives the record up; the next one starts on the next line. */
function endBroken(readable: Readable, start: number, record: CsvRecord): boolean {
  const next = nextLine(readable, start)
  if (next === undefined) return false
  record.fault = 'broken_quote'
  record.faultCell = record.cells
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
