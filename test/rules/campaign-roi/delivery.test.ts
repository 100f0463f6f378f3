import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { summariseDelivery } from '#rules/campaign-roi/delivery.ts'
import { summariseDimension } from '#rules/campaign-roi/dimensions.ts'
import { measured, notMeasured, unreadable } from '#rules/kernel/quantity.ts'

import { ads } from './inputs.ts'

const none = (what: string) => notMeasured(`${what} is zero, so there is nothing to divide by`)

describe('delivery', () => {
  // By hand, in cents: 324.00 on 16,200 impressions, 1,190 clicks, 122 conversions worth 6,100.00.
  it('gives each rate of one row', () => {
    expect(summariseDelivery([ads({})], 'present')).toStrictEqual({
      rows: 2,
      spend: measured(32_400),
      impressions: measured(16_200),
      clicks: measured(1190),
      conversions: measured(122),
      conversionValue: measured(610_000),
      ctr: measured(1190 / 16_200),
      cpc: measured(32_400 / 1190),
      cpa: measured(32_400 / 122),
      conversionRate: measured(122 / 1190),
      roas: measured(610_000 / 32_400),
    })
  })

  it('divides sums, and does not average rates', () => {
    const { ctr, cpa } = summariseDelivery(
      [
        ads({ clicks: 10, impressions: 100, spendMinor: 100, conversions: 1 }),
        ads({ clicks: 0, impressions: 900, spendMinor: 500, conversions: 2 }),
      ],
      'present',
    )
    expect(ctr).toStrictEqual(measured(0.01))
    expect(cpa).toStrictEqual(measured(200))
  })

  it.each([
    ['impressions', { impressions: 0, clicks: 0 }, { ctr: none('impressions') }],
    ['clicks', { clicks: 0 }, { cpc: none('clicks'), conversionRate: none('clicks') }],
    ['conversions', { conversions: 0 }, { cpa: none('conversions'), conversionRate: measured(0) }],
    ['spend', { spendMinor: 0 }, { roas: none('spend'), cpc: measured(0), cpa: measured(0) }],
  ])('has no rate over %s when there were none', (_what, changes, expected) => {
    expect(summariseDelivery([ads(changes)], 'present')).toMatchObject(expected)
  })

  it.each([
    ['impressions', { impressions: null }, ['ctr'], 'impressions left out in 1 of 3 groups'],
    [
      'clicks',
      { clicks: null },
      ['ctr', 'cpc', 'conversionRate'],
      'clicks left out in 1 of 3 groups',
    ],
    [
      'conversions',
      { conversions: null },
      ['cpa', 'conversionRate'],
      'conversions left out in 1 of 3 groups',
    ],
    [
      'conversionValue',
      { conversionValueMinor: null },
      ['roas'],
      'conversion value left out in 1 of 3 groups',
    ],
  ] as const)('does not sum %s one group left out', (metric, changes, rates, reason) => {
    const found = summariseDelivery([ads({}), ads(changes), ads({})], 'present')
    expect(found[metric]).toStrictEqual(notMeasured(reason))
    for (const rate of rates) expect(found[rate]).toStrictEqual(notMeasured(reason))
    expect(found.spend).toStrictEqual(measured(97_200))
  })

  it.each([
    ['present', notMeasured('no platform row in the period')],
    ['empty', notMeasured('no platform row in the period')],
    ['absent', notMeasured('no platform row in the period')],
    ['unreadable', unreadable('the platform rows could not be read')],
  ] as const)('without a row in exports that are %s has no figure', (presence, missing) => {
    const { rows, ...figures } = summariseDelivery([], presence)
    expect(rows).toBe(0)
    expect(Object.values(figures)).toHaveLength(10)
    for (const figure of Object.values(figures)) expect(figure).toStrictEqual(missing)
  })
})

describe('delivery by channel or segment', () => {
  const rows = [
    ads({ channelId: 'CH_02', segmentId: null }),
    ads({ channelId: 'CH_01', segmentId: 'SEG_001' }),
    ads({ channelId: 'CH_01', segmentId: null, spendMinor: 100 }),
  ]

  it('names each channel once, by id', () => {
    const lines = summariseDimension(rows, 'channel', new Map([['CH_01', 'Email']]))
    expect(lines.map(({ id, name, prefix }) => [id, name, prefix])).toStrictEqual([
      ['CH_01', 'Email', 'campaign_roi.channel.CH_01'],
      ['CH_02', 'CH_02', 'campaign_roi.channel.CH_02'],
    ])
    expect(lines[0]?.delivery.spend).toStrictEqual(measured(32_500))
  })

  it('leaves rows without a segment to nobody', () => {
    const lines = summariseDimension(rows, 'segment', new Map())
    expect(lines.map(({ id, prefix }) => [id, prefix])).toStrictEqual([
      ['SEG_001', 'campaign_roi.segment.SEG_001'],
    ])
  })

  it('keeps channels apart whose names read alike', () => {
    const lines = summariseDimension(
      [ads({ channelId: 'Brand / US' }), ads({ channelId: 'Brand - US' })],
      'channel',
      new Map(),
    )
    expect(new Set(lines.map(({ prefix }) => prefix)).size).toBe(2)
  })

  it('adds up to the whole over channels', () => {
    const row = fc.record({
      channelId: fc.constantFrom('a', 'b', 'c'),
      spendMinor: fc.nat(1_000_000),
      clicks: fc.nat(10_000),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (changes) => {
        const all = changes.map(ads)
        const whole = summariseDelivery(all, 'present')
        const parts = summariseDimension(all, 'channel', new Map())
        for (const metric of ['spend', 'clicks'] as const) {
          const sum = parts.reduce((total, { delivery }) => {
            const quantity = delivery[metric]
            return total + ('value' in quantity ? quantity.value : Number.NaN)
          }, 0)
          expect(measured(sum)).toStrictEqual(whole[metric])
        }
      }),
    )
  })
})
