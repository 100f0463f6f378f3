import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { openStore, type Store } from '#src/store/store.ts'
import { mo } from '#test/support/mo.ts'
import { COMPANY_MONTH, createCompany } from '#test/support/review-company.ts'
import {
  createReadyWorkspace,
  createTemporaryWorkspace,
  type TemporaryWorkspace,
} from '#test/support/store.ts'

// Every command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

let original: TemporaryWorkspace
beforeAll(async () => {
  original = await createReadyWorkspace()
  await createCompany(original.directory)
  await on(original, 'review', '--month', COMPANY_MONTH)
})
afterAll(() => original.remove())

const on = (workspace: TemporaryWorkspace, ...args: readonly string[]) =>
  mo([...args, '--workspace', workspace.directory])
/** As the handbook says: nothing runs, and owners and modes are kept. */
const copy = (from: TemporaryWorkspace, to: TemporaryWorkspace) =>
  promisify(execFile)('cp', ['-a', `${from.directory}/.`, to.directory])

/** Back-up of a folder, and the folder again from it. */
async function throughCopies(restored: TemporaryWorkspace): Promise<void> {
  const backup = await createTemporaryWorkspace()
  try {
    await copy(original, backup)
    await copy(backup, restored)
  } finally {
    await backup.remove()
  }
}

/** The folder without its database, and its rows loaded into a new one. */
async function throughRows(restored: TemporaryWorkspace): Promise<void> {
  await copy(original, restored)
  await rm(join(restored.directory, '.orchestrator', 'postgres'), { recursive: true })
  const source = await openStore({ workspaceDir: original.directory })
  const target = await openStore({ workspaceDir: restored.directory })
  try {
    await copyRows(source, target)
  } finally {
    await source.close()
    await target.close()
  }
}

test.each([
  ['a copy of its folder', throughCopies],
  ['its rows, loaded while triggers are off', throughRows],
])('a company comes back from %s, and goes on', async (_name, restore) => {
  const restored = await createTemporaryWorkspace()
  try {
    await restore(restored)
    const month = COMPANY_MONTH
    for (const [args, status] of [
      [['audit', 'verify'], 0],
      [['replay', month], 0],
      // It waits for the same people as before.
      [['resume', month], 3],
    ] as const) {
      expect({ args, ...(await on(restored, ...args)) }).toMatchObject({ args, status })
    }
  } finally {
    await restored.remove()
  }
})

const Table = z.object({ name: z.string(), columns: z.string() })
const Rows = z.object({ rows: z.string() })

/** What a dump of the data does: every row of every table, with triggers and references off while they are loaded. */
async function copyRows(source: Store, target: Store): Promise<void> {
  const tables = await source.asOwner(async (owner) => {
    const { rows } = await owner.query(
      `select format('%I.%I', table_schema, table_name) as name,
         string_agg(quote_ident(column_name), ', ') as columns
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema in ('mo', 'mo_checkpoints') and table_type = 'BASE TABLE'
         and is_generated = 'NEVER' group by 1`,
    )
    return z.array(Table).parse(rows)
  })
  for (const { name, columns } of tables) {
    const read = await source.asOwner((owner) =>
      owner.query(`select coalesce(json_agg(r), '[]')::text as rows from ${name} r`),
    )
    const [{ rows }] = z.tuple([Rows]).parse(read.rows)
    await target.asOwner(async (owner) => {
      const client = await owner.connect()
      try {
        await client.query('set session_replication_role = replica')
        await client.query(`delete from ${name}`)
        await client.query(
          `insert into ${name} (${columns}) overriding system value
           select ${columns} from json_populate_recordset(null::${name}, $1)`,
          [rows],
        )
      } finally {
        client.release(true)
      }
    })
  }
}
