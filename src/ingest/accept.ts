import type { CellRule } from './cell-rules.ts'
import { tableValues } from './cell-values.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { instantStem, tableColumns } from './contracts/table.ts'
import { sqlName, sqlText } from './sql-text.ts'
import type { ZoneOffsets } from './zone.ts'

/** Where the staged rows come from. */
export interface Origin {
  readonly file: string
  /** Place of the first row in the order of all input. */
  readonly firstRow: number
  /** Number of the first row in its file, where rows do not bring their line along. */
  readonly firstLine: number
}

/** The statement that moves accepted rows from staging into their table, in input order. */
export function acceptRows(contract: DatasetContract, origin: Origin, zone: ZoneOffsets): string {
  const values = contract.columns
    .flatMap((column) => tableValues(column, zone))
    .map(({ name, sql }) => `${sql} as ${sqlName(name)}`)
  const places = [
    `${origin.firstRow} + rowid as row_seq`,
    `${sqlText(origin.file)} as source_file`,
    `${sourceRow(origin)} as source_row`,
  ]
  const columns = tableColumns(contract).map(({ name }) =>
    name === 'month_key' ? `${monthKey(contract)} as month_key` : sqlName(name),
  )
  return `insert into ${sqlName(contract.dataset)}
select ${columns.join(', ')} from (
  select ${[...values, ...places].join(', ')} from stage where rule is null
) as accepted`
}

/** The statement that moves refused rows from staging into `rejects`. */
export function refuseRows(
  { dataset }: DatasetContract,
  origin: Origin,
  rules: readonly CellRule[],
): string {
  const columns = [
    sqlText(dataset),
    sqlText(origin.file),
    sourceRow(origin),
    look(
      `nullif(fault_column, '')`,
      rules.map(({ column }) => column),
    ),
    look(
      'fault',
      rules.map(({ code }) => code),
    ),
    look(
      'fault_expected',
      rules.map(({ expected }) => expected),
    ),
    `substr(coalesce(got, ''), 1, 200)`,
    'substr(row_id, 1, 200)',
    'dated_on',
  ]
  return `insert into rejects select ${columns.join(', ')} from stage where rule is not null`
}

/** What staging says of a row that never became cells, or the text of the rule by its number. */
function look(fault: string, texts: readonly string[]): string {
  return `case rule when 0 then ${fault} else [${texts.map(sqlText).join(', ')}][rule] end`
}

function sourceRow({ firstLine }: Origin): string {
  return `coalesce(line, ${firstLine} + rowid)`
}

function monthKey({ dated = '', columns, rowRules }: DatasetContract): string {
  if (rowRules.some(({ kind }) => kind === 'date-or-month')) {
    return 'coalesce(substr("date", 1, 7), "month")'
  }
  const kind = columns.find(({ name }) => name === dated)?.type.kind
  if (kind === 'month') return sqlName(dated)
  const day = kind === 'instant' ? `${instantStem(dated)}_on` : dated
  return `substr(${sqlName(day)}, 1, 7)`
}
