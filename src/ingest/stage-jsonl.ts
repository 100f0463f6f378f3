import { readPieces, type InputFile } from './byte-source.ts'
import type { Column } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { nextLine } from './csv-record.ts'
import { parseFlatObject, type FlatObject, type JsonFault } from './flat-json.ts'
import { CELL_BYTES_MAX, COLUMNS_MAX, ROW_BYTES_MAX } from './limits.ts'
import { FileFault, shown } from './reject.ts'
import { checkUtf8, type StagedFile } from './stage-csv.ts'
import { createStagedWriter, type RowFault, type StagedWriter } from './staged-writer.ts'

interface Progress {
  line: number
  skipping: boolean
  readonly keys: Set<string>
}

interface Target {
  readonly contract: DatasetContract
  readonly writer: StagedWriter
}

/**
 * Reads a file of one JSON object a line and writes its rows to `target` in staged form.
 *
 * @throws FileFault when the file as a whole cannot be read.
 */
export async function stageJsonl(
  file: InputFile,
  contract: DatasetContract,
  target: string,
): Promise<StagedFile> {
  const writer = await createStagedWriter(target, contract.columns.length)
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
  return {
    columns: [...progress.keys],
    staged: contract.columns.map(({ name }) => name),
    rows: writer.rows(),
    hasMarks: writer.hasMarks(),
  }
}

/** Writes the lines that are whole; returns where the first unfinished one starts. */
function writeLines(
  readable: { readonly bytes: Buffer; readonly last: boolean },
  progress: Progress,
  target: Target,
): number {
  const { bytes } = readable
  let at = 0
  while (at < bytes.length) {
    const next = nextLine(readable, at)
    if (next === undefined && bytes.length - at <= ROW_BYTES_MAX && !progress.skipping) return at
    if (!progress.skipping) writeLine(bytes.subarray(at, next), progress, target)
    progress.skipping = next === undefined
    if (next === undefined) return bytes.length
    progress.line++
    at = next
  }
  return at
}

function writeLine(bytes: Buffer, progress: Progress, { contract, writer }: Target): void {
  if (bytes.length > ROW_BYTES_MAX) {
    writer.faultyRow(progress.line, lineTooLong())
    return
  }
  const line = bytes.toString('utf8')
  if (line.trim() === '') return
  const parsed = parseFlatObject(line)
  if (typeof parsed === 'string') {
    writer.faultyRow(progress.line, lineFault(parsed, line))
    return
  }
  for (const key of parsed.keys()) progress.keys.add(key)
  const fault = contract.columns
    .map((column) => cellFault(column, parsed))
    .find((found) => found !== undefined)
  if (fault !== undefined) {
    writer.faultyRow(progress.line, fault)
    return
  }
  writer.startRow(progress.line)
  for (const { name } of contract.columns) {
    const text = parsed.get(name)?.text ?? ''
    if (text === '') writer.emptyCell()
    else writer.textCell(text)
  }
  writer.endRow()
}

/** Every control character except tab, line feed and carriage return. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/

function cellFault({ name, type }: Column, row: FlatObject): RowFault | undefined {
  const value = row.get(name)
  if (value === undefined || value.text === null) return undefined
  const { text, nested } = value
  if (nested && !(type.kind === 'text' && type.lineBreaks)) {
    return { code: 'wrong_type', column: name, expected: 'a plain value', got: shown(text) }
  }
  if (text.length > CELL_BYTES_MAX) {
    const expected = `at most ${CELL_BYTES_MAX} characters in a value`
    return { code: 'cell_too_long', column: name, expected, got: `${text.length} characters` }
  }
  if (CONTROL.test(text) || !text.isWellFormed()) {
    const expected = 'text without control characters or half characters'
    return { code: 'control_character', column: name, expected, got: shown(text) }
  }
  return undefined
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
