import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

import { AppError } from '#src/errors.ts'
import { isConnectionFailure, translateFailure } from '#src/store/connection.ts'
import { attachEmbeddedServer } from '#src/store/embedded.ts'
import type { EmbeddedServer } from '#src/store/embedded.ts'
import { execute, query } from '#src/store/query.ts'
import { loadSetting, saveSetting } from '#src/store/settings.ts'
import { openStore } from '#src/store/store.ts'
import type { Store } from '#src/store/store.ts'
import { inTransaction, withAdvisoryLock } from '#src/store/transaction.ts'
import { createTemporaryWorkspace } from '#test/support/store.ts'

/** An embedded server with nothing in it plays the server behind DATABASE_URL: databases and roles are made as needed. */
let workspace: { readonly directory: string; readonly remove: () => Promise<void> }
let server: EmbeddedServer
let administrator: Client
const opened: Store[] = []

beforeAll(async () => {
  workspace = await createTemporaryWorkspace()
  server = await attachEmbeddedServer({ workspaceDir: workspace.directory })
  administrator = new Client(server.owner)
  await administrator.connect()
})
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
})
afterAll(async () => {
  await administrator.end()
  await server.close()
  await workspace.remove()
})

/** A new database with an owner of the given rights; returns its URL. */
async function createDatabase(name: string, rights: string): Promise<string> {
  await administrator.query(`create role ${name} login password 'plain' ${rights}`)
  await administrator.query(`create database ${name} owner ${name}`)
  return `postgres://${name}:plain@${encodeURIComponent(String(server.owner.host))}/${name}`
}

async function open(databaseUrl: string): Promise<Store> {
  const store = await openStore({ workspaceDir: workspace.directory, databaseUrl })
  opened.push(store)
  return store
}

async function currentRole(store: Store): Promise<unknown> {
  const { rows } = await store.pool.query('select current_user as role')
  return rows[0].role
}

describe('the database behind DATABASE_URL', () => {
  test('that does not let us make roles is guarded by triggers alone, and says so', async () => {
    const store = await open(await createDatabase('modest', ''))
    expect(store.description).toEqual({
      kind: 'external',
      dataDirectory: undefined,
      logFile: undefined,
      outsideWorkspace: false,
      serverUser: undefined,
      roleSeparated: false,
      loginSeparated: false,
    })
    expect(await currentRole(store)).toBe('modest')
    await store.pool.query(
      `insert into mo.audit_log (entry) values ('{"action":"a.b","actor":"x"}')`,
    )
    await expect(store.pool.query('delete from mo.audit_log')).rejects.toMatchObject({
      code: 'MO001',
    })
  })

  test.each([
    ['maker', 'createrole'],
    ['boss', 'superuser'],
  ])('is used in the application’s own role where %s has the right: %s', async (name, rights) => {
    const store = await open(await createDatabase(name, rights))
    expect(store.description.roleSeparated).toBe(true)
    expect(await currentRole(store)).toBe('mo_app')
    const lock = await store.connect()
    expect((await lock.query('select current_user as role')).rows).toEqual([{ role: 'mo_app' }])
    await lock.end()
    await saveSetting(store.pool, { name: 'a', value: 'b' })
    await expect(store.pool.query('delete from mo.audit_log')).rejects.toMatchObject({
      code: '42501',
    })
    expect(await store.asOwner((owner) => loadSetting(owner, 'a'))).toBe('b')
  })

  test('is migrated once by ten that open it at once', async () => {
    const url = await createDatabase('crowded', 'superuser')
    const [first] = await Promise.all([open(url), ...Array.from({ length: 9 }, () => open(url))])
    const { rows } = await first.pool.query('select name from mo.migrations order by name')
    const files = await readdir(join(import.meta.dirname, '../../src/store/migrations'))
    const names = files.map((file) => file.replace('.sql', ''))
    expect(names).toContain('0001-foundation')
    expect(rows.map((row) => row.name)).toEqual(
      [...names, 'checkpointer-1.0.5', 'grants'].toSorted(),
    )
  })

  test('keeps its rows when it is opened again', async () => {
    const url = await createDatabase('kept', '')
    await saveSetting((await open(url)).pool, { name: 'kept', value: 'yes' })
    expect(await loadSetting((await open(url)).pool, 'kept')).toBe('yes')
  })

  test('gets rights anew when their file changed', async () => {
    const url = await createDatabase('regranted', 'superuser')
    const first = await open(url)
    await first.asOwner(async (owner) => {
      await owner.query('revoke insert on mo.settings from mo_app')
      await owner.query(`update mo.migrations set sha256 = 'old' where name = 'grants'`)
    })
    const second = await open(url)
    await saveSetting(second.pool, { name: 'a', value: 'b' })
    expect(await loadSetting(second.pool, 'a')).toBe('b')
  })

  test.each([
    [
      'a step we do not know',
      `insert into mo.migrations (name, sha256) values ('9999-later', 'x')`,
    ],
    ['another text of a step', `update mo.migrations set sha256 = 'x' where name = '0002-audit'`],
  ])('is refused with %s', async (what, change) => {
    const url = await createDatabase(`newer_${String(what.length)}`, '')
    await (await open(url)).asOwner((owner) => owner.query(change))
    await expect(open(url)).rejects.toMatchObject({
      code: 'STORE_SCHEMA_NEWER',
      got: expect.stringMatching(/^(9999-later|0002-audit): /),
    })
  })

  test('says that it is away', async () => {
    await expect(open('postgres://x:y@127.0.0.1:9/nowhere')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      got: expect.stringContaining('ECONNREFUSED'),
    })
  })
})

describe('statements', () => {
  let store: Store
  let url: string
  beforeAll(async () => {
    url = await createDatabase('statements', '')
  })

  test('fail loudly on a row of another shape', async () => {
    store = await open(url)
    const schema = z.object({ n: z.string() })
    await expect(query(store.pool, schema, { text: 'select 1 as n' })).rejects.toMatchObject({
      code: 'STORE_ROW_INVALID',
      got: 'column n of: select 1 as n',
    })
  })

  test('say that the database is away when it went away', async () => {
    store = await open(url)
    const killed = inTransaction(store.pool, async (client) => {
      const { rows } = await client.query('select pg_backend_pid() as pid')
      await administrator.query('select pg_terminate_backend($1)', [rows[0].pid])
      await execute(client, { text: 'select 1' })
    })
    await expect(killed).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retry: 'later' })
    await saveSetting(store.pool, { name: 'after', value: 'fine' })
  })

  test('of a transaction are kept together or not at all, and its client is used again', async () => {
    const single = await openStore({
      workspaceDir: workspace.directory,
      databaseUrl: url,
      connectionsMax: 1,
    })
    opened.push(single)
    const failing = inTransaction(single.pool, async (client) => {
      await saveSetting(client, { name: 'half', value: 'done' })
      throw new AppError('DATA_INVALID')
    })
    await expect(failing).rejects.toMatchObject({ code: 'DATA_INVALID' })
    expect(await loadSetting(single.pool, 'half')).toBeUndefined()
    await inTransaction(single.pool, (client) =>
      saveSetting(client, { name: 'whole', value: 'done' }),
    )
    expect(await loadSetting(single.pool, 'whole')).toBe('done')
  })

  test('under an advisory lock run one after the other, and a failure gives the lock back', async () => {
    store = await open(url)
    let working = 0
    const work = async (): Promise<number> => {
      working += 1
      await store.pool.query('select pg_sleep(0.01)')
      working -= 1
      return working
    }
    const left = await Promise.all(
      Array.from({ length: 5 }, () => withAdvisoryLock(store.pool, 1, work)),
    )
    expect(left).toEqual([0, 0, 0, 0, 0])
    const failing = withAdvisoryLock(store.pool, 1, async () => {
      throw new AppError('DATA_INVALID')
    })
    await expect(failing).rejects.toMatchObject({ code: 'DATA_INVALID' })
    expect(await withAdvisoryLock(store.pool, 1, async () => 'free')).toBe('free')
  })
})

describe('isConnectionFailure', () => {
  const withCode = (code: string): Error => Object.assign(new Error('failed'), { code })

  test.each([
    [withCode('ECONNREFUSED'), true],
    [withCode('ENOENT'), true],
    [withCode('57P01'), true],
    [withCode('08006'), true],
    [withCode('53300'), true],
    [withCode('23505'), false],
    [withCode('57014'), false],
    [new Error('Connection terminated unexpectedly'), true],
    [new Error('timeout exceeded when trying to connect'), true],
    [new Error('a Connection terminated'), false],
    [Object.assign(new Error('odd'), { code: 8 }), false],
    ['ECONNREFUSED', false],
  ])('%o is %s', (error, expected) => {
    expect(isConnectionFailure(error)).toBe(expected)
  })

  test('is translated with its cause, anything else is left alone', () => {
    const away = withCode('ECONNRESET')
    expect(translateFailure(away)).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: away })
    const other = withCode('23505')
    expect(translateFailure(other)).toBe(other)
  })
})
