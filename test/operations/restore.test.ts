import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { mo } from '#test/support/mo.ts'
import { COMPANY_MONTH, createCompany } from '#test/support/review-company.ts'
import {
  createReadyWorkspace,
  createTemporaryWorkspace,
  type TemporaryWorkspace,
} from '#test/support/store.ts'

// Every command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const run = promisify(execFile)

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
  run('cp', ['-a', `${from.directory}/.`, to.directory])

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

/** The folder without its database, and the rows of a back-up in a new one. */
async function throughRows(restored: TemporaryWorkspace): Promise<void> {
  const backup = await createTemporaryWorkspace()
  try {
    const file = join(backup.directory, 'mo-backup.gz')
    const folder = join(backup.directory, 'folder.tar')
    expect(await on(original, 'backup', file)).toMatchObject({ status: 0, stderr: '' })
    // The words of the handbook.
    const [text = ''] = /tar --exclude.*/.exec(await readFile('docs/operations.md', 'utf8')) ?? []
    const [program = '', ...words] = text.split(' ')
    const meant = new Map([
      ['DIR', original.directory],
      ['folder.tar', folder],
    ])
    await run(
      program,
      words.map((word) => meant.get(word) ?? word),
    )
    await run('tar', ['-xpf', folder, '-C', restored.directory])
    expect(await on(restored, 'restore', file)).toMatchObject({ status: 0, stderr: '' })
  } finally {
    await backup.remove()
  }
}

test.each([
  ['a copy of its folder', throughCopies],
  ['its back-up, taken while it can go on', throughRows],
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
