import { readPieces, type InputFile } from './byte-source.ts'
import { checkUtf8 } from './check-utf8.ts'
import type { DatasetContract } from './contracts/contract.ts'
import {
  countLines,
  createCsvRecord,
  NEW_LINE,
  readRecord,
  RETURN,
  type Readable,
} from './csv-record.ts'
import { COLUMNS_MAX, ROW_BYTES_MAX } from './limits.ts'
import { FileFault, shown } from './reject.ts'

/** The first row of a CSV file: its names, the delimiter that separates them, and where the rows begin. */
export interface CsvHeader {
  readonly names: readonly string[]
  readonly delimiter: number
  /** Bytes (of UTF-8, without a byte-order mark) and lines before the first row. */
  readonly next: number
  readonly lines: number
  /** True when the header row ends in a carriage return and a line feed. */
  readonly endsInReturn: boolean
}

/** Comma first: it wins when nothing speaks for another. */
const DELIMITERS = [',', ';', '\t', '|'].map((character) => character.charCodeAt(0))

/**
 * The header of a CSV file, read with the delimiter that yields most names of the contract.
 *
 * @returns Undefined when the file holds nothing but line ends.
 * @throws FileFault on a header that is too long, too wide, broken, or names a column twice.
 */
export async function readHeader(
  file: InputFile,
  contract: DatasetContract,
): Promise<CsvHeader | undefined> {
  let bytes: Buffer = Buffer.alloc(0)
  for await (const piece of readPieces(file)) {
    bytes = Buffer.concat([bytes, piece.bytes])
    const header = bestHeader({ bytes, last: piece.last }, contract)
    if (header !== undefined) {
      checkUtf8(bytes.subarray(0, header.next), 1, file)
      checkNames(header.names, file)
      return header
    }
    if (bytes.length > ROW_BYTES_MAX) break
  }
  if (firstFilled(bytes) === bytes.length) return undefined
  if (bytes.includes(0)) {
    throw new FileFault({
      file: file.shownAs,
      code: 'encoding',
      expected: 'UTF-8, or UTF-16 with a byte-order mark',
      got: 'NUL bytes, as in UTF-16 without its mark',
      row: 1,
    })
  }
  throw new FileFault({
    file: file.shownAs,
    code: 'broken_header',
    expected: `a header row of at most ${ROW_BYTES_MAX} bytes with intact quotes and no control characters`,
    got: 'none',
    row: 1,
  })
}

/** The header by the best delimiter; undefined when the bytes do not hold a whole one. */
function bestHeader(readable: Readable, contract: DatasetContract): CsvHeader | undefined {
  const start = firstFilled(readable.bytes)
  if (start === readable.bytes.length) return undefined
  const known = new Set(contract.columns.map(({ name }) => name))
  const score = ({ names }: CsvHeader): number => names.filter((name) => known.has(name)).length
  return DELIMITERS.map((delimiter) => headerBy(readable, start, delimiter))
    .filter((header) => header !== undefined)
    .reduce<CsvHeader | undefined>(
      (best, header) => (best === undefined || score(header) > score(best) ? header : best),
      undefined,
    )
}

function headerBy(readable: Readable, start: number, delimiter: number): CsvHeader | undefined {
  const record = createCsvRecord(COLUMNS_MAX + 1)
  const isWhole = readRecord(readable, start, { record, delimiter })
  if (!isWhole || record.fault !== undefined) return undefined
  const names = Array.from({ length: Math.min(record.cells, COLUMNS_MAX + 1) }, (_none, cell) =>
    readable.bytes.toString('utf8', record.starts[cell], record.ends[cell]).replaceAll('""', '"'),
  )
  return {
    names,
    delimiter,
    next: record.next,
    lines: countLines(readable.bytes, 0, record.next),
    endsInReturn: readable.bytes[record.next - 2] === RETURN,
  }
}

function checkNames(names: readonly string[], file: InputFile): void {
  const faults = { file: file.shownAs, row: 1 }
  if (names.length > COLUMNS_MAX) {
    throw new FileFault({
      ...faults,
      code: 'too_many_columns',
      expected: `at most ${COLUMNS_MAX} columns`,
      got: 'more',
    })
  }
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index)
  if (twice === undefined) return
  throw new FileFault({
    ...faults,
    code: 'duplicate_column',
    expected: 'every column once',
    got: `two columns ${shown(twice)}`,
    column: shown(twice),
  })
}

/** Blank lines before the header are no rows. */
function firstFilled(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length && (bytes[at] === NEW_LINE || bytes[at] === RETURN)) at++
  return at
}
