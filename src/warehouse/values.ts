import {
  DuckDBBigIntVector,
  DuckDBIntegerVector,
  DuckDBTypeId,
  type DuckDBDataChunk,
  type DuckDBResult,
} from '@duckdb/node-api'

import { invariant } from '#rules/kernel/invariant.ts'

/** A value as rules may see it: whole numbers as safe integers, text, or nothing. */
export type PlainValue = number | string | null

const WHOLE: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
])

/** Refuses results that are neither whole numbers nor text: a double sum differs from run to run, and a DECIMAL would be rounded on its way. */
export function checkColumns(result: DuckDBResult, query: string): void {
  for (let column = 0; column < result.columnCount; column++) {
    const type = result.columnTypeId(column)
    invariant(
      WHOLE.has(type) || type === DuckDBTypeId.VARCHAR || type === DuckDBTypeId.SQLNULL,
      `query ${query}: column ${result.columnName(column)} is ${result.columnType(column).toString()}; cast it to bigint or text`,
    )
  }
}

/** One column of a chunk. @throws InvariantError on a whole number that is no safe integer. */
export function columnValues(chunk: DuckDBDataChunk, column: number, query: string): PlainValue[] {
  const vector = chunk.getColumnVector(column)
  const values: PlainValue[] = []
  if (isWhole(vector)) {
    const { items, validity } = vector
    const at = items instanceof Int32Array ? (row: number) => items[row] ?? 0 : longReader(items)
    for (let row = 0; row < items.length; row++) {
      values.push(validity.itemValid(row) ? plainValue(at(row), query) : null)
    }
    return values
  }
  for (let row = 0; row < chunk.rowCount; row++) values.push(plainValue(vector.getItem(row), query))
  return values
}

/** What lies behind a column of whole numbers. Its typings call this private, but asked for one item at a time it is five to ten times as slow. */
interface WholeVector {
  readonly items: BigInt64Array | Int32Array
  readonly validity: { readonly itemValid: (row: number) => boolean }
}

function isWhole(vector: unknown): vector is WholeVector {
  return vector instanceof DuckDBBigIntVector || vector instanceof DuckDBIntegerVector
}

/** Reads two halves of 32 bits: a BigInt for each of millions of values would cost more than what is done with them. */
function longReader(items: BigInt64Array): (row: number) => number {
  const halves = new Int32Array(items.buffer, items.byteOffset, 2 * items.length)
  return (row) => (halves[2 * row + 1] ?? 0) * 2 ** 32 + ((halves[2 * row] ?? 0) >>> 0)
}

function plainValue(value: unknown, query: string): PlainValue {
  if (value === null || typeof value === 'string') return value
  const whole = typeof value === 'bigint' ? Number(value) : value
  invariant(
    typeof whole === 'number' && Number.isSafeInteger(whole),
    `query ${query}: a whole number is beyond ±(2^53 − 1)`,
  )
  return whole
}
