import { describe, expect, it } from 'vitest'

import { BAND_NAMES, judgeBands } from '#rules/leads/band-order.ts'
import { bandTrend, type ScoreBand } from '#rules/leads/score-bands.ts'
import { policyWith } from '#test/support/policy.ts'

const POLICY = policyWith()
/** Bands as [leads, converted], lowest first. */
const of = (...counts: readonly (readonly [number, number])[]): ScoreBand[] =>
  counts.map(([leads, converted], band) => ({
    band,
    leads,
    converted,
    rate: leads === 0 ? null : converted / leads,
    interval: null,
  }))
const judge = (...counts: readonly (readonly [number, number])[]) => {
  const bands = of(...counts)
  return judgeBands(bands, bandTrend(bands), POLICY)
}
const call = (...counts: readonly (readonly [number, number])[]): string => {
  const { action, reason } = judge(...counts)
  return `${action}: ${reason}`
}

it('names the bands from the lowest up', () => {
  expect(BAND_NAMES).toStrictEqual(['below', 'mel', 'mql', 'hql'])
})

describe('bands are', () => {
  it('kept when they rise', () => {
    expect(call([200, 10], [200, 30], [200, 60], [200, 100])).toBe('keep: bands_rise')
  })

  it('redrawn when they are not separated', () => {
    expect(call([200, 40], [200, 41], [200, 42], [200, 43])).toBe('redraw: bands_not_separated')
  })

  it('redrawn when they fall', () => {
    expect(call([200, 60], [200, 60], [200, 60], [200, 20])).toBe(
      'redraw: higher_band_converts_worse',
    )
  })

  it('redrawn when they fall all the way, each step within chance', () => {
    const falling = [
      [200, 60],
      [200, 52],
      [200, 45],
      [200, 38],
    ] as const
    expect(judge(...falling).evidence['trendP']).toBeLessThan(0.05)
    expect(judge(...falling).evidence['inversionP']).toBeGreaterThan(0.05)
    expect(call(...falling)).toBe('redraw: bands_not_separated')
  })

  it('redrawn when one band is worse than the one below it, though the trend rises', () => {
    expect(call([200, 10], [200, 80], [200, 40], [200, 110])).toBe(
      'redraw: higher_band_converts_worse',
    )
  })

  it('kept when a band is worse within chance only', () => {
    expect(call([200, 10], [200, 42], [200, 40], [200, 110])).toBe('keep: bands_rise')
  })

  it('redrawn when nothing varies', () => {
    expect(call([200, 0], [200, 0], [200, 0], [200, 0])).toBe('redraw: bands_not_separated')
  })
})

describe('the evidence', () => {
  it('holds the trend and the worst fall', () => {
    const decision = judge([200, 10], [200, 80], [200, 40], [200, 110])
    expect(decision).toMatchObject({
      id: 'lead_scoring.bands',
      subject: 'score:bands',
      ruleId: 'lead_scoring.bands',
      policyVersion: 'test-1',
      evidence: {
        invertedBand: 'mql',
        invertedBandRate: 0.2,
        bandBelowRate: 0.4,
        alpha: 0.05,
      },
    })
    expect(decision.evidence['inversionP']).toBeLessThan(0.001)
    expect(decision.evidence['trendZ']).toBeGreaterThan(0)
  })

  it('names the clearest of several falls', () => {
    const { evidence } = judge([200, 82], [200, 80], [200, 20], [200, 110])
    expect(evidence['invertedBand']).toBe('mql')
  })

  it('steps over an empty band', () => {
    expect(judge([200, 80], [0, 0], [200, 20], [200, 110]).evidence).toMatchObject({
      invertedBand: 'mql',
      bandBelowRate: 0.4,
      invertedBandRate: 0.1,
    })
  })

  it('knows of no fall where none is', () => {
    expect(judge([200, 10], [200, 30], [200, 30], [200, 100]).evidence).toMatchObject({
      invertedBand: null,
      invertedBandRate: null,
      bandBelowRate: null,
      inversionP: null,
    })
  })
})

describe('the level of the tests', () => {
  it('counts a fall at α', () => {
    const bands = of([200, 10], [200, 80], [200, 65], [200, 120])
    const trend = bandTrend(bands)
    const p = Number(judgeBands(bands, trend, POLICY).evidence['inversionP'])
    const at = (alpha: number) => judgeBands(bands, trend, policyWith({ leads: { alpha } })).reason
    expect(at(p)).toBe('higher_band_converts_worse')
    expect(at(p - 1e-9)).toBe('bands_rise')
  })

  it('counts a trend at α', () => {
    const bands = of([50, 5], [50, 8], [50, 9], [50, 11])
    const trend = bandTrend(bands)
    const p = trend.p ?? 0
    const at = (alpha: number) => judgeBands(bands, trend, policyWith({ leads: { alpha } })).reason
    expect(at(p)).toBe('bands_rise')
    expect(at(p - 1e-9)).toBe('bands_not_separated')
  })
})
