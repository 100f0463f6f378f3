import { describe, expect, it } from 'vitest'

import type { AdMonth, TrendInput } from '#rules/campaign-roi/input.ts'
import { reviewCampaignRoi } from '#rules/campaign-roi/review.ts'
import { readTrends } from '#rules/campaign-roi/trend.ts'
import { policyWith } from '#test/support/policy.ts'

import { facts, MONTH, rejectedRows } from './inputs.ts'

const policy = policyWith()
const CONTEXT = { month: MONTH, asOfOn: '2026-03-31', policy }

const ad = (month: string, changes: Partial<AdMonth> = {}): AdMonth => ({
  month,
  ad: `one of ${month}`,
  spendMinor: 10_000,
  impressions: 1000,
  clicks: 20,
  conversions: 2,
  rows: 1,
  ...changes,
})

/** Twelve ads of 1,000 impressions each month, other ones in each; clicks 20 … 31 before, `first` … `first` + 11 in the month. */
const twelve = (first: number, changes: Partial<AdMonth> = {}): AdMonth[] => [
  ...Array.from({ length: 12 }, (_, index) =>
    ad('2026-02', { ad: `old ${index}`, clicks: 20 + index }),
  ),
  ...Array.from({ length: 12 }, (_, index) =>
    ad(MONTH, { ad: `new ${index}`, clicks: first + index, ...changes }),
  ),
]
/** The same twelve ads in both months; each gets `more` clicks more, and the first, third … one besides. */
const sameTwelve = (more: number): AdMonth[] =>
  twelve(20 + more).map((each, index) => ({
    ...each,
    ad: `ad ${index % 12}`,
    clicks: (each.clicks ?? 0) + (index >= 12 && index % 2 === 0 ? 1 : 0),
  }))
const deals = (month: string, amounts: readonly (number | null)[]): TrendInput['deals'] =>
  amounts.map((amountMinor) => ({ month, amountMinor }))

const trends = (input: Partial<TrendInput>, changes = {}) =>
  readTrends(
    { trend: { ads: [], deals: [], ...input }, rejected: facts().rejected },
    { ...CONTEXT, ...changes },
  )
const callOf = (id: string, input: Partial<TrendInput>, changes = {}) =>
  trends(input, changes).find((trend) => trend.id === id)?.call

describe('the change of a ratio against the month before', () => {
  it('of other ads is tested with the scatter between them', () => {
    // By hand: 306 ÷ 12,000 and 546 ÷ 12,000; each side's error is √(143 ÷ 11 ÷ 12) ÷ 1,000; t = 0.02 ÷ 0.001472 = 13.587, 11 degrees.
    const call = callOf('ctr', { ads: twelve(40) })
    expect(call).toMatchObject({
      direction: 'improving',
      reason: 'significant_change',
      change: { test: 'linearised_ratio', previous: 0.0255, current: 0.0455, support: 24 },
    })
    expect(call?.change.relativeChange).toBeCloseTo(0.784_313_725_490_196, 12)
    expect(Math.log10(call?.change.p ?? 1)).toBeCloseTo(Math.log10(3.213_112_756e-8), 6)
  })

  it('is undecided within chance', () => {
    // One click more for each ad: t = 0.001 ÷ 0.001472 = 0.679, 11 degrees: p = 0.5109.
    const call = callOf('ctr', { ads: twelve(21) })
    expect(call).toMatchObject({ direction: 'undecided', reason: 'within_chance' })
    expect(call?.change.p).toBeCloseTo(0.5109, 4)
  })

  it('of the same ads is tested with how unlike they changed', () => {
    // Six ads gain two clicks and six gain one: 1.5 in 1,000 each, error √(3 ÷ 11 ÷ 12) ÷ 1,000; t = 9.950, 11 degrees.
    const call = callOf('ctr', { ads: sameTwelve(1) })
    expect(call).toMatchObject({
      direction: 'improving',
      change: { previous: 0.0255, current: 0.027 },
    })
    expect(Math.log10(call?.change.p ?? 1)).toBeCloseTo(Math.log10(7.773_530_457e-7), 6)
  })

  it('reads a cost that falls as an improvement', () => {
    const ads = twelve(40)
    expect(callOf('cpc', { ads })).toMatchObject({
      direction: 'improving',
      change: { direction: -1 },
    })
    const dearer = ads.map((each, index) =>
      each.month === MONTH ? { ...each, spendMinor: 50_000 + index } : each,
    )
    expect(callOf('cpc', { ads: dearer })).toMatchObject({
      direction: 'declining',
      change: { direction: 1 },
    })
  })

  it('sums spend over conversions for the cost of one', () => {
    const [cpa] = trends({ ads: [ad('2026-02'), ad(MONTH, { conversions: 5 })] }).filter(
      ({ id }) => id === 'cpa',
    )
    expect(cpa).toMatchObject({
      name: 'Media cost per conversion',
      previous: { numerator: 10_000, denominator: 2, rows: 1 },
      current: { numerator: 10_000, denominator: 5, rows: 1 },
    })
  })

  describe('counted in conversions some of which are still expected', () => {
    /** Twelve ads with about a thousand conversions each last month and a tenth fewer by the end of this one. */
    const ads = twelve(40).map((unit, index) => ({
      ...unit,
      ad: `ad ${index % 12}`,
      conversions: (unit.month === MONTH ? 907 : 1000) + (index % 3),
    }))

    it('is not called before they are in', () => {
      const call = callOf('cpa', { ads })
      expect(call).toMatchObject({
        direction: 'undecided',
        reason: 'immature',
        change: { previous: 120_000 / 12_012, current: 120_000 / 10_896 },
        pending: { settledOn: '2026-04-09' },
      })
      // 9.26 % of the month's spend has its conversions still to come.
      expect(call?.pending?.change.current).toBeCloseTo(
        ((120_000 / 10_896) * 54_443.345_822_6) / 60_000,
        9,
      )
      expect(callOf('cpa', { ads }, { asOfOn: '2026-04-09' })).toMatchObject({
        direction: 'declining',
        pending: null,
      })
    })

    it('tells what is missing and the day it no longer matters', () => {
      const [ctr, , cpa] = trends({ ads })
      expect(cpa?.decision.evidence).toMatchObject({
        missingShare: cpa?.call.pending?.missingShare,
        changeWhenReported: cpa?.call.pending?.change.relativeChange,
        settledOn: '2026-04-09',
      })
      expect(ctr?.call.pending).toBeNull()
      expect(ctr?.decision.evidence).not.toHaveProperty('settledOn')
    })
  })

  it('says nothing of fewer ads than the policy asks for', () => {
    expect(callOf('ctr', { ads: twelve(40).slice(0, 19) })).toMatchObject({
      direction: 'unknown',
      reason: 'too_few_units',
    })
  })

  it('is not asked about where an ad left its part out, where a month has no ad, or of another month', () => {
    const ids = (ads: AdMonth[]) => trends({ ads }).map(({ id }) => id)
    expect(ids([...twelve(40), ad(MONTH, { impressions: null })])).toEqual(['cpc', 'cpa'])
    expect(ids([...twelve(40), ad('2026-02', { clicks: null })])).toEqual(['cpa'])
    expect(ids(twelve(40).filter(({ month }) => month === MONTH))).toEqual([])
    expect(
      ids(twelve(40).map((each) => ({ ...each, month: each.month === MONTH ? MONTH : '2026-01' }))),
    ).toEqual([])
  })

  it('cannot be compared with a month without a single conversion', () => {
    const ads = [...twelve(40, { conversions: 0 })]
    expect(callOf('cpa', { ads })).toMatchObject({
      direction: 'unknown',
      reason: 'not_comparable',
      change: { test: 'none' },
    })
  })

  it('is not called while the month runs', () => {
    expect(callOf('ctr', { ads: twelve(40) }, { asOfOn: '2026-03-30' })).toMatchObject({
      direction: 'unknown',
      reason: 'incomplete_period',
    })
  })
})

describe('the value of a won deal', () => {
  const before = deals('2026-02', [90, 100, 110, 95, 105, 100, 98, 102, 97, 103, 99, 101])
  const doubled = [180, 200, 220, 190, 210, 200, 196, 204, 194, 206, 198, 202]

  it('rises beyond chance', () => {
    const [trend] = trends({ deals: [...before, ...deals(MONTH, doubled)] })
    expect(trend).toMatchObject({
      id: 'deal_value',
      previous: { numerator: 1200, denominator: 12, rows: 12 },
      current: { numerator: 2400, denominator: 12 },
      call: {
        direction: 'improving',
        change: { test: 'welch', relativeChange: 1, fragile: 'none' },
      },
    })
  })

  it('is undecided where one deal makes the difference', () => {
    const one = deals(MONTH, [...Array.from({ length: 11 }, () => 99), 5000])
    expect(callOf('deal_value', { deals: [...before, ...one] })).toMatchObject({
      direction: 'undecided',
    })
  })

  it('is not asked about where a won deal has no amount', () => {
    expect(trends({ deals: [...before, ...deals(MONTH, [...doubled, null])] })).toEqual([])
    expect(trends({ deals: before })).toEqual([])
  })
})

describe('rows that were rejected', () => {
  const input = {
    ads: twelve(40),
    deals: [...deals('2026-02', [90, 110]), ...deals(MONTH, [90, 110])],
  }
  const idsWithout = (lost: 'ad_performance' | 'deals' | 'cost_ledger') =>
    readTrends({ trend: input, rejected: rejectedRows({ [lost]: 1 }) }, CONTEXT).map(({ id }) => id)

  it('leave no figure of their book to compare', () => {
    expect(idsWithout('cost_ledger')).toEqual(['ctr', 'cpc', 'cpa', 'deal_value'])
    expect(idsWithout('ad_performance')).toEqual(['deal_value'])
    expect(idsWithout('deals')).toEqual(['ctr', 'cpc', 'cpa'])
  })

  it.each([
    ['2026-01', ['ctr', 'cpc', 'cpa', 'deal_value']],
    ['2026-02', ['deal_value']],
    [MONTH, ['deal_value']],
    ['2026-04', ['ctr', 'cpc', 'cpa', 'deal_value']],
  ])('only where they may be of a month compared: %s', (month, ids) => {
    const rejected = {
      ...rejectedRows(),
      dated: [{ book: 'ad_performance', month, rows: 1 }] as const,
    }
    expect(readTrends({ trend: input, rejected }, CONTEXT).map(({ id }) => id)).toEqual(ids)
  })
})

describe('trends as told', () => {
  const input = facts({ trend: { ads: twelve(40), deals: [] } })
  const tell = () => reviewCampaignRoi(input, CONTEXT)

  it('corrects the figures for one another', () => {
    const all = trends({ ads: twelve(40) })
    const adjusted = all.map(({ call }) => call.adjustedP ?? 0)
    const raw = all.map(({ call }) => call.change.p ?? 0)
    expect(adjusted.every((p, index) => p >= (raw[index] ?? 1))).toBe(true)
    expect(all.map(({ decision: { id, evidence } }) => [id, evidence['support']])).toEqual([
      ['campaign_roi.trend:ctr', 24],
      ['campaign_roi.trend:cpc', 24],
      ['campaign_roi.trend:cpa', 24],
    ])
  })

  it('shows each figure beside the month before, its change, p and call', () => {
    const told = tell()
    const table = told.tables.find(({ id }) => id === 'campaign_roi.trends')
    expect(table?.columns.map(({ label, numeric }) => (numeric ? `${label} #` : label))).toEqual([
      'Figure',
      'Month before #',
      'Month #',
      'Change #',
      'p #',
      'Call',
    ])
    expect(table?.rows[1]).toEqual([
      { text: 'Cost per click' },
      { fact: 'campaign_roi.trend.cpc.previous' },
      { fact: 'campaign_roi.trend.cpc' },
      { fact: 'campaign_roi.trend.cpc.change' },
      { fact: 'campaign_roi.trend.cpc.p' },
      { decision: 'campaign_roi.trend:cpc' },
    ])
    const fact = new Map(told.facts.map((each) => [each.id, each]))
    // 120,000 ÷ 306 and ÷ 546 cents a click, whole cents shown.
    expect(fact.get('campaign_roi.trend.cpc.previous')).toMatchObject({
      value: { minor: 392 },
      numerator: 120_000,
      denominator: 306,
      source: [{ dataset: 'ad_performance', rows: 12, where: { month_key: '2026-02' } }],
    })
    expect(fact.get('campaign_roi.trend.cpc')).toMatchObject({ value: { minor: 220 } })
    expect(fact.get('campaign_roi.trend.ctr')).toMatchObject({ unit: 'rate', value: 0.0455 })
  })

  it('enters both months, the change and its p with all they rest on', () => {
    const amounts = [90, 100, 110]
    const won = [...deals('2026-02', amounts), ...deals(MONTH, [180, 200, 220])]
    const told = reviewCampaignRoi(facts({ trend: { ads: twelve(40), deals: won } }), CONTEXT)
    const fact = new Map(
      told.facts.map((each) => [each.id.replace('campaign_roi.trend.', ''), each]),
    )
    const month = (dataset: string, rows: number, key = MONTH) => ({
      dataset,
      rows,
      where: { month_key: key },
    })
    const ads = month('ad_performance', 12)
    const adsBefore = month('ad_performance', 12, '2026-02')
    // 120,000 ÷ 24 cents a conversion, and 600 ÷ 3 cents a deal after 300 ÷ 3.
    expect(fact.get('cpa')).toMatchObject({
      label: 'Media cost per conversion, 2026-03',
      unit: 'money',
      value: { minor: 5000 },
      numerator: 120_000,
      denominator: 24,
      formula: 'spend ÷ conversions',
      source: [ads],
    })
    expect(fact.get('deal_value')).toMatchObject({
      unit: 'money',
      value: { minor: 200 },
      numerator: 600,
      denominator: 3,
      formula: 'amount of won deals ÷ won deals',
      source: [month('deals', 3)],
    })
    expect(fact.get('deal_value.previous')).toMatchObject({
      value: { minor: 100 },
      source: [month('deals', 3, '2026-02')],
    })
    expect(fact.get('cpc.change')).toMatchObject({
      label: 'Change of cost per click',
      unit: 'change',
      value: expect.closeTo(306 / 546 - 1, 12),
      formula: 'month ÷ month before − 1',
      inputs: ['campaign_roi.trend.cpc', 'campaign_roi.trend.cpc.previous'],
      source: [ads, adsBefore],
    })
    expect(fact.get('cpc.p')).toMatchObject({
      label: 'Cost per click: chance of such a change if nothing had changed',
      unit: 'probability',
      status: 'known',
      source: [ads, adsBefore],
    })
    expect(
      told.decisions.filter(({ ruleId }) => ruleId === 'campaign_roi.trend').map(({ id }) => id),
    ).toEqual([
      'campaign_roi.trend:ctr',
      'campaign_roi.trend:cpc',
      'campaign_roi.trend:cpa',
      'campaign_roi.trend:deal_value',
    ])
  })

  it('has no change from a month without a conversion, and no p', () => {
    const ads = twelve(40).map((each) =>
      each.month === MONTH ? each : { ...each, clicks: 0, conversions: 0 },
    )
    const { facts: entered } = reviewCampaignRoi(facts({ trend: { ads, deals: [] } }), CONTEXT)
    const of = (id: string) => entered.find((each) => each.id === `campaign_roi.trend.${id}`)
    expect(of('cpa.change')).toMatchObject({
      status: 'not_measured',
      reason: 'there is nothing before it to compare with',
    })
    expect(of('cpa.p')).toMatchObject({
      status: 'not_measured',
      reason: 'the change could not be tested',
    })
  })

  it('tells a change that is called, and only that', () => {
    const trendFindings = tell().findings.filter(({ ruleId }) => ruleId === 'campaign_roi.trend')
    expect(trendFindings.map(({ title, severity }) => [title, severity])).toEqual([
      ['Click-through rate rose beyond chance', 'info'],
      ['Cost per click fell beyond chance', 'info'],
    ])
  })

  it('warns of a cost that rose, with both figures, the change and p', () => {
    const dearer = twelve(20).map((each, index) =>
      each.month === MONTH ? { ...each, spendMinor: 50_000 + index } : each,
    )
    const { findings } = reviewCampaignRoi(facts({ trend: { ads: dearer, deals: [] } }), CONTEXT)
    expect(findings.find(({ subject }) => subject === 'trend:cpc')).toEqual({
      id: 'finding.campaign_roi.trend:cpc',
      ruleId: 'campaign_roi.trend',
      subject: 'trend:cpc',
      severity: 'warning',
      title: 'Cost per click rose beyond chance',
      detail:
        'From {{campaign_roi.trend.cpc.previous}} to {{campaign_roi.trend.cpc}}, a change of {{campaign_roi.trend.cpc.change}}; if nothing had changed, a change as large would come with a probability of {{campaign_roi.trend.cpc.p}}.',
    })
  })

  it('leaves the table out where there is no month before', () => {
    const alone = reviewCampaignRoi(facts(), CONTEXT)
    expect(alone.tables.map(({ id }) => id)).not.toContain('campaign_roi.trends')
  })
})
