import { cellRules, type CellRule, type CellSettings } from './cell-rules.ts'
import { stagedValues, type Filled } from './cell-values.ts'
import type { Column } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { rowRules } from './row-rules.ts'
import { sqlName, sqlText } from './sql-text.ts'

/** Raw text of a file as the engine sees it: SQL of a relation with the fault columns and one raw column per contract column it has. */
export interface RawRelation {
  readonly sql: string
  /** Contract columns present; the others are empty everywhere. */
  readonly columns: readonly string[]
}

/** The name of a contract column's raw text. */
export function rawName(column: string): string {
  return `raw_${column}`
}

/**
 * The statement that reads a file once: each row gets its typed values, or the number of the first rule it breaks with what came.
 * Rules are numbered from 1; 0 is a row that never became cells. Rows keep the order of the file.
 */
export function createStage(
  raw: RawRelation,
  contract: DatasetContract,
  settings: CellSettings,
): { readonly sql: string; readonly rules: readonly CellRule[] } {
  const source = (column: Column): string =>
    raw.columns.includes(column.name) ? sqlName(rawName(column.name)) : 'cast(null as varchar)'
  const rules = [
    ...contract.columns.flatMap((column) => cellRules(column, source(column), settings)),
    ...rowRules(contract, source, settings),
  ]
  const values = contract.columns.flatMap((column) =>
    stagedValues(column, source(column), settings),
  )
  const kept = values.map(
    ({ name, sql }: Filled) => `case when rule is null then ${sql} end as ${sqlName(name)}`,
  )
  const tests = rules.map(({ broken }, index) => `when ${broken} then ${index + 1}`)
  const shown = rules.map(({ got }, index) => `when ${index + 1} then ${got}`)
  const sql = `create temp table stage as
select ${kept.join(',\n  ')},
  rule,
  case rule when 0 then fault_got ${shown.join(' ')} end as got,
  fault, fault_column, fault_expected, line
from (
  select *, case when fault is not null then 0 ${tests.join('\n    ')} end as rule
  from (${raw.sql}) as raw
) as judged`
  return { sql, rules }
}

/** SQL of a list literal of texts, for looking up by number. */
export function sqlList(texts: readonly string[]): string {
  return `[${texts.map(sqlText).join(', ')}]`
}
