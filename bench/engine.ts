import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'

const POLICY = `version: bench.1
effective_from: 2025-01-01
company: { name: Bench, currency: USD, time_zone: UTC }
`

/** An empty workspace; returns the folder for its data. */
export async function writeWorkspace(directory: string): Promise<string> {
  const data = join(directory, 'data')
  await mkdir(data, { recursive: true })
  await writeFile(join(directory, 'policy.yaml'), POLICY)
  return data
}

/**
 * Work in an engine of its own.
 *
 * @param spill Folder for what does not fit in memory; nothing may be spilled without one.
 */
export async function withEngine(
  work: (run: (sql: string) => Promise<unknown>) => Promise<void>,
  spill = '',
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1GB',
    temp_directory: spill,
  })
  const connection = await instance.connect()
  await work((sql) => connection.run(sql))
  connection.closeSync()
  instance.closeSync()
}

/** SQL of an instant as the data contract spells it. */
export function instantText(timestamp: string): string {
  return `strftime(${timestamp}, '%Y-%m-%dT%H:%M:%SZ')`
}
