import type { DuckDBConnection } from '@duckdb/node-api'

import type { ReviewContext } from '#agents/ports.ts'
import { present } from '#rules/kernel/invariant.ts'
import type { FactSource } from '#rules/schema/review.ts'

import { CONTRACTS } from '../ingest/contracts/all.ts'
import type { Column } from '../ingest/contracts/column.ts'
import type { DatasetContract } from '../ingest/contracts/contract.ts'
import { DECIMAL_SCALE, storedAs } from '../ingest/contracts/table.ts'
import { sqlName } from '../ingest/sql-text.ts'
import { formatMoney } from '../report/format.ts'
import { selectRows } from '../warehouse/select.ts'
import { monthToDate } from './month-rows.ts'

/** One row behind a figure: where it stands, and what it says. */
export interface SourceRow {
  readonly file: string
  readonly row: number
  readonly values: string
}

const ROWS_SHOWN = 20

/**
 * The first rows behind a fact, in file order, none of them of later days than the review speaks for. A filter on a column the table does not have
 * selects nothing. Amounts, instants and decimals are told as the contract names them, not as the warehouse keeps them.
 */
export async function sourceRows(
  connection: DuckDBConnection,
  sources: readonly FactSource[],
  context: ReviewContext,
): Promise<SourceRow[]> {
  const { month: _month, ...upTo } = monthToDate(context)
  const { currency } = context.policy.company

  const found: SourceRow[] = []
  for (const { dataset, where = {}, between } of sources) {
    const contract = CONTRACTS[dataset]
    const columns = new Set([
      'month_key',
      ...contract.columns.flatMap((column) => storedAs(column).map((stored) => stored.name)),
    ])
    const filters = Object.keys(where)
    if (filters.some((column) => !columns.has(column))) continue
    const seen = seenBy(contract)
    const conditions = [
      ...filters.map((column, index) => `${sqlName(column)} = $p${index}`),
      ...(seen === undefined ? [] : [seen]),
      ...(between === undefined
        ? []
        : [`${sqlName(dayOf(contract))} between $first_on and $last_on`]),
    ]
    const rows = await selectRows(connection, {
      name: `rows of ${dataset}`,
      text: `select * from ${sqlName(dataset)} ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`} order by row_seq limit ${ROWS_SHOWN}`,
      parameters: {
        ...Object.fromEntries(filters.map((column, index) => [`p${index}`, where[column] ?? ''])),
        ...(seen === undefined ? {} : usedIn(seen, upTo)),
        ...(between === undefined ? {} : { first_on: between.from, last_on: between.to }),
      },
    })
    for (const row of rows) {
      found.push({
        file: String(row['source_file']),
        row: Number(row['source_row']),
        values: plain({ currency, ...row }, contract),
      })
    }
  }
  return found
}

/** Published figures are what a review is held against, whenever they were printed; all else counts up to its day. */
function seenBy({ dataset, dated, columns }: DatasetContract): string | undefined {
  const column = columns.find(({ name }) => name === dated)
  if (column === undefined || dataset === 'published_figures') return undefined
  // A budget is a plan of its whole month; a ledger may book by day or by month.
  if (column.type.kind === 'month') return undefined
  if (columns.some(({ name }) => name === 'month')) {
    return '(date <= $as_of_on or (date is null and month_key <= $closed_month))'
  }
  const on = sqlName(dayOf({ columns, dated: column.name }))
  return `(${on} is null or ${on} <= $as_of_on)`
}

/** The stored column that holds the local day of a row. */
function dayOf({ columns, dated }: Pick<DatasetContract, 'columns' | 'dated'>): string {
  const column = present(
    columns.find(({ name }) => name === dated),
    'the date of a data set',
  )
  return present(storedAs(column).at(-1), 'the day of a row').name
}

/** Only what the condition names: a parameter that stands nowhere is refused. */
function usedIn(
  condition: string,
  upTo: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(upTo).filter(([name]) => condition.includes(`$${name}`)))
}

function plain(row: Readonly<Record<string, unknown>>, { columns }: DatasetContract): string {
  return columns
    .flatMap((column) => {
      const stored = row[storedAs(column)[0]?.name ?? '']
      return stored === null || stored === undefined
        ? []
        : [`${column.name}=${told(stored, column, row)}`]
    })
    .join(' ')
}

/** A value in the unit a person wrote it in. */
function told(
  stored: unknown,
  { type }: Column,
  { currency }: Readonly<Record<string, unknown>>,
): string {
  const number = Number(stored)
  if (type.kind === 'money' && typeof currency === 'string') return formatMoney(currency, number)
  if (type.kind === 'decimal') return String(number / DECIMAL_SCALE)
  if (type.kind === 'boolean') return number === 1 ? 'true' : 'false'
  if (type.kind === 'instant') return new Date(number).toISOString().replace('.000Z', 'Z')
  return String(stored)
}
