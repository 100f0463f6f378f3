import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'

import { firstRejects } from '#src/ingest/refused.ts'
import { warehouseWith } from '#test/support/workspace.ts'

/** The bytes of a Parquet file with the rows of a query. */
async function parquet(query: string): Promise<Buffer> {
  const path = join(tmpdir(), `${randomUUID()}.parquet`)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`copy (${query}) to '${path}' (format parquet)`)
  connection.closeSync()
  instance.closeSync()
  const bytes = await readFile(path)
  await rm(path)
  return bytes
}

async function load(dataset: string, bytes: Buffer) {
  const opened = await warehouseWith({ [`data/${dataset}.parquet`]: bytes })
  const result = opened.datasets.find((candidate) => candidate.dataset === dataset)
  const rejects = await firstRejects(opened.connection, result?.dataset ?? 'campaigns', 100)
  const select = async (columns: string): Promise<unknown[][]> => {
    const found = await opened.connection.runAndReadAll(
      `select ${columns} from "${dataset}" order by row_seq`,
    )
    return found.getRowsJson()
  }
  return { result, rejects, select }
}

const AD = `date '2026-03-01' as date, 'C1' as campaign_id, 'H1' as channel_id, 'USD' as currency`

describe('types that hold the value', () => {
  test.each([
    ['a decimal', 'cast(12.5 as decimal(18,4))', '1250'],
    ['a wide decimal', 'cast(12 as decimal(38,0))', '1200'],
    ['a double', 'cast(12.34 as double)', '1234'],
    ['a whole double', 'cast(12 as double)', '1200'],
    ['a float', 'cast(0.1 as float)', '10'],
    ['an integer', '12', '1200'],
    ['text', `'12.34'`, '1234'],
  ])('spend as %s', async (_type, value, minor) => {
    const { rejects, select } = await load(
      'ad_performance',
      await parquet(`select ${AD}, ${value} as spend`),
    )
    expect(rejects).toEqual([])
    expect(await select('spend_minor, date, source_row')).toEqual([[minor, '2026-03-01', '1']])
  })

  test.each([
    ['a timestamp', `timestamp '2026-03-01 09:00:00.123456'`, '2026-03-01T14:00:00.123Z'],
    [
      'a timestamp of nanoseconds',
      `cast('2026-03-01 09:00:00' as timestamp_ns)`,
      '2026-03-01T14:00:00Z',
    ],
    ['a timestamp in UTC', `cast('2026-03-01 09:00:00+00' as timestamptz)`, '2026-03-01T09:00:00Z'],
    ['a date', `date '2026-03-01'`, '2026-03-01T05:00:00Z'],
  ])('an instant as %s', async (_type, value, expected) => {
    const { select } = await load(
      'touchpoints',
      await parquet(`select 'P1' as person_id, ${value} as occurred_at, 'email' as channel`),
    )
    expect(await select('occurred_ms')).toEqual([[String(Date.parse(expected))]])
  })

  test('a count kept as a double, a date kept as a timestamp, a boolean, an enum, nulls', async () => {
    const { rejects, select } = await load(
      'experiments',
      await parquet(`select 'E1' as experiment_id, 'N' as name, cast('running' as enum('running', 'completed')) as status,
        timestamp '2026-03-01 00:00:00' as started_on, 'm' as metric, 'a' as arm, true as is_control, cast(10 as double) as users, cast(null as double) as conversions`),
    )
    expect(rejects).toEqual([])
    expect(await select('status, started_on, is_control, users, conversions')).toEqual([
      ['running', '2026-03-01', '1', '10', null],
    ])
  })
})

describe('values that do not fit', () => {
  test.each([
    ['a fraction of a cent', 'cast(12.345 as double)', '12.345'],
    ['not a number', `cast('nan' as double)`, 'nan'],
    ['infinity', `cast('inf' as double)`, 'inf'],
    ['an exponent', 'cast(1e20 as double)', '1e+20'],
    ['a boolean', 'true', 'true'],
  ])('spend of %s is a refused row', async (_what, value, got) => {
    const { rejects, result } = await load(
      'ad_performance',
      await parquet(`select ${AD}, ${value} as spend`),
    )
    expect(rejects).toMatchObject([{ row: 1, column: 'spend', code: 'wrong_type', got }])
    expect(result).toMatchObject({ state: 'unreadable', rows: 0, rejected: 1 })
  })

  test('days as numbers are refused', async () => {
    const { rejects } = await load(
      'ad_performance',
      await parquet(
        `select 20513 as date, 'C1' as campaign_id, 'H1' as channel_id, 'USD' as currency, 1 as spend`,
      ),
    )
    expect(rejects).toMatchObject([{ column: 'date', code: 'wrong_type', got: '20513' }])
  })

  test.each([
    ['a list', '[1, 2]'],
    ['a struct', `{'a': 1}`],
    ['bytes', `cast('x' as blob)`],
    ['a time', `time '09:00:00'`],
  ])('a column of %s refuses the file', async (_type, value) => {
    const { result } = await load(
      'ad_performance',
      await parquet(`select ${AD}, ${value} as spend`),
    )
    expect(result).toMatchObject({
      state: 'unreadable',
      problems: [{ code: 'wrong_column_type', column: 'spend' }],
    })
  })

  test('control characters in text are refused', async () => {
    const { rejects } = await load(
      'campaigns',
      await parquet(`select 'C1' as campaign_id, 'a' || chr(1) || 'b' as name`),
    )
    expect(rejects).toMatchObject([{ column: 'name', code: 'control_character', got: 'a\\u0001b' }])
  })
})

describe('files', () => {
  test('other bytes are no Parquet file', async () => {
    const { result } = await load('campaigns', Buffer.from('campaign_id,name\nC1,A\n'))
    expect(result).toMatchObject({ state: 'unreadable', problems: [{ code: 'file_unreadable' }] })
  })

  test('a cut file and one with broken pages are refused', async () => {
    const whole = await parquet(
      `select 'C' || range as campaign_id, 'Name ' || range as name from range(5000)`,
    )
    const cut = await load('campaigns', whole.subarray(0, whole.length - 20))
    expect(cut.result).toMatchObject({
      state: 'unreadable',
      problems: [{ code: 'file_unreadable' }],
    })
    const broken = Buffer.from(whole)
    broken.fill(0xff, 8, 400)
    expect((await load('campaigns', broken)).result?.state).toBe('unreadable')
  })

  test('a missing column, no rows, unknown columns', async () => {
    const missing = await load('campaigns', await parquet(`select 'C1' as campaign_id`))
    expect(missing.result).toMatchObject({
      state: 'unreadable',
      problems: [{ code: 'missing_column', column: 'name' }],
    })
    const none = await load(
      'campaigns',
      await parquet(`select 'C1' as campaign_id, 'A' as name where false`),
    )
    expect(none.result?.state).toBe('empty')
    const extra = await load(
      'campaigns',
      await parquet(`select 'C1' as campaign_id, 'A' as name, [1] as tags`),
    )
    expect(extra.result).toMatchObject({
      state: 'present',
      files: [{ columns: ['campaign_id', 'name', 'tags'] }],
    })
  })

  test('rows keep their order and number', async () => {
    const { select, rejects } = await load(
      'touchpoints',
      await parquet(
        `select 'P' || range as person_id, case when range = 150000 then 'never' else '2026-03-01' end as occurred_at, 'email' as channel from range(200000)`,
      ),
    )
    expect(rejects).toMatchObject([{ row: 150_001 }])
    expect(
      await select(`person_id, source_row`).then((rows) =>
        rows.every(([person, row]) => person === `P${Number(row) - 1}`),
      ),
    ).toBe(true)
  })
})
