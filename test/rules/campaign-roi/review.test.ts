import { describe, expect, it } from 'vitest'

import type { CampaignRoiInput } from '#rules/campaign-roi/input.ts'
import { reviewCampaignRoi } from '#rules/campaign-roi/review.ts'
import { StageResult } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'
import { policyWith } from '#test/support/policy.ts'

import { ads, cost, facts, MONTH, value } from './inputs.ts'

const context = {
  month: MONTH,
  asOfOn: '2026-04-02',
  policy: policyWith({
    targets: [
      { id: 'cac', at_most: 90 },
      { id: 'roi', at_least: 0.5 },
    ],
  }),
}
const review = (changes: Partial<CampaignRoiInput> = {}) =>
  reviewCampaignRoi(facts(changes), context)
const factOf = (result: StageResult, id: string) => result.facts.find((fact) => fact.id === id)
const usd = (minor: number) => ({ currency: 'USD', minor })

describe('the reference month', () => {
  it.each([
    ['campaign_roi.total.cost', 1_109_755],
    ['campaign_roi.total.cost.media', 1_050_000],
    ['campaign_roi.total.cost.human_review', 49_500],
    ['campaign_roi.total.cost.llm', 10_255],
    ['campaign_roi.total.value', 1_915_000],
    ['campaign_roi.total.net', 805_245],
    ['campaign_roi.campaign.CAMP_001.net', 492_725],
    ['campaign_roi.campaign.CAMP_003.net', -131_630],
  ])('%s is %d cents', (id, minor) => {
    expect(factOf(review(), id)?.value).toStrictEqual(usd(minor))
  })

  it.each([
    ['campaign_roi.total.roi', 805_245 / 1_109_755],
    ['campaign_roi.campaign.CAMP_001.roi', 492_725 / 442_275],
    ['campaign_roi.campaign.CAMP_002.roi', 444_150 / 535_850],
    ['campaign_roi.campaign.CAMP_003.roi', -1],
  ])('%s is %d', (id, roi) => {
    expect(factOf(review(), id)?.value).toBe(roi)
  })

  it('keeps numerator and denominator beside the ratio', () => {
    expect(factOf(review(), 'campaign_roi.total.roi')).toMatchObject({
      numerator: 805_245,
      denominator: 1_109_755,
    })
  })

  it('judges each campaign against the target and shows what it compared', () => {
    expect(
      review()
        .decisions.slice(0, 3)
        .map(({ action, evidence }) => [action, evidence]),
    ).toStrictEqual([
      ['on_target', { costMinor: 442_275, valueMinor: 935_000, targetRoi: 0.5 }],
      ['on_target', { costMinor: 535_850, valueMinor: 980_000, targetRoi: 0.5 }],
      ['loss', { costMinor: 131_630, valueMinor: 0, targetRoi: 0.5 }],
    ])
  })

  it('finds the spend that no platform row explains', () => {
    expect(factOf(review(), 'campaign_roi.spend_trace.untraceable')?.value).toStrictEqual(
      usd(1_017_600),
    )
    expect(review().findings.map((finding) => finding.ruleId)).toContain('campaign_roi.spend_trace')
  })

  it('ranks the best return first', () => {
    const table = review().tables.find((each) => each.id === 'campaign_roi.campaigns')
    expect(table?.rows.map((row) => row[0])).toStrictEqual([
      { text: 'Spring Promo' },
      { text: 'SMB Cost Savings' },
      { text: 'Feature Launch' },
    ])
  })

  it('shows what the month cost by kind, and which kinds nobody booked', () => {
    const table = review().tables.find((each) => each.id === 'campaign_roi.cost_by_kind')
    expect(table?.rows).toStrictEqual([
      [{ text: 'media' }, { fact: 'campaign_roi.total.cost.media' }],
      [{ text: 'human review' }, { fact: 'campaign_roi.total.cost.human_review' }],
      [{ text: 'LLM' }, { fact: 'campaign_roi.total.cost.llm' }],
      [{ text: 'Full cost' }, { fact: 'campaign_roi.total.cost' }],
    ])
    expect(table?.note).toBe('Not booked, and so in no sum: tooling, agency.')
    expect(factOf(review(), 'campaign_roi.total.cost.human_review')?.value).toMatchObject({
      minor: 49_500,
    })
    expect(
      review({ costs: [] }).tables.find((each) => each.id === 'campaign_roi.cost_by_kind'),
    ).toBeUndefined()
  })

  it('says that tooling was not booked, not that it was zero', () => {
    expect(factOf(review(), 'campaign_roi.total.cost.tooling')).toMatchObject({
      status: 'not_measured',
      value: null,
      reason: 'no tooling entry in the cost ledger',
    })
  })

  it('keeps a campaign whose value is a true zero as zero', () => {
    expect(factOf(review(), 'campaign_roi.campaign.CAMP_003.value')).toMatchObject({
      status: 'zero',
    })
  })

  it('is a valid stage result whose texts refer only to its own facts', () => {
    expect(StageResult.parse(review())).toStrictEqual(review())
    const ids = new Set(review().facts.map((fact) => fact.id))
    const texts = [
      ...review().summary,
      ...review().findings.flatMap((finding) => [finding.title, finding.detail]),
      ...review().charts.map((chart) => chart.summary),
    ]
    expect(texts.flatMap(tokensOf).filter((id) => !ids.has(id))).toStrictEqual([])
    const cells = review().tables.flatMap((table) => table.rows.flat())
    expect(
      cells.flatMap((cell) => ('fact' in cell && !ids.has(cell.fact) ? [cell.fact] : [])),
    ).toStrictEqual([])
  })
})

describe('missing is not zero', () => {
  it('leaves ROI unmeasured without a cost ledger, and says why', () => {
    const result = review({ costs: [], presence: { ...facts().presence, cost_ledger: 'absent' } })
    expect(factOf(result, 'campaign_roi.total.roi')).toMatchObject({
      status: 'not_measured',
      value: null,
      reason: 'no cost ledger was provided',
    })
    expect(result.status).toBe('partial')
    expect(result.decisions[0]?.reason).toBe('cost_missing')
  })

  it('calls an unreadable ledger unreadable', () => {
    const result = review({
      costs: [],
      presence: { ...facts().presence, cost_ledger: 'unreadable' },
    })
    expect(factOf(result, 'campaign_roi.total.cost')?.status).toBe('unreadable')
  })

  it('is not measured at all when nothing was provided', () => {
    const result = review({
      costs: [],
      values: [],
      delivery: [],
      presence: {
        cost_ledger: 'absent',
        value_ledger: 'absent',
        ad_performance: 'absent',
        deals: 'absent',
      },
    })
    expect(result.status).toBe('not_measured')
    expect(result.facts.filter((fact) => fact.status === 'zero')).toStrictEqual([])
    expect(result.charts).toStrictEqual([])
    expect(result.summary[0]).toContain('cannot be stated')
  })

  it('does not sum clicks when one row left them out', () => {
    const result = review({ delivery: [ads({}), ads({ channelId: 'CH_02', clicks: null })] })
    expect(factOf(result, 'campaign_roi.total.clicks')?.status).toBe('not_measured')
    expect(factOf(result, 'campaign_roi.total.ctr')?.status).toBe('not_measured')
    expect(factOf(result, 'campaign_roi.channel.CH_01.clicks')?.value).toBe(1190)
  })

  it('has no cost per conversion without a conversion', () => {
    const result = review({ delivery: [ads({ conversions: 0 })] })
    expect(factOf(result, 'campaign_roi.total.cpa')).toMatchObject({
      status: 'not_measured',
      reason: 'conversions is zero, so there is nothing to divide by',
    })
    expect(factOf(result, 'campaign_roi.total.conversion_rate')).toMatchObject({
      status: 'zero',
      value: 0,
    })
  })
})

describe('value from the CRM', () => {
  const won = [{ month: MONTH, campaignId: 'CAMP_001', wins: 10, amountMinor: 900_000, rows: 10 }]
  const presence = { ...facts().presence, value_ledger: 'absent', deals: 'present' } as const

  it('speaks where there is no value ledger', () => {
    const result = review({ values: [], won, presence })
    expect(factOf(result, 'campaign_roi.total.value')?.value).toStrictEqual(usd(900_000))
    expect(factOf(result, 'campaign_roi.total.cac')?.value).toStrictEqual(usd(110_976))
    expect(factOf(result, 'campaign_roi.campaign.CAMP_002.value')?.status).toBe('not_measured')
  })

  it('is not measured when a won deal has no amount', () => {
    const result = review({
      values: [],
      won: [{ month: MONTH, campaignId: 'CAMP_001', wins: 10, amountMinor: null, rows: 10 }],
      presence,
    })
    expect(factOf(result, 'campaign_roi.total.value')?.reason).toBe('a won deal has no amount')
  })
})

describe('earlier periods', () => {
  it('compares with the month before when it was booked', () => {
    const result = review({
      costs: [...facts().costs, cost('CAMP_001', 'media', 1_000_000, '2026-02')],
      values: [...facts().values, value('CAMP_001', 1_500_000, '2026-02')],
    })
    expect(factOf(result, 'campaign_roi.total.prior_month.value_change')?.value).toBe(
      415_000 / 1_500_000,
    )
    expect(factOf(result, 'campaign_roi.total.prior_month.roi_change')?.value).toBe(
      805_245 / 1_109_755 - 0.5,
    )
    expect(factOf(result, 'campaign_roi.total.prior_quarter.value_change')?.status).toBe(
      'not_measured',
    )
    expect(result.summary.at(-1)).toContain('Against the prior month')
  })

  it('averages a quarter only when all of its months are booked', () => {
    const quarter = ['2025-10', '2025-11', '2025-12']
    const result = review({
      costs: [
        ...facts().costs,
        ...quarter.map((month) => cost('CAMP_001', 'media', 100_000, month)),
      ],
      values: [
        ...facts().values,
        ...quarter.map((month, index) => value('CAMP_001', 100_000 * index, month)),
      ],
    })
    expect(factOf(result, 'campaign_roi.total.prior_quarter.value')?.value).toStrictEqual(
      usd(100_000),
    )
    expect(factOf(result, 'campaign_roi.total.prior_quarter.cost_change')?.value).toBe(10.09755)
  })
})
