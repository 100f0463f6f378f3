import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { DuckDBConnection } from '@duckdb/node-api'

import { csvLine } from '../security/csv-cell.ts'
import type { DatasetResult } from './load-dataset.ts'
import { firstRejects } from './refused.ts'

/** Where the lists lie inside the workspace. */
export const REJECTS_FOLDER = join('.orchestrator', 'rejects')

/** The most rows of one list: whoever has more mends the first and asks again. */
const ROWS_MAX = 100_000

/**
 * Writes every refused row of each data set as a list to work through in a spreadsheet. Lists of an earlier look go.
 *
 * @returns The data sets that have a list.
 */
export async function writeRejects(
  root: string,
  connection: DuckDBConnection,
  datasets: readonly DatasetResult[],
): Promise<string[]> {
  const folder = join(root, REJECTS_FOLDER)
  await rm(folder, { recursive: true, force: true })
  const listed = datasets.filter(({ rejected }) => rejected > 0)
  if (listed.length > 0) await mkdir(folder, { recursive: true })
  for (const { dataset } of listed) {
    const rejects = await firstRejects(connection, dataset, ROWS_MAX)
    const lines = rejects.map(({ file, row, column, code, expected, got }) =>
      csvLine([file, row, column, code, expected, got]),
    )
    const head = csvLine(['file', 'line', 'column', 'code', 'expected', 'got'])
    await writeFile(join(folder, `${dataset}.csv`), [head, ...lines].join(''))
  }
  return listed.map(({ dataset }) => dataset)
}
