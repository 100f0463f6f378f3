import { isUtf8 } from 'node:buffer'

import { isUtf16, readPieces, type InputFile } from './byte-source.ts'
import type { CsvHeader } from './csv-header.ts'
import { NEW_LINE, QUOTE, RETURN } from './csv-record.ts'
import { CELL_BYTES_MAX } from './limits.ts'

const SPACE = 0x20

/** A file that any reader takes in the same way. */
export interface PlainCsv {
  readonly lineEnd: '\n' | '\r\n'
  readonly rows: number
}

/** Where the scan stands, and what it holds lines to. */
interface Scan {
  readonly delimiter: number
  readonly delimiters: number
  readonly endsInReturn: boolean
  rows: number
  /** Of the line being read. */
  found: number
  length: number
  afterReturn: boolean
}

/**
 * Tells whether every row behind the header can be read in one way only: UTF-8, no quote, no control character, no blank or
 * over-long line, as many cells as the header, one kind of line end. Such a file needs no staging, which halves the time of large
 * ones.
 *
 * @returns Undefined when anything in the file could be taken in two ways.
 */
export async function readPlain(file: InputFile, header: CsvHeader): Promise<PlainCsv | undefined> {
  if (header.lines > 1 || (await isUtf16(file))) return undefined
  const scan: Scan = {
    delimiter: header.delimiter,
    delimiters: header.names.length - 1,
    endsInReturn: header.endsInReturn,
    rows: 0,
    found: 0,
    length: 0,
    afterReturn: false,
  }
  let skip = header.next
  let tail: Buffer = Buffer.alloc(0)
  for await (const { bytes, last } of readPieces(file)) {
    const rows = bytes.subarray(Math.min(skip, bytes.length))
    skip -= bytes.length - rows.length
    if (!scanRows(rows, scan)) return undefined
    const checked = tail.length === 0 ? rows : Buffer.concat([tail, rows])
    const cut = last ? checked.length : checked.lastIndexOf(NEW_LINE) + 1
    if (!isUtf8(checked.subarray(0, cut))) return undefined
    tail = checked.subarray(cut)
  }
  if (!endFile(scan)) return undefined
  return { lineEnd: scan.endsInReturn ? '\r\n' : '\n', rows: scan.rows }
}

/** Goes on with the scan; false as soon as something is not plain. */
function scanRows(bytes: Buffer, scan: Scan): boolean {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === NEW_LINE) {
      if (!endLine(scan)) return false
      continue
    }
    if (scan.afterReturn) return false
    scan.length++
    if (byte === scan.delimiter) scan.found++
    else if (byte === RETURN) scan.afterReturn = true
    else if (byte === QUOTE || byte < SPACE) return false
  }
  return scan.length <= CELL_BYTES_MAX
}

function endLine(scan: Scan): boolean {
  const { length, found, delimiters, afterReturn, endsInReturn } = scan
  scan.rows++
  scan.length = 0
  scan.found = 0
  scan.afterReturn = false
  const isFilled = length > (afterReturn ? 1 : 0)
  const isSame = afterReturn === endsInReturn
  return isFilled && isSame && length <= CELL_BYTES_MAX && found === delimiters
}

/** The last line may lack its end. */
function endFile(scan: Scan): boolean {
  if (scan.length === 0) return true
  scan.rows++
  return scan.found === scan.delimiters && !scan.afterReturn
}
