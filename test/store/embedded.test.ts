import { execFile, spawn } from 'node:child_process'
import {
  appendFile,
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { afterEach, describe, expect, test } from 'vitest'

import { isAlive, readServerPid } from '#src/store/embedded/process-state.ts'
import { findPrograms } from '#src/store/embedded/programs.ts'
import { runProgram } from '#src/store/embedded/run-program.ts'
import { loadSetting, saveSetting } from '#src/store/settings.ts'
import { openStore } from '#src/store/store.ts'
import type { Store } from '#src/store/store.ts'
import { startScript } from '#test/support/child-process.ts'
import { createReadyWorkspace, createTemporaryWorkspace } from '#test/support/store.ts'

const asRoot = process.getuid?.() === 0
const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function workspace(): Promise<string> {
  const created = await createTemporaryWorkspace()
  cleanups.push(created.remove)
  return created.directory
}

/** With a database in it, for tests of what comes after its creation. */
async function readyWorkspace(): Promise<string> {
  const created = await createReadyWorkspace()
  cleanups.push(created.remove)
  return created.directory
}

async function open(directory: string, homesOutside: readonly string[] = []): Promise<Store> {
  const store = await openStore({ workspaceDir: directory, homesOutside })
  cleanups.push(() => store.close())
  return store
}

async function openOnce(directory: string, homesOutside: readonly string[] = []): Promise<string> {
  const store = await openStore({ workspaceDir: directory, homesOutside })
  await saveSetting(store.pool, { name: 'visited', value: directory })
  await store.close()
  return store.description.dataDirectory ?? ''
}

async function visited(directory: string, homesOutside: readonly string[] = []): Promise<unknown> {
  const store = await open(directory, homesOutside)
  return loadSetting(store.pool, 'visited')
}

const dataDirectory = (directory: string): string =>
  path.join(directory, '.orchestrator', 'postgres')

async function serverPid(directory: string): Promise<number> {
  return (await readServerPid(dataDirectory(directory))) ?? 0
}

describe('the embedded server', () => {
  test('listens on a socket only, keeps every promise of durability, and is stopped by the last to leave', async () => {
    const directory = await workspace()
    const first = await openStore({ workspaceDir: directory })
    const second = await openStore({ workspaceDir: directory })
    const { rows } = await first.pool.query(
      `select current_setting('listen_addresses') as addresses, current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as commit, current_setting('unix_socket_permissions') as mode,
         (select count(*)::int from pg_stat_activity where client_addr is not null) as overNetwork`,
    )
    expect(rows).toEqual([
      { addresses: '', fsync: 'on', commit: 'on', mode: '0700', overnetwork: 0 },
    ])
    const pid = await serverPid(directory)
    await first.close()
    expect(await isAlive(pid)).toBe(true)
    expect((await second.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await second.close()
    expect(await isAlive(pid)).toBe(false)
    expect(await readServerPid(dataDirectory(directory))).toBeUndefined()
  })

  test('refuses a connection without the password', async () => {
    const directory = await readyWorkspace()
    const store = await open(directory)
    await expect(
      openStore({
        workspaceDir: directory,
        databaseUrl: `postgres://mo_owner:guess@${encodeURIComponent(dataDirectory(directory))}/postgres`,
      }),
    ).rejects.toMatchObject({
      code: 'STORE_LOGIN_REFUSED',
      got: expect.stringContaining('password authentication failed'),
    })
    expect(store.description).toMatchObject({ kind: 'embedded', roleSeparated: true })
  })

  test('serves four commands that start at once on a new workspace', async () => {
    const directory = await workspace()
    const names = ['a', 'b', 'c', 'd']
    const scripts = names.map((name) => startScript('store-process.ts', [directory, 'save', name]))
    expect(await Promise.all(scripts.map((script) => script.ended))).toEqual(
      names.map(() => ({ status: 0, errors: '' })),
    )
    expect(await readServerPid(dataDirectory(directory))).toBeUndefined()
    const store = await open(directory)
    for (const name of names) expect(await loadSetting(store.pool, name)).toMatch(/^\d+$/)
  })

  test('is not kept alive by a command that was killed, nor stopped while another works', async () => {
    const directory = await readyWorkspace()
    const script = startScript('store-process.ts', [directory, 'hold'])
    expect(await script.line()).toBe('holding')
    const store = await openStore({ workspaceDir: directory })
    await script.kill()
    const pid = await serverPid(directory)
    expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await store.close()
    expect(await isAlive(pid)).toBe(false)
  })

  test('comes back by itself, with every committed row, after it was killed under a working process', async () => {
    const directory = await readyWorkspace()
    const store = await open(directory)
    await saveSetting(store.pool, { name: 'kept', value: 'yes' })
    process.kill(await serverPid(directory), 'SIGKILL')
    await expect
      .poll(() => loadSetting(store.pool, 'kept').catch(() => 'away'), { timeout: 20_000 })
      .toBe('yes')
  })

  test('starts after it was killed and nobody was there', async () => {
    const directory = await readyWorkspace()
    const script = startScript('store-process.ts', [directory, 'hold'])
    await script.line()
    const killed = await serverPid(directory)
    await script.kill()
    process.kill(killed, 'SIGKILL')
    const store = await open(directory)
    expect((await store.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    expect(await serverPid(directory)).not.toBe(killed)
  })

  test.runIf(process.platform === 'linux')(
    'starts when its lock names a process that is another program, or a zombie',
    async () => {
      const directory = await readyWorkspace()
      await openOnce(directory)
      // Both stand for processes of the server's user: PostgreSQL knows that others are not its own.
      const owner = await stat(dataDirectory(directory))
      const user = asRoot ? { uid: owner.uid, gid: owner.gid } : {}
      const zombieParent = spawn('/bin/sh', ['-c', 'sleep 0 & exec sleep 100'], {
        cwd: '/',
        stdio: 'ignore',
        ...user,
      })
      cleanups.push(async () => {
        zombieParent.kill('SIGKILL')
      })
      const parent = String(zombieParent.pid)
      await expect
        .poll(async () => {
          const child = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')
          return child === '' ? '' : readFile(`/proc/${child.trim()}/status`, 'utf8')
        })
        .toMatch(/^State:\s+Z/m)
      const zombie = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')
      const other = spawn('/bin/sleep', ['100'], {
        cwd: '/',
        stdio: 'ignore',
        ...user,
      })
      cleanups.push(async () => {
        other.kill('SIGKILL')
      })
      for (const pid of [zombie.trim(), String(other.pid)]) {
        for (const file of ['postmaster.pid', '.s.PGSQL.5432.lock']) {
          const lock = path.join(dataDirectory(directory), file)
          await writeFile(lock, `${pid}\n${dataDirectory(directory)}\n1\n5432\n`)
          if (asRoot) await chown(lock, owner.uid, owner.gid)
        }
        expect(await visited(directory)).toBe(directory)
        await Promise.all(cleanups.splice(-1).map((close) => close()))
        expect(await readdir(dataDirectory(directory))).not.toContain(
          expect.stringContaining('stale'),
        )
      }
    },
  )

  test('works under a path too long for a socket, with spaces, quotes and dollar signs in it', async () => {
    const directory = await workspace()
    const deep = path.join(directory, 'x'.repeat(60), `it's "our" $HOME; ünïcode`, 'y'.repeat(60))
    await mkdir(deep, { recursive: true })
    await openOnce(deep)
    expect(await visited(deep)).toBe(deep)
    const store = await open(deep)
    expect(String(store.connection.host).length).toBeLessThan(90)
  })

  test('says what is wrong when it cannot start, and does not try for ever', async () => {
    const directory = await readyWorkspace()
    await appendFile(path.join(dataDirectory(directory), 'postgresql.conf'), 'no_such_setting=1\n')
    await expect(openStore({ workspaceDir: directory })).rejects.toMatchObject({
      code: 'STORE_START_FAILED',
      got: expect.stringContaining('no_such_setting'),
      next: expect.stringContaining('postgres.log'),
    })
  })

  test('removes what a command left that was killed while it created the cluster', async () => {
    const directory = await workspace()
    const ended = spawn('/bin/true')
    await new Promise((resolve) => {
      ended.once('exit', resolve)
    })
    const leftover = path.join(directory, '.orchestrator', `.creating-${ended.pid ?? 0}-abc`)
    await mkdir(path.join(leftover, 'data'), { recursive: true })
    await open(directory)
    expect(await readdir(path.join(directory, '.orchestrator'))).toEqual([
      'postgres',
      'postgres.log',
    ])
  })

  test('names a workspace that does not exist', async () => {
    await expect(openStore({ workspaceDir: '/does/not/exist' })).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })
})

describe.runIf(asRoot)('run by root', () => {
  /** A workspace in a home that only root can enter, and a place outside. */
  async function privateHome(): Promise<{ directory: string; outside: string; home: string }> {
    const home = await mkdtemp(path.join(os.tmpdir(), 'mo-home-'))
    const outside = await mkdtemp(path.join(os.tmpdir(), 'mo-outside-'))
    await chmod(outside, 0o755)
    for (const folder of [home, outside]) {
      cleanups.push(() => rm(folder, { recursive: true, force: true }))
    }
    const directory = path.join(home, 'company')
    await mkdir(directory)
    return { directory, outside, home }
  }

  test('runs the server as another user', async () => {
    const directory = await readyWorkspace()
    const store = await open(directory)
    const { uid } = await stat(`/proc/${await serverPid(directory)}`)
    expect(uid).not.toBe(0)
    expect(store.description).toMatchObject({ outsideWorkspace: false })
    expect(store.description.serverUser).toMatch(/^(postgres|nobody)$/)
  })

  test('keeps the data outside a workspace that the server cannot reach, finds them again, and says so', async () => {
    const { directory, outside } = await privateHome()
    const data = await openOnce(directory, [outside])
    expect(data.startsWith(outside)).toBe(true)
    expect(await visited(directory, [outside])).toBe(directory)
    const store = await open(directory, [outside])
    expect(store.description).toMatchObject({ outsideWorkspace: true, dataDirectory: data })
  })

  test('takes the data along when the workspace is moved, and leaves them when it is copied', async () => {
    const { directory, outside, home } = await privateHome()
    const data = await openOnce(directory, [outside])
    const copy = path.join(home, 'copy')
    await cp(directory, copy, { recursive: true })
    expect(await visited(copy, [outside])).toBeUndefined()
    const moved = path.join(home, 'moved')
    await rename(directory, moved)
    expect(await openOnce(moved, [outside])).toBe(data)
    expect(await openOnce(moved, [outside])).toBe(data)
  })

  test('does not use a folder that somebody else made under the expected name', async () => {
    const { directory, outside } = await privateHome()
    await chown(outside, 65_534, 65_534)
    await expect(
      openStore({ workspaceDir: directory, homesOutside: [outside] }),
    ).rejects.toMatchObject({
      code: 'STORE_START_FAILED',
      message: expect.stringContaining('no place'),
    })
  })

  test('serves a user who is not root from a workspace of that user, and root after that', async () => {
    const directory = await workspace()
    const user = { uid: 65_534, gid: 65_534 }
    await chown(directory, user.uid, user.gid)
    const script = startScript('store-process.ts', [directory, 'save', 'by-user'], user)
    expect(await script.ended).toEqual({ status: 0, errors: '' })
    const store = await open(directory)
    expect(await loadSetting(store.pool, 'by-user')).toMatch(/^\d+$/)
  })

  test('tells a user whose workspace holds the data of another', async () => {
    const directory = await readyWorkspace()
    const user = { uid: 12_345, gid: 12_345 }
    const script = startScript('store-process.ts', [directory, 'save', 'x'], user)
    const { status, errors } = await script.ended
    expect(status).not.toBe(0)
    expect(errors).toContain('STORE_START_FAILED')
    expect(errors).toContain('belongs to another user')
  })

  test('copies programs that the server cannot reach and makes the links an install left out', async () => {
    const installed = path.dirname(
      path.dirname(path.dirname((await findPrograms(undefined, '')).postgres)),
    )
    const hidden = await mkdtemp(path.join(os.tmpdir(), 'mo-hidden-'))
    const place = await workspace()
    cleanups.push(() => rm(hidden, { recursive: true, force: true }))
    await cp(installed, path.join(hidden, 'package'), { recursive: true, verbatimSymlinks: true })
    // As an install under umask 077 leaves it.
    await promisify(execFile)('chmod', ['-R', 'go-rwx', hidden])
    const links = path.join(hidden, 'package', 'native', 'lib')
    for (const entry of await readdir(links, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) await rm(path.join(links, entry.name))
    }
    const user = { name: 'nobody', uid: 65_534, gid: 65_534 }
    const programs = await findPrograms(user, place, path.join(hidden, 'package'))
    expect(programs.initdb.startsWith(place)).toBe(true)
    const run = await runProgram({ file: programs.initdb, args: ['--version'], user })
    expect(run).toEqual({ status: 0, errorOutput: '' })
    expect(await findPrograms(user, place, path.join(hidden, 'package'))).toEqual(programs)
  })
})
