import { describe, expect, it } from 'vitest'

import type { ReviewContext } from '#agents/ports.ts'
import type { FactSource } from '#rules/schema/review.ts'
import { sourceRows } from '#src/runtime/source-rows.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseWith, type WorkspaceFiles } from '#test/support/workspace.ts'

const context = (asOfOn: string): ReviewContext => ({
  reviewId: '2026-03-test',
  month: '2026-03',
  asOf: `${asOfOn}T23:59:59Z`,
  asOfOn,
  policy: policyWith(),
  earlierReadings: [],
})

async function shown(files: WorkspaceFiles, dataset: FactSource['dataset'], asOfOn: string) {
  const { connection } = await warehouseWith(files, {
    company: { currency: 'USD', timeZone: 'UTC' },
  })
  const rows = await sourceRows(connection, [{ dataset, rows: 0 }], context(asOfOn))
  return rows.map(({ row, values }) => `${row} ${values}`)
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
      const rows = await sourceRows(
        connection,
        [{ dataset: 'leads', rows: 3, between }],
        context(asOfOn),
      )
      return rows.map(({ row }) => row)
    }
    expect(await rowsBy('2026-03-31')).toEqual([3, 4, 5])
    expect(await rowsBy('2026-03-06')).toEqual([3, 4])
  })
})
