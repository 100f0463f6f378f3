import { describe, expect, it } from 'vitest'

import { checkKpi } from '#rules/portfolio/kpi-claim.ts'
import type { SegmentDelivery, SegmentRollup } from '#rules/portfolio/rollup.ts'

import { REFERENCE_DELIVERY, REFERENCE_ROLLUPS } from './reference-segments.ts'

const rollup = (changes: Partial<SegmentRollup> = {}): SegmentRollup => ({
  windowStart: '2026-03-10',
  windowEnd: '2026-03-16',
  campaignId: 'C',
  segmentId: 'S',
  impressions: 10_000,
  clicks: 1000,
  conversions: 50,
  spendMinor: null,
  valueMinor: null,
  primaryKpi: 'conversion_rate',
  kpiValue: 0.005,
  trend: null,
  recommendation: null,
  ...changes,
})

const delivery: SegmentDelivery = {
  campaignId: 'C',
  segmentId: 'S',
  impressions: 20_000,
  clicks: 3000,
  conversions: 60,
  spendMinor: 0,
  valueMinor: null,
  rows: 1,
}

describe('checkKpi', () => {
  it('finds that a KPI of the reference company printed as 0.0000 is 10.7 %', () => {
    const verdicts = REFERENCE_ROLLUPS.map((stated) =>
      checkKpi(
        stated,
        REFERENCE_DELIVERY.find(
          (row) => row.segmentId === stated.segmentId && row.campaignId === stated.campaignId,
        ),
      ),
    )
    expect(verdicts.map((ruling) => ruling?.verdict)).toEqual([
      'agrees',
      'agrees',
      'agrees',
      'agrees',
      'differs',
      'agrees',
    ])
    expect(verdicts[4]).toEqual({
      kpi: 'feature_click_through_rate',
      stated: 0,
      verdict: 'differs',
      delivered: {
        numerator: 880,
        denominator: 8200,
        rate: { status: 'known', value: 880 / 8200 },
      },
      own: { numerator: 640, denominator: 8600, rate: { status: 'known', value: 640 / 8600 } },
    })
  })

  it.each([
    // conversions ÷ impressions or ÷ clicks, of the rollup or of the platforms.
    [0.005, 'agrees'],
    [0.05, 'agrees'],
    [0.003, 'agrees'],
    [0.02, 'agrees'],
    [0.04, 'differs'],
    [0, 'differs'],
  ])('takes %d for %s: any way the company may mean it', (kpiValue, verdict) => {
    expect(checkKpi(rollup({ kpiValue }), delivery)?.verdict).toBe(verdict)
  })

  it.each([
    ['click_through_rate', 0.1, 'agrees'],
    ['feature_clickthrough', 0.15, 'agrees'],
    ['ctr', 0.1, 'agrees'],
    ['feature_ctr', 0.1, 'agrees'],
    ['click_through_rate', 0.005, 'differs'],
    // Not a click-through rate, though the letters are in it.
    ['ctrl_rate', 0.1, 'differs'],
    ['revenue', 0.1, 'not_checked'],
  ])('reads %s of %d: %s', (primaryKpi, kpiValue, verdict) => {
    expect(checkKpi(rollup({ primaryKpi, kpiValue }), delivery)?.verdict).toBe(verdict)
  })

  it.each([
    // 50 ÷ 9,804 = 0.0050999…: printed with four decimals 0.0051, with three 0.005, with two 0.01.
    [0.0051, 'agrees'],
    [0.005, 'agrees'],
    [0.01, 'agrees'],
    [0.0052, 'differs'],
    [0.00511, 'agrees'],
    [0.006, 'differs'],
    [1, 'differs'],
  ])('agrees as far as %d is printed: %s', (kpiValue, verdict) => {
    const counts = rollup({ kpiValue, impressions: 9804, clicks: null })
    expect(checkKpi(counts, undefined)?.verdict).toBe(verdict)
  })

  it('shows the rate by click where only clicks were counted', () => {
    const missing = {
      rate: { status: 'not_measured', reason: 'the counts behind the rate were not measured' },
    }
    const clicks = { ...rollup({ kpiValue: 0.5, impressions: null }) }
    expect(checkKpi(clicks, undefined)).toMatchObject({
      verdict: 'differs',
      delivered: missing,
      own: { numerator: 50, denominator: 1000, rate: { value: 0.05 } },
    })
    // Impressions that the platforms alone counted are enough to show both by impression.
    expect(checkKpi(clicks, delivery)).toMatchObject({
      verdict: 'differs',
      delivered: { numerator: 60, denominator: 20_000 },
      own: missing,
    })
  })

  it('takes a zero for a zero of four decimals', () => {
    const nearly = rollup({ kpiValue: 0, conversions: 1, impressions: 20_000, clicks: null })
    expect(checkKpi(nearly, undefined)?.verdict).toBe('agrees')
    expect(checkKpi({ ...nearly, impressions: 19_999 }, undefined)?.verdict).toBe('differs')
  })

  it('checks nothing without counts, and nothing that was not stated', () => {
    const bare = rollup({ impressions: null, clicks: null })
    const missing = {
      rate: { status: 'not_measured', reason: 'the counts behind the rate were not measured' },
    }
    expect(checkKpi(bare, undefined)).toStrictEqual({
      kpi: 'conversion_rate',
      stated: 0.005,
      verdict: 'not_checked',
      own: missing,
      delivered: missing,
    })
    expect(checkKpi(rollup({ conversions: null }), undefined)?.verdict).toBe('not_checked')
    expect(checkKpi(rollup({ impressions: 0, clicks: 0 }), undefined)?.verdict).toBe('not_checked')
    expect(checkKpi(rollup({ kpiValue: null }), delivery)).toBeNull()
    expect(checkKpi(rollup({ primaryKpi: null }), delivery)).toBeNull()
  })
})
