import type { DatasetContract } from './contracts/contract.ts'
import { createCsvRecord, readRecord, type Readable } from './csv-record.ts'
import { COLUMNS_MAX, ROW_BYTES_MAX } from './limits.ts'
import { FileFault, shown } from './reject.ts'

/** The first row of a CSV file: its names, the delimiter that separates them, and where the rows begin. */
export interface CsvHeader {
  readonly names: readonly string[]
  readonly delimiter: number
  readonly next: number
}

/** Comma first: it wins when nothing speaks for another. */
const DELIMITERS = [',', ';', '\t', '|'].map((character) => character.charCodeAt(0))

/**
 * The header at the start of `readable`, read with the delimiter that yields most names of the contract.
 *
 * @returns Undefined when the bytes end before the header does, or hold nothing at all.
 * @throws FileFault on a header that is too long, too wide, broken, or names a column twice.
 */
export function readHeader(
  readable: Readable,
  { contract, file }: { readonly contract: DatasetContract; readonly file: string },
): CsvHeader | undefined {
  const start = firstFilled(readable.bytes)
  if (start === readable.bytes.length) return undefined
  const known = new Set(contract.columns.map(({ name }) => name))
  const ended = DELIMITERS.map((delimiter) => namesBy(readable, start, delimiter)).filter(
    (header) => header !== undefined,
  )
  if (ended.length === 0) {
    if (readable.bytes.length < ROW_BYTES_MAX && !readable.last) return undefined
    throw new FileFault({
      file,
      code: 'broken_header',
      expected: `a header row of at most ${ROW_BYTES_MAX} bytes with intact quotes and no control characters`,
      got: 'none',
      row: 1,
    })
  }
  const score = (header: CsvHeader): number => header.names.filter((name) => known.has(name)).length
  const best = ended.reduce((found, header) => (score(header) > score(found) ? header : found))
  checkNames(best.names, file)
  return best
}

function namesBy(readable: Readable, start: number, delimiter: number): CsvHeader | undefined {
  const record = createCsvRecord(COLUMNS_MAX + 1)
  if (!readRecord(readable, start, { record, delimiter }) || record.fault !== undefined)
    return undefined
  const kept = Math.min(record.cells, COLUMNS_MAX + 1)
  const names = Array.from({ length: kept }, (_none, cell) =>
    readable.bytes.toString('utf8', record.starts[cell], record.ends[cell]).replaceAll('""', '"'),
  )
  return { names, delimiter, next: record.next }
}

function checkNames(names: readonly string[], file: string): void {
  if (names.length > COLUMNS_MAX) {
    throw new FileFault({
      file,
      code: 'too_many_columns',
      expected: `at most ${COLUMNS_MAX} columns`,
      got: 'more',
      row: 1,
    })
  }
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index)
  if (twice === undefined) return
  throw new FileFault({
    file,
    code: 'duplicate_column',
    expected: 'every column once',
    got: `two columns ${shown(twice)}`,
    row: 1,
    column: shown(twice),
  })
}

/** Blank lines before the header are no rows. */
function firstFilled(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length && (bytes[at] === 0x0a || bytes[at] === 0x0d)) at++
  return at
}
