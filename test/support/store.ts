import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFile, chmod, glob, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { openStore } from '#src/store/store.ts'
import type { Store } from '#src/store/store.ts'

/** A store of its own for one test file: real PostgreSQL over an empty workspace. */
export interface TestStore {
  readonly store: Store
  readonly pool: Store['pool']
  readonly workspaceDir: string
  /** Closes the store and removes the workspace. */
  readonly close: () => Promise<void>
}

/** An empty folder for one test, that other users may enter, as the server's user must when the tests run as root. */
export interface TemporaryWorkspace {
  readonly directory: string
  readonly remove: () => Promise<void>
}

const stores = new WeakMap<Store['pool'], Store>()

/** The store a test began with `startTestStore`, by its connections: for what only the owner of the tables may write. */
export function storeOf(pool: Store['pool']): Store | undefined {
  return stores.get(pool)
}

/** Starts it; about a third of a second. Call once per file, in `beforeAll`, and `close` it in `afterAll`. */
export async function startTestStore(): Promise<TestStore> {
  const workspace = await createReadyWorkspace()
  const store = await openStore({ workspaceDir: workspace.directory })
  stores.set(store.pool, store)
  return {
    store,
    pool: store.pool,
    workspaceDir: workspace.directory,
    close: async () => {
      await store.close()
      await workspace.remove()
    },
  }
}

export async function createTemporaryWorkspace(): Promise<TemporaryWorkspace> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'mo-test-'))
  await chmod(directory, 0o755)
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) }
}

/** A workspace whose database was created and migrated before: a copy of one that is made once per version of the store. */
export async function createReadyWorkspace(): Promise<TemporaryWorkspace> {
  const template = await findTemplate()
  const workspace = await createTemporaryWorkspace()
  // `cp -a` keeps owners, without which the server refuses the data.
  await promisify(execFile)('cp', ['-a', `${template}/.`, workspace.directory])
  return workspace
}

async function findTemplate(): Promise<string> {
  const user = String(process.getuid?.() ?? '')
  const template = path.join(os.tmpdir(), `mo-test-template-quick-${user}-${await storeVersion()}`)
  if (await exists(template)) return template
  const workspace = await createTemporaryWorkspace()
  const store = await openStore({ workspaceDir: workspace.directory })
  const { dataDirectory } = store.description
  await store.close()
  if (dataDirectory !== undefined) await spareDisk(dataDirectory)
  try {
    await rename(workspace.directory, template)
  } catch (error) {
    // Another test file was faster.
    await workspace.remove()
    if (!(await exists(template))) throw error
  }
  return template
}

/**
 * A copy that a test has for some seconds need not outlive the machine: what is written is not waited for on the disk. A server or a process that
 * is killed loses nothing by it, so what tests say of crashes stands. Servers that a test makes itself are as they are for users.
 */
async function spareDisk(dataDirectory: string): Promise<void> {
  await appendFile(path.join(dataDirectory, 'postgresql.conf'), '\nfsync = off\n')
}

/** Changes with everything that makes a new database what it is. */
async function storeVersion(): Promise<string> {
  const source = fileURLToPath(new URL('../../src/store/', import.meta.url))
  const files = ['embedded/cluster.ts', 'migrate.ts', 'grants.sql', 'application-role.ts']
  for await (const file of glob('migrations/*.sql', { cwd: source })) files.push(file)
  const hash = createHash('sha256')
  for (const file of files.toSorted()) hash.update(await readFile(path.join(source, file)))
  return hash.digest('hex').slice(0, 12)
}

async function exists(directory: string): Promise<boolean> {
  return stat(directory).then(
    () => true,
    () => false,
  )
}
