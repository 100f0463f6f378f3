import { readdir } from 'node:fs/promises'

import { DuckDBTypeId } from '@duckdb/node-api'
import { expect, test } from 'vitest'

import { queryText } from '#src/warehouse/query-file.ts'
import { warehouseWith } from '#test/support/workspace.ts'

const folder = new URL('../../src/warehouse/sql/', import.meta.url)
const queries = (await readdir(folder, { recursive: true }))
  .filter((path) => path.endsWith('.sql'))
  .map((path) => path.replaceAll('\\', '/').slice(0, -'.sql'.length))
  .toSorted()

const PLAIN: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.SQLNULL,
])

test.each(queries)('%s fits the tables and returns whole numbers and text', async (name) => {
  const { connection } = await warehouseWith({})
  const statement = await connection.prepare(await queryText(name))
  // A parameter may stand where its type cannot be told; bound to text, it says nothing about the columns it does not touch.
  for (let index = 0; index < statement.columnCount; index++) {
    const type = statement.columnTypeId(index)
    const isPlain = PLAIN.has(type) || type === DuckDBTypeId.INVALID
    expect(isPlain, `${statement.columnName(index)}: ${DuckDBTypeId[type]}`).toBe(true)
  }
  statement.destroySync()
})

// The subset DuckDB and PostgreSQL share; see the README of the folder.
const FOREIGN = [
  /::/,
  /\bfilter\s*\(/i,
  /\bqualify\b/i,
  /\bstring_agg\b/i,
  /\bpercentile_/i,
  /\bmedian\s*\(/i,
  /\bdate_trunc\b/i,
  /\binterval\b/i,
  /\blist\s*\(/i,
  /\bany_value\b/i,
  /\barg_(min|max)\b/i,
  /\bgroup by all\b/i,
  /\border by all\b/i,
  /\bselect \* (exclude|replace)\b/i,
  /\bepoch_ms\b/i,
  /\bstrftime\b/i,
]

test.each(queries)(
  '%s keeps to the SQL both engines understand, and orders its rows',
  async (name) => {
    const text = (await queryText(name)).replaceAll(/--[^\n]*/g, '')
    expect(FOREIGN.filter((pattern) => pattern.test(text)).map(String)).toEqual([])
    expect(/\border by\b/i.test(text) || isOneRow(text)).toBe(true)
    expect(text).not.toContain(';')
  },
)

/** A sum over everything is one row and needs no order. */
function isOneRow(text: string): boolean {
  const outer = text.slice(Math.max(0, text.search(/\nselect\b(?![^]*\nselect\b)/i)))
  return /\b(count|sum|min|max)\s*\(/i.test(outer) && !/\bgroup by\b/i.test(outer)
}
