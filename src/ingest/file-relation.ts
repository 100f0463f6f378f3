import type { DuckDBConnection } from '@duckdb/node-api'

import type { InputFile } from './byte-source.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { readHeader } from './csv-header.ts'
import type { DataFile } from './data-file.ts'
import { parquetRelation } from './parquet.ts'
import { readPlain } from './plain-csv.ts'
import { plainRelation, stagedRelation, type RawRelation } from './raw-relation.ts'
import { FileFault, shown } from './reject.ts'
import { stageCsv } from './stage-csv.ts'
import { stageJsonl } from './stage-jsonl.ts'

/** A file the engine can read in one way only. */
export interface FileRelation {
  /** Undefined when the file has not even a header. */
  readonly relation: RawRelation | undefined
  /** Columns the file has, in its order. */
  readonly columns: readonly string[]
  /** Rows counted while the file was cut into rows; undefined when only the engine counts them. */
  readonly rows: number | undefined
}

export interface RelationDeps {
  readonly connection: DuckDBConnection
  /** Where rows are staged when the file itself cannot be handed to the engine. */
  readonly stagedPath: string
}

/** Makes a file readable for the engine. @throws FileFault when the file as a whole cannot be read. */
export function fileRelation(
  file: DataFile,
  contract: DatasetContract,
  deps: RelationDeps,
): Promise<FileRelation> {
  const input = { path: file.location, shownAs: file.path }
  return RELATIONS[file.format](input, contract, deps)
}

type Relate = (
  input: InputFile,
  contract: DatasetContract,
  deps: RelationDeps,
) => Promise<FileRelation>

const RELATIONS: Readonly<Record<DataFile['format'], Relate>> = {
  csv: async (input, contract, { stagedPath }) => {
    const header = await readHeader(input, contract)
    if (header === undefined) return { relation: undefined, columns: [], rows: 0 }
    const columns = header.names
    checkRequired(columns, contract, input)
    const plain = await readPlain(input, header)
    if (plain !== undefined) {
      const known = contract.columns.map(({ name }) => name)
      const relation = plainRelation(input.path, { header, plain }, known)
      return { relation, columns, rows: plain.rows }
    }
    const staged = await stageCsv({ file: input, header }, contract, stagedPath)
    return { relation: stagedRelation(stagedPath, staged), columns, rows: staged.rows }
  },
  jsonl: async (input, contract, { stagedPath }) => {
    const { staged, keys } = await stageJsonl(input, contract, stagedPath)
    return { relation: stagedRelation(stagedPath, staged), columns: keys, rows: staged.rows }
  },
  parquet: async (input, contract, { connection }) => {
    const { relation, columns } = await parquetRelation(connection, input, contract)
    checkRequired(columns, contract, input)
    return { relation, columns, rows: undefined }
  },
}

function checkRequired(
  columns: readonly string[],
  contract: DatasetContract,
  file: InputFile,
): void {
  const missing = contract.columns
    .filter(({ name, required }) => required && !columns.includes(name))
    .map(({ name }) => name)
  if (missing.length === 0) return
  throw new FileFault({
    file: file.shownAs,
    code: 'missing_column',
    expected: `the column ${missing.join(', ')}`,
    got: columns.slice(0, 30).map(shown).join(', '),
    row: 1,
    column: missing[0] ?? '',
  })
}
