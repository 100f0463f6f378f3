import { describe, expect, it } from 'vitest'

import { campaignRoiAgent } from '#agents/campaign-roi/agent.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseWith, type WorkspaceFiles } from '#test/support/workspace.ts'

const COSTS =
  'date,month,campaign_id,cost_type,amount,currency\n' +
  '2026-03-31,,C1,media,100.00,USD\n,2026-03,C1,llm,2.50,USD\n2026-03-01,,C2,media,40.00,USD\n' +
  '2026-04-01,,C1,media,999.00,USD\n,2026-02,C1,media,50.00,USD\n,2025-03,C1,media,80.00,USD\n'

const FILES: WorkspaceFiles = {
  'data/campaigns.csv': 'campaign_id,name\nC1,Spring\nC2,Summer\n',
  'data/channels.csv': 'channel_id,name\nA,Search\nB,Social\n',
  'data/segments.csv': 'segment_id,name\nS1,Startups\n',
  'data/cost_ledger.csv': COSTS,
  'data/value_ledger.csv':
    'month,campaign_id,amount,currency,source\n' +
    '2026-03,C1,300.00,USD,crm\n2026-03,C1,-20.00,USD,crm\n2026-02,C1,140.00,USD,estimate\n',
  'data/ad_performance.csv':
    'date,campaign_id,channel_id,segment_id,currency,spend,impressions,clicks,conversions\n' +
    '2026-03-01,C1,A,S1,USD,60.00,1000,20,4\n2026-03-31,C1,B,,USD,30.00,,10,1\n' +
    '2026-04-01,C1,A,,USD,900.00,1,1,1\n',
  'data/deals.csv':
    'deal_id,campaign_id,amount,currency,created_at,won_at\n' +
    'D1,C1,200.00,USD,2026-03-02,2026-03-10\nD2,,100.00,USD,2026-03-02,2026-03-20\n' +
    'D3,C1,50.00,USD,2026-03-02,\nD4,C1,70.00,USD,2026-03-02,2026-04-01\n',
}

async function reviewOf(files: WorkspaceFiles) {
  const { warehouse } = await warehouseWith(files)
  const result = await campaignRoiAgent.run(
    {
      reviewId: 'R-1',
      month: '2026-03',
      asOf: '2026-03-31T23:59:59Z',
      asOfOn: '2026-03-31',
      policy: policyWith(),
      endOfDay: (on: string) => `${on}T23:59:59Z`,
      earlierReadings: [],
    },
    { warehouse },
    undefined,
  )
  return { result, factOf: (id: string) => result.facts.find((fact) => fact.id === id) }
}
const usd = (minor: number) => ({ currency: 'USD', minor })

describe('the campaign ROI specialist', () => {
  it('reads ledgers, platforms and CRM of the month from the files', async () => {
    const { factOf } = await reviewOf(FILES)
    const values = [
      ['campaign_roi.total.cost', usd(14_250)],
      ['campaign_roi.total.cost.llm', usd(250)],
      ['campaign_roi.total.value', usd(28_000)],
      ['campaign_roi.total.wins', 2],
      ['campaign_roi.total.cac', usd(7125)],
      ['campaign_roi.total.platform_spend', usd(9000)],
      ['campaign_roi.total.clicks', 30],
      ['campaign_roi.claim_ratio', 2.5],
      ['campaign_roi.campaign.C1.cost', usd(10_250)],
      ['campaign_roi.channel.A.ctr', 0.02],
      ['campaign_roi.segment.S1.cpa', usd(1500)],
      ['campaign_roi.total.prior_month.value', usd(14_000)],
      ['campaign_roi.total.prior_month.value_change', 1],
      ['campaign_roi.total.same_month_last_year.cost', usd(8000)],
    ] as const
    for (const [id, value] of values) {
      expect([id, factOf(id)?.value]).toStrictEqual([id, value])
    }
    expect(factOf('campaign_roi.channel.B.clicks')?.label).toBe('Social: clicks')
    expect(factOf('campaign_roi.campaign.C1.cost')?.source).toStrictEqual([
      { dataset: 'cost_ledger', rows: 2, where: { month_key: '2026-03', campaign_id: 'C1' } },
    ])
  })

  it('holds the ads and deals of the month against those of the month before, up to the day of the review', async () => {
    const head =
      'date,campaign_id,channel_id,segment_id,creative_id,currency,spend,impressions,clicks,conversions\n'
    const { result, factOf } = await reviewOf({
      ...FILES,
      'data/ad_performance.csv':
        `${head}2026-02-10,C1,A,S1,AD1,USD,10.00,1000,20,1\n2026-02-11,C1,A,S1,AD1,USD,10.00,1000,30,1\n` +
        '2026-01-31,C1,A,S1,AD1,USD,9.00,1,1,1\n2026-03-05,C1,A,S1,AD1,USD,10.00,1000,60,1\n' +
        '2026-03-06,C1,A,S1,AD2,USD,10.00,1000,70,1\n2026-04-01,C1,A,S1,AD2,USD,9.00,1,1,1\n',
      'data/deals.csv':
        'deal_id,campaign_id,amount,currency,created_at,won_at\n' +
        'D1,C1,200.00,USD,2026-03-02,2026-03-10\nD2,,100.00,USD,2026-03-02,2026-03-20\n' +
        'D3,C1,50.00,USD,2026-01-02,2026-02-28\nD4,C1,70.00,USD,2026-03-02,2026-04-01\n',
    })
    expect(factOf('campaign_roi.trend.ctr.previous')).toMatchObject({
      numerator: 50,
      denominator: 2000,
      source: [{ dataset: 'ad_performance', rows: 2, where: { month_key: '2026-02' } }],
    })
    expect(factOf('campaign_roi.trend.ctr')).toMatchObject({ numerator: 130, denominator: 2000 })
    expect(factOf('campaign_roi.trend.deal_value')).toMatchObject({
      value: usd(15_000),
      numerator: 30_000,
      denominator: 2,
    })
    // Two ads in March are two units, one in February has no scatter: nothing is said beyond chance.
    const calls = result.decisions.filter(({ ruleId }) => ruleId === 'campaign_roi.trend')
    expect(calls.map(({ subject, action }) => [subject, action])).toEqual([
      ['trend:ctr', 'unknown'],
      ['trend:cpc', 'unknown'],
      ['trend:cpa', 'unknown'],
      ['trend:deal_value', 'unknown'],
    ])
  })

  it('keeps what a row left out missing', async () => {
    const { factOf } = await reviewOf(FILES)
    for (const id of ['campaign_roi.total.ctr', 'campaign_roi.channel.B.impressions']) {
      expect(factOf(id)).toMatchObject({ status: 'not_measured', value: null })
    }
    expect(factOf('campaign_roi.campaign.C2.value')).toMatchObject({
      status: 'not_measured',
      reason: 'no entry in the value ledger',
    })
  })

  it('measures nothing without a file, and does not fail', async () => {
    const { result } = await reviewOf({})
    expect(result.status).toBe('not_measured')
    expect(result.facts.filter(({ value }) => value !== null)).toStrictEqual([])
  })

  it.each([
    ['data/ad_performance.csv', 'campaign_roi.total.clicks'],
    ['data/cost_ledger.csv', 'campaign_roi.total.cost'],
    ['data/value_ledger.csv', 'campaign_roi.total.value'],
    ['data/deals.csv', 'campaign_roi.total.wins'],
  ])('calls figures of a spoilt %s unreadable', async (path, id) => {
    const { factOf } = await reviewOf({ ...FILES, [path]: 'nothing,here\n1,2\n' })
    expect(factOf(id)).toMatchObject({ status: 'unreadable', value: null })
  })

  it.each([
    ['a row that cannot be read', '2026-03-31,,C2,media,much,USD', 'unreadable'],
    ['an exact copy of a row', '2026-03-31,,C1,media,100.00,USD', 'known'],
  ])('states a total of a ledger with %s: %s', async (_what, line, status) => {
    const { factOf } = await reviewOf({ ...FILES, 'data/cost_ledger.csv': `${COSTS}${line}\n` })
    expect(factOf('campaign_roi.total.cost')?.status).toBe(status)
  })
})
