import { describe, expect, it } from 'vitest'

import { reviewPortfolio, type PortfolioInput } from '#rules/portfolio/review.ts'
import type { SegmentDelivery, SegmentRollup } from '#rules/portfolio/rollup.ts'
import { danglingFacts } from '#test/support/dangling.ts'
import { policyWith } from '#test/support/policy.ts'

const policy = policyWith({
  targets: [
    { id: 'cac', at_most: 9 },
    { id: 'roi', at_least: 0.5 },
  ],
})
const context = { month: '2026-03', asOfOn: '2026-03-31', policy, grade: 'A' } as const

const delivered = (
  segmentId: string,
  conversions: number | null,
  changes: Partial<SegmentDelivery> = {},
): SegmentDelivery => ({
  campaignId: 'C',
  segmentId,
  impressions: null,
  clicks: 2000,
  conversions,
  spendMinor: 1000,
  valueMinor: 2000,
  rows: 3,
  ...changes,
})

const stated = (
  segmentId: string,
  trend: number | null,
  changes: Partial<SegmentRollup> = {},
): SegmentRollup => ({
  windowStart: '2026-03-01',
  windowEnd: '2026-03-28',
  campaignId: 'C',
  segmentId,
  impressions: null,
  clicks: null,
  conversions: null,
  spendMinor: 500,
  valueMinor: 750,
  primaryKpi: null,
  kpiValue: null,
  trend,
  recommendation: null,
  ...changes,
})

const reviewOf = (changes: Partial<PortfolioInput>) =>
  reviewPortfolio(
    {
      rollups: [],
      current: [],
      previous: [],
      names: { campaigns: new Map(), segments: new Map() },
      standings: new Map(),
      ...changes,
    },
    context,
  )

/** Six segments: two measured (one beside a statement), one within chance, two stated, one that nobody can tell. */
const mixed = () =>
  reviewOf({
    rollups: [
      stated('both', -0.2, { spendMinor: 7, valueMinor: 8 }),
      stated('flat', 0),
      // Just at the target ROI of 50 %, and a cent short of it.
      stated('up', 0.1),
      stated('silent', null, { spendMinor: 200, valueMinor: 299 }),
    ],
    current: [delivered('both', 200), delivered('chance', 104), delivered('fallen', 100)],
    previous: [delivered('both', 100), delivered('chance', 100), delivered('fallen', 200)],
  })
const factOf = (review: ReturnType<typeof reviewOf>, id: string) =>
  review.facts.find((entry) => entry.id === `synthesis.${id}`)
const count = (metric: string) => factOf(mixed(), `segments.${metric}`)

describe('a portfolio of which some was measured', () => {
  it.each([
    ['total', 6],
    ['improving', 2],
    ['declining', 1],
    ['stable', 1],
    ['within_chance', 1],
    ['not_assessable', 1],
    ['stated', 2],
    ['undecided', 1],
    ['scale', 2],
    ['revise', 1],
    ['hold', 3],
    // The three that were delivered doubled their spend; `up` and `flat` are just on target.
    ['on_target', 5],
  ])('counts %s: %d', (metric, value) => {
    expect(count(metric)).toMatchObject({ status: 'known', value })
  })

  it('does not call a group empty while a direction cannot be told', () => {
    expect(count('stop')).toMatchObject({
      status: 'not_measured',
      reason: 'the direction of some segments cannot be told',
    })
    const told = reviewOf({ rollups: [stated('up', 0.1)] })
    expect(factOf(told, 'segments.stop')).toMatchObject({ status: 'zero', value: 0 })
  })

  it('gives the share on target over all of them, and none where there is none', () => {
    expect(count('on_target_rate')).toMatchObject({
      value: 5 / 6,
      numerator: 5,
      denominator: 6,
      inputs: ['synthesis.segments.on_target', 'synthesis.segments.total'],
    })
    const none = factOf(reviewOf({}), 'segments.on_target_rate')
    expect(none).toMatchObject({ status: 'not_measured' })
    expect(none).not.toHaveProperty('numerator')
  })

  it('tells a stop with the figures it rests on, and the return with what it is made of', () => {
    const review = reviewOf({
      current: [delivered('bad', 100, { valueMinor: 500 })],
      previous: [delivered('bad', 200)],
    })
    const prefix = 'synthesis.segment.bad:C'
    const figure = (metric: string) => `{{${prefix}.${metric}}}`
    expect(review.findings.find(({ title }) => title === 'Stop bad in C')?.detail).toBe(
      `It is declining (${figure('trend')}), with ${figure('conversions')} conversions and ${figure('value')} of value for ${figure('spend')} of spend. The policy asks for an approval of this call: an approver confirms it outside this program, which does not track it.`,
    )
    expect(factOf(review, 'segment.bad:C.roi')).toMatchObject({
      value: -0.5,
      numerator: -500,
      denominator: 1000,
      inputs: [`${prefix}.value`, `${prefix}.spend`],
    })
    expect(factOf(mixed(), 'segment.up:C.trend')?.source).toEqual([
      { dataset: 'segment_rollups', rows: 1, where: { campaign_id: 'C', segment_id: 'up' } },
    ])
  })

  it('shows for each where its direction comes from, in the order of spend, then of name', () => {
    const [table] = mixed().tables
    const trend = (key: string) => ({ fact: `synthesis.segment.${key}:C.trend` })
    const chance = (key: string) => ({ fact: `synthesis.segment.${key}:C.trend_p` })
    const nothing = { text: '—' }
    expect(table?.rows.map((row) => row.slice(0, 5))).toStrictEqual([
      [
        { text: 'both in C' },
        { chip: 'ok', text: 'improving' },
        trend('both'),
        chance('both'),
        { text: 'measured' },
      ],
      [
        { text: 'chance in C' },
        { chip: 'watch', text: 'undecided: could be chance' },
        trend('chance'),
        chance('chance'),
        { text: 'measured' },
      ],
      [
        { text: 'fallen in C' },
        { chip: 'bad', text: 'declining' },
        trend('fallen'),
        chance('fallen'),
        { text: 'measured' },
      ],
      [
        { text: 'flat in C' },
        { chip: 'info', text: 'stable' },
        trend('flat'),
        nothing,
        { text: 'stated' },
      ],
      [
        { text: 'up in C' },
        { chip: 'ok', text: 'improving' },
        trend('up'),
        nothing,
        { text: 'stated' },
      ],
      [
        { text: 'silent in C' },
        { text: 'cannot be told' },
        trend('silent'),
        nothing,
        { text: 'none' },
      ],
    ])
    expect(danglingFacts(mixed())).toEqual([])
  })

  it('takes all figures of a segment from where its direction comes from', () => {
    const where = { campaign_id: 'C', segment_id: 'both' }
    expect(factOf(mixed(), 'segment.both:C.spend')).toMatchObject({
      value: { minor: 1000 },
      source: [{ dataset: 'ad_performance', rows: 3, where }],
    })
    expect(factOf(mixed(), 'segment.both:C.trend')?.value).toBe(1)
    for (const key of ['up', 'silent']) {
      expect(factOf(mixed(), `segment.${key}:C.spend`)?.source).toMatchObject([
        { dataset: 'segment_rollups', rows: 1 },
      ])
    }
    // Delivered, though with nothing to compare with, and nowhere stated.
    const alone = reviewOf({ current: [delivered('new', 5)] })
    expect(factOf(alone, 'segment.new:C.spend')).toMatchObject({
      value: { minor: 1000 },
      source: [{ dataset: 'ad_performance', rows: 3 }],
    })
    expect(factOf(alone, 'segment.new:C.trend')).toMatchObject({
      status: 'not_measured',
      reason: 'the segment’s trend was not measured',
    })
  })
})

describe('what a portfolio leaves out', () => {
  it.each([
    [{ spendMinor: null }, 'the segment’s spend was not measured'],
    [{ valueMinor: null }, 'the segment’s value was not measured'],
    [{ spendMinor: 0 }, 'spend is zero, so there is nothing to divide by'],
  ])('divides nothing with %j', (changes, reason) => {
    const roi = factOf(reviewOf({ rollups: [stated('s', 0.1, changes)] }), 'segment.s:C.roi')
    expect(roi).toMatchObject({ status: 'not_measured', reason })
    expect(roi).not.toHaveProperty('numerator')
    expect(roi).not.toHaveProperty('denominator')
  })

  it('lists what was not measured behind a spend of zero, and ties by name', () => {
    const rollups = [
      stated('a', 0.1, { spendMinor: null }),
      stated('e', 0.1, { spendMinor: null }),
      stated('d', 0.1, { spendMinor: 0 }),
      stated('f', 0.1, { spendMinor: 0 }),
      stated('c', 0.1, { spendMinor: 1 }),
      stated('b', 0.1, { spendMinor: 1 }),
    ]
    for (const given of [rollups, rollups.toReversed()]) {
      const names = reviewOf({ rollups: given }).segments.map(({ segmentId }) => segmentId)
      expect(names).toStrictEqual(['b', 'c', 'd', 'f', 'a', 'e'])
    }
  })

  it('states a rate without counts beside it where none were measured', () => {
    const rollup = stated('s', 0.1, { primaryKpi: 'conversion_rate', kpiValue: 0.5 })
    const review = reviewOf({ rollups: [{ ...rollup, conversions: 5 }] })
    for (const metric of ['own', 'delivered']) {
      const rate = factOf(review, `segment.s:C.kpi.${metric}`)
      expect(rate).toMatchObject({ status: 'not_measured' })
      expect(rate).not.toHaveProperty('numerator')
    }
    expect(review.findings.map(({ ruleId }) => ruleId)).not.toContain('portfolio.kpi_claim')
  })

  it('holds a stated rate against the one reading there is', () => {
    const counted = { primaryKpi: 'conversion_rate', kpiValue: 0.5, conversions: 5, clicks: 100 }
    const { findings } = reviewOf({ rollups: [stated('s', 0.1, counted)] })
    const own = '{{synthesis.segment.s:C.kpi.own}}'
    expect(findings.find(({ ruleId }) => ruleId === 'portfolio.kpi_claim')).toMatchObject({
      title: `Conversion rate of s in C is stated as {{synthesis.segment.s:C.kpi.stated}} and is ${own}`,
      detail: `The counts stated with it give ${own}. The stated rate does not follow from it, so no call may rest on it.`,
    })
  })

  it.each([
    [30, false],
    [31, true],
  ])('says of %d segments that the table is cut: %s', (segments, isCut) => {
    const rollups = Array.from({ length: segments }, (_, index) => stated(`S${index}`, 0.1))
    const note = reviewOf({ rollups }).tables[0]?.note ?? ''
    expect(note.includes('The list is cut here')).toBe(isCut)
  })

  describe('of a segment whose conversions are still to come', () => {
    const clicks = { clicks: 60_000 }
    const review = (context_: Partial<typeof context & { policy: typeof policy }> = {}) =>
      reviewPortfolio(
        {
          rollups: [],
          current: [delivered('S', 2725, clicks)],
          previous: [delivered('S', 3000, clicks)],
          names: { campaigns: new Map(), segments: new Map() },
          standings: new Map(),
        },
        { ...context, ...context_ },
      )

    it('says from which day it can be judged', () => {
      const { findings, facts, decisions } = review()
      expect(findings.find(({ ruleId }) => ruleId === 'portfolio.undecided')?.detail).toContain(
        'late conversions could turn it before {{synthesis.segment.S:C.settled_on}} (p {{synthesis.segment.S:C.trend_p}})',
      )
      expect(facts.find(({ id }) => id.endsWith('.settled_on'))).toMatchObject({
        unit: 'date',
        label: 'S in C: day from which late conversions no longer matter',
        value: '2026-04-09',
      })
      expect(decisions[0]?.evidence).toMatchObject({ settledOn: '2026-04-09' })
    })

    it('names no day where there is none', () => {
      const { findings, facts } = review({
        policy: policyWith({ momentum: { business_minimum: 0 } }),
      })
      expect(findings.find(({ ruleId }) => ruleId === 'portfolio.undecided')?.detail).toContain(
        'late conversions could turn it (p ',
      )
      expect(facts.filter(({ id }) => id.endsWith('.settled_on'))).toEqual([])
    })
  })

  it.each([
    ['stated', { rollups: [stated('S', 0.1)] }, { statedTrendMinimum: 0 }, 'businessMinimum'],
    [
      'measured',
      { current: [delivered('S', 200)], previous: [delivered('S', 100)] },
      { businessMinimum: 0.05 },
      'statedTrendMinimum',
    ],
  ])(
    'a %s trend shows the minimum it was held against, and no other',
    (basis, input, held, not) => {
      const evidence = reviewOf(input).decisions[0]?.evidence
      expect(evidence).toMatchObject({ basis, ...held })
      expect(evidence).not.toHaveProperty(not)
    },
  )

  it.each([
    [10, '(p {{synthesis.segment.S19:C.trend_p}}).'],
    [11, '(p {{synthesis.segment.S19:C.trend_p}}); and others.'],
  ])('names ten of %d changes that decide nothing', (segments, end) => {
    const rows = Array.from({ length: segments }, (_, index) => delivered(`S${10 + index}`, 100))
    const { findings } = reviewOf({ current: rows, previous: rows })
    const detail = findings.find(({ ruleId }) => ruleId === 'portfolio.undecided')?.detail ?? ''
    expect(detail.endsWith(end)).toBe(true)
    expect(detail.match(/could be chance/g)).toHaveLength(10)
  })
})
