import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'

import { appendAudit } from '#src/audit/append.ts'
import { auditEntry } from '#src/audit/entry.ts'
import { verifyAudit } from '#src/audit/verify.ts'
import { writeBackup } from '#src/backup/dump.ts'
import { loadBackup } from '#src/backup/load.ts'
import { checkBackup } from '#src/backup/read.ts'
import { runBackup, runRestore } from '#src/commands/backup.ts'
import { LOCK_KEYS } from '#src/store/advisory-locks.ts'
import { createAttendance } from '#src/store/attendance.ts'
import { openStore, type Store } from '#src/store/store.ts'
import { inTransaction } from '#src/store/transaction.ts'
import { GOVERNED_FILES, startGovernedReview } from '#test/support/governed-review.ts'
import { inProcess } from '#test/support/in-process.ts'
import { storeReview, SYSTEM } from '#test/support/records.ts'
import { createReadyWorkspace, type TemporaryWorkspace } from '#test/support/store.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const POLICY = String(GOVERNED_FILES['policy.yaml'])
/** Characters that a careless reader of lines, of CSV or of escapes trips over. */
const TEXT = 'a\u2028b\u2029c\r\nd\te"f\\g,ü😀\\u0041'

let source: TemporaryWorkspace
let file: string
beforeAll(async () => {
  source = await createReadyWorkspace()
  file = join(source.directory, 'backup.gz')
  await writeFile(join(source.directory, 'policy.yaml'), POLICY)
  const store = await openStore({ workspaceDir: source.directory })
  await storeReview(store.pool, { workspace: 'Governed' })
  await appendSystemRow(store, 'Governed')
  await store.close()
  await backup(source.directory, file)
})
afterAll(() => source.remove())

const backup = (workspace: string, to: string) =>
  inProcess((context) => runBackup(context, { workspace, file: to }))
const appendSystemRow = ({ pool }: Store, subject: string) =>
  inTransaction(pool, (client) =>
    appendAudit(client, auditEntry(SYSTEM, { action: 'test.written', subject })),
  )

/** A new workspace to restore into. */
let target: TemporaryWorkspace
async function newTarget(): Promise<void> {
  const ready = await createReadyWorkspace()
  onTestFinished(() => ready.remove())
  await writeFile(join(ready.directory, 'policy.yaml'), POLICY)
  target = ready
}
const restore = (from = file) =>
  inProcess((context) => runRestore(context, { workspace: target.directory, file: from }))
const inTarget = async <Result>(work: (store: Store) => Promise<Result>): Promise<Result> => {
  const store = await openStore({ workspaceDir: target.directory })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** Every row of every table, as text. */
async function rowsOf({ pool }: Store): Promise<string> {
  const tables = await pool.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('mo', 'mo_checkpoints') and tablename <> 'migrations' order by 1`,
  )
  const texts: string[] = []
  for (const { name } of z.array(z.object({ name: z.string() })).parse(tables.rows)) {
    const { rows: found } = await pool.query(`select r::text from ${name} r order by 1`)
    texts.push(`${name} ${JSON.stringify(found)}`)
  }
  return texts.join('\n')
}

test('brings back every row as it was, for its owner alone, with guards and rights', async () => {
  const review = await startGovernedReview({})
  await newTarget()
  await review.store.pool.query(
    `insert into mo.dead_letters (kind, subject, workspace, code, message, attempts)
     values ('tick', 'x', 'Governed', 'X', $1, 1)`,
    [TEXT],
  )
  const rows = await rowsOf(review.store)
  const governed = join(source.directory, 'governed.gz')
  const made = await backup(review.workspace.directory, governed)
  expect(made.stdout).toMatch(/: \d+ rows of \d+ tables\.$/)
  expect((await stat(governed)).mode & 0o777).toBe(0o600)
  expect(await restore(governed)).toMatchObject({ status: 0, stderr: '' })
  await inTarget(async (store) => {
    const { rows: last } = await store.pool.query(
      `select action, actor from mo.audit_log order by seq desc limit 1`,
    )
    expect(last).toEqual([{ action: 'store.restored', actor: 'system:cli' }])
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true })
    for (const table of ['audit_log', 'approval_decisions', 'approvals', 'effects', 'api_tokens']) {
      await expect(store.pool.query(`delete from mo.${table}`)).rejects.toThrow('permission denied')
      await store.asOwner(async (owner) => {
        await expect(owner.query(`truncate mo.${table} cascade`)).rejects.toThrow('is refused')
      })
    }
    await store.asOwner(async (owner) => {
      for (const change of [
        `update mo.audit_log set entry = '{}'`,
        'delete from mo.audit_log',
        `update mo.approvals set proposer = 'x'`,
      ]) {
        await expect(owner.query(change)).rejects.toMatchObject({ code: 'MO001' })
      }
      const { rows: resting } = await owner.query(
        `select tgname from pg_trigger where tgenabled <> 'O'
         union all select conname from pg_constraint where contype = 'f' and condeferrable`,
      )
      expect(resting).toEqual([])
      await owner.query('alter table mo.audit_log disable trigger user')
      await owner.query('delete from mo.audit_log where seq = (select max(seq) from mo.audit_log)')
    })
    expect(await rowsOf(store)).toBe(rows)
  })
})

test('needs the owner of the tables, and no superuser', async () => {
  await newTarget()
  await inTarget(async (server) => {
    await server.asOwner(async (owner) => {
      await owner.query(`create role modest login password 'plain'`)
      await owner.query('create database modest owner modest')
    })
    const host = encodeURIComponent(String(server.connection.host))
    const databaseUrl = `postgres://modest:plain@${host}/modest`
    const modest = await openStore({ workspaceDir: target.directory, databaseUrl })
    const whole = await checkBackup(file)
    try {
      await modest.asOwner((owner) => loadBackup(owner, file, whole))
      expect(await verifyAudit(modest.pool)).toMatchObject({ ok: true, rows: 1 })
    } finally {
      await modest.close()
    }
  })
})

test('is one moment, whatever is written meanwhile', async () => {
  const store = await openStore({ workspaceDir: source.directory })
  const during = join(source.directory, 'during.gz')
  const before = await rowCount(store)
  // The back-up has seen its moment and waits for a table that comes before the audit log.
  const done = await store.asOwner(async (owner) => {
    const client = await owner.connect()
    await client.query('begin; lock table mo.approvals in access exclusive mode')
    const writing = writeBackup(store.pool, during)
    await vi.waitFor(
      async () => {
        const { rows } = await owner.query('select from pg_locks where not granted')
        expect(rows).toHaveLength(1)
      },
      { timeout: 60_000, interval: 50 },
    )
    await appendSystemRow(store, 'afterwards')
    await client.query('commit')
    client.release()
    return { written: await writing }
  })
  expect(await rowCount(store)).toBe(before + 1)
  expect(done.written.rows).toBeGreaterThan(before)
  await store.close()
  const text = gunzipSync(await readFile(during)).toString()
  expect(text).toContain('test.written')
  expect(text).not.toContain('afterwards')
})
async function rowCount({ pool }: Store): Promise<number> {
  const { rows } = await pool.query('select count(*)::int as count from mo.audit_log')
  return z.tuple([z.object({ count: z.int() })]).parse(rows)[0].count
}

test('restores into nothing but a new database, and leaves any other as it is', async () => {
  await newTarget()
  await restore()
  const before = await inTarget(rowsOf)
  expect(await restore()).toMatchObject({
    status: 1,
    stderr: 'error[RESTORE_REFUSED]: the database holds records already',
  })
  expect(await inTarget(rowsOf)).toBe(before)
})

/** The back-up with its lines changed. */
async function altered(change: (lines: string[]) => string[]): Promise<string> {
  const lines = gunzipSync(await readFile(file))
    .toString()
    .split('\n')
  const path = join(source.directory, 'altered.gz')
  await writeFile(path, gzipSync(change(lines).join('\n')))
  return path
}

/** The foot anew, so that the file is whole by its own account. */
function signed(lines: string[]): string[] {
  const body = lines.slice(0, -2)
  const hash = createHash('sha256').update(body.map((line) => `${line}\n`).join(''))
  const foot = z.looseObject({}).parse(JSON.parse(lines.at(-2) ?? ''))
  return [...body, JSON.stringify({ ...foot, sha256: hash.digest('hex') }), '']
}

test.each<[string, (lines: string[]) => string[]]>([
  ['a row was taken out', (lines) => lines.filter((line) => !line.includes('Governed'))],
  ['a row was changed', (lines) => lines.map((line) => line.replace('"Governed"', '"Other"'))],
  ['its end is missing', (lines) => lines.slice(0, -3)],
  ['it is something else', () => ['{"format":"other"}', '{}']],
  ['it is empty', () => []],
])('refuses a file of which %s', async (_name, change) => {
  await expect(checkBackup(await altered(change))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: 'the file is no whole back-up',
  })
})

test('refuses a file that was cut, and one that is not there', async () => {
  const cut = join(source.directory, 'cut.gz')
  const bytes = await readFile(file)
  await writeFile(cut, bytes.subarray(0, bytes.length - 20))
  for (const path of [cut, join(source.directory, 'none.gz'), source.directory]) {
    await expect(checkBackup(path)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  }
})

test.each<[string, (line: string) => string | undefined, string]>([
  [
    'of another version of the tables',
    (line) => line.replace('"0014-sessions"', '"0015-later"'),
    'the back-up was written by another version of this program',
  ],
  [
    'of which rows are missing',
    (line) => (line.includes('"test.written') ? undefined : line),
    'the rows that came in are not those that were written',
  ],
])('refuses a back-up %s, though it is whole by its own account', async (_name, change, why) => {
  await newTarget()
  const path = await altered((lines) => signed(lines.flatMap((line) => change(line) ?? [])))
  const before = await inTarget(rowsOf)
  expect(await restore(path)).toMatchObject({ status: 1, stderr: `error[RESTORE_REFUSED]: ${why}` })
  expect(await inTarget(rowsOf)).toBe(before)
})

test('says when the log that was backed up is not whole', async () => {
  await newTarget()
  const path = await altered((lines) =>
    signed(lines.map((line) => line.replace('test.written', 'test.changed'))),
  )
  expect(await restore(path)).toMatchObject({
    status: 1,
    stderr: 'error[CHECK_FAILED]: the rows were restored, but their audit log is not whole',
  })
})

test('writes over nothing unless told to', async () => {
  const kept = join(source.directory, 'kept.gz')
  await writeFile(kept, 'the only copy')
  expect(await backup(source.directory, kept)).toMatchObject({
    status: 2,
    stderr: 'error[USAGE]: a file lies there already',
  })
  expect(await readFile(kept, 'utf8')).toBe('the only copy')
  const told = { workspace: source.directory, file: kept, overwrite: true }
  expect(await inProcess((context) => runBackup(context, told))).toMatchObject({ status: 0 })
  expect((await checkBackup(kept)).head.tables.length).toBeGreaterThan(10)
})

test('of two restores at once one is refused, and the rows of the other stand', async () => {
  await newTarget()
  const ended = await Promise.all([restore(), restore()])
  const refused = ended.filter(({ status }) => status === 1)
  expect(refused).toHaveLength(1)
  expect(ended.filter(({ status }) => status === 0)).toHaveLength(1)
  expect(refused[0]?.stderr).toMatch(
    /^error\[RESTORE_REFUSED\]: (the database is in use|the database holds records)/,
  )
  await inTarget(async (store) => {
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true, rows: 2 })
  })
})

test('restores nothing under a worker, from its start to its end', async () => {
  await newTarget()
  await inTarget(async (store) => {
    const attendance = createAttendance(store)
    await attendance.keep()
    await attendance.keep()
    expect(await restore()).toMatchObject({
      status: 1,
      stderr: 'error[RESTORE_REFUSED]: the database is in use',
    })
    // Said again where the connection was lost.
    const holders = `from pg_locks where locktype = 'advisory' and objid = ${LOCK_KEYS.attendance}` // cspell:ignore objid
    await store.asOwner((owner) => owner.query(`select pg_terminate_backend(pid) ${holders}`))
    await vi.waitFor(
      async () => {
        await attendance.keep()
        expect((await store.pool.query(`select ${holders}`)).rowCount).toBe(1)
      },
      { timeout: 20_000, interval: 50 },
    )
    expect((await restore()).status).toBe(1)
    await attendance.end()
    expect(await restore()).toMatchObject({ status: 0, stderr: '' })
  })
})

test('says where a back-up cannot be written, and leaves nothing behind', async () => {
  await newTarget()
  const nowhere = join(target.directory, 'none', 'backup.gz')
  expect(await backup(target.directory, nowhere)).toMatchObject({
    status: 2,
    stderr: 'error[USAGE]: the back-up cannot be written there',
  })
})
