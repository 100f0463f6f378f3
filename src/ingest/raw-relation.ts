import type { CsvHeader } from './csv-header.ts'
import { ROW_BYTES_MAX } from './limits.ts'
import type { PlainCsv } from './plain-csv.ts'
import { sqlName, sqlText } from './sql-text.ts'
import { FAULT_COLUMNS, type StagedFile } from './staged-writer.ts'

/** Raw text of a file as the engine sees it: SQL with the fault columns and one raw column per contract column the file has. */
export interface RawRelation {
  readonly sql: string
  /** Contract columns present; the others are empty everywhere. */
  readonly columns: readonly string[]
  /** Number of the first row in the file, where rows do not bring their line along. */
  readonly firstLine: number
}

/** The name of a contract column's raw text. */
export function rawName(column: string): string {
  return `raw_${column}`
}

/** The fault columns of a relation whose rows all became cells. */
export const NO_FAULTS = [
  'cast(null as bigint) as line',
  ...FAULT_COLUMNS.slice(1).map((name) => `cast(null as varchar) as ${name}`),
]

/** The rows of a staged file. */
export function stagedRelation(path: string, staged: StagedFile): RawRelation {
  const faults = ['cast(line as bigint) as line', ...FAULT_COLUMNS.slice(1)]
  const cells = staged.columns.map((name) => {
    const raw = sqlName(rawName(name))
    if (!staged.hasMarks) return raw
    return `translate(${raw}, chr(1) || chr(2), chr(10) || chr(13)) as ${raw}`
  })
  const source = readCsv(path, {
    names: [...FAULT_COLUMNS, ...staged.columns.map(rawName)],
    delimiter: 0x1f,
    lineEnd: '\n',
    skip: 0,
  })
  const sql = `select ${[...faults, ...cells].join(', ')} from ${source}`
  return { columns: staged.columns, sql, firstLine: 1 }
}

/** The rows of a plain CSV file, read where it lies. */
export function plainRelation(
  path: string,
  { header, plain }: { readonly header: CsvHeader; readonly plain: PlainCsv },
  known: readonly string[],
): RawRelation {
  const columns = header.names.filter((name) => known.includes(name))
  const source = readCsv(path, {
    names: header.names.map((_name, cell) => `cell_${cell}`),
    delimiter: header.delimiter,
    lineEnd: plain.lineEnd,
    skip: 1,
  })
  const cells = columns.map(
    (name) => `cell_${header.names.indexOf(name)} as ${sqlName(rawName(name))}`,
  )
  return {
    columns,
    sql: `select ${[...NO_FAULTS, ...cells].join(', ')} from ${source}`,
    firstLine: 2,
  }
}

interface Reading {
  readonly names: readonly string[]
  readonly delimiter: number
  readonly lineEnd: '\n' | '\r\n'
  readonly skip: number
}

/** Every cell as text and nothing left to guess; quotes are off, because no file comes here in which they mean anything. */
function readCsv(path: string, { names, delimiter, lineEnd, skip }: Reading): string {
  const columns = names.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(', ')
  const end = lineEnd === '\n' ? '\\n' : '\\r\\n'
  return `read_csv(${sqlText(path)}, auto_detect = false, header = false, skip = ${skip}, delim = chr(${delimiter}),
  quote = '', escape = '', comment = '', new_line = '${end}', nullstr = '', max_line_size = ${ROW_BYTES_MAX * 4}, columns = {${columns}})`
}
