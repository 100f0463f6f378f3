import { readPieces, type InputFile } from './byte-source.ts'
import { checkUtf8 } from './check-utf8.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { brokenQuote, cellTooLong, ragged, recordFault } from './csv-faults.ts'
import type { CsvHeader } from './csv-header.ts'
import {
  countLines,
  createCsvRecord,
  nextLine,
  readRecord,
  type CsvRecord,
  type Readable,
} from './csv-record.ts'
import { CELL_BYTES_MAX, ROW_BYTES_MAX } from './limits.ts'
import { createStagedWriter, type StagedFile, type StagedWriter } from './staged-writer.ts'

interface Layout {
  readonly header: CsvHeader
  /** Cell number in the file of each staged column. */
  readonly cells: readonly number[]
  readonly record: CsvRecord
  readonly writer: StagedWriter
}

/** Where reading stands between two pieces. */
interface Progress {
  /** Line at which the next record starts. */
  line: number
  /** Inside a line that was given up as too long. */
  skipping: boolean
}

/**
 * Reads the rows of a CSV file behind its header and writes them to `target` in staged form, the columns of the contract only.
 *
 * @throws FileFault when the file is not in an encoding we read.
 */
export async function stageCsv(
  { file, header }: { readonly file: InputFile; readonly header: CsvHeader },
  contract: DatasetContract,
  target: string,
): Promise<StagedFile> {
  const columns = contract.columns
    .map(({ name }) => name)
    .filter((name) => header.names.includes(name))
  const writer = await createStagedWriter(target, columns.length)
  const layout: Layout = {
    header,
    cells: columns.map((name) => header.names.indexOf(name)),
    record: createCsvRecord(header.names.length + 1),
    writer,
  }
  const progress: Progress = { line: header.lines + 1, skipping: false }
  let skip = header.next
  let carry: Buffer = Buffer.alloc(0)
  try {
    for await (const piece of readPieces(file)) {
      const rows = piece.bytes.subarray(Math.min(skip, piece.bytes.length))
      skip -= piece.bytes.length - rows.length
      const bytes = carry.length === 0 ? rows : Buffer.concat([carry, rows])
      const line = progress.line
      const end = writeRows({ bytes, last: piece.last }, layout, progress)
      checkUtf8(bytes.subarray(0, end), line, file)
      carry = bytes.subarray(end)
      await writer.flush()
    }
  } finally {
    await writer.close()
  }
  return { columns, rows: writer.rows(), hasMarks: writer.hasMarks() }
}

/** Writes the rows that are whole; returns where the first unfinished one starts. */
function writeRows(readable: Readable, layout: Layout, progress: Progress): number {
  const { bytes } = readable
  const { record, header } = layout
  let at = progress.skipping ? skipLine(readable, progress) : 0
  while (at < bytes.length) {
    if (readRecord(readable, at, { record, delimiter: header.delimiter })) {
      writeRow(bytes, progress.line, layout)
    } else if (bytes.length - at <= ROW_BYTES_MAX) {
      return at
    } else {
      giveUp(readable, at, { layout, progress })
    }
    progress.line += countLines(bytes, at, record.next)
    at = record.next
  }
  return at
}

/** Leaves the line that was given up; all of the bytes when they do not end it. */
function skipLine(readable: Readable, progress: Progress): number {
  const next = nextLine(readable, 0)
  if (next === undefined) return readable.bytes.length
  progress.skipping = false
  progress.line++
  return next
}

/** Refuses a record that has not ended within the limit; the next one starts on the next line. */
function giveUp(
  readable: Readable,
  start: number,
  { layout, progress }: { readonly layout: Layout; readonly progress: Progress },
): void {
  const { record, header, writer } = layout
  const next = nextLine(readable, start)
  const column = header.names[record.cells] ?? ''
  const isLongLine = (next ?? readable.bytes.length) - start > CELL_BYTES_MAX
  writer.faultyRow(progress.line, isLongLine ? cellTooLong(column) : brokenQuote(column))
  progress.skipping = next === undefined
  record.next = next ?? readable.bytes.length
}

function writeRow(bytes: Buffer, line: number, layout: Layout): void {
  const { record, header, cells, writer } = layout
  if (record.fault !== undefined) {
    writer.faultyRow(line, recordFault(record.fault, header.names[record.faultCell] ?? ''))
  } else if (record.cells === header.names.length) {
    writer.startRow(line)
    for (const cell of cells) writeCell(bytes, cell, layout)
    writer.endRow()
  } else if (!isBlank(record)) {
    writer.faultyRow(line, ragged(header.names.length, record.cells))
  }
}

function writeCell(bytes: Buffer, cell: number, { record, writer }: Layout): void {
  const start = record.starts[cell] ?? 0
  const end = record.ends[cell] ?? 0
  if (record.quoted[cell] === 1) writer.quotedCell(bytes, start, end)
  else writer.cell(bytes, start, end)
}

/** A blank line is no row; a quoted empty cell is one. */
function isBlank({ cells, starts, ends, quoted }: CsvRecord): boolean {
  return cells === 1 && quoted[0] === 0 && starts[0] === ends[0]
}
