import { chmod, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

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

/** Starts it; about a second. Call once per file, in `beforeAll`, and `close` it in `afterAll`. */
export async function startTestStore(): Promise<TestStore> {
  const workspace = await createTemporaryWorkspace()
  const store = await openStore({ workspaceDir: workspace.directory })
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

/** An empty folder that other users may enter, as the server's user must when the tests run as root. */
export async function createTemporaryWorkspace(): Promise<{
  readonly directory: string
  readonly remove: () => Promise<void>
}> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'mo-test-'))
  await chmod(directory, 0o755)
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) }
}
