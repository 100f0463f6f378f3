import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { summariseEngagement } from '#rules/content/engagement.ts'
import { summariseSearch } from '#rules/content/search.ts'
import { measured, notMeasured, unreadable } from '#rules/kernel/quantity.ts'

import { search, views } from './inputs.ts'

const none = notMeasured('views is zero, so there is nothing to divide by')
const partly = notMeasured('left out in part of the content rows')

describe('engagement', () => {
  // By hand: 200 views, 100 engaged, 50 bounced, 9,000 s, 4 conversions.
  it('gives each figure of one month', () => {
    expect(summariseEngagement([views('c')])).toStrictEqual({
      rows: 1,
      views: measured(200),
      engagedViews: measured(100),
      engagementRate: measured(0.5),
      averageTime: measured(45),
      bounces: measured(50),
      bounceRate: measured(0.25),
      conversions: measured(4),
      assistedConversions: measured(2),
      conversionRate: measured(0.02),
    })
  })

  it('divides sums, and does not average rates', () => {
    const found = summariseEngagement([
      views('a', { views: 100, engagedViews: 100, rows: 3 }),
      views('b', { views: 300, engagedViews: 0 }),
    ])
    expect(found.engagementRate).toStrictEqual(measured(0.25))
    expect(found.rows).toBe(4)
  })

  it('has no rate without a view', () => {
    const found = summariseEngagement([
      views('a', { views: 0, engagedViews: 0, bounces: 0, viewSeconds: 0, conversions: 0 }),
    ])
    expect(found).toMatchObject({
      views: { status: 'zero' },
      engagementRate: none,
      averageTime: none,
      bounceRate: none,
      conversionRate: none,
    })
  })

  it.each([
    ['engagedViews', 'engagedViews', 'engagementRate'],
    ['bounces', 'bounces', 'bounceRate'],
    ['viewSeconds', 'averageTime', 'averageTime'],
    ['conversions', 'conversions', 'conversionRate'],
    ['assistedConversions', 'assistedConversions', 'assistedConversions'],
  ] as const)('does not sum %s that one month left out', (column, metric, rate) => {
    const found = summariseEngagement([views('a'), views('b', { [column]: null })])
    expect(found[metric]).toStrictEqual(partly)
    expect(found[rate]).toStrictEqual(partly)
    expect(found.views).toStrictEqual(measured(400))
  })

  it.each([
    [undefined, notMeasured('no content row in the period')],
    [unreadable('spoilt'), unreadable('spoilt')],
  ])('has no figure without a row (%o)', (none_, expected) => {
    const { rows, ...figures } = summariseEngagement([], none_)
    expect(rows).toBe(0)
    expect(Object.values(figures)).toHaveLength(9)
    for (const figure of Object.values(figures)) expect(figure).toStrictEqual(expected)
  })

  it('keeps rates of parts of the views within 0 and 1', () => {
    const month = fc
      .nat(1000)
      .chain((count) => fc.record({ views: fc.constant(count), engagedViews: fc.nat(count) }))
    fc.assert(
      fc.property(fc.array(month, { minLength: 1 }), (months) => {
        const { engagementRate } = summariseEngagement(months.map((row) => views('a', row)))
        const rate = 'value' in engagementRate ? engagementRate.value : 0
        expect(rate).toBeGreaterThanOrEqual(0)
        expect(rate).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('search figures', () => {
  it('are summed over pages, the position by impressions', () => {
    expect(
      summariseSearch([search('/a'), search('/b', { impressions: 0, clicks: 0, positionSum: 0 })]),
    ).toStrictEqual({
      rows: 2,
      clicks: measured(20),
      impressions: measured(400),
      ctr: measured(0.05),
      position: measured(5),
    })
  })

  it('have no share of clicks without an impression', () => {
    const { ctr } = summariseSearch([search('/a', { impressions: 0, clicks: 0, positionSum: 0 })])
    expect(ctr).toStrictEqual(notMeasured('impressions is zero, so there is nothing to divide by'))
  })

  it.each([
    [undefined, notMeasured('no search row in the period')],
    [unreadable('spoilt'), unreadable('spoilt')],
  ])('are all missing without a row (%o)', (none_, expected) => {
    expect(summariseSearch([], none_)).toStrictEqual({
      rows: 0,
      clicks: expected,
      impressions: expected,
      ctr: expected,
      position: expected,
    })
  })

  it('have a position between the best and the worst', () => {
    const row = fc.record({
      impressions: fc.integer({ min: 1, max: 1000 }),
      place: fc.integer({ min: 1, max: 100 }),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const { position } = summariseSearch(
          rows.map(({ impressions, place }) =>
            search('/a', { impressions, positionSum: place * impressions }),
          ),
        )
        const mean = 'value' in position ? position.value : Number.NaN
        const places = rows.map(({ place }) => place)
        expect(mean).toBeGreaterThanOrEqual(Math.min(...places) - 1e-9)
        expect(mean).toBeLessThanOrEqual(Math.max(...places) + 1e-9)
      }),
    )
  })
})
