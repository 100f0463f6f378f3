import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'

import { windowsOf } from '#agents/lead-scoring/windows.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { policyWith } from '#test/support/policy.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'
import { warehouseWith } from '#test/support/workspace.ts'

const FOLDER = join(import.meta.dirname, '../../../src/warehouse/sql/lead-scoring')
const QUERIES = readdirSync(FOLDER).map((file) => file.replace('.sql', ''))
const DAY_MS = 86_400_000

/** Columns of `leads` that the queries read. */
const COLUMNS = [
  ['lead_id', 'text'],
  ['created_ms', 'bigint'],
  ['created_on', 'text'],
  ['month_key', 'text'],
  ['channel_id', 'text'],
  ['score_e6', 'bigint'],
  ['score_version', 'text'],
  ['mql_ms', 'bigint'],
  ['mql_on', 'text'],
  ['sql_ms', 'bigint'],
  ['sql_on', 'text'],
  ['opportunity_ms', 'bigint'],
  ['opportunity_on', 'text'],
  ['won_ms', 'bigint'],
  ['won_on', 'text'],
  ['sales_feedback', 'text'],
  ['rejection_reason', 'text'],
  ['owner', 'text'],
] as const

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

function answerOf(draw: number): string {
  if (draw < 0.4) return 'accepted'
  return draw < 0.6 ? 'rejected' : ''
}

/** Leads of a year, with gaps in every optional column. */
function leads(): string {
  const random = createRandom(20)
  const rows = Array.from({ length: 400 }, (_, i) => {
    const created = addDays('2026-01-01', Math.floor(random() * 330))
    const later = (chance: number, days: number): string =>
      random() < chance ? addDays(created, Math.floor(random() * days)) : ''
    const answer = random()
    return [
      `L${i}`,
      created,
      random() < 0.8 ? `CH_${i % 3}` : '',
      random() < 0.9 ? Math.floor(random() * 100_000_000) / 1_000_000 : '',
      random() < 0.7 ? 'v2' : '',
      later(0.8, 10),
      later(0.5, 40),
      later(0.3, 60),
      later(0.2, 90),
      answerOf(answer),
      answer > 0.45 && answer < 0.6 ? 'budget' : '',
      random() < 0.7 ? `rep${i % 4}` : '',
    ].join(',')
  })
  return `lead_id,created_at,channel_id,score,score_version,mql_at,sql_at,opportunity_at,won_at,sales_feedback,rejection_reason,owner\n${rows.join('\n')}\n`
}

it('every query gives the same rows on DuckDB and on PostgreSQL', async () => {
  const { connection, warehouse } = await warehouseWith(
    {
      'data/leads.csv': leads(),
      'data/channels.csv': 'channel_id,name\nCH_0,Search\nCH_1,Social\nCH_2,Email\n',
    },
    { company: { currency: 'USD', timeZone: 'UTC' } },
  )
  const names = COLUMNS.map(([name]) => name).join(', ')
  const stored = await connection.run(`select ${names} from leads`)
  const rows = await stored.getRowsJson()
  expect(rows).toHaveLength(400)
  const client = await store.pool.connect()
  await client.query(
    `create temporary table leads (${COLUMNS.map(([name, type]) => `${name} ${type} collate "C"`.replace('bigint collate "C"', 'bigint')).join(', ')})`,
  )
  await client.query(
    'create temporary table channels (channel_id text collate "C", name text collate "C")',
  )
  await client.query(
    "insert into channels values ('CH_0', 'Search'), ('CH_1', 'Social'), ('CH_2', 'Email')",
  )
  const places = COLUMNS.map((_, index) => `$${index + 1}`).join(', ')
  for (const row of rows) await client.query(`insert into leads values (${places})`, [...row])

  const context = {
    reviewId: 'R-1',
    month: '2026-10',
    asOf: '2026-11-05T09:00:00Z',
    asOfOn: '2026-11-05',
    policy: policyWith({ leads: { outcome_days: 30 } }),
    endOfDay: (on: string) => `${on}T23:59:59Z`,
    earlierReadings: [],
  }
  const bound: Readonly<Record<string, string | number>> = {
    ...windowsOf(context),
    to_on: '2026-10-31',
    version: 'v2',
    hql_e6: 80_000_000,
    mql_e6: 60_000_000,
    mel_e6: 40_000_000,
    sales_ms: 14 * DAY_MS,
  }
  for (const query of QUERIES) {
    const text = readFileSync(join(FOLDER, `${query}.sql`), 'utf8')
    const used = [
      ...new Set(Array.from(text.matchAll(/\$([a-z_0-9]+)/g), ([, name]) => name ?? '')),
    ]
    const parameters = Object.fromEntries(used.map((name) => [name, bound[name] ?? '']))
    const duck = await warehouse.rows(
      `lead-scoring/${query}`,
      parameters,
      z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
    )
    const numbered = text.replaceAll(
      /\$([a-z_0-9]+)/g,
      (_all, name: string) => `$${used.indexOf(name) + 1}`,
    )
    const { rows: postgres } = await client.query<Record<string, unknown>>(
      numbered,
      used.map((name) => parameters[name]),
    )
    const plain = postgres.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [
          key,
          typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value,
        ]),
      ),
    )
    expect({ query, rows: duck.length > 0 }).toStrictEqual({ query, rows: true })
    expect({ query, rows: plain }).toStrictEqual({ query, rows: duck })
  }
  client.release()
})
