import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

import { selectRows } from '#src/warehouse/select.ts'

import type { InputFile } from './byte-source.ts'
import type { Column } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { COLUMNS_MAX, ROW_BYTES_MAX } from './limits.ts'
import { FileFault, shown } from './reject.ts'
import { sqlName, sqlText } from './sql-text.ts'
import type { StagedFile } from './stage-csv.ts'
import { rawName, type RawRelation } from './stage-table.ts'
import { FAULT_COLUMNS } from './staged-writer.ts'

/** The rows of a staged file; nothing is quoted in it, so there is one way to read it. */
export function stagedRelation(path: string, staged: StagedFile): RawRelation {
  const names = [...FAULT_COLUMNS, ...staged.staged.map(rawName)]
  const columns = names.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(', ')
  const cells = staged.staged.map((name) => {
    const raw = sqlName(rawName(name))
    return staged.hasMarks
      ? `translate(${raw}, chr(1) || chr(2), chr(10) || chr(13)) as ${raw}`
      : raw
  })
  const faults = ['cast(line as bigint) as line', ...FAULT_COLUMNS.slice(1)]
  return {
    columns: staged.staged,
    sql: `select ${[...faults, ...cells].join(', ')} from read_csv(${sqlText(path)}, auto_detect = false, header = false,
  delim = chr(31), quote = '', escape = '', new_line = '\\n', nullstr = '', max_line_size = ${ROW_BYTES_MAX * 4}, columns = {${columns}})`,
  }
}

const Described = z.array(z.object({ column_name: z.string(), column_type: z.string() }))

/** The rows of a Parquet file, every column as text. @throws FileFault when the file is none, or a column cannot be text. */
export async function parquetRelation(
  connection: DuckDBConnection,
  file: InputFile,
  contract: DatasetContract,
): Promise<{ readonly relation: RawRelation; readonly columns: readonly string[] }> {
  const source = `read_parquet(${sqlText(file.path)}, hive_partitioning = false)`
  const described = await describe(connection, source, file)
  if (described.length > COLUMNS_MAX) {
    throw new FileFault({
      file: file.shownAs,
      code: 'too_many_columns',
      expected: `at most ${COLUMNS_MAX} columns`,
      got: `${described.length} columns`,
    })
  }
  const types = new Map(described.map(({ column_name: name, column_type: type }) => [name, type]))
  const present = contract.columns.filter(({ name }) => types.has(name))
  const cells = present.map((column) => {
    const text = asText(column, types.get(column.name) ?? '', file)
    return `nullif(${text}, '') as ${sqlName(rawName(column.name))}`
  })
  const faults = FAULT_COLUMNS.slice(1).map((name) => `cast(null as varchar) as ${name}`)
  const sql = `select ${['cast(null as bigint) as line', ...faults, ...cells].join(', ')} from ${source}`
  return {
    relation: { columns: present.map(({ name }) => name), sql },
    columns: [...types.keys()],
  }
}

async function describe(
  connection: DuckDBConnection,
  source: string,
  file: InputFile,
): Promise<z.infer<typeof Described>> {
  try {
    const rows = await selectRows(connection, {
      name: 'describe parquet',
      text: `select column_name, column_type from (describe select * from ${source})`,
      parameters: {},
    })
    return Described.parse(rows)
  } catch (error) {
    throw new FileFault({
      file: file.shownAs,
      code: 'file_unreadable',
      expected: 'a Parquet file',
      got: error instanceof Error ? shown(error.message) : 'another file',
    })
  }
}

/** SQL of a Parquet value as the text a CSV file would hold; decimals lose the zeros their type appends. */
function asText(column: Column, type: string, file: InputFile): string {
  const name = sqlName(column.name)
  const text = `cast(${name} as varchar)`
  if (type === 'DOUBLE' || type === 'FLOAT') return `regexp_replace(${text}, '[.]0$', '')`
  if (type.startsWith('DECIMAL')) {
    return type.endsWith(',0)') ? text : `rtrim(rtrim(${text}, '0'), '.')`
  }
  if (type.startsWith('TIMESTAMP') && column.type.kind === 'date') {
    return `regexp_replace(${text}, ' 00:00:00([+]00)?$', '')`
  }
  if (PLAIN_TYPES.some((plain) => type.startsWith(plain))) return text
  throw new FileFault({
    file: file.shownAs,
    code: 'wrong_column_type',
    expected: 'a column of text, numbers, dates, times or booleans',
    got: shown(type),
    column: column.name,
  })
}

const PLAIN_TYPES = [
  'VARCHAR',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'BOOLEAN',
  'DATE',
  'TIMESTAMP',
  'ENUM',
  'UUID',
]
