import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

import type { Pool, PoolClient } from 'pg'
import { z } from 'zod'

import { AppError } from '../errors.ts'
import { query } from '../store/query.ts'
import { Foot, Head } from './format.ts'
import { loadMigrations, loadTables, type Table } from './tables.ts'

/** What was written. */
export interface Backup {
  readonly rows: number
  readonly tables: number
  readonly sha256: string
}

/** Rows that are held in memory at once; one may be a state of some hundred kilobytes. */
const ROWS_AT_ONCE = 200

/**
 * Writes every row on record to a file, as they were at one moment: one transaction that sees one state of the database (repeatable read), so
 * reviews may go on meanwhile. The file takes its name when it is whole.
 *
 * @throws AppError `USAGE` when the file cannot be written, `STORE_UNAVAILABLE`.
 */
export async function writeBackup(pool: Pool, path: string): Promise<Backup> {
  const client = await pool.connect()
  const unfinished = `${path}.unfinished`
  const written: Foot[] = []
  try {
    await client.query('begin isolation level repeatable read, read only')
    const lines = Readable.from(linesOf(client, (foot) => written.push(foot)))
    // What is on record names people, so it is for the owner's eyes.
    const file = createWriteStream(unfinished, { mode: 0o600, flush: true })
    await pipeline(lines, createGzip(), file)
    await rename(unfinished, path)
    await client.query('commit')
    client.release()
  } catch (error) {
    client.release(true)
    await rm(unfinished, { force: true })
    throw notWritten(error, path)
  }
  const [{ rows, sha256 }] = z.tuple([Foot]).parse(written)
  const counts = Object.values(rows)
  return { rows: counts.reduce((sum, count) => sum + count, 0), tables: counts.length, sha256 }
}

/**
 * The whole file.
 *
 * @yields Each line with its end.
 */
async function* linesOf(client: PoolClient, onFoot: (foot: Foot) => void): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const hashed = (text: string): string => {
    const line = `${text}\n`
    hash.update(line)
    return line
  }
  const tables = await loadTables(client)
  const takenAt = await momentOf(client)
  const head = Head.parse({ takenAt, migrations: await loadMigrations(client), tables })
  yield hashed(JSON.stringify(head))
  const rows: Record<string, number> = {}
  for (const table of tables) {
    yield hashed(JSON.stringify([table.name]))
    rows[table.name] = 0
    for await (const row of rowsOf(client, table)) {
      yield hashed(row)
      rows[table.name] = (rows[table.name] ?? 0) + 1
    }
  }
  const foot = { rows, sha256: hash.digest('hex') }
  onFoot(foot)
  yield `${JSON.stringify(foot)}\n`
}

async function momentOf(client: PoolClient): Promise<string> {
  const [row] = await query(client, z.object({ at: z.string() }), {
    text: `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at`,
  })
  return row?.at ?? ''
}

const Row = z.object({ row: z.string() })

/**
 * The rows as the database writes them down: no number and no instant passes through this program.
 *
 * @yields Each as JSON, without a line break.
 */
async function* rowsOf(client: PoolClient, { name, columns }: Table): AsyncGenerator<string> {
  const wanted = columns.join(', ')
  await client.query(
    `declare backup no scroll cursor for
     select to_jsonb(r)::text as row from (select ${wanted} from ${name}) r`,
  )
  for (;;) {
    const rows = await query(client, Row, { text: `fetch ${ROWS_AT_ONCE} from backup` })
    if (rows.length === 0) break
    for (const { row } of rows) yield row
  }
  await client.query('close backup')
}

function notWritten(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('path' in error)) return error
  return new AppError('USAGE', {
    message: 'the back-up cannot be written there',
    expected: 'a file in a folder that exists and may be written to',
    got: 'code' in error ? String(error.code) : error.message,
    where: { file: path },
    cause: error,
  })
}
