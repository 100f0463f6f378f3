import { cp, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

import {
  findWorkspace,
  listWorkspaces,
  registerWorkspace,
  removePlan,
  requireOwnFolder,
  setPlan,
} from '#src/schedule/workspaces.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let shared: TestStore
beforeAll(async () => {
  shared = await startTestStore()
})
afterEach(() => shared.pool.query('delete from mo.workspaces'))
afterAll(() => shared.close())

const PLAN = {
  plan: { day: { kind: 'after_month_end', businessDay: 2 }, minute: 420 },
  firstMonth: '2026-10',
} as const

/** A folder with a policy, which makes it a workspace, known under a name and with a schedule. */
async function known(folder: string, name: string) {
  const directory = join(shared.workspaceDir, folder)
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'policy.yaml'), '')
  const identity = { name, directory, timeZone: 'UTC' }
  await registerWorkspace(shared.pool, identity)
  await setPlan(shared.pool, name, PLAN)
  return identity
}

it('knows a workspace in its new folder once it was moved, with its schedule', async () => {
  const old = await known('old', 'Moved')
  const directory = join(shared.workspaceDir, 'new')
  await rename(old.directory, directory)
  await registerWorkspace(shared.pool, { ...old, directory })
  expect(await findWorkspace(shared.pool, 'Moved')).toMatchObject({
    directory,
    firstMonth: '2026-10',
  })
})

it('takes a copy of a workspace for another company of the same name', async () => {
  const original = await known('original', 'Copied')
  const directory = join(shared.workspaceDir, 'copy')
  await cp(original.directory, directory, { recursive: true })
  await expect(registerWorkspace(shared.pool, { ...original, directory })).rejects.toMatchObject({
    code: 'WORKSPACE_INVALID',
    expected: `Copied in ${original.directory}`,
  })
  await expect(requireOwnFolder(shared.pool, { ...original, directory })).rejects.toMatchObject({
    code: 'WORKSPACE_INVALID',
  })
  await requireOwnFolder(shared.pool, original)
  await rename(original.directory, `${original.directory} elsewhere`)
  await requireOwnFolder(shared.pool, { ...original, directory })
})

it('forgets the former name of a company when its schedule is removed', async () => {
  const former = await known('renamed', 'Former')
  const renamed = { ...former, name: 'Renamed' }
  await expect(registerWorkspace(shared.pool, renamed)).rejects.toMatchObject({
    code: 'WORKSPACE_INVALID',
    expected: `Former in ${former.directory}`,
    next: expect.stringContaining('mo schedule remove'),
  })
  expect(await removePlan(shared.pool, renamed)).toBe(true)
  expect(await removePlan(shared.pool, renamed)).toBe(false)
  await registerWorkspace(shared.pool, renamed)
  expect((await listWorkspaces(shared.pool)).map(({ name, plan }) => [name, plan])).toEqual([
    ['Renamed', null],
  ])
})

it('lets no workspace take a folder that another has, moved or not', async () => {
  const [one, two] = [await known('one', 'One'), await known('two', 'Two')]
  await rename(one.directory, join(shared.workspaceDir, 'gone'))
  await expect(
    registerWorkspace(shared.pool, { ...one, directory: two.directory }),
  ).rejects.toMatchObject({ code: 'WORKSPACE_INVALID' })
})
