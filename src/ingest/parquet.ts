import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

import { AppError } from '#src/errors.ts'
import { selectRows } from '#src/warehouse/select.ts'

import type { InputFile } from './byte-source.ts'
import type { Column } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { COLUMNS_MAX } from './limits.ts'
import { NO_FAULTS, rawName, type RawRelation } from './raw-relation.ts'
import { FileFault, shown } from './reject.ts'
import { sqlName, sqlText } from './sql-text.ts'

/** A Parquet file ready to be read, and the names of its columns. */
export interface ParquetInput {
  readonly relation: RawRelation
  readonly columns: readonly string[]
}

/**
 * The rows of a Parquet file, every column as the text a CSV file would hold.
 *
 * @throws FileFault when the file is no Parquet file, is too wide, or a column of the contract is of a type without such a text.
 */
export async function parquetRelation(
  connection: DuckDBConnection,
  file: InputFile,
  contract: DatasetContract,
): Promise<ParquetInput> {
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
  const found = contract.columns.filter(({ name }) => types.has(name))
  const cells = found.map((column) => {
    const text = asText(column, types.get(column.name) ?? '', file)
    return `nullif(${text}, '') as ${sqlName(rawName(column.name))}`
  })
  const relation = {
    columns: found.map(({ name }) => name),
    sql: `select ${[...NO_FAULTS, ...cells].join(', ')} from ${source}`,
    firstLine: 1,
  }
  return { relation, columns: [...types.keys()] }
}

const Described = z.array(z.object({ column_name: z.string(), column_type: z.string() }))

async function describe(
  connection: DuckDBConnection,
  source: string,
  file: InputFile,
): Promise<z.infer<typeof Described>> {
  try {
    const rows = await selectRows(connection, {
      name: 'columns of a Parquet file',
      text: `select column_name, column_type from (describe select * from ${source})`,
      parameters: {},
    })
    return Described.parse(rows)
  } catch (error) {
    throw unreadableParquet(error, file)
  }
}

/** Engine failures that are not the file's. */
const OUR_OWN = /out of memory|interrupt|no space|disk/i

/** An engine's failure while it read a Parquet file, as a fault of the file. Anything else is passed on. */
export function unreadableParquet(error: unknown, file: InputFile): unknown {
  if (!(error instanceof AppError) || OUR_OWN.test(error.got ?? '')) return error
  return new FileFault({
    file: file.shownAs,
    code: 'file_unreadable',
    expected: 'a whole Parquet file',
    got: 'bytes the engine cannot read as one',
  })
}

/** SQL of a value as text. What the type alone adds is taken off: `.0` of doubles, zeros of decimals, midnight of dates. */
function asText({ name, type: wanted }: Column, type: string, file: InputFile): string {
  const text = `cast(${sqlName(name)} as varchar)`
  if (type === 'DOUBLE' || type === 'FLOAT') return `regexp_replace(${text}, '[.]0$', '')`
  if (type.startsWith('DECIMAL') && !type.endsWith(',0)')) {
    return `rtrim(rtrim(${text}, '0'), '.')`
  }
  if (type.startsWith('TIMESTAMP') && wanted.kind === 'date') {
    return `regexp_replace(${text}, ' 00:00:00([+]00)?$', '')`
  }
  if (PLAIN_TYPES.test(type)) return text
  throw new FileFault({
    file: file.shownAs,
    code: 'wrong_column_type',
    expected: 'a column of text, numbers, dates, times or booleans',
    got: shown(type),
    column: name,
  })
}

const PLAIN_TYPES =
  /^(VARCHAR|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(\d+,\d+\)|BOOLEAN|DATE|TIMESTAMP.*|ENUM\(.*\)|UUID)$/s
