import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { storageFault } from '#src/ingest/storage-fault.ts'
import { openWarehouse } from '#src/warehouse/open.ts'
import { workspaceWith } from '#test/support/workspace.ts'

const CAMPAIGNS = 'campaign_id,name\nC1,A\n'
const SHA = createHash('sha256').update(CAMPAIGNS).digest('hex')

/** Freezes and reads a workspace whose store of copies was prepared so. */
async function openOn(prepare: (store: string) => Promise<unknown>) {
  const workspace = await workspaceWith({ 'data/campaigns.csv': CAMPAIGNS })
  const store = join(workspace, '.orchestrator', 'frozen')
  await mkdir(join(workspace, '.orchestrator'), { recursive: true })
  await prepare(store)
  return openWarehouse({
    workspaceDir: workspace,
    company: { currency: 'USD', timeZone: 'UTC' },
    freeze: true,
  })
}

describe('a store of copies', () => {
  test('that is no folder is told as such, not as a fault of the data', async () => {
    await expect(openOn((store) => writeFile(store, 'x'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      retry: 'never',
      got: 'EEXIST',
      where: { file: '.orchestrator/frozen' },
    })
  })

  test('with something else in the place of a copy is told as such', async () => {
    const blocked = openOn((store) => mkdir(join(store, SHA, 'x'), { recursive: true }))
    await expect(blocked).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      where: { file: expect.stringMatching(/^\.orchestrator\/frozen\/\.draft-/) },
    })
  })

  test('with a copy that somebody changed gets the right one', async () => {
    const { datasets, close } = await openOn(async (store) => {
      await mkdir(store)
      await writeFile(join(store, SHA), 'campaign_id,name\nC1,forged\nC2,forged\n')
    })
    expect(datasets.find(({ dataset }) => dataset === 'campaigns')).toMatchObject({ rows: 1 })
    await close()
  })
})

describe('what the system says', () => {
  const failed = (code: string, path?: string) =>
    Object.assign(new Error(code), {
      syscall: 'open',
      code,
      ...(path === undefined ? {} : { path }),
    })

  test.each([
    [
      'a copy that is gone',
      failed('ENOENT', '/co/.orchestrator/frozen/ab'),
      'REVIEW_INPUT_CHANGED',
      'later',
      '.orchestrator/frozen/ab',
    ],
    [
      'a copy the engine misses',
      new Error('IO Error: No files found that match "x"'),
      'REVIEW_INPUT_CHANGED',
      'later',
      '.orchestrator/frozen',
    ],
    [
      'another failure of the engine',
      new Error('IO Error: Could not read'),
      'FILE_UNREADABLE',
      'later',
      '.orchestrator/frozen',
    ],
    ['a full disk', failed('ENOSPC'), 'FILE_UNREADABLE', 'later', '.orchestrator/frozen'],
    [
      'a folder without rights',
      failed('EACCES', '/co/.orchestrator'),
      'FILE_UNREADABLE',
      'never',
      '.orchestrator',
    ],
  ] as const)('of %s', (_, error, code, retry, file) => {
    expect(storageFault(error, '/co')).toMatchObject({ code, retry, where: { file } })
  })

  test.each([[new Error('boom')], ['text'], [Object.assign(new Error('x'), { code: 'X' })]])(
    'is not what %j is',
    (error) => {
      expect(storageFault(error, '/co')).toBeUndefined()
    },
  )
})
