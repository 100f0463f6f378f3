import { cellRules, type CellRule, type CellSettings } from './cell-rules.ts'
import { stagedValues } from './cell-values.ts'
import { isReferenced, type Column } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { rawName, type RawRelation } from './raw-relation.ts'
import { stagedDate } from './row-date.ts'
import { rowRules } from './row-rules.ts'
import { sqlName } from './sql-text.ts'

/**
 * The statement that reads a file once into the table `stage`: each row gets its typed values, or the number of the first rule it
 * breaks with what came. Rules are numbered from 1; 0 is a row that never became cells. Rows keep the order of the file, and
 * `rowid` counts them from 0.
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
  const values = contract.columns
    .flatMap((column) => stagedValues(column, source(column), settings))
    .map(({ name, sql }) => `case when rule is null then ${sql} end as ${sqlName(name)}`)
  const tests = rules.map(({ broken }, index) => `when ${broken} then ${index + 1}`)
  const got = rules.map((rule, index) => `when ${index + 1} then ${rule.got}`)
  const sql = `create temp table stage as
select
  ${values.join(',\n  ')},
  rule,
  case rule when 0 then fault_got ${got.join(' ')} end as got,
  fault, fault_column, fault_expected, line, ${rowId(contract, source)} as row_id,
  ${stagedDate(contract, source, settings)} as dated_on
from (
  select *, case when fault is not null then 0
    ${tests.join('\n    ')} end as rule
  from (${raw.sql}) as raw
) as judged`
  return { sql, rules }
}

/** The id of a row that other sets may refer to, so that a refused one can be found by those that ask for it. */
function rowId(
  { dataset, columns, key }: DatasetContract,
  source: (column: Column) => string,
): string {
  const id = isReferenced(dataset) ? columns.find(({ name }) => name === key[0]) : undefined
  return id === undefined ? 'cast(null as varchar)' : source(id)
}
