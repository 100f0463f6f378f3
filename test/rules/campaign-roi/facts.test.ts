import { describe, expect, it } from 'vitest'

import type { CampaignRoiInput } from '#rules/campaign-roi/input.ts'
import { reviewCampaignRoi } from '#rules/campaign-roi/review.ts'
import { policyWith } from '#test/support/policy.ts'

import { ads, cost, facts, MONTH, rejectedRows, value as booked } from './inputs.ts'

const review = (changes: Partial<CampaignRoiInput> = {}) =>
  reviewCampaignRoi(facts(changes), { month: MONTH, asOfOn: '2026-04-02', policy: policyWith() })
const factOf = (id: string, changes: Partial<CampaignRoiInput> = {}) =>
  review(changes).facts.find((fact) => fact.id === id)
const usd = (minor: number) => ({ currency: 'USD', minor })
const won = (wins: number) => [
  { month: MONTH, campaignId: 'CAMP_001', wins, amountMinor: null, rows: wins },
]
const withDeals = (wins: number): Partial<CampaignRoiInput> => ({
  won: won(wins),
  presence: { ...facts().presence, deals: 'present' },
})

describe('every fact of the stage', () => {
  it('has a source with its rows and filter', () => {
    const bare = review(withDeals(2)).facts.filter(
      (fact) => fact.source.length === 0 || fact.source.some(({ where }) => where === undefined),
    )
    expect(bare.map(({ id }) => id)).toStrictEqual([])
  })

  it('names only facts that exist as its inputs', () => {
    const all = review().facts
    const ids = new Set(all.map(({ id }) => id))
    expect(all.flatMap(({ inputs = [] }) => inputs).filter((id) => !ids.has(id))).toStrictEqual([])
  })

  it.each([
    ['campaign_roi.total.cost', ['cost_ledger']],
    ['campaign_roi.total.value', ['value_ledger']],
    ['campaign_roi.campaign.CAMP_001.value', ['value_ledger']],
    ['campaign_roi.total.net', ['cost_ledger', 'value_ledger']],
  ])('%s was read from %s', (id, datasets) => {
    expect(factOf(id)?.source.map(({ dataset }) => dataset)).toStrictEqual(datasets)
  })

  const cents = (minor: number) => ({ unit: 'money', status: 'known', value: usd(minor) })
  const books = (costs: number, values: number, month = MONTH) => [
    { dataset: 'cost_ledger', rows: costs, where: { month_key: month } },
    { dataset: 'value_ledger', rows: values, where: { month_key: month } },
  ]
  const media = {
    dataset: 'cost_ledger',
    rows: 3,
    where: { month_key: MONTH, cost_type: 'media' },
  }
  const platforms = { dataset: 'ad_performance', rows: 2, where: { month_key: MONTH } }
  const deals = (rows: number) => ({ dataset: 'deals', rows, where: { month_key: MONTH } })

  it('of the month says of which rows it is made', () => {
    expect(factOf('campaign_roi.total.cost.media')).toStrictEqual({
      id: 'campaign_roi.total.cost.media',
      label: 'All campaigns: media cost',
      ...cents(1_050_000),
      source: [media],
    })
    expect(factOf('campaign_roi.total.cost')?.source).toStrictEqual(books(9, 3).slice(0, 1))
    expect(factOf('campaign_roi.total.net')?.source).toStrictEqual(books(9, 3))
    expect(factOf('campaign_roi.total.clicks')?.source).toStrictEqual([platforms])
    expect(factOf('campaign_roi.total.value_basis')).toStrictEqual({
      id: 'campaign_roi.total.value_basis',
      label: 'All campaigns: what the value rests on',
      unit: 'text',
      status: 'known',
      value: 'all of it an estimate',
      source: books(9, 3).slice(1),
    })
  })

  it.each([
    ['tooling', 'tooling'],
    ['agency', 'agency'],
    ['human_review', 'human review'],
    ['llm', 'LLM'],
  ])('of cost booked as %s counts its own entries', (type, label) => {
    const costs = [cost('CAMP_001', 'media', 7), cost('CAMP_001', type, 5)]
    expect(factOf(`campaign_roi.total.cost.${type}`, { costs })).toStrictEqual({
      id: `campaign_roi.total.cost.${type}`,
      label: `All campaigns: ${label} cost`,
      ...cents(5),
      source: [{ dataset: 'cost_ledger', rows: 1, where: { month_key: MONTH, cost_type: type } }],
    })
  })

  it('of wins and claims counts the deals behind them', () => {
    const two = [...won(60), { ...won(1)[0], campaignId: null }].map((row) => ({
      month: MONTH,
      wins: 1,
      amountMinor: null,
      rows: 1,
      ...row,
    }))
    const changes = { ...withDeals(61), won: two }
    expect(factOf('campaign_roi.total.wins', changes)).toStrictEqual({
      id: 'campaign_roi.total.wins',
      label: 'Won deals',
      unit: 'count',
      status: 'known',
      value: 61,
      source: [deals(61)],
    })
    expect(factOf('campaign_roi.claim_ratio', changes)).toMatchObject({
      inputs: ['campaign_roi.total.conversions', 'campaign_roi.total.wins'],
      source: [deals(61)],
    })
    expect(factOf('campaign_roi.total.cac', changes)?.source).toStrictEqual([
      ...books(9, 3),
      deals(61),
    ])
  })

  it('of the trace names what it was reckoned from', () => {
    expect(factOf('campaign_roi.spend_trace.untraceable')).toStrictEqual({
      id: 'campaign_roi.spend_trace.untraceable',
      label: 'Media spend without a platform row',
      ...cents(1_017_600),
      formula: 'max(0, media in the ledger − spend in the platforms)',
      inputs: ['campaign_roi.total.cost.media', 'campaign_roi.total.platform_spend'],
      source: [media, platforms],
    })
    expect(factOf('campaign_roi.spend_trace.untraceable_share')).toMatchObject({
      inputs: ['campaign_roi.spend_trace.untraceable', 'campaign_roi.total.cost.media'],
      source: [media, platforms],
    })
  })

  it('of a change names both months', () => {
    const earlier = {
      costs: [...facts().costs, cost('CAMP_001', 'media', 1_000_000, '2026-02')],
      values: [...facts().values, booked('CAMP_001', 1_500_000, '2026-02')],
    }
    const both = [...books(9, 3), ...books(1, 1, '2026-02')]
    for (const metric of ['cost', 'value']) {
      expect(factOf(`campaign_roi.total.prior_month.${metric}`, earlier)?.source).toStrictEqual(
        books(1, 1, '2026-02'),
      )
      expect(factOf(`campaign_roi.total.prior_month.${metric}_change`, earlier)).toMatchObject({
        inputs: [`campaign_roi.total.${metric}`, `campaign_roi.total.prior_month.${metric}`],
        source: both,
      })
    }
  })

  it('of what is booked where something is missing names its own book', () => {
    const rejected = rejectedRows({ cost_ledger: 1, value_ledger: 1 })
    const readable = (metric: string) => factOf(`campaign_roi.total.booked_${metric}`, { rejected })
    const label = (metric: string) => `All campaigns: ${metric} in the rows that could be read`
    expect(readable('cost')).toMatchObject({
      label: label('cost'),
      ...cents(1_109_755),
      source: books(9, 3).slice(0, 1),
    })
    expect(readable('value')).toMatchObject({
      label: label('value'),
      ...cents(1_915_000),
      source: books(9, 3).slice(1),
    })
  })

  it('of a campaign carries label, formula, inputs and both sides of a rate', () => {
    const prefix = 'campaign_roi.campaign.CAMP_001'
    const where = { month_key: MONTH, campaign_id: 'CAMP_001' }
    expect(factOf(`${prefix}.roi`)).toStrictEqual({
      id: `${prefix}.roi`,
      label: 'Spring Promo: ROI',
      unit: 'change',
      status: 'known',
      value: 492_725 / 442_275,
      numerator: 492_725,
      denominator: 442_275,
      formula: 'net ÷ cost',
      inputs: [`${prefix}.net`, `${prefix}.cost`],
      source: [
        { dataset: 'cost_ledger', rows: 3, where },
        { dataset: 'value_ledger', rows: 1, where },
      ],
    })
    expect(factOf(`${prefix}.net`)).toMatchObject({
      label: 'Spring Promo: net',
      unit: 'money',
      formula: 'value − cost',
      inputs: [`${prefix}.value`, `${prefix}.cost`],
    })
    expect(factOf(`${prefix}.ctr`)).toStrictEqual({
      id: `${prefix}.ctr`,
      label: 'Spring Promo: click-through rate',
      unit: 'rate',
      status: 'known',
      value: 1190 / 16_200,
      numerator: 1190,
      denominator: 16_200,
      formula: 'clicks ÷ impressions',
      source: [{ dataset: 'ad_performance', rows: 2, where }],
    })
  })

  it.each([
    ['platform_spend', 'money', usd(32_400), undefined],
    ['impressions', 'count', 16_200, undefined],
    ['clicks', 'count', 1190, undefined],
    ['conversions', 'count', 122, undefined],
    ['conversion_value', 'money', usd(610_000), undefined],
    // 32,400 ÷ 1,190 = 27.2…, 32,400 ÷ 122 = 265.57… cents, shown in whole cents.
    ['cpc', 'money', usd(27), 'spend ÷ clicks'],
    ['cpa', 'money', usd(266), 'spend ÷ conversions'],
    ['conversion_rate', 'rate', 122 / 1190, 'conversions ÷ clicks'],
    ['roas', 'ratio', 610_000 / 32_400, 'conversion value ÷ spend'],
  ])('%s of a channel is %s', (metric, unit, value, formula) => {
    const fact = factOf(`campaign_roi.channel.CH_01.${metric}`)
    expect(fact).toMatchObject({
      unit,
      value,
      source: [
        { dataset: 'ad_performance', rows: 2, where: { month_key: MONTH, channel_id: 'CH_01' } },
      ],
    })
    expect(fact?.formula).toBe(formula)
    expect(fact !== undefined && 'numerator' in fact).toBe(formula !== undefined)
  })

  it('of a segment is found by its segment', () => {
    expect(factOf('campaign_roi.segment.SEG_001.clicks')?.source[0]?.where).toStrictEqual({
      month_key: MONTH,
      segment_id: 'SEG_001',
    })
  })
})

describe('money for one of many', () => {
  it.each([
    // Half a cent goes away from zero; less than half is a true zero of whole cents.
    [1, 2, 'known', usd(1)],
    [3, 2, 'known', usd(2)],
    [1, 3, 'zero', usd(0)],
    [0, 3, 'zero', usd(0)],
  ])('%d cents over %d clicks', (spendMinor, clicks, status, value) => {
    expect(
      factOf('campaign_roi.total.cpc', { delivery: [ads({ spendMinor, clicks })] }),
    ).toMatchObject({ status, value, numerator: spendMinor, denominator: clicks })
  })

  it('has no two sides when one was not measured', () => {
    const fact = factOf('campaign_roi.total.cpc', { delivery: [ads({ clicks: null })] })
    expect(fact).toMatchObject({ status: 'not_measured', value: null })
    expect(fact).not.toHaveProperty('numerator')
  })
})

describe('the cost of a customer', () => {
  it('is full cost over won deals, with the exact sides', () => {
    expect(factOf('campaign_roi.total.cac', withDeals(3))).toMatchObject({
      label: 'All campaigns: customer acquisition cost',
      unit: 'money',
      // 1,109,755 ÷ 3 = 369,918.33
      value: usd(369_918),
      numerator: 1_109_755,
      denominator: 3,
      formula: 'full cost ÷ won deals',
    })
  })

  it.each([
    [
      'no deal was won',
      withDeals(0),
      'not_measured',
      'won deals is zero, so there is nothing to divide by',
    ],
    ['no deals were provided', {}, 'not_measured', 'no deals were provided'],
    [
      'the deals are unreadable',
      { presence: { ...facts().presence, deals: 'unreadable' } },
      'unreadable',
      'the deals could not be read',
    ],
  ] as const)('is missing when %s', (_name, changes, status, reason) => {
    expect(factOf('campaign_roi.total.cac', changes)).toMatchObject({ status, value: null, reason })
  })

  it('comes with the wins and what platforms claim for each', () => {
    expect(factOf('campaign_roi.total.wins', withDeals(61))).toMatchObject({ value: 61 })
    expect(factOf('campaign_roi.total.wins', withDeals(0))).toMatchObject({ status: 'zero' })
    expect(factOf('campaign_roi.claim_ratio', withDeals(61))).toMatchObject({
      value: 2,
      numerator: 122,
      denominator: 61,
    })
  })
})

describe('the traced share', () => {
  it('carries both sides', () => {
    expect(factOf('campaign_roi.spend_trace.untraceable_share')).toMatchObject({
      value: 1_017_600 / 1_050_000,
      numerator: 1_017_600,
      denominator: 1_050_000,
      source: [
        { dataset: 'cost_ledger', where: { month_key: MONTH, cost_type: 'media' } },
        { dataset: 'ad_performance', rows: 2, where: { month_key: MONTH } },
      ],
    })
  })
})

describe('how much of the stage was assessed', () => {
  const presence = facts().presence
  it.each([
    ['assessed', {}],
    ['partial', { delivery: [] }],
    ['partial', { values: [], delivery: [] }],
    ['partial', { costs: [], values: [] }],
    ['not_measured', { costs: [], values: [], delivery: [] }],
    [
      'not_measured',
      { costs: [], values: [], delivery: [], presence: { ...presence, cost_ledger: 'unreadable' } },
    ],
  ] as const)('%s', (status, changes) => {
    expect(review(changes).status).toBe(status)
  })
})
