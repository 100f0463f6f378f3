import { describe, expect, it } from 'vitest'

import {
  segmentMomentum,
  type SegmentMomentumContext,
  type SegmentSubject,
} from '#rules/portfolio/momentum.ts'
import type { SegmentDelivery, SegmentRollup } from '#rules/portfolio/rollup.ts'
import { undecidedWhy } from '#rules/portfolio/undecided.ts'
import { policyWith } from '#test/support/policy.ts'

const context: SegmentMomentumContext = {
  month: '2026-03',
  asOfOn: '2026-04-03',
  policy: policyWith(),
}

/** Three weeks after the month nothing of it is expected any more. */
const settled = { ...context, asOfOn: '2026-04-21' }

const delivered = (conversions: number | null, clicks: number | null): SegmentDelivery => ({
  campaignId: 'C',
  segmentId: 'S',
  impressions: null,
  clicks,
  conversions,
  spendMinor: 0,
  valueMinor: null,
  rows: 1,
})

const stated = (trend: number | null, windowEnd = '2026-03-16'): SegmentRollup => ({
  windowStart: '2026-03-10',
  windowEnd,
  campaignId: 'C',
  segmentId: 'S',
  impressions: null,
  clicks: null,
  conversions: null,
  spendMinor: null,
  valueMinor: null,
  primaryKpi: null,
  kpiValue: null,
  trend,
  recommendation: null,
})

const subject = (changes: Partial<SegmentSubject>): SegmentSubject => ({
  campaignId: 'C',
  segmentId: 'S',
  rollup: undefined,
  current: undefined,
  previous: undefined,
  ...changes,
})

const read = (changes: Partial<SegmentSubject>, when = context) => {
  const [momentum] = segmentMomentum([subject(changes)], when)
  return momentum
}

const NOTHING_READ = {
  direction: 'unknown',
  basis: 'none',
  call: undefined,
  contradicted: false,
} as const

/** A rise from 5 % to 10 % of two thousand clicks: far beyond chance. */
const rise = { previous: delivered(100, 2000), current: delivered(200, 2000) }

describe('segmentMomentum', () => {
  it.each([
    [0.12, 'improving'],
    // However small, its sign counts; nothing else can be said of a figure without counts.
    [0.02, 'improving'],
    [0.0001, 'improving'],
    [0, 'stable'],
    [-0.05, 'declining'],
  ])('follows the sign of a stated trend of %d: %s', (trend, direction) => {
    expect(read({ rollup: stated(trend) })).toMatchObject({ direction, basis: 'stated' })
  })

  it('holds a stated trend against the policy’s minimum where it sets one', () => {
    const strict = { ...context, policy: policyWith({ synthesis: { stated_trend_minimum: 0.05 } }) }
    expect(read({ rollup: stated(0.05) }, strict)?.direction).toBe('improving')
    expect(read({ rollup: stated(0.049) }, strict)?.direction).toBe('stable')
  })

  it('does not read the trend of a window that has not ended', () => {
    expect(read({ rollup: stated(0.12, '2026-04-03') })).toMatchObject({
      direction: 'unknown',
      basis: 'none',
    })
    expect(read({ rollup: stated(0.12, '2026-04-02') })?.direction).toBe('improving')
  })

  it('measures where both months have conversions and clicks', () => {
    expect(read(rise)).toMatchObject({
      direction: 'improving',
      basis: 'measured',
      contradicted: false,
      call: { reason: 'significant_change' },
    })
    expect(read({ previous: rise.current, current: rise.previous })?.direction).toBe('declining')
  })

  it('prefers what was measured, and says when the statement contradicts it', () => {
    expect(read({ ...rise, rollup: stated(-0.3) })).toMatchObject({
      direction: 'improving',
      basis: 'measured',
      contradicted: true,
    })
    expect(read({ ...rise, rollup: stated(0.3) })?.contradicted).toBe(false)
    expect(read({ ...rise, rollup: stated(0) })?.contradicted).toBe(false)
  })

  it('falls back to the statement where the counts are too few to call', () => {
    const few = { previous: delivered(1, 10), current: delivered(2, 10) }
    expect(read({ ...few, rollup: stated(0.3) })).toMatchObject({
      direction: 'improving',
      basis: 'stated',
    })
    expect(read(few)).toMatchObject({
      direction: 'unknown',
      basis: 'none',
      call: { reason: 'too_few_conversions' },
    })
  })

  it('does not measure a month that has not ended', () => {
    const early = { ...context, asOfOn: '2026-03-30' }
    expect(read(rise, early)).toMatchObject({ direction: 'unknown', basis: 'none' })
    expect(read(rise, { ...context, asOfOn: '2026-03-31' })?.direction).toBe('improving')
  })

  it.each([
    ['no month before', { current: delivered(200, 2000) }],
    ['no month now', { previous: delivered(200, 2000) }],
    ['no conversions', { previous: delivered(null, 2000), current: delivered(200, 2000) }],
    ['no clicks', { previous: delivered(100, 2000), current: delivered(200, null) }],
    [
      'no clicks for no conversions',
      { previous: delivered(0, null), current: delivered(200, 2000) },
    ],
    ['clicks of zero', { previous: delivered(0, 0), current: delivered(200, 2000) }],
    ['more conversions than clicks', { previous: delivered(11, 10), current: delivered(9, 10) }],
    ['a rollup without a trend', { rollup: stated(null) }],
    ['nothing at all', {}],
  ])('cannot tell with %s', (_what, changes) => {
    expect(read(changes)).toStrictEqual(NOTHING_READ)
  })

  it('measures where every click converts', () => {
    const all = { previous: delivered(200, 200), current: delivered(100, 200) }
    expect(read(all)).toMatchObject({ direction: 'declining', basis: 'measured' })
  })

  it('tells a comparison that decides nothing, though a statement cannot be read yet', () => {
    const few = { previous: delivered(1, 10), current: delivered(2, 10) }
    expect(read({ ...few, rollup: stated(0.3, '2026-04-03') })).toMatchObject({
      direction: 'unknown',
      basis: 'none',
      call: { reason: 'too_few_conversions' },
    })
  })

  it('must stand against what the stages before tested as well', () => {
    // 80 and 110 of 1,000 clicks: p = 0.0221 alone, 0.0664 as the smallest of three.
    const slight = { previous: delivered(80, 1000), current: delivered(110, 1000) }
    expect(read(slight)?.direction).toBe('improving')
    expect(read(slight, { ...context, testedBefore: [0.4, 0.9] })).toMatchObject({
      direction: 'undecided',
      basis: 'measured',
    })
  })

  it('lets a small segment that collapsed decline, however large the others are', () => {
    const large = ['A', 'B', 'C', 'D'].map((segmentId) =>
      subject({
        segmentId,
        previous: delivered(15_000, 100_000),
        current: delivered(15_000, 100_000),
      }),
    )
    const collapsed = subject({ previous: delivered(60, 300), current: delivered(0, 300) })
    const readings = segmentMomentum([...large, collapsed], settled)
    expect(readings.map(({ direction, call }) => [direction, call?.reason])).toEqual([
      ...large.map(() => ['stable', 'within_business_minimum']),
      ['declining', 'shown_beyond_minimum'],
    ])
    expect(undecidedWhy(readings[4] ?? NOTHING_READ)).toBeUndefined()
  })

  it('says that a size is not shown where a change beyond chance may be too small', () => {
    // 4.5 % more of 10 %, between 2.0 % and 7.0 %.
    const open = read(
      { previous: delivered(10_000, 100_000), current: delivered(10_450, 100_000) },
      settled,
    )
    expect(open?.direction).toBe('undecided')
    expect(undecidedWhy(open ?? NOTHING_READ)).toBe('beyond chance, its size not shown')
  })

  describe('whose conversions are still to come', () => {
    /** 5 % of 60,000 clicks convert in both months; by the end of March about 2,725 of 3,000 are in, as a half-life of two days has it. */
    const steady = { previous: delivered(3000, 60_000), current: delivered(2725, 60_000) }
    const monthEnd = { ...context, asOfOn: '2026-03-31' }

    it('does not call a steady segment declining at the end of its month', () => {
      const found = read(steady, monthEnd)
      expect(found).toMatchObject({ direction: 'undecided', basis: 'measured' })
      expect(found?.call).toMatchObject({
        reason: 'immature',
        pending: { settledOn: '2026-04-09' },
      })
      expect(undecidedWhy(found ?? NOTHING_READ)).toBe('late conversions could turn it')
    })

    it('calls what is still missing when everything is in', () => {
      expect(read(steady, { ...monthEnd, asOfOn: '2026-04-08' })?.direction).toBe('declining')
      expect(read(steady, { ...monthEnd, asOfOn: '2026-04-09' })?.call?.pending).toBeNull()
      expect(read(steady, { ...monthEnd, asOfOn: '2026-04-09' })?.direction).toBe('declining')
    })

    it('calls a rise or a fall that they cannot turn', () => {
      const fallen = { ...steady, current: delivered(1500, 60_000) }
      expect(read(fallen, monthEnd)).toMatchObject({ direction: 'declining' })
      const risen = { ...steady, current: delivered(3600, 60_000) }
      expect(read(risen, monthEnd)).toMatchObject({ direction: 'improving' })
    })

    it('holds the conversions against the clicks that could have led to them', () => {
      // Σ ½^((k + ½) ÷ 2) for 31 days ÷ 31 = 0.09262: 54,443 clicks of March; all of February’s.
      const change = read(steady, monthEnd)?.call?.pending?.change
      expect(change).toMatchObject({ previous: 0.05, current: 2725 / 54_443 })
    })

    it('counts no fewer clicks than converted', () => {
      const all = { previous: delivered(200, 200), current: delivered(200, 200) }
      expect(read(all, monthEnd)?.call?.pending?.change).toMatchObject({ previous: 1, current: 1 })
    })

    it('are taken as reported where the policy says so', () => {
      const policy = policyWith({ stop_loss: { lag_half_life_days: 0 } })
      expect(read(steady, { ...monthEnd, policy })).toMatchObject({
        direction: 'declining',
        call: { pending: null },
      })
    })
  })

  it('reads every subject in the order given, each by its own name', () => {
    const readings = segmentMomentum(
      [
        subject({ segmentId: 'A', rollup: stated(0.1) }),
        subject({ segmentId: 'B', ...rise }),
        subject({ segmentId: 'C' }),
        subject({ segmentId: 'A', campaignId: 'D', rollup: stated(-0.1) }),
      ],
      context,
    )
    expect(readings.map((reading) => reading.direction)).toEqual([
      'improving',
      'improving',
      'unknown',
      'declining',
    ])
  })
})
