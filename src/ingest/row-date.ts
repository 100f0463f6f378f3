import { cellRules, type CellSettings } from './cell-rules.ts'
import type { Column } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { sqlName } from './sql-text.ts'

const UNKNOWN = 'cast(null as varchar)'

/**
 * SQL of the day of a row that may be refused for another cell, or of its month where it tells no day: what is lost then is lost to that
 * time alone. Null where nothing can be read of it, so that the row may be of any time.
 *
 * Only a date or month says when a row counts. The instant at which a deal was created does not say when it was won.
 *
 * @param source SQL of the raw text of a column.
 */
export function stagedDate(
  contract: DatasetContract,
  source: (column: Column) => string,
  settings: CellSettings,
): string {
  const [date, month] = datedColumns(contract)
  if (date === undefined) return UNKNOWN
  const read = (column: Column): string => {
    const raw = source(column)
    const broken = cellRules(column, raw, settings).map((rule) => `(${rule.broken})`)
    return `case when ${broken.join(' or ')} then null else ${raw} end`
  }
  // A row that never became cells has none.
  if (month === undefined) return read(date)
  // Of two that contradict one another neither can be believed.
  const [day, whole] = [read(date), read(month)]
  return `case when coalesce(substr(${source(date)}, 1, 7) = ${source(month)}, true) then coalesce(${day}, ${whole}) end`
}

/** The same of a row in the data set's table. */
export function acceptedDate(contract: DatasetContract): string {
  const names = datedColumns(contract).map(({ name }) => sqlName(name))
  return names.length === 0 ? UNKNOWN : `coalesce(${names.join(', ')})`
}

/** The columns that say when a row counts: a date, a month, or either. */
function datedColumns({ columns, dated, rowRules }: DatasetContract): Column[] {
  const names = rowRules.some(({ kind }) => kind === 'date-or-month') ? ['date', 'month'] : [dated]
  return columns.filter(
    ({ name, type }) => names.includes(name) && (type.kind === 'date' || type.kind === 'month'),
  )
}
