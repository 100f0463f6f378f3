import { BIGINT, VARCHAR, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api'

import { invariant } from '#rules/kernel/invariant.ts'
import { AppError } from '#src/errors.ts'

import { checkColumns, columnValues, type PlainValue } from './values.ts'

/** A statement with the name it is reported under and its `$name` parameters. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly parameters: Readonly<Record<string, string | number>>
}

export type PlainRow = Record<string, PlainValue>

/** All rows of a statement. */
export async function selectRows(
  connection: DuckDBConnection,
  statement: Statement,
): Promise<PlainRow[]> {
  const parameters = bound(statement)
  const result = await translated(statement, () => connection.run(statement.text, ...parameters))
  checkColumns(result, statement.name)
  const names = result.columnNames()
  const rows: PlainRow[] = []
  for (const chunk of await result.fetchAllChunks()) {
    const columns = names.map((_name, column) => columnValues(chunk, column, statement.name))
    for (let row = 0; row < chunk.rowCount; row++) {
      rows.push(
        Object.fromEntries(names.map((name, column) => [name, columns[column]?.[row] ?? null])),
      )
    }
  }
  return rows
}

/**
 * Rows of a statement as they come.
 *
 * @yields One array per column, all of the same length, never empty.
 */
export async function* selectBatches(
  connection: DuckDBConnection,
  statement: Statement,
): AsyncGenerator<Record<string, PlainValue[]>> {
  const parameters = bound(statement)
  const result = await translated(statement, () => connection.stream(statement.text, ...parameters))
  checkColumns(result, statement.name)
  const names = result.columnNames()
  for (;;) {
    const chunk = await translated(statement, () => result.fetchChunk())
    if (chunk === null || chunk.rowCount === 0) return
    yield Object.fromEntries(
      names.map((name, column) => [name, columnValues(chunk, column, statement.name)]),
    )
  }
}

/** Runs what the engine can fail at and says which query failed. */
async function translated<Result>(
  statement: Statement,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw new AppError('WAREHOUSE_FAILED', {
      message: `the query ${statement.name} failed`,
      got: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}

function bound({
  name,
  parameters,
}: Statement): [Record<string, string | bigint>, Record<string, DuckDBType>] {
  const values: Record<string, string | bigint> = {}
  const types: Record<string, DuckDBType> = {}
  for (const [key, value] of Object.entries(parameters)) {
    invariant(
      typeof value === 'string' || Number.isSafeInteger(value),
      `query ${name}: parameter ${key} must be text or a whole number; scale shares to integers`,
    )
    values[key] = typeof value === 'string' ? value : BigInt(value)
    types[key] = typeof value === 'string' ? VARCHAR : BIGINT
  }
  return [values, types]
}
