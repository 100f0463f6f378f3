import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { DATASETS } from '#rules/schema/review.ts'
import { CONTRACTS } from '#src/ingest/contracts/all.ts'
import { tableColumns } from '#src/ingest/contracts/table.ts'
import { openWarehouse } from '#src/warehouse/open.ts'
import { queryText } from '#src/warehouse/query-file.ts'
import { selectBatches, selectRows } from '#src/warehouse/select.ts'
import { warehouseOf, warehouseWith, workspaceWith } from '#test/support/workspace.ts'

const statement = (text: string, parameters: Readonly<Record<string, string | number>> = {}) => ({
  name: 'test',
  text,
  parameters,
})

describe('tables', () => {
  test('every data set has its table, whole numbers and text only', async () => {
    const { connection } = await warehouseWith({})
    const rows = await selectRows(
      connection,
      statement(
        `select table_name, column_name, data_type from information_schema.columns where table_name <> 'rejects' order by table_name, ordinal_position`,
      ),
    )
    expect(new Set(rows.map((row) => row['data_type']))).toEqual(new Set(['BIGINT', 'VARCHAR']))
    for (const dataset of DATASETS) {
      const names = rows
        .filter((row) => row['table_name'] === dataset)
        .map((row) => row['column_name'])
      expect(names).toEqual(tableColumns(CONTRACTS[dataset]).map(({ name }) => name))
    }
  })

  test('columns are named by their kind', () => {
    const names = tableColumns(CONTRACTS.leads).map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining([
        'created_ms',
        'created_on',
        'won_ms',
        'won_on',
        'score_e6',
        'amount_minor',
        'currency',
        'month_key',
        'row_seq',
        'source_file',
        'source_row',
      ]),
    )
    expect(tableColumns(CONTRACTS.journeys).map(({ name }) => name)).not.toContain('month_key')
  })
})

describe('rows', () => {
  test('whole numbers are safe integers, also sums, and text is text', async () => {
    const { connection } = await warehouseWith({})
    const [row] = await selectRows(
      connection,
      statement(
        `select 9007199254740991 as big, sum(x) as total, 'a' as name, null as nothing, cast(-3 as integer) as small from (select cast(2 as bigint) as x union all select 3)`,
      ),
    )
    expect(row).toEqual({ big: 9007199254740991, total: 5, name: 'a', nothing: null, small: -3 })
  })

  test('whole numbers keep every digit beyond 32 bits, with gaps, across chunks', async () => {
    const { connection } = await warehouseWith({})
    const edges = [
      '9007199254740991',
      '-9007199254740991',
      '4294967296',
      '-4294967297',
      '4294967295',
      '2147483648',
      '-2147483649',
      '-1',
      '0',
    ]
    const cases = edges.map((edge, index) => `when ${index} then ${edge}`).join(' ')
    const rows = await selectRows(
      connection,
      statement(
        `select case mod(i, 10) ${cases} end as long, cast(case when mod(i, 3) > 0 then i - 2500 end as integer) as short
         from range(5000) numbers(i) order by i`,
      ),
    )
    expect(rows.map((row) => row['long'])).toEqual(
      Array.from({ length: 5000 }, (_none, i) => (i % 10 === 9 ? null : Number(edges[i % 10]))),
    )
    expect(rows.map((row) => row['short'])).toEqual(
      Array.from({ length: 5000 }, (_none, i) => (i % 3 === 0 ? null : i - 2500)),
    )
  })

  test.each([
    ['a double', 'select 0.5e0 as x', 'x is DOUBLE'],
    ['a decimal', 'select 0.5 as x', 'x is DECIMAL(2,1)'],
    ['an average', 'select avg(x) as x from (select 1 as x)', 'x is DOUBLE'],
    ['a boolean', 'select true as x', 'x is BOOLEAN'],
    ['a date', `select date '2026-01-01' as x`, 'x is DATE'],
    ['an unsafe integer', 'select 9007199254740992 as x', 'beyond'],
    ['an unsafe negative integer', 'select -9007199254740992 as x', 'beyond'],
  ])('%s is refused', async (_what, text, message) => {
    const { connection } = await warehouseWith({})
    await expect(selectRows(connection, statement(text))).rejects.toThrow(message)
  })

  test('parameters are bound, never pasted', async () => {
    const { connection } = await warehouseWith({})
    const hostile = `x'; drop table campaigns; --`
    const rows = await selectRows(
      connection,
      statement('select $name as name, $count + 1 as next', { name: hostile, count: 41 }),
    )
    expect(rows).toEqual([{ name: hostile, next: 42 }])
    await expect(
      selectRows(connection, statement('select cast($x as bigint) as x', { x: 0.5 })),
    ).rejects.toThrow('scale shares to integers')
  })

  test('a failing query says its name', async () => {
    const { connection } = await warehouseWith({})
    await expect(selectRows(connection, statement('select nothing'))).rejects.toMatchObject({
      code: 'WAREHOUSE_FAILED',
      message: 'the query test failed',
    })
    await expect(selectRows(connection, statement('select $x as x'))).rejects.toMatchObject({
      code: 'WAREHOUSE_FAILED',
    })
  })
})

describe('the port', () => {
  test('reads a query file, parses its rows, and refuses rows of another shape', async () => {
    const { warehouse } = await warehouseWith({
      'data/campaigns.csv': 'campaign_id,name\nC2,B\nC1,A\n',
    })
    const Row = z.strictObject({ id: z.string(), name: z.string() })
    expect(await warehouse.rows('campaign-roi/campaign-names', {}, Row)).toEqual([
      { id: 'C1', name: 'A' },
      { id: 'C2', name: 'B' },
    ])
    await expect(
      warehouse.rows('campaign-roi/campaign-names', {}, z.strictObject({ id: z.number() })),
    ).rejects.toThrow('query campaign-roi/campaign-names: a row does not fit its schema')
  })

  test.each(['../open', 'a b', '/etc/passwd', 'x/../../y', ''])('%j is no query', async (name) => {
    expect(() => queryText(name)).toThrow('expected a name such as funnel/cells')
  })

  test('batches hold all rows in order, and several can be read at once', async () => {
    const rows = Array.from(
      { length: 5000 },
      (_none, index) => `C${String(index).padStart(4, '0')},N${index}`,
    )
    const { warehouse } = await warehouseWith({
      'data/campaigns.csv': `campaign_id,name\n${rows.join('\n')}\n`,
    })
    const read = async (): Promise<unknown[]> => {
      const ids: unknown[] = []
      for await (const batch of warehouse.batches('campaign-roi/campaign-names', {})) {
        expect(batch['id']?.length).toBe(batch['name']?.length)
        ids.push(...(batch['id'] ?? []))
      }
      return ids
    }
    const expected = rows.map((row) => row.slice(0, 5))
    expect(await Promise.all([read(), read()])).toEqual([expected, expected])
    for await (const batch of warehouse.batches('campaign-roi/campaign-names', {})) {
      expect(batch['id']?.[0]).toBe('C0000')
      break
    }
  })

  test('batches refuse what rows refuse', async () => {
    const { connection } = await warehouseWith({})
    const read = async (text: string): Promise<void> => {
      for await (const batch of selectBatches(connection, statement(text)))
        expect(batch).toBeDefined()
    }
    await expect(read('select 0.5e0 as x')).rejects.toThrow('x is DOUBLE')
    await expect(read('select 9007199254740993 as x')).rejects.toThrow('beyond')
    await expect(read('select 1 as x where false')).resolves.toBeUndefined()
  })

  test('tells the state of a data set', async () => {
    const { warehouse } = await warehouseWith({
      'data/campaigns.csv': 'campaign_id,name\nC1,A\n,B\n',
      'data/segments.csv': 'segment_id,name\n',
      'data/channels.csv': 'x\n1\n',
    })
    expect(warehouse.dataset('campaigns')).toEqual({ state: 'present', rows: 1, rejected: 1 })
    expect(warehouse.dataset('segments')).toEqual({ state: 'empty', rows: 0, rejected: 0 })
    expect(warehouse.dataset('channels')).toEqual({ state: 'unreadable', rows: 0, rejected: 0 })
    expect(warehouse.dataset('leads')).toEqual({ state: 'absent', rows: 0, rejected: 0 })
  })
})

describe('the lock', () => {
  test.each([
    [`select * from read_csv('/etc/passwd')`, 'disabled by configuration'],
    [`select * from read_text('/etc/hostname')`, 'disabled by configuration'],
    [`select * from glob('/etc/*')`, 'disabled by configuration'],
    [`copy (select 1) to '/tmp/mo-escape.csv'`, 'disabled by configuration'],
    [`attach '/tmp/mo-escape.duckdb'`, 'disabled by configuration'],
    [`select * from read_csv('https://example.invalid/x.csv')`, 'disabled'],
    ['install httpfs', 'disabled'],
    ['load httpfs', 'disabled'],
    ['set enable_external_access = true', 'locked'],
    [`set allowed_directories = ['/']`, 'locked'],
    ["set memory_limit = '9GB'", 'locked'],
    [`set threads = 9`, 'locked'],
  ])('%s', async (text, message) => {
    const { connection } = await warehouseWith({})
    await expect(connection.run(text)).rejects.toThrow(message)
  })

  test('every connection has the settings asked for', async () => {
    const { warehouse, connection } = await warehouseWith({}, { memoryLimit: '512MB', threads: 1 })
    expect(warehouse.dataset('leads').state).toBe('absent')
    const rows = await selectRows(
      connection,
      statement(
        `select name, value from duckdb_settings() where name in ('memory_limit', 'threads', 'TimeZone') order by name`,
      ),
    )
    expect(rows).toEqual([
      { name: 'TimeZone', value: 'UTC' },
      { name: 'memory_limit', value: '488.2 MiB' },
      { name: 'threads', value: '1' },
    ])
  })
})

describe('opening', () => {
  test('refuses a folder that is not there, an unknown zone, an unknown currency', async () => {
    const company = { currency: 'USD', timeZone: 'UTC' }
    const workspaceDir = await workspaceWith({})
    await expect(
      openWarehouse({ workspaceDir: join(workspaceDir, 'none'), company }),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await expect(
      openWarehouse({ workspaceDir, company: { ...company, timeZone: 'Mars/Olympus' } }),
    ).rejects.toMatchObject({ code: 'POLICY_INVALID', got: 'Mars/Olympus' })
    await expect(
      openWarehouse({ workspaceDir, company: { ...company, currency: 'usd' } }),
    ).rejects.toMatchObject({ code: 'POLICY_INVALID', got: 'usd' })
  })

  test('closing leaves no temporary file', async () => {
    const workspace = await workspaceWith({ 'data/campaigns.csv': 'campaign_id,name\n"C1",A\n' })
    const opened = await warehouseOf(workspace)
    const temporary = join(workspace, '.orchestrator/tmp')
    expect(await readdir(temporary)).toHaveLength(1)
    await opened.close()
    expect(await readdir(temporary)).toEqual([])
  })
})
