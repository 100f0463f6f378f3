import { open } from 'node:fs/promises'

import type { RejectCode } from './reject.ts'

/**
 * The form in which every text file reaches the engine: one row a line, cells between unit separators, nothing quoted, so that no
 * reader can take it in two ways. A line break inside a cell is written as U+0001, a carriage return as U+0002; cells with
 * control characters of their own never come this far.
 *
 * Columns: line, fault code, fault column, expected, got, then one cell per known column.
 */
export const FAULT_COLUMNS = ['line', 'fault', 'fault_column', 'fault_expected', 'fault_got']
export const SEPARATOR = 0x1f
export const LINE_BREAK_MARK = 1
export const CARRIAGE_RETURN_MARK = 2

/** A row that never became cells. */
export interface RowFault {
  readonly code: RejectCode
  readonly column: string
  readonly expected: string
  readonly got: string
}

/** Writes staged rows; the caller calls `startRow`, one `cell…` per column, `endRow`, and `flush` now and then. */
export interface StagedWriter {
  readonly startRow: (line: number) => void
  /** The bytes from `start` to `end`; in a quoted cell doubled quotes are one quote. */
  readonly cell: (bytes: Buffer, start: number, end: number) => void
  readonly quotedCell: (bytes: Buffer, start: number, end: number) => void
  readonly textCell: (text: string) => void
  readonly emptyCell: () => void
  readonly endRow: () => void
  readonly faultyRow: (line: number, fault: RowFault) => void
  readonly rows: () => number
  /** True once a cell with a line break was written, so that marks must be turned back. */
  readonly hasMarks: () => boolean
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

const NEW_LINE = 0x0a
const RETURN = 0x0d
const QUOTE = 0x22
const NO_FAULT = Buffer.alloc(FAULT_COLUMNS.length - 1, SEPARATOR)

/** A writer to a new file at `path`; every row has `cells` cells. */
export async function createStagedWriter(path: string, cells: number): Promise<StagedWriter> {
  const handle = await open(path, 'wx', 0o600)
  let buffer = Buffer.allocUnsafe(1 << 21)
  let used = 0
  let rows = 0
  let hasMarks = false

  const marked = (byte: number): number => {
    if (byte !== NEW_LINE && byte !== RETURN) return byte
    hasMarks = true
    return byte === NEW_LINE ? LINE_BREAK_MARK : CARRIAGE_RETURN_MARK
  }
  const reserve = (size: number): void => {
    if (used + size <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, used + size))
    buffer.copy(larger, 0, 0, used)
    buffer = larger
  }
  const text = (value: string): void => {
    reserve(value.length * 3)
    for (const byte of Buffer.from(value, 'utf8')) buffer[used++] = marked(byte)
  }
  const separate = (): void => {
    reserve(1)
    buffer[used++] = SEPARATOR
  }
  const endRow = (): void => {
    reserve(1)
    buffer[used++] = NEW_LINE
    rows++
  }
  return {
    startRow: (line) => {
      text(String(line))
      reserve(NO_FAULT.length)
      NO_FAULT.copy(buffer, used)
      used += NO_FAULT.length
    },
    cell: (bytes, start, end) => {
      separate()
      reserve(end - start)
      for (let index = start; index < end; index++) buffer[used++] = bytes[index] ?? 0
    },
    quotedCell: (bytes, start, end) => {
      separate()
      reserve(end - start)
      for (let index = start; index < end; index++) {
        const byte = bytes[index] ?? 0
        buffer[used++] = marked(byte)
        if (byte === QUOTE) index++
      }
    },
    textCell: (value) => {
      separate()
      text(value)
    },
    emptyCell: separate,
    endRow,
    faultyRow: (line, fault) => {
      text(String(line))
      for (const part of [fault.code, fault.column, fault.expected, fault.got]) {
        separate()
        text(part)
      }
      for (let cell = 0; cell < cells; cell++) separate()
      endRow()
    },
    rows: () => rows,
    hasMarks: () => hasMarks,
    flush: async () => {
      await handle.writeFile(buffer.subarray(0, used))
      used = 0
    },
    close: async () => {
      await handle.close()
    },
  }
}
