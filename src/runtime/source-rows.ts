import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

import type { ReviewContext } from '#agents/ports.ts'
import { present } from '#rules/kernel/invariant.ts'
import type { FactSource, RowCondition } from '#rules/schema/review.ts'

import { CONTRACTS } from '../ingest/contracts/all.ts'
import type { Column } from '../ingest/contracts/column.ts'
import type { DatasetContract } from '../ingest/contracts/contract.ts'
import { DECIMAL_SCALE, storedAs } from '../ingest/contracts/table.ts'
import { sqlName } from '../ingest/sql-text.ts'
import { formatMoney } from '../report/format.ts'
import { selectRows } from '../warehouse/select.ts'
import { monthToDate } from './month-rows.ts'

/** The rows behind a figure, as many as are shown, of how many. */
export interface SourceRows {
  readonly dataset: FactSource['dataset']
  /** How many rows the source names, all of which the figure counts. */
  readonly counted: number
  /** How many its filter selects. Where these are not those that are counted, none is shown. */
  readonly selected: number
  readonly rows: readonly SourceRow[]
}

/** One row behind a figure: where it stands, and what it says. */
export interface SourceRow {
  readonly file: string
  readonly row: number
  readonly values: string
}

const ROWS_SHOWN = 20

/**
 * The first rows behind a fact, source by source and in file order, none of them of later days than the review speaks for.
 *
 * Shown are only rows that the figure counts: where a source's filter selects more or fewer than are counted, or names a column that the table
 * does not have, it shows none. Amounts, instants and decimals are told as the contract names them, not as the warehouse keeps them.
 */
export async function sourceRows(
  connection: DuckDBConnection,
  sources: readonly FactSource[],
  context: ReviewContext,
): Promise<SourceRows[]> {
  const { month: _month, ...upTo } = monthToDate(context)
  const { currency } = context.policy.company
  const found: SourceRows[] = []
  for (const source of sources) {
    const { dataset, rows: counted } = source
    const contract = CONTRACTS[dataset]
    const filter = filterOf(source, contract, upTo)
    const selected = filter === null ? 0 : await countRows(connection, dataset, filter)
    const isShown = filter !== null && selected === counted
    const first = isShown ? await firstRows(connection, dataset, filter) : []
    const rows = first.map((row) => ({
      file: String(row['source_file']),
      row: Number(row['source_row']),
      values: plain({ currency, ...row }, contract),
    }))
    found.push({ dataset, counted, selected, rows })
  }
  return found
}

/** SQL behind `from`, with what it is bound to. */
interface Filter {
  readonly text: string
  readonly parameters: Readonly<Record<string, string | number>>
}

const Counted = z.tuple([z.object({ selected: z.number() })])

async function countRows(
  connection: DuckDBConnection,
  dataset: FactSource['dataset'],
  { text, parameters }: Filter,
): Promise<number> {
  const rows = await selectRows(connection, {
    name: `number of rows of ${dataset}`,
    text: `select count(*) as selected from ${sqlName(dataset)} ${text}`,
    parameters,
  })
  return Counted.parse(rows)[0].selected
}

async function firstRows(
  connection: DuckDBConnection,
  dataset: FactSource['dataset'],
  { text, parameters }: Filter,
) {
  return selectRows(connection, {
    name: `rows of ${dataset}`,
    text: `select * from ${sqlName(dataset)} ${text} order by row_seq limit ${ROWS_SHOWN}`,
    parameters,
  })
}

/** What holds of the rows of a source; null where it names a column that the table does not have. */
function filterOf(
  { where = {}, between, conditions = [] }: FactSource,
  contract: DatasetContract,
  upTo: Readonly<Record<string, string>>,
): Filter | null {
  const columns = new Set([
    'month_key',
    ...contract.columns.flatMap((column) => storedAs(column).map((stored) => stored.name)),
  ])
  const equal = Object.entries(where)
  const named = [...equal.map(([column]) => column), ...conditions.flatMap(({ anyOf }) => anyOf)]
  if (named.some((column) => !columns.has(column))) return null
  const seen = seenBy(contract)
  const parts = [
    ...equal.map(([column], index) => `${sqlName(column)} = $p${index}`),
    ...(seen === undefined ? [] : [seen]),
    ...(between === undefined
      ? []
      : [`${sqlName(dayOf(contract))} between $first_on and $last_on`]),
    ...conditions.map(conditionSql),
  ]
  return {
    text: parts.length === 0 ? '' : `where ${parts.join(' and ')}`,
    parameters: {
      ...Object.fromEntries(equal.map(([, value], index) => [`p${index}`, value])),
      ...(seen === undefined ? {} : usedIn(seen, upTo)),
      ...(between === undefined ? {} : { first_on: between.from, last_on: between.to }),
      ...Object.fromEntries(
        conditions.flatMap(({ from, to }, index) => [
          ...(from === undefined ? [] : [[`from${index}`, from] as const]),
          ...(to === undefined ? [] : [[`to${index}`, to] as const]),
        ]),
      ),
    },
  }
}

function conditionSql({ anyOf, from, to, empty }: RowCondition, index: number): string {
  if (empty === true) return anyOf.map((column) => `${sqlName(column)} is null`).join(' and ')
  const each = anyOf.map((column) =>
    [
      `${sqlName(column)} is not null`,
      ...(from === undefined ? [] : [`${sqlName(column)} >= $from${index}`]),
      ...(to === undefined ? [] : [`${sqlName(column)} <= $to${index}`]),
    ].join(' and '),
  )
  return `(${each.join(' or ')})`
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
