import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { compareCounts } from '#rules/momentum/counts.ts'

const change = (c0: number, d0: number, c1: number, d1: number) =>
  compareCounts({ count: c0, days: d0 }, { count: c1, days: d1 })

describe('a change worked by hand', () => {
  // Equal days: the current count is Binomial(4, ½). P(X ≤ 1) = 5/16, P(X ≥ 1) = 15/16, P(X = 1) = 4/16.
  const result = () => change(3, 10, 1, 10)

  it('has rates per day and their ratio', () => {
    expect(result()).toMatchObject({ previousRate: 0.3, currentRate: 0.1 })
    expect(result().rateRatio).toBeCloseTo(1 / 3, 15)
  })

  it('doubles the smaller exact tail', () => {
    expect(result().test?.pExact).toBeCloseTo(10 / 16, 12)
  })

  it('adds up outcomes no more likely than the one seen', () => {
    // 0, 1, 3 and 4 are no more likely than 1.
    expect(result().test?.pMinimumLikelihood).toBeCloseTo(10 / 16, 12)
  })

  it('takes half of the point for mid-p', () => {
    expect(result().test?.pMid).toBeCloseTo(2 * (5 / 16 - 2 / 16), 12)
  })

  it('has the score of the conditional binomial', () => {
    expect(result().test?.z).toBeCloseTo(-1, 12)
    expect(result().test?.pScore).toBeCloseTo(0.31731050786291415, 10)
  })

  it('divides the score by the spread of the conditional binomial', () => {
    // 16 events in equal days, 12 of them now: (12 − 8) ÷ √4.
    expect(change(4, 10, 12, 10).test?.z).toBeCloseTo(2, 12)
  })

  it('allows for the length of the months', () => {
    // 31 against 28 days: the current share of days is 28/59.
    const months = change(310, 31, 280, 28)
    expect(months.rateRatio).toBeCloseTo(1, 12)
    expect(months.test?.z).toBeCloseTo(0, 10)
    expect(months.test?.pExact).toBeGreaterThan(0.9)
  })
})

describe('ranges', () => {
  // Garwood's table: for 10 events 4.795 to 18.390; for none 0 to 3.689.
  it.each([
    [10, 4.795, 18.39],
    [0, 0, 3.689],
    [1, 0.0253, 5.572],
  ])('of %d events in one day are Garwood’s', (count, low, high) => {
    const { currentRateInterval } = change(5, 1, count, 1)
    expect(currentRateInterval.low).toBeCloseTo(low, 3)
    expect(currentRateInterval.high).toBeCloseTo(high, 3)
  })

  it('shrink with the days', () => {
    const { currentRateInterval } = change(5, 1, 10, 20)
    expect(currentRateInterval.high).toBeCloseTo(18.390356 / 20, 5)
    expect(currentRateInterval.low).toBeCloseTo(4.795389 / 20, 5)
  })

  it('of the ratio are Clopper–Pearson’s and Wilson’s of the share', () => {
    // 5 of 10: 0.1871 to 0.8129 exact, 0.2366 to 0.7634 by score.
    const { test } = change(5, 7, 5, 14)
    const odds = (share: number) => (share / (1 - share)) * (7 / 14)
    expect(test?.ratioExact.low).toBeCloseTo(odds(0.18708603), 6)
    expect(test?.ratioExact.high).toBeCloseTo(odds(0.81291397), 5)
    expect(test?.ratioScore.low).toBeCloseTo(odds(0.23659309), 6)
    expect(test?.ratioScore.high).toBeCloseTo(odds(0.76340691), 6)
  })
})

describe('from and to nothing', () => {
  it('from none there is no ratio and no upper end', () => {
    const result = change(0, 30, 4, 31)
    expect(result.rateRatio).toBeNull()
    expect(result.test?.ratioExact.high).toBe(Infinity)
    expect(result.test?.ratioScore.high).toBe(Infinity)
    expect(result.test?.ratioExact.low).toBeGreaterThan(0)
  })

  it('to none the ratio is zero', () => {
    const result = change(4, 31, 0, 30)
    expect(result.rateRatio).toBe(0)
    expect(result.test?.ratioExact.low).toBe(0)
    expect(result.currentRateInterval.low).toBe(0)
  })

  it('from none to none nothing is tested', () => {
    expect(change(0, 30, 0, 31)).toMatchObject({ rateRatio: null, test: null, currentRate: 0 })
  })
})

describe('a broken promise stops', () => {
  it.each([
    ['a negative count', [-1, 1, 1, 1]],
    ['half a lead', [1, 1, 1.5, 1]],
    ['no days', [1, 0, 1, 1]],
    ['negative days', [1, 1, 1, -1]],
  ] as const)('on %s', (_name, [c0, d0, c1, d1]) => {
    expect(() => change(c0, d0, c1, d1)).toThrow(InvariantError)
  })
})

describe('for any counts', () => {
  const count = fc.nat(200)
  const days = fc.integer({ min: 1, max: 31 })

  it('every p is a probability, and the doubled one is never below mid-p', () => {
    fc.assert(
      fc.property(count, days, count, days, (c0, d0, c1, d1) => {
        const { test } = change(c0, d0, c1, d1)
        if (test === null) return
        for (const p of [test.pExact, test.pMid, test.pMinimumLikelihood, test.pScore]) {
          expect(p).toBeGreaterThanOrEqual(0)
          expect(p).toBeLessThanOrEqual(1)
        }
        expect(test.pExact).toBeGreaterThanOrEqual(test.pMid - 1e-12)
      }),
    )
  })

  it('swapping the periods turns the score and keeps p', () => {
    fc.assert(
      fc.property(count, days, count, days, (c0, d0, c1, d1) => {
        const there = change(c0, d0, c1, d1).test
        const back = change(c1, d1, c0, d0).test
        if (there === null || back === null) return
        expect(back.z).toBeCloseTo(-there.z, 9)
        expect(back.pExact).toBeCloseTo(there.pExact, 9)
        expect(back.pMid).toBeCloseTo(there.pMid, 9)
      }),
    )
  })

  it('the exact range holds the ratio seen', () => {
    fc.assert(
      fc.property(count, days, fc.integer({ min: 1, max: 200 }), days, (c0, d0, c1, d1) => {
        const { rateRatio, test } = change(c0, d0, c1, d1)
        if (rateRatio === null || test === null) return
        expect(test.ratioExact.low).toBeLessThanOrEqual(rateRatio)
        expect(test.ratioExact.high).toBeGreaterThanOrEqual(rateRatio)
      }),
    )
  })
})
