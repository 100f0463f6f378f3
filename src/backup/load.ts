import type { Pool, PoolClient } from 'pg'
import { z } from 'zod'

import { present } from '#rules/kernel/invariant.ts'

import { AppError } from '../errors.ts'
import { takeAlone } from '../store/attendance.ts'
import { query } from '../store/query.ts'
import { inTransaction } from '../store/transaction.ts'
import { TableLine } from './format.ts'
import { readLines, type CheckedBackup } from './read.ts'
import { loadMigrations, loadReferences, loadTables, type Table } from './tables.ts'

/** Characters of rows that are sent at once. */
const BATCH_MAX = 2_000_000

/**
 * Loads a back-up into a database that holds nothing yet: all of it or nothing. The rows come in as they were written, so the triggers that
 * number, date and guard rows rest until the end, and references are judged when all rows are there; only the owner of the tables may say so.
 *
 * @param owner A pool of the role that owns the tables.
 * @throws AppError `RESTORE_REFUSED` when something is on record already, a worker or another restore is at work, or the back-up is of another
 * version.
 */
export async function loadBackup(
  owner: Pool,
  path: string,
  { head, foot }: CheckedBackup,
): Promise<void> {
  await inTransaction(owner, async (client) => {
    await refuseOtherVersion(client, head.migrations)
    const tables = await loadTables(client)
    await refuseOthers(client)
    // Whoever writes meanwhile is waited for, and then refused by what is on record.
    const names = tables.map(({ name }) => name).join(', ')
    await client.query(`lock table ${names} in access exclusive mode`)
    await refuseRecords(client)
    const references = await loadReferences(client)
    for (const { table, name } of references) {
      await client.query(
        `alter table ${table} alter constraint ${name} deferrable initially deferred`,
      )
    }
    for (const { name } of tables) await client.query(`alter table ${name} disable trigger user`)
    // Migrations put rows into some tables; the back-up has them too.
    for (const { name } of tables) await client.query(`delete from ${name}`)
    await loadRows(client, path, new Map(head.tables.map((table) => [table.name, table])))
    for (const { name } of tables) await refuseLoss(client, name, foot.rows[name])
    await client.query('set constraints all immediate')
    for (const { name } of tables) await client.query(`alter table ${name} enable trigger user`)
    for (const { table, name } of references) {
      await client.query(`alter table ${table} alter constraint ${name} not deferrable`)
    }
  })
}

async function refuseOtherVersion(
  client: PoolClient,
  written: CheckedBackup['head']['migrations'],
): Promise<void> {
  const nameOf = (steps: typeof written): string =>
    steps.map(({ name, sha256 }) => `${name} ${sha256}`).join('\n')
  const here = await loadMigrations(client)
  if (nameOf(here) === nameOf(written)) return
  throw new AppError('RESTORE_REFUSED', {
    message: 'the back-up was written by another version of this program',
    expected: `tables up to ${here.at(-1)?.name ?? 'none'}`,
    got: `tables up to ${written.at(-1)?.name ?? 'none'}`,
    next: 'restore it with the version that wrote it, into a new database, and upgrade after',
  })
}

async function refuseOthers(client: PoolClient): Promise<void> {
  if (await takeAlone(client)) return
  throw new AppError('RESTORE_REFUSED', {
    message: 'the database is in use',
    expected: 'a database that no worker and no other restore is at work on',
    got: 'one that a worker or another restore has open',
    next: 'end them, and run it again',
  })
}

/** Whatever was done with a database left a row in the audit log. */
async function refuseRecords(client: PoolClient): Promise<void> {
  const [held] = await query(client, z.object({ exists: z.boolean() }), {
    text: `select exists (select from mo.audit_log) or exists (select from mo.reviews)
             or exists (select from mo.api_tokens) as exists`,
  })
  if (held?.exists !== true) return
  throw new AppError('RESTORE_REFUSED', {
    message: 'the database holds records already',
    expected: 'a new database',
    got: 'one with reviews, tokens or an audit log',
    next: 'create another database and name it in DATABASE_URL, or restore into another folder',
  })
}

async function loadRows(
  client: PoolClient,
  path: string,
  tables: ReadonlyMap<string, Table>,
): Promise<void> {
  let table: Table | undefined
  let batch: string[] = []
  let size = 0
  const send = async (rows: readonly string[]): Promise<void> => {
    if (rows.length > 0) await insert(client, present(table, 'the table of the rows'), rows)
    batch = []
    size = 0
  }
  for await (const line of bodyOf(path)) {
    if (line.startsWith('[')) {
      await send(batch)
      const [name] = TableLine.parse(JSON.parse(line))
      table = present(tables.get(name), 'the table that the head names')
    } else {
      batch.push(line)
      size += line.length
      if (size > BATCH_MAX) await send(batch)
    }
  }
  await send(batch)
}

/**
 * All lines but the first, which is the head, and the last, which is the foot.
 *
 * @yields Names of tables and rows.
 */
async function* bodyOf(path: string): AsyncGenerator<string> {
  let held: string | undefined
  let isBody = false
  for await (const line of readLines(path)) {
    if (isBody && held !== undefined) yield held
    isBody = held !== undefined
    held = line
  }
}

async function insert(
  client: PoolClient,
  { name, columns }: Table,
  rows: readonly string[],
): Promise<void> {
  const written = columns.join(', ')
  await client.query(
    `insert into ${name} (${written}) overriding system value
     select ${written} from jsonb_populate_recordset(null::${name}, $1)`,
    [`[${rows.join(',')}]`],
  )
}

async function refuseLoss(
  client: PoolClient,
  name: string,
  written: number | undefined,
): Promise<void> {
  const [row] = await query(client, z.object({ count: z.int() }), {
    text: `select count(*)::int as count from ${name}`,
  })
  if (row?.count === written) return
  throw new AppError('RESTORE_REFUSED', {
    message: 'the rows that came in are not those that were written',
    expected: `${name}: ${written ?? 'none'}`,
    got: String(row?.count ?? 'none'),
    next: 'keep the file, and report this',
  })
}
