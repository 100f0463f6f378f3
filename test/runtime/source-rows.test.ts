import type { DuckDBConnection } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'

import type { ReviewContext } from '#agents/ports.ts'
import type { FactSource, RowCondition } from '#rules/schema/review.ts'
import { sourceRows } from '#src/runtime/source-rows.ts'
import { policyWith } from '#test/support/policy.ts'
import { createCompany, COMPANY_MONTH } from '#test/support/review-company.ts'
import { runStages } from '#test/support/stage-run.ts'
import {
  warehouseOf,
  warehouseWith,
  workspaceWith,
  type WorkspaceFiles,
} from '#test/support/workspace.ts'

const context = (asOfOn: string): ReviewContext => ({
  reviewId: '2026-03-test',
  month: '2026-03',
  asOf: `${asOfOn}T23:59:59Z`,
  asOfOn,
  endOfDay: (on) => `${on}T23:59:59Z`,
  policy: policyWith(),
  earlierReadings: [],
})

async function shown(files: WorkspaceFiles, dataset: FactSource['dataset'], asOfOn: string) {
  const { connection } = await warehouseWith(files, {
    company: { currency: 'USD', timeZone: 'UTC' },
  })
  return listed(connection, { dataset }, asOfOn)
}

/** The rows of a source that counts just what it selects. */
async function listed(
  connection: DuckDBConnection,
  source: Omit<FactSource, 'rows'>,
  asOfOn = '2026-03-31',
) {
  const ask = async (rows: number) =>
    (await sourceRows(connection, [{ ...source, rows }], context(asOfOn)))[0]
  const found = await ask((await ask(0))?.selected ?? 0)
  return (found?.rows ?? []).map(({ row, values }) => `${row} ${values}`)
}

describe('the rows behind a figure', () => {
  it('are told in the units a person wrote them in', async () => {
    const files = {
      'data/leads.csv':
        'lead_id,created_at,score,amount,currency\nL1,2026-03-05T10:00:00Z,12.5,99.90,USD\nL2,2026-03-06T10:00:00Z,,,\n',
      'data/segment_rollups.csv':
        'window_start,window_end,campaign_id,segment_id,impressions,clicks,conversions,spend,value,kpi_value\n2026-03-01,2026-03-07,C1,S1,10,2,1,3.50,1200,0.0075\n',
      'data/experiments.csv':
        'experiment_id,name,status,started_on,metric,arm,is_control,users\nE1,Test,running,2026-03-01,rate,a,true,10\nE1,Test,running,2026-03-01,rate,b,false,10\n',
    }
    expect(await shown(files, 'leads', '2026-03-31')).toEqual([
      '2 lead_id=L1 created_at=2026-03-05T10:00:00Z score=12.5 amount=$99.90 currency=USD',
      '3 lead_id=L2 created_at=2026-03-06T10:00:00Z currency=USD',
    ])
    // Rollups name no currency: theirs is the company's.
    expect(await shown(files, 'segment_rollups', '2026-03-31')).toEqual([
      '2 window_start=2026-03-01 window_end=2026-03-07 campaign_id=C1 segment_id=S1 impressions=10 clicks=2 conversions=1 spend=$3.50 value=$1,200.00 kpi_value=0.0075',
    ])
    expect(await shown(files, 'experiments', '2026-03-31')).toEqual([
      '2 experiment_id=E1 name=Test status=running started_on=2026-03-01 metric=rate arm=a is_control=true users=10',
      '3 experiment_id=E1 name=Test status=running started_on=2026-03-01 metric=rate arm=b is_control=false users=10',
    ])
  })

  it.each([
    ['2026-03-09', []],
    ['2026-03-10', ['2']],
    // What is booked for a month counts when the month is over.
    ['2026-03-30', ['2']],
    ['2026-03-31', ['2', '3']],
  ])('are none of later days: %s', async (asOfOn, expected) => {
    const files = {
      'data/cost_ledger.csv':
        'date,month,campaign_id,cost_type,amount,currency\n2026-03-10,,C1,media,5,USD\n,2026-03,C1,llm,7,USD\n,2026-04,C1,llm,7,USD\n',
    }
    const rows = await shown(files, 'cost_ledger', asOfOn)
    expect(rows.map((row) => row.split(' ')[0])).toEqual(expected)
  })

  it('are plans of a whole month, and undated rows, whatever the day', async () => {
    const files = {
      'data/budgets.csv': 'month,campaign_id,planned,currency\n2026-03,C1,100,USD\n',
      'data/channels.csv': 'channel_id,name\nA,Email\n',
      'data/actions_taken.csv':
        'action_id,status,done_on\nX1,done,\nX2,done,2026-03-05\nX3,done,2026-03-06\n',
    }
    expect(await shown(files, 'budgets', '2026-03-05')).toHaveLength(1)
    expect(await shown(files, 'channels', '2026-03-05')).toEqual(['2 channel_id=A name=Email'])
    expect(await shown(files, 'actions_taken', '2026-03-05')).toHaveLength(2)
  })

  it('are those of the days a figure is of, the first and the last among them', async () => {
    const days = ['2026-02-28', '2026-03-01', '2026-03-04', '2026-03-07', '2026-03-08']
    const files = {
      'data/leads.csv': `lead_id,created_at\n${days.map((day, index) => `L${index},${day}T10:00:00Z\n`).join('')}`,
    }
    const { connection } = await warehouseWith(files, {
      company: { currency: 'USD', timeZone: 'UTC' },
    })
    const between = { from: '2026-03-01', to: '2026-03-07' }
    const rowsBy = async (asOfOn: string) => {
      const rows = await listed(connection, { dataset: 'leads', between }, asOfOn)
      return rows.map((row) => Number(row.split(' ')[0]))
    }
    expect(await rowsBy('2026-03-31')).toEqual([3, 4, 5])
    expect(await rowsBy('2026-03-06')).toEqual([3, 4])
  })

  const LEADS = {
    'data/leads.csv': [
      'lead_id,created_at,score,mql_at,won_at',
      'L1,2026-02-01T10:00:00Z,80,2026-03-01T10:00:00Z,',
      'L2,2026-02-01T10:00:00Z,60,2026-03-31T10:00:00Z,2026-03-31T12:00:00Z',
      'L3,2026-02-01T10:00:00Z,,2026-02-28T10:00:00Z,',
      'L4,2026-02-01T10:00:00Z,59.5,,2026-03-02T10:00:00Z',
      '',
    ].join('\n'),
  }
  const rowsOf = async (conditions: readonly RowCondition[]) => {
    const { connection } = await warehouseWith(LEADS, {
      company: { currency: 'USD', timeZone: 'UTC' },
    })
    const rows = await listed(connection, { dataset: 'leads', conditions: [...conditions] })
    return rows.map((row) => row.match(/L\d/)?.[0])
  }

  it.each<[string, readonly RowCondition[], readonly string[]]>([
    [
      'a day, both ends',
      [{ anyOf: ['mql_on'], from: '2026-03-01', to: '2026-03-31' }],
      ['L1', 'L2'],
    ],
    ['a column that is given', [{ anyOf: ['won_on'] }], ['L2', 'L4']],
    ['one of two', [{ anyOf: ['mql_on', 'won_on'], from: '2026-03-02' }], ['L2', 'L4']],
    ['a number', [{ anyOf: ['score_e6'], to: 60_000_000 }], ['L2', 'L4']],
    ['an empty column', [{ anyOf: ['score_e6'], empty: true }], ['L3']],
    ['all of several', [{ anyOf: ['mql_on'] }, { anyOf: ['score_e6'], from: 60_000_001 }], ['L1']],
    ['a column that is not there', [{ anyOf: ['score'] }], []],
  ])('are those that its conditions name: %s', async (_what, conditions, expected) => {
    expect(await rowsOf(conditions)).toEqual(expected)
  })

  it('are not shown where the filter selects others too', async () => {
    const { connection } = await warehouseWith(LEADS)
    const [found] = await sourceRows(
      connection,
      [{ dataset: 'leads', rows: 3 }],
      context('2026-03-31'),
    )
    expect(found).toEqual({ dataset: 'leads', counted: 3, selected: 4, rows: [] })
  })

  it('are the first twenty of more', async () => {
    const rows = Array.from({ length: 21 }, (_none, at) => `L${at},2026-02-01T10:00:00Z\n`).join('')
    const { connection } = await warehouseWith({ 'data/leads.csv': `lead_id,created_at\n${rows}` })
    const [found] = await sourceRows(
      connection,
      [{ dataset: 'leads', rows: 21 }],
      context('2026-03-31'),
    )
    expect(found).toMatchObject({ counted: 21, selected: 21 })
    expect(found?.rows.map(({ row }) => row)).toEqual(
      Array.from({ length: 20 }, (_n, at) => at + 2),
    )
  })
})

/** Figures of the model are read from settled leads of one version of the score, which no filter of a source tells. */
const FILTERED = /^lead_scoring\.(month|mix|band\.\w+\.(?!settled)|reason|rep)/

it('every lead figure of the example company counts just the rows that its filter selects', async () => {
  const directory = await workspaceWith({})
  await createCompany(directory)
  const { facts } = await runStages(directory, COMPANY_MONTH, '2026-03-31')
  const { connection } = await warehouseOf(directory, {
    company: { currency: 'USD', timeZone: 'UTC' },
  })
  const figures = [...facts.values()].filter(({ id }) => FILTERED.test(id))
  expect(figures.length).toBeGreaterThan(50)
  const wrong: string[] = []
  for (const { id, source } of figures) {
    for (const { counted, selected } of await sourceRows(
      connection,
      source.filter(({ rows }) => rows > 0),
      context('2026-03-31'),
    )) {
      if (counted !== selected) wrong.push(`${id}: ${counted} counted, ${selected} selected`)
    }
  }
  expect(wrong).toEqual([])
})
