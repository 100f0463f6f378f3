import type { DuckDBConnection } from '@duckdb/node-api'

import type { FactSource } from '#rules/schema/review.ts'

import { CONTRACTS } from '../ingest/contracts/all.ts'
import { storedAs } from '../ingest/contracts/table.ts'
import { sqlName } from '../ingest/sql-text.ts'
import { selectRows } from '../warehouse/select.ts'

/** One row behind a figure: where it stands, and what it says. */
export interface SourceRow {
  readonly file: string
  readonly row: number
  readonly values: string
}

const ROWS_SHOWN = 20

/** The first rows behind a fact, in file order. A filter on a column the table does not have selects nothing. */
export async function sourceRows(
  connection: DuckDBConnection,
  sources: readonly FactSource[],
): Promise<SourceRow[]> {
  const found: SourceRow[] = []
  for (const { dataset, where = {} } of sources) {
    const columns = new Set([
      'month_key',
      ...CONTRACTS[dataset].columns.flatMap((column) =>
        storedAs(column).map((stored) => stored.name),
      ),
    ])
    const filters = Object.keys(where)
    if (filters.some((column) => !columns.has(column))) continue
    const conditions = filters.map((column, index) => `${sqlName(column)} = $p${index}`)
    const rows = await selectRows(connection, {
      name: `rows of ${dataset}`,
      text: `select * from ${sqlName(dataset)} ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`} order by row_seq limit ${ROWS_SHOWN}`,
      parameters: Object.fromEntries(
        filters.map((column, index) => [`p${index}`, where[column] ?? '']),
      ),
    })
    for (const { source_file: file, source_row: row, row_seq: _seq, ...values } of rows) {
      found.push({ file: String(file), row: Number(row), values: plain(values) })
    }
  }
  return found
}

function plain(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
}
