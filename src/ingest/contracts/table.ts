import type { Column } from './column.ts'
import type { DatasetContract } from './contract.ts'

/** A column of a warehouse table. Only whole numbers and text: sums then do not depend on the plan. */
export interface TableColumn {
  readonly name: string
  readonly type: 'BIGINT' | 'TEXT'
}

/** Decimals are kept in millionths. */
export const DECIMAL_SCALE = 1_000_000

/** The stem of an instant's two columns: `occurred_at` becomes `occurred_ms` and `occurred_on`. */
export function instantStem(name: string): string {
  return name.endsWith('_at') ? name.slice(0, -3) : name
}

/** The column or columns that hold a contract column: the first one carries its value. */
export function storedAs({ name, type }: Column): TableColumn[] {
  if (type.kind === 'money') return [{ name: `${name}_minor`, type: 'BIGINT' }]
  if (type.kind === 'decimal') return [{ name: `${name}_e6`, type: 'BIGINT' }]
  if (type.kind === 'count' || type.kind === 'boolean') return [{ name, type: 'BIGINT' }]
  if (type.kind !== 'instant') return [{ name, type: 'TEXT' }]
  const stem = instantStem(name)
  return [
    { name: `${stem}_ms`, type: 'BIGINT' },
    { name: `${stem}_on`, type: 'TEXT' },
  ]
}

/** All columns of a data set's table: the contract's, then where and in which order the row came. */
export function tableColumns(contract: DatasetContract): TableColumn[] {
  return [
    ...contract.columns.flatMap(storedAs),
    ...(contract.dated === undefined ? [] : [{ name: 'month_key', type: 'TEXT' as const }]),
    { name: 'row_seq', type: 'BIGINT' },
    { name: 'source_file', type: 'TEXT' },
    { name: 'source_row', type: 'BIGINT' },
  ]
}

/** The statement that creates a data set's empty table. */
export function createTable(contract: DatasetContract): string {
  const columns = tableColumns(contract).map(({ name, type }) => `"${name}" ${type}`)
  return `create table "${contract.dataset}" (${columns.join(', ')})`
}
