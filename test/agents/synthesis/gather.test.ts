import { describe, expect, it } from 'vitest'

import { monthsAsked, monthSums } from '#agents/synthesis/months.ts'
import { slicesByRisk } from '#agents/synthesis/slices.ts'
import { spendSums } from '#agents/synthesis/spend.ts'
import type { SegmentRollup } from '#rules/portfolio/rollup.ts'
import type { Fact, StageResult } from '#rules/schema/review.ts'
import { policyWith } from '#test/support/policy.ts'

const money = (id: string, minor: number | null, rows = 0): Fact => ({
  id,
  label: id,
  unit: 'money',
  status: minor === null ? 'not_measured' : 'known',
  value: minor === null ? null : { currency: 'USD', minor },
  source: rows === 0 ? [] : [{ dataset: 'cost_ledger', rows }],
})

const roi = (...facts: readonly Fact[]): StageResult => ({
  stage: 'campaign_roi',
  status: 'assessed',
  facts: [...facts],
  decisions: [],
  findings: [],
  tables: [],
  charts: [],
  summary: [],
})

describe('monthsAsked', () => {
  it('is the longest look back of the health table', () => {
    expect(monthsAsked(policyWith())).toBe(2)
    expect(monthsAsked(policyWith({ health: [{ otherwise: 'on_track' }] }))).toBe(1)
    const long = [
      { when: 'roi_below', than: 0, for_months: 6, verdict: 'critical' },
      { otherwise: 'on_track' },
    ]
    expect(monthsAsked(policyWith({ health: long }))).toBe(6)
  })
})

describe('monthSums', () => {
  const rows = [
    { side: 'cost' as const, month: '2026-03', amount_minor: 1 },
    { side: 'value' as const, month: '2026-03', amount_minor: 2 },
    { side: 'cost' as const, month: '2026-01', amount_minor: 3 },
  ]

  it('takes this month and the last from campaign ROI, earlier ones from the ledgers', () => {
    const stages = [
      roi(
        money('campaign_roi.total.cost', 100),
        money('campaign_roi.total.value', 200),
        money('campaign_roi.total.prior_month.cost', 50),
        money('campaign_roi.total.prior_month.value', null),
      ),
    ]
    expect(monthSums(rows, stages, { month: '2026-03', count: 3 })).toEqual([
      { month: '2026-03', costMinor: 100, valueMinor: 200 },
      { month: '2026-02', costMinor: 50, valueMinor: null },
      { month: '2026-01', costMinor: 3, valueMinor: null },
    ])
  })

  it('takes all from the ledgers where campaign ROI did not run', () => {
    expect(monthSums(rows, [], { month: '2026-03', count: 2 })).toEqual([
      { month: '2026-03', costMinor: 1, valueMinor: 2 },
      { month: '2026-02', costMinor: null, valueMinor: null },
    ])
  })
})

describe('spendSums', () => {
  const rollup = (segmentId: string, spendMinor: number | null): SegmentRollup => ({
    windowStart: '2026-03-10',
    windowEnd: '2026-03-16',
    campaignId: 'C',
    segmentId,
    impressions: null,
    clicks: null,
    conversions: null,
    spendMinor,
    valueMinor: null,
    primaryKpi: null,
    kpiValue: null,
    trend: null,
    recommendation: null,
  })

  it('reads ledger and platforms from campaign ROI and adds up the rollups', () => {
    const stages = [
      roi(
        money('campaign_roi.total.cost.media', 1_050_000, 3),
        money('campaign_roi.total.platform_spend', 274_400, 10),
      ),
    ]
    expect(spendSums(stages, [rollup('A', 200), rollup('B', 22)])).toEqual({
      ledger: { minor: 1_050_000, rows: 3 },
      platforms: { minor: 274_400, rows: 10 },
      rollups: { minor: 222, rows: 2 },
    })
  })

  it('adds up no half sum, and nothing from nothing', () => {
    expect(spendSums([], [rollup('A', 200), rollup('B', null)]).rollups).toEqual({
      minor: null,
      rows: 2,
    })
    expect(spendSums([], [])).toEqual({
      ledger: { minor: null, rows: 0 },
      platforms: { minor: null, rows: 0 },
      rollups: { minor: null, rows: 0 },
    })
  })
})

describe('slicesByRisk', () => {
  const delivered = (channel_id: string, clicks: number | null) => ({
    risk_id: 'R',
    channel_id,
    segment_id: null,
    impressions: 10,
    clicks,
    conversions: 0,
    row_count: 2,
  })

  it('puts delivery and funnel of a risk side by side', () => {
    const slices = slicesByRisk(
      [delivered('A', 1)],
      [
        {
          risk_id: 'R',
          channel_id: 'A',
          segment_id: 'S',
          stage: 'visit',
          stage_count: 7,
          row_count: 1,
        },
      ],
    )
    expect(slices.get('R')).toEqual([
      {
        channelId: 'A',
        segmentId: null,
        rows: 2,
        counts: new Map([
          ['impressions', 10],
          ['clicks', 1],
          ['conversions', 0],
        ]),
      },
      { channelId: 'A', segmentId: 'S', rows: 1, counts: new Map([['visit', 7]]) },
    ])
  })

  it('leaves a measure out everywhere once one part lacks it', () => {
    const slices = slicesByRisk(
      [delivered('A', 1), delivered('B', null), { ...delivered('C', 5), risk_id: 'other' }],
      [],
    )
    expect(slices.get('R')?.map(({ counts }) => [...counts.keys()])).toEqual([
      ['impressions', 'conversions'],
      ['impressions', 'conversions'],
    ])
    expect(slices.get('other')?.[0]?.counts.get('clicks')).toBe(5)
  })
})
