import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { fingerprint, freeze } from '#src/ingest/freeze.ts'
import { hashOfFiles, Manifest } from '#src/ingest/manifest.ts'
import { warehouseOf, workspaceWith } from '#test/support/workspace.ts'

const sha = (text: string): string => createHash('sha256').update(text).digest('hex')
const CAMPAIGNS = 'campaign_id,name\nC1,A\nC2,\n'

describe('freezing', () => {
  test('copies the bytes under their hash, once', async () => {
    const workspace = await workspaceWith({ 'a.csv': CAMPAIGNS, 'b.csv': CAMPAIGNS })
    const store = join(workspace, 'frozen')
    const expected = { bytes: CAMPAIGNS.length, sha256: sha(CAMPAIGNS) }
    expect(await freeze(join(workspace, 'a.csv'), store)).toEqual(expected)
    expect(await freeze(join(workspace, 'b.csv'), store)).toEqual(expected)
    expect(await readdir(store)).toEqual([expected.sha256])
    expect(await readFile(join(store, expected.sha256), 'utf8')).toBe(CAMPAIGNS)
    expect(await fingerprint(join(workspace, 'a.csv'))).toEqual(expected)
  })

  test('leaves nothing behind when the file cannot be read', async () => {
    const workspace = await workspaceWith({})
    const store = join(workspace, 'frozen')
    await expect(freeze(join(workspace, 'none.csv'), store)).rejects.toThrow('ENOENT')
    expect(await readdir(store)).toEqual([])
  })

  test('copies at the same time end in one file', async () => {
    const workspace = await workspaceWith({ 'a.csv': 'x'.repeat(3_000_000) })
    const store = join(workspace, 'frozen')
    const prints = await Promise.all(
      Array.from({ length: 4 }, () => freeze(join(workspace, 'a.csv'), store)),
    )
    expect(new Set(prints.map(({ sha256 }) => sha256)).size).toBe(1)
    expect(await readdir(store)).toEqual([prints[0]?.sha256])
  })
})

test('drafts and temporary folders of dead processes go after a day, younger ones stay', async () => {
  const workspace = await workspaceWith({
    'a.csv': 'x',
    'frozen/.draft-old': 'x',
    'frozen/.draft-new': 'x',
    'frozen/other': 'x',
    '.orchestrator/tmp/warehouse-old/staged': 'x',
    '.orchestrator/tmp/warehouse-new/staged': 'x',
  })
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000)
  for (const path of ['frozen/.draft-old', 'frozen/other', '.orchestrator/tmp/warehouse-old']) {
    await utimes(join(workspace, path), twoDaysAgo, twoDaysAgo)
  }
  const { sha256 } = await freeze(join(workspace, 'a.csv'), join(workspace, 'frozen'))
  const names = await readdir(join(workspace, 'frozen'))
  expect(names.toSorted()).toEqual(['.draft-new', 'other', sha256].toSorted())
  const opened = await warehouseOf(workspace)
  await opened.close()
  expect(await readdir(join(workspace, '.orchestrator/tmp'))).toEqual(['warehouse-new'])
})

describe('the manifest', () => {
  test('says what was seen of each file', async () => {
    const workspace = await workspaceWith({
      'data/campaigns.csv': CAMPAIGNS,
      'data/segments/a.csv': 'segment_id,name\nS1,A\n',
      'data/segments/b.csv': 'segment_id,name,x\nS2,B,1\n',
    })
    const { manifest } = await warehouseOf(workspace)
    expect(Manifest.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
    expect(manifest).toMatchObject({
      schemaVersion: 1,
      currency: 'USD',
      timeZone: 'America/New_York',
    })
    const [campaigns, segments, channels] = manifest.datasets
    expect(campaigns).toEqual({
      dataset: 'campaigns',
      state: 'present',
      rows: 1,
      rejected: 1,
      sha256: sha(CAMPAIGNS),
      files: [
        {
          path: 'data/campaigns.csv',
          bytes: CAMPAIGNS.length,
          sha256: sha(CAMPAIGNS),
          rows: 1,
          rejected: 1,
          columns: ['campaign_id', 'name'],
        },
      ],
      problems: [],
    })
    expect(segments?.sha256).toBe(hashOfFiles(segments?.files ?? []))
    expect(segments?.files.map(({ columns }) => columns.length)).toEqual([2, 3])
    expect(channels).toEqual({
      dataset: 'channels',
      state: 'absent',
      rows: 0,
      rejected: 0,
      files: [],
      problems: [],
    })
  })

  test.each([
    'data/../x.csv',
    '/etc/passwd',
    'data/a/../b.csv',
    '../data/a.csv',
    'data\\..\\x',
    'data/..',
  ])('refuses the path %s', async (path) => {
    const workspace = await workspaceWith({ 'data/campaigns.csv': CAMPAIGNS })
    const { manifest } = await warehouseOf(workspace)
    const changed = JSON.parse(
      JSON.stringify(manifest).replaceAll('data/campaigns.csv', path.replaceAll('\\', '\\\\')),
    )
    expect(Manifest.safeParse(changed).success).toBe(false)
  })

  test('one hash stands for several files and depends on each', () => {
    const files = [
      { path: 'data/x/a.csv', sha256: 'a'.repeat(64) },
      { path: 'data/x/b.csv', sha256: 'b'.repeat(64) },
    ]
    expect(hashOfFiles([])).toBeUndefined()
    expect(hashOfFiles(files.slice(0, 1))).toBe('a'.repeat(64))
    expect(hashOfFiles(files)).toMatch(/^[0-9a-f]{64}$/)
    expect(hashOfFiles(files)).not.toBe(hashOfFiles(files.toReversed()))
  })
})

describe('replay', () => {
  const replayed = async (workspace: string, manifest: Manifest) => {
    const opened = await warehouseOf(workspace, { manifest })
    const rows = await opened.connection.runAndReadAll('from campaigns order by row_seq')
    return { manifest: opened.manifest, rows: rows.getRowsJson() }
  }

  test('reads the frozen bytes though data/ has changed since', async () => {
    const workspace = await workspaceWith({
      'data/campaigns/a.csv': CAMPAIGNS,
      'data/campaigns/b.csv': 'campaign_id,name\nC3,"Three, really"\n',
      'data/leads.csv': 'no,such,columns\n',
    })
    const first = await warehouseOf(workspace, { freeze: true })
    const rows = await first.connection.runAndReadAll('from campaigns order by row_seq')
    await rm(join(workspace, 'data'), { recursive: true })
    const again = await replayed(
      workspace,
      Manifest.parse(JSON.parse(JSON.stringify(first.manifest))),
    )
    expect(again.rows).toEqual(rows.getRowsJson())
    expect(again.manifest).toEqual(first.manifest)
  })

  test('finds the same problems in how files lay', async () => {
    const workspace = await workspaceWith({
      'data/campaigns.csv': CAMPAIGNS,
      'data/campaigns.jsonl': '{"campaign_id":"C1","name":"A"}\n',
      'data/segments.xlsx': 'x',
      'data/channels.csv': '',
    })
    await symlink('/', join(workspace, 'data/leads'))
    const first = await warehouseOf(workspace, { freeze: true })
    expect(first.manifest.datasets.filter(({ state }) => state === 'unreadable')).toHaveLength(3)
    await rm(join(workspace, 'data'), { recursive: true })
    expect((await replayed(workspace, first.manifest)).manifest).toEqual(first.manifest)
  })

  test('stops when frozen bytes are gone or changed', async () => {
    const workspace = await workspaceWith({ 'data/campaigns.csv': CAMPAIGNS })
    const { manifest } = await warehouseOf(workspace, { freeze: true })
    const frozen = join(workspace, '.orchestrator/frozen', sha(CAMPAIGNS))
    await writeFile(frozen, `${CAMPAIGNS}C3,C\n`)
    await expect(replayed(workspace, manifest)).rejects.toMatchObject({
      code: 'REVIEW_INPUT_CHANGED',
    })
    await rm(frozen)
    await expect(replayed(workspace, manifest)).rejects.toMatchObject({
      code: 'REVIEW_INPUT_CHANGED',
      got: 'no file',
    })
    await mkdir(frozen)
    await expect(replayed(workspace, manifest)).rejects.toMatchObject({
      code: 'REVIEW_INPUT_CHANGED',
    })
  })
})
