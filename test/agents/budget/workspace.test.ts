import { describe, expect, test } from 'vitest'

import { budgetAgent, gatherBudget } from '#agents/budget/agent.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseWith } from '#test/support/workspace.ts'

const FILES = {
  'data/campaigns.csv':
    'campaign_id,name,status,start_on,end_on,budget,currency\nC1,Spring,active,2026-10-01,2026-10-31,5000.00,USD\n',
  'data/channels.csv':
    'channel_id,name,type,platform\nA,Search,paid,Google Ads\nB,Social,paid,Meta\n',
  'data/budgets.csv':
    'month,campaign_id,channel_id,planned,committed,min,max,currency\n' +
    '2026-10,C1,A,3000.00,500.00,1000.00,4000.00,USD\n2026-10,C1,B,1000.00,,,,USD\n2026-09,C1,A,9.99,,,,USD\n',
  'data/ad_performance.csv':
    'date,campaign_id,channel_id,segment_id,currency,spend,impressions,clicks,conversions,conversion_value\n' +
    '2026-10-01,C1,A,,USD,100.00,1000,10,1,50.00\n2026-10-31,C1,A,,USD,23.45,1000,10,1,50.00\n' +
    '2026-11-01,C1,A,,USD,999.00,1,1,1,1.00\n2026-10-02,C1,B,,USD,10.00,,,,\n',
  'data/cost_ledger.csv':
    'month,campaign_id,cost_type,amount,currency\n2026-10,C1,media,140.00,USD\n2026-10,C1,llm,7.00,USD\n2026-11,C1,media,1.00,USD\n',
}

test('reads plans, delivery and ledger of the month from the files', async () => {
  const { warehouse } = await warehouseWith(FILES)
  const context = {
    reviewId: 'R-1',
    month: '2026-10',
    asOf: '2026-11-02T09:00:00Z',
    asOfOn: '2026-11-02',
    policy: policyWith(),
    endOfDay: (on: string) => `${on}T23:59:59Z`,
    earlierReadings: [],
  }
  const result = await budgetAgent.run(context, { warehouse })
  const valueOf = (id: string) => result.facts.find((fact) => fact.id === id)?.value
  const usd = (minor: number) => ({ currency: 'USD', minor })
  expect(valueOf('budget.total.planned')).toEqual(usd(400_000))
  expect(valueOf('budget.total.committed')).toEqual(usd(50_000))
  expect(valueOf('budget.total.spend')).toEqual(usd(13_345))
  expect(valueOf('budget.line.C1.A.spend')).toEqual(usd(12_345))
  expect(valueOf('budget.line.C1.A.remainder')).toEqual(usd(250_000))
  expect(valueOf('budget.line.C1.A.return')).toBeCloseTo(10_000 / 12_345, 12)
  expect(valueOf('budget.line.C1.B.return')).toBeNull()
  expect(valueOf('budget.flight.C1.spend')).toEqual(usd(14_000))
  expect(valueOf('budget.flight.C1.utilisation')).toBeCloseTo(0.028, 12)
})

test('without any file nothing is measured, and nothing fails', async () => {
  const { warehouse } = await warehouseWith({})
  const result = await budgetAgent.run(
    {
      reviewId: 'R-1',
      month: '2026-10',
      asOf: '',
      asOfOn: '2026-11-02',
      policy: policyWith(),
      endOfDay: (on: string) => `${on}T23:59:59Z`,
      earlierReadings: [],
    },
    { warehouse },
  )
  expect(result.status).toBe('not_measured')
  expect(result.moves).toEqual([])
  expect(result.facts.filter((fact) => fact.unit === 'money' && fact.status === 'known')).toEqual(
    [],
  )
})

describe('the books of sales', () => {
  const sales = {
    'data/deals.csv': [
      'deal_id,campaign_id,channel_id,amount,currency,created_at,won_at',
      'D1,C1,A,10.00,USD,2026-09-01T00:00:00Z,2026-10-05T00:00:00Z',
      'D2,C1,A,20.00,USD,2026-10-01T00:00:00Z,2026-10-06T00:00:00Z',
      'D3,C1,,5.00,USD,2026-10-01T00:00:00Z,2026-10-07T00:00:00Z',
      'D4,C1,A,1.00,USD,2026-09-01T00:00:00Z,2026-09-30T12:00:00Z',
      'D5,C1,A,1.00,USD,2026-10-01T00:00:00Z,2026-11-05T00:00:00Z',
      'D6,C1,A,1.00,USD,2026-10-01T00:00:00Z,',
      '',
    ].join('\n'),
    'data/value_ledger.csv': [
      'month,campaign_id,amount,currency,source',
      '2026-10,C1,700.00,USD,crm',
      '2026-09,C1,9.00,USD,crm',
      '',
    ].join('\n'),
  }
  const booksOf = async (changes: Readonly<Record<string, string>> = {}) => {
    const { warehouse } = await warehouseWith(
      { ...FILES, ...sales, ...changes },
      { company: { currency: 'USD', timeZone: 'UTC' } },
    )
    const context = {
      reviewId: 'R-1',
      month: '2026-10',
      asOf: '',
      asOfOn: '2026-11-02',
      policy: policyWith(),
      endOfDay: (on: string) => `${on}T23:59:59Z`,
      earlierReadings: [],
    }
    return (await gatherBudget(context, warehouse)).books
  }

  test('are the deals won and the values booked in the month', async () => {
    expect(await booksOf()).toEqual({
      deals: [
        { campaignId: 'C1', channelId: null, wins: 1, amountMinor: 500 },
        { campaignId: 'C1', channelId: 'A', wins: 2, amountMinor: 3000 },
      ],
      values: [{ campaignId: 'C1', amountMinor: 70_000, rows: 1 }],
    })
  })

  test('say nothing where they may have lost a row of the month', async () => {
    const deals = `${sales['data/deals.csv']}D9,C1,A,x,USD,2026-01-01T00:00:00Z,\n`
    expect((await booksOf({ 'data/deals.csv': deals })).deals).toBeNull()
    const lost = (month: string) => `${sales['data/value_ledger.csv']}${month},C1,x,USD,crm\n`
    expect((await booksOf({ 'data/value_ledger.csv': lost('2026-10') })).values).toBeNull()
    expect((await booksOf({ 'data/value_ledger.csv': lost('2026-09') })).values).toHaveLength(1)
  })
})

test.each([
  ['a rejected row of the month', '2026-10-03,C1,A,,USD,"1,00",1,1,1,1.00\n', 'unreadable'],
  ['a rejected row without a date', ',C1,A,,USD,1.00,1,1,1,1.00\n', 'unreadable'],
  ['a rejected row whose date is none', '2026-10-32,C1,A,,USD,1.00,1,1,1,1.00\n', 'unreadable'],
  ['a row that is cut short', '2026-09-30,C1\n', 'unreadable'],
  ['a rejected row of another month', '2026-09-30,C1,A,,USD,"1,00",1,1,1,1.00\n', 'known'],
  ['a rejected row of after the review', '2026-11-03,C1,A,,USD,"1,00",1,1,1,1.00\n', 'known'],
  [
    'a row of another month that contradicts one',
    '2026-09-30,C1,A,,USD,1.00,1,1,1,1.00\n2026-09-30,C1,A,,USD,2.00,1,1,1,1.00\n',
    'known',
  ],
  ['an exact copy of a row', '2026-10-01,C1,A,,USD,100.00,1000,10,1,50.00\n', 'known'],
])('%s of the ad performance: no sum of spend leaves a row out', async (_what, row, status) => {
  const delivery = 'data/ad_performance.csv'
  const { warehouse } = await warehouseWith({ ...FILES, [delivery]: FILES[delivery] + row })
  const result = await budgetAgent.run(
    {
      reviewId: 'R-1',
      month: '2026-10',
      asOf: '',
      asOfOn: '2026-11-02',
      policy: policyWith(),
      endOfDay: (on: string) => `${on}T23:59:59Z`,
      earlierReadings: [],
    },
    { warehouse },
  )
  expect(result.facts.find(({ id }) => id === 'budget.total.spend')?.status).toBe(status)
})
