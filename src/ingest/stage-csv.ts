import { isUtf8 } from 'node:buffer'

import { readPieces, type InputFile } from './byte-source.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { readHeader, type CsvHeader } from './csv-header.ts'
import { countLines, createCsvRecord, nextLine, readRecord, type CsvRecord } from './csv-record.ts'
import { CELL_BYTES_MAX, ROW_BYTES_MAX } from './limits.ts'
import { FileFault } from './reject.ts'
import { createStagedWriter, type RowFault, type StagedWriter } from './staged-writer.ts'

/** A text file brought into staged form. */
export interface StagedFile {
  /** Names of the columns the file has, in its order. */
  readonly columns: readonly string[]
  /** Contract columns written, in the order of the staged cells. */
  readonly staged: readonly string[]
  /** Rows written, faulty ones included. */
  readonly rows: number
  /** True when cells hold line breaks, written as marks. */
  readonly hasMarks: boolean
}

/** Where reading stands between two pieces. */
interface Progress {
  /** Line at which the next record starts. */
  line: number
  /** Inside a line that was given up as too long. */
  skipping: boolean
}

interface Layout {
  readonly header: CsvHeader
  readonly staged: readonly string[]
  /** Cell number in the file of each staged column. */
  readonly cells: readonly number[]
  readonly record: CsvRecord
  readonly writer: StagedWriter
}

/**
 * Reads a CSV file of a data set and writes its rows to `target` in staged form.
 *
 * @throws FileFault when the file as a whole cannot be read.
 */
export async function stageCsv(
  file: InputFile,
  contract: DatasetContract,
  target: string,
): Promise<StagedFile> {
  const progress: Progress = { line: 1, skipping: false }
  let layout: Layout | undefined
  let carry: Buffer = Buffer.alloc(0)
  try {
    for await (const piece of readPieces(file)) {
      const bytes = carry.length === 0 ? piece.bytes : Buffer.concat([carry, piece.bytes])
      const readable = { bytes, last: piece.last }
      let start = 0
      if (layout === undefined) {
        const header = readHeader(readable, { contract, file: file.shownAs })
        carry = bytes
        if (header === undefined) continue
        layout = await createLayout(header, contract, target)
        start = header.next
        progress.line += countLines(bytes, 0, start)
      }
      const line = progress.line
      const end = writeRows(readable, start, { layout, progress })
      checkUtf8(bytes.subarray(0, end), line, file)
      carry = bytes.subarray(end)
      await layout.writer.flush()
    }
  } finally {
    await layout?.writer.close()
  }
  return {
    columns: layout?.header.names ?? [],
    staged: layout?.staged ?? [],
    rows: layout?.writer.rows() ?? 0,
    hasMarks: layout?.writer.hasMarks() ?? false,
  }
}

async function createLayout(
  header: CsvHeader,
  contract: DatasetContract,
  target: string,
): Promise<Layout> {
  const staged = contract.columns
    .map(({ name }) => name)
    .filter((name) => header.names.includes(name))
  return {
    header,
    staged,
    cells: staged.map((name) => header.names.indexOf(name)),
    record: createCsvRecord(header.names.length + 1),
    writer: await createStagedWriter(target, staged.length),
  }
}

/** Writes the rows that are whole; returns where the first unfinished one starts. */
function writeRows(
  readable: { readonly bytes: Buffer; readonly last: boolean },
  start: number,
  { layout, progress }: { readonly layout: Layout; readonly progress: Progress },
): number {
  const { bytes } = readable
  const { record, header } = layout
  let at = progress.skipping ? skipLine(readable, start, progress) : start
  while (at < bytes.length) {
    if (readRecord(readable, at, { record, delimiter: header.delimiter })) {
      writeRow(bytes, progress.line, layout)
    } else if (bytes.length - at <= ROW_BYTES_MAX) {
      return at
    } else {
      giveUp(readable, at, { layout, progress })
      if (progress.skipping) return bytes.length
    }
    progress.line += countLines(bytes, at, record.next)
    at = record.next
  }
  return at
}

function skipLine(
  readable: { readonly bytes: Buffer; readonly last: boolean },
  start: number,
  progress: Progress,
): number {
  const next = nextLine(readable, start)
  if (next === undefined) return readable.bytes.length
  progress.skipping = false
  progress.line++
  return next
}

/** Refuses a record that has not ended within the limit; the next one starts on the next line. */
function giveUp(
  readable: { readonly bytes: Buffer; readonly last: boolean },
  start: number,
  { layout, progress }: { readonly layout: Layout; readonly progress: Progress },
): void {
  const { record, header, writer } = layout
  const next = nextLine(readable, start)
  const column = header.names[record.cells] ?? ''
  const lineLength = (next ?? readable.bytes.length) - start
  writer.faultyRow(
    progress.line,
    lineLength > CELL_BYTES_MAX ? cellTooLong(column) : brokenQuote(column),
  )
  progress.skipping = next === undefined
  record.next = next ?? readable.bytes.length
}

function writeRow(bytes: Buffer, line: number, layout: Layout): void {
  const { record, header, cells, writer } = layout
  const width = header.names.length
  if (record.fault !== undefined) {
    const column = header.names[record.faultCell] ?? ''
    writer.faultyRow(line, FAULTS[record.fault](column))
    return
  }
  if (record.cells === 1 && width > 1 && record.ends[0] === record.starts[0]) {
    // A blank line is no row; a quoted empty cell is one.
    if (record.quoted[0] === 0) return
  }
  if (record.cells !== width) {
    writer.faultyRow(line, ragged(width, record.cells))
    return
  }
  writer.startRow(line)
  for (const cell of cells) {
    const write = record.quoted[cell] === 1 ? writer.quotedCell : writer.cell
    write(bytes, record.starts[cell] ?? 0, record.ends[cell] ?? 0)
  }
  writer.endRow()
}

const FAULTS = {
  broken_quote: brokenQuote,
  cell_too_long: cellTooLong,
  control_character: (column: string): RowFault => ({
    code: 'control_character',
    column,
    expected: 'text without control characters',
    got: 'a cell with one',
  }),
} as const

function brokenQuote(column: string): RowFault {
  return {
    code: 'broken_quote',
    column,
    expected: 'a cell without quotes, or one quoted as a whole with inner quotes doubled',
    got: 'a quote that opens or closes in the wrong place',
  }
}

function cellTooLong(column: string): RowFault {
  return {
    code: 'cell_too_long',
    column,
    expected: `at most ${CELL_BYTES_MAX} bytes in a cell`,
    got: 'more',
  }
}

function ragged(expected: number, got: number): RowFault {
  return { code: 'ragged_row', column: '', expected: `${expected} cells`, got: `${got} cells` }
}

/** @throws FileFault at the first line that is not UTF-8. */
export function checkUtf8(bytes: Buffer, firstLine: number, file: InputFile): void {
  if (isUtf8(bytes)) return
  let line = firstLine
  for (let start = 0; start < bytes.length; line++) {
    const next = nextLine({ bytes, last: true }, start) ?? bytes.length
    if (!isUtf8(bytes.subarray(start, next))) break
    start = next
  }
  throw new FileFault({
    file: file.shownAs,
    code: 'encoding',
    expected: 'UTF-8, or UTF-16 with a byte-order mark',
    got: 'bytes of another encoding, such as windows-1252',
    row: line,
  })
}
