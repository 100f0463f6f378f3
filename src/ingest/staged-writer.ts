import { open, type FileHandle } from 'node:fs/promises'

import { NEW_LINE, QUOTE, RETURN } from './csv-record.ts'
import type { RejectCode } from './reject.ts'

/**
 * The form in which every text file that is not plain reaches the engine: one row a line, cells between unit separators, nothing
 * quoted, so that no reader can take it in two ways. A line break inside a cell is written as U+0001, a carriage return as
 * U+0002; cells with control characters of their own never come this far.
 *
 * Columns: these five, then one cell per staged column.
 */
export const FAULT_COLUMNS = ['line', 'fault', 'fault_column', 'fault_expected', 'fault_got']
const SEPARATOR = 0x1f
const LINE_BREAK_MARK = 1
const RETURN_MARK = 2

/** A text file brought into staged form. */
export interface StagedFile {
  /** Contract columns written, in the order of the staged cells. */
  readonly columns: readonly string[]
  /** Rows written, faulty ones included. */
  readonly rows: number
  /** True when cells hold line breaks, written as marks. */
  readonly hasMarks: boolean
}

/** A row that never became cells. */
export interface RowFault {
  readonly code: RejectCode
  /** Empty when the fault is the row's. */
  readonly column: string
  readonly expected: string
  readonly got: string
}

/** Writes staged rows: `startRow`, then every cell, then `endRow`; `flush` now and then. */
export interface StagedWriter {
  readonly startRow: (line: number) => void
  /** A cell of bytes that hold no line break. */
  readonly cell: (bytes: Buffer, start: number, end: number) => void
  /** The content of a quoted cell; a doubled quote in it is one quote. */
  readonly quotedCell: (bytes: Buffer, start: number, end: number) => void
  readonly textCell: (text: string) => void
  readonly endRow: () => void
  readonly faultyRow: (line: number, fault: RowFault) => void
  readonly rows: () => number
  readonly hasMarks: () => boolean
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

/** What has been written and not yet flushed. */
interface Draft {
  bytes: Buffer
  used: number
  rows: number
  hasMarks: boolean
}

const INITIAL_BYTES = 1 << 21

/** A writer to a new file at `path`; every row has `cells` cells. */
export async function createStagedWriter(path: string, cells: number): Promise<StagedWriter> {
  const handle = await open(path, 'wx', 0o600)
  const draft: Draft = {
    bytes: Buffer.allocUnsafe(INITIAL_BYTES),
    used: 0,
    rows: 0,
    hasMarks: false,
  }
  return {
    startRow: (line) => {
      putText(draft, String(line))
      // No fault: its four columns are empty.
      for (let column = 1; column < FAULT_COLUMNS.length; column++) put(draft, SEPARATOR)
    },
    cell: (bytes, start, end) => {
      put(draft, SEPARATOR)
      reserve(draft, end - start)
      draft.used += bytes.copy(draft.bytes, draft.used, start, end)
    },
    quotedCell: (bytes, start, end) => {
      put(draft, SEPARATOR)
      putQuoted(draft, bytes, { start, end })
    },
    textCell: (text) => {
      put(draft, SEPARATOR)
      putText(draft, text)
    },
    endRow: () => {
      endRow(draft)
    },
    faultyRow: (line, { code, column, expected, got }) => {
      putText(draft, String(line))
      for (const part of [code, column, expected, got]) {
        put(draft, SEPARATOR)
        putText(draft, part)
      }
      for (let cell = 0; cell < cells; cell++) put(draft, SEPARATOR)
      endRow(draft)
    },
    rows: () => draft.rows,
    hasMarks: () => draft.hasMarks,
    flush: () => flush(handle, draft),
    close: () => handle.close(),
  }
}

async function flush(handle: FileHandle, draft: Draft): Promise<void> {
  await handle.writeFile(draft.bytes.subarray(0, draft.used))
  draft.used = 0
}

function endRow(draft: Draft): void {
  put(draft, NEW_LINE)
  draft.rows++
}

function put(draft: Draft, byte: number): void {
  reserve(draft, 1)
  draft.bytes[draft.used++] = byte
}

function putText(draft: Draft, text: string): void {
  reserve(draft, text.length * 3)
  const start = draft.used
  draft.used += draft.bytes.write(text, start, 'utf8')
  for (let at = start; at < draft.used; at++) {
    draft.bytes[at] = marked(draft, draft.bytes[at] ?? 0)
  }
}

function putQuoted(
  draft: Draft,
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
): void {
  reserve(draft, end - start)
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    draft.bytes[draft.used++] = marked(draft, byte)
    if (byte === QUOTE) at++
  }
}

function marked(draft: Draft, byte: number): number {
  if (byte !== NEW_LINE && byte !== RETURN) return byte
  draft.hasMarks = true
  return byte === NEW_LINE ? LINE_BREAK_MARK : RETURN_MARK
}

function reserve(draft: Draft, size: number): void {
  if (draft.used + size <= draft.bytes.length) return
  const larger = Buffer.allocUnsafe(Math.max(draft.bytes.length * 2, draft.used + size))
  draft.bytes.copy(larger, 0, 0, draft.used)
  draft.bytes = larger
}
