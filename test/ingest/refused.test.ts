import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { writeRejects } from '#src/ingest/rejects-file.ts'
import { reportContracts } from '#src/ingest/validate.ts'
import { mo } from '#test/support/mo.ts'
import { warehouseOf, workspaceWith } from '#test/support/workspace.ts'

const ADS = 'date,campaign_id,channel_id,currency,spend'
const COSTS = 'month,campaign_id,cost_type,amount,currency'
const POLICY =
  'version: v1\ncompany: { name: Acme, currency: USD, time_zone: UTC }\neffective_from: 2026-01-01\n'

/** C1 is refused for its start; rows of two sets ask for it, one asks for a campaign nobody knows, and seven are at fault themselves. */
const FILES = {
  'policy.yaml': POLICY,
  'data/campaigns.csv': 'campaign_id,name,start_on\nC1,A,03/01/2026\nC2,B,2026-03-01\n',
  'data/ad_performance.csv': [
    ADS,
    '2026-03-01,C1,H,USD,1',
    '2026-03-02,C1,H,USD,1',
    '2026-03-03,C9,H,USD,1',
    ...Array.from({ length: 7 }, (_none, day) => `2026-03-1${day},C2,H,EUR,1`),
    '2026-03-20,C2,H,USD,=2',
  ].join('\n'),
  'data/cost_ledger.csv': `${COSTS}\n2026-03,C1,media,1,USD\n2026-03,C2,media,1,USD\n`,
}

async function looked(examples: number) {
  const opened = await warehouseOf(await workspaceWith(FILES))
  return reportContracts(opened, examples)
}

test('rows that ask for a refused row wait for it, in one group over all data sets', async () => {
  const { waiting } = await looked(0)
  expect(waiting).toEqual([
    {
      id: 'C1',
      file: 'data/campaigns.csv',
      row: 2,
      rows: 3,
      sets: [
        { dataset: 'ad_performance', rows: 2 },
        { dataset: 'cost_ledger', rows: 1 },
      ],
    },
  ])
})

test('they come after the rows at fault and say where the id stands; an id nobody has does not', async () => {
  const { datasets } = await looked(100)
  const ads = datasets.find(({ dataset }) => dataset === 'ad_performance')
  expect(ads?.firstRejects.map(({ row }) => row)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 2, 3])
  expect(ads?.firstRejects[0]).toMatchObject({ expected: 'an id of campaigns', got: 'C9' })
  expect(ads?.firstRejects.at(-1)?.expected).toBe(
    'an id of campaigns; it stands in data/campaigns.csv:2, which was rejected',
  )
})

test('every refused row is listed in a file, safe for spreadsheets, and old lists go', async () => {
  const root = await workspaceWith({ ...FILES, '.orchestrator/rejects/leads.csv': 'old' })
  const { connection, datasets } = await warehouseOf(root)
  const listed = await writeRejects(root, connection, datasets)
  const folder = join(root, '.orchestrator/rejects')
  expect((await readdir(folder)).toSorted()).toEqual(listed.map((name) => `${name}.csv`).toSorted())
  const lines = (await readFile(join(folder, 'ad_performance.csv'), 'utf8')).split('\r\n')
  expect(lines[0]).toBe('file,line,column,code,expected,got')
  expect(lines).toHaveLength(13)
  expect(lines.some((line) => line.endsWith(",'=2"))).toBe(true)
})

test('the command says how many more there are, of what, and where all of them are', async () => {
  const workspace = await workspaceWith(FILES)
  const short = await mo(['validate', '--workspace', workspace])
  expect(short.status).toBe(1)
  expect(short.stdout).toContain(
    'ad_performance: and 4 more rejected rows: 3 foreign_currency, 1 wrong_type',
  )
  expect(short.stdout).toContain(
    'data/campaigns.csv:2  3 rows wait for C1, which was rejected here: ad_performance 2, cost_ledger 1',
  )
  expect(short.stdout).toContain('.orchestrator/rejects/DATASET.csv')
  const all = await mo(['validate', '--workspace', workspace, '--all'])
  expect(all.stdout).not.toContain('more rejected rows')
  expect(all.stdout.match(/foreign_currency: expected/g)).toHaveLength(7)
})
