import { mkdir } from 'node:fs/promises'

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'

import { sqlText } from '#src/ingest/sql-text.ts'

export interface EngineOptions {
  /** The only directories the engine may read or write: the workspace. */
  readonly directory: string
  /** Where it spills what does not fit the memory; inside `directory`. */
  readonly temporaryDirectory: string
  /** Such as `1GB`. */
  readonly memoryLimit: string
  readonly threads: number
}

/** An engine without network, extensions or access outside its directory. */
export interface Engine {
  readonly connect: () => Promise<DuckDBConnection>
  readonly close: () => void
}

/**
 * Starts DuckDB in memory and locks it down. The order matters: directories can be allowed only while external access is on, and
 * nothing can be set once the configuration is locked. Defence in depth, not a sandbox: no SQL of users or models is ever run.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(options.temporaryDirectory, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: options.memoryLimit,
    threads: String(options.threads),
    temp_directory: options.temporaryDirectory,
    max_temp_directory_size: '50GB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
    allow_persistent_secrets: 'false',
  })
  const connection = await instance.connect()
  // Times without an offset are read as if they were UTC and moved to the workspace's zone by our own rules.
  await connection.run(`set global TimeZone = 'UTC'`)
  await connection.run(`set allowed_directories = [${sqlText(options.directory)}]`)
  await connection.run('set enable_external_access = false')
  await connection.run('set lock_configuration = true')
  connection.closeSync()
  return {
    connect: () => instance.connect(),
    close: () => {
      instance.closeSync()
    },
  }
}
