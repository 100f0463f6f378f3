import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { pooledZTest } from '#rules/kernel/two-proportions.ts'
import { bandOf, bandTrend, scoreBands, type ScoreBand } from '#rules/leads/score-bands.ts'

const EDGES = [40, 60, 80]

describe('the band of a score', () => {
  // On and one unit beside each edge.
  it.each([
    [39, 0],
    [40, 1],
    [41, 1],
    [59, 1],
    [60, 2],
    [79, 2],
    [80, 3],
    [100, 3],
    [-1, 0],
  ])('%d is %d', (score, band) => {
    expect(bandOf(score, EDGES)).toBe(band)
  })

  it('is the only one without edges', () => {
    expect(bandOf(50, [])).toBe(0)
  })
})

describe('bands of leads', () => {
  const leads = [
    { score: 10, converted: false },
    { score: 45, converted: true },
    { score: 45, converted: false },
    { score: 90, converted: true },
  ]
  const bands = () => scoreBands(leads, EDGES)

  it('count leads and conversions, lowest first', () => {
    expect(
      bands().map(({ band, leads: count, converted }) => [band, count, converted]),
    ).toStrictEqual([
      [0, 1, 0],
      [1, 2, 1],
      [2, 0, 0],
      [3, 1, 1],
    ])
  })

  it('have no rate where they have no lead', () => {
    expect(bands()[2]).toMatchObject({ rate: null, interval: null })
  })

  it('have a rate with Wilson’s range', () => {
    // Wilson, 1 of 2: 0.0945 to 0.9055.
    expect(bands()[1]?.rate).toBe(0.5)
    expect(bands()[1]?.interval?.low).toBeCloseTo(0.09453120573423074, 12)
    expect(bands()[1]?.interval?.high).toBeCloseTo(0.9054687942657693, 12)
  })
})

/** Bands as [leads, converted], lowest first. */
const of = (...counts: readonly (readonly [number, number])[]): ScoreBand[] =>
  counts.map(([leads, converted], band) => ({
    band,
    leads,
    converted,
    rate: leads === 0 ? null : converted / leads,
    interval: null,
  }))

describe('the trend over bands', () => {
  it('worked by hand for three bands', () => {
    // p = 12/30; Σ t(x − n p) = 1·(4 − 4) + 2·(7 − 4) = 6; Σ n t² − (Σ n t)²/N = 50 − 900/30 = 20.
    const trend = bandTrend(of([10, 1], [10, 4], [10, 7]))
    expect(trend.z).toBeCloseTo(6 / Math.sqrt(0.4 * 0.6 * 20), 12)
    expect(trend.p).toBeCloseTo(0.0061698, 6)
    expect(trend.isMonotone).toBe(true)
  })

  it('of two bands is the pooled test of two rates', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(40),
        fc.nat(40),
        (n0, n1, k0, k1) => {
          const [low, high] = [Math.min(k0, n0), Math.min(k1, n1)]
          const trend = bandTrend(of([n0, low], [n1, high]))
          const test = pooledZTest({
            control: { successes: low, trials: n0 },
            treatment: { successes: high, trials: n1 },
          })
          expect(trend.z === null).toBe(test.z === null)
          expect(trend.z ?? 0).toBeCloseTo(test.z ?? 0, 9)
        },
      ),
    )
  })

  it.each([
    ['no lead converted', of([5, 0], [5, 0])],
    ['every lead converted', of([5, 5], [5, 5])],
    ['one band holds all leads', of([0, 0], [9, 3])],
    ['there is no lead', of([0, 0], [0, 0])],
  ])('is undefined when %s', (_name, bands) => {
    expect(bandTrend(bands)).toMatchObject({ z: null, p: null })
  })

  it('turns its sign with the order of the bands', () => {
    const up = bandTrend(of([20, 2], [20, 9]))
    const down = bandTrend(of([20, 9], [20, 2]))
    expect(down.z).toBeCloseTo(-(up.z ?? 0), 12)
    expect(down.p).toBeCloseTo(up.p ?? 0, 12)
  })
})

describe('bands are monotone', () => {
  it.each([
    ['when each is better', of([10, 1], [10, 2], [10, 3]), true],
    ['when two are equal', of([10, 2], [10, 2]), true],
    ['when one is worse', of([10, 1], [10, 3], [10, 2]), false],
    ['stepping over an empty band', of([10, 3], [0, 0], [10, 2]), false],
    ['when the lowest has none', of([10, 0], [10, 1]), true],
  ])('%s', (_name, bands, expected) => {
    expect(bandTrend(bands).isMonotone).toBe(expected)
  })
})
