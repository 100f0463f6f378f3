import { readPieces, type InputFile } from './byte-source.ts'
import { checkUtf8 } from './check-utf8.ts'
import type { Column } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { NEW_LINE, type Readable } from './csv-record.ts'
import { parseFlatObject, type FlatObject, type FlatValue, type JsonFault } from './flat-json.ts'
import { CELL_BYTES_MAX, COLUMNS_MAX, ROW_BYTES_MAX } from './limits.ts'
import { FileFault, shown } from './reject.ts'
import {
  createStagedWriter,
  type RowFault,
  type StagedFile,
  type StagedWriter,
} from './staged-writer.ts'

interface Progress {
  /** Number of the next line. */
  line: number
  /** Inside a line that was given up as too long. */
  skipping: boolean
  readonly keys: Set<string>
}

interface Target {
  readonly contract: DatasetContract
  readonly writer: StagedWriter
}

/**
 * Reads a file of one JSON object a line and writes its rows to `target` in staged form, all columns of the contract.
 *
 * @returns The staged file, and the keys met in it.
 * @throws FileFault when the file is not in an encoding we read or has too many different keys.
 */
export async function stageJsonl(
  file: InputFile,
  contract: DatasetContract,
  target: string,
): Promise<{ readonly staged: StagedFile; readonly keys: readonly string[] }> {
  const columns = contract.columns.map(({ name }) => name)
  const writer = await createStagedWriter(target, columns.length)
  const progress: Progress = { line: 1, skipping: false, keys: new Set() }
  let carry: Buffer = Buffer.alloc(0)
  try {
    for await (const piece of readPieces(file)) {
      const bytes = carry.length === 0 ? piece.bytes : Buffer.concat([carry, piece.bytes])
      const line = progress.line
      const end = writeLines({ bytes, last: piece.last }, progress, { contract, writer })
      checkUtf8(bytes.subarray(0, end), line, file)
      checkKeys(progress.keys, file)
      carry = bytes.subarray(end)
      await writer.flush()
    }
  } finally {
    await writer.close()
  }
  const staged = { columns, rows: writer.rows(), hasMarks: writer.hasMarks() }
  return { staged, keys: [...progress.keys] }
}

/** Writes the lines that are whole; returns where the first unfinished one starts. */
function writeLines(readable: Readable, progress: Progress, target: Target): number {
  const { bytes } = readable
  let at = 0
  while (at < bytes.length) {
    const next = lineAfter(readable, at)
    const isShort = bytes.length - at <= ROW_BYTES_MAX
    if (next === undefined && isShort && !progress.skipping) return at
    if (!progress.skipping) writeLine(bytes.subarray(at, next), progress, target)
    progress.skipping = next === undefined
    if (next === undefined) return bytes.length
    progress.line++
    at = next
  }
  return at
}

/** Where the line after the one at `start` begins; undefined when the bytes end before it. */
function lineAfter({ bytes, last }: Readable, start: number): number | undefined {
  const end = bytes.indexOf(NEW_LINE, start)
  if (end !== -1) return end + 1
  return last ? bytes.length : undefined
}

function writeLine(bytes: Buffer, progress: Progress, { contract, writer }: Target): void {
  if (bytes.length > ROW_BYTES_MAX) {
    writer.faultyRow(progress.line, lineTooLong())
    return
  }
  const line = bytes.toString('utf8')
  if (line.trim() === '') return
  const row = parseFlatObject(line)
  if (typeof row === 'string') {
    writer.faultyRow(progress.line, lineFault(row, line))
    return
  }
  for (const key of row.keys()) progress.keys.add(key)
  const fault = firstFault(contract.columns, row, line.includes('\\'))
  if (fault === undefined) writeRow(row, progress.line, { contract, writer })
  else writer.faultyRow(progress.line, fault)
}

function writeRow(row: FlatObject, line: number, { contract, writer }: Target): void {
  writer.startRow(line)
  for (const { name } of contract.columns) writer.textCell(row.get(name)?.text ?? '')
  writer.endRow()
}

/** `hasEscapes`: only an escape can bring a control character or half a character into a line of JSON that is valid UTF-8. */
function firstFault(
  columns: readonly Column[],
  row: FlatObject,
  hasEscapes: boolean,
): RowFault | undefined {
  for (const column of columns) {
    const value = row.get(column.name)
    const fault = value === undefined ? undefined : cellFault(column, value, hasEscapes)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** Every control character but tab, line feed and carriage return, and halves of surrogate pairs. */
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}]/u

function cellFault(
  { name, type }: Column,
  { text, nested }: FlatValue,
  hasEscapes: boolean,
): RowFault | undefined {
  if (text === null) return undefined
  if (nested && !(type.kind === 'text' && type.lineBreaks)) {
    return { code: 'wrong_type', column: name, expected: 'a plain value', got: shown(text) }
  }
  if (text.length > CELL_BYTES_MAX) {
    const expected = `at most ${CELL_BYTES_MAX} characters in a value`
    return { code: 'cell_too_long', column: name, expected, got: `${text.length} characters` }
  }
  if (!hasEscapes || !FORBIDDEN.test(text)) return undefined
  const expected = 'text without control characters'
  return { code: 'control_character', column: name, expected, got: shown(text) }
}

const EXPECTED: Readonly<Record<JsonFault, string>> = {
  not_json: 'one JSON object on the line',
  not_an_object: 'one JSON object on the line',
  key_twice: 'every key once',
}

function lineFault(fault: JsonFault, line: string): RowFault {
  return { code: 'broken_line', column: '', expected: EXPECTED[fault], got: shown(line) }
}

function lineTooLong(): RowFault {
  const expected = `at most ${ROW_BYTES_MAX} bytes on a line`
  return { code: 'cell_too_long', column: '', expected, got: 'more' }
}

function checkKeys(keys: ReadonlySet<string>, file: InputFile): void {
  if (keys.size <= COLUMNS_MAX) return
  throw new FileFault({
    file: file.shownAs,
    code: 'too_many_columns',
    expected: `at most ${COLUMNS_MAX} different keys`,
    got: 'more',
  })
}
