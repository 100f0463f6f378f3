import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { readHistory } from '#rules/momentum/history.ts'

describe('a month among past ones, worked by hand', () => {
  // Past 6 4 5 7 3 5: median 5, distances 1 1 0 2 2 0 → median 1; mean 5, variance 10/5 = 2.
  const reading = () => readHistory([6, 4, 5, 7, 3, 5], 0)

  it('has median and its distance', () => {
    expect(reading()).toMatchObject({ median: 5, mad: 1 })
    expect(reading().robustZ).toBeCloseTo(-5 / 1.4826, 12)
  })

  it('has the range of one new normal month', () => {
    // t at 0.975 with five degrees: 2.570581835636
    const width = 2.570581835636314 * Math.sqrt(2) * Math.sqrt(1 + 1 / 6)
    expect(reading().prediction?.low).toBeCloseTo(5 - width, 9)
    expect(reading().prediction?.high).toBeCloseTo(5 + width, 9)
  })

  it('has no logarithms where a month is zero', () => {
    expect(reading()).toMatchObject({ logPrediction: null, logP: null })
    expect(readHistory([1, 0, 2], 5)).toMatchObject({ logPrediction: null, logP: null })
  })

  it('has variance by mean', () => {
    expect(reading().poissonDispersion).toBeCloseTo(0.4, 14)
  })

  it('has the predictive tail of a Poisson mean', () => {
    // (6/7)^30.5 is the chance of none; doubled.
    expect(reading().poissonP).toBeCloseTo(2 * (6 / 7) ** 30.5, 12)
    expect(reading().poissonPrediction).toStrictEqual({ low: 1, high: 10 })
  })
})

describe('logarithms', () => {
  it('give range and p on the log scale', () => {
    // ln: 0, ln 4 → mean ln 2, deviation √2·ln 2; t with one degree.
    const reading = readHistory([1, 4], 2)
    expect(reading.logP).toBeCloseTo(1, 12)
    const width = 12.706204736174698 * Math.SQRT2 * Math.LN2 * Math.sqrt(1.5)
    expect(Math.log(reading.logPrediction?.high ?? 1)).toBeCloseTo(Math.LN2 + width, 8)
    expect(Math.log(reading.logPrediction?.low ?? 1)).toBeCloseTo(Math.LN2 - width, 8)
  })

  it('have p by t with one degree', () => {
    // t = (ln 8 − ln 2) ÷ (√2 ln 2 · √1.5) = 2/√3; p = 1 − 2/π · atan t
    const reading = readHistory([1, 4], 8)
    expect(reading.logP).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(2 / Math.sqrt(3)), 12)
  })

  it('have a point for a range and no p when the past stands still', () => {
    const reading = readHistory([10, 10, 10], 14)
    expect(reading.logP).toBeNull()
    expect(reading.logPrediction?.low).toBeCloseTo(10, 10)
    expect(reading.robustZ).toBeNull()
  })
})

describe('what cannot be said is null', () => {
  it('with one past month', () => {
    expect(readHistory([7], 8)).toMatchObject({
      median: 7,
      mad: 0,
      robustZ: null,
      prediction: null,
      logPrediction: null,
      logP: null,
      poissonDispersion: null,
    })
  })

  it('for figures that are no counts', () => {
    expect(readHistory([1.5, 2, 3], 2)).toMatchObject({ poissonP: null, poissonPrediction: null })
    expect(readHistory([1, 2, 3], 2.5)).toMatchObject({ poissonP: null, poissonPrediction: null })
    expect(readHistory([1.5, 2, 3], 2).poissonDispersion).not.toBeNull()
  })

  it('for a past of nothing', () => {
    const reading = readHistory([0, 0, 0], 0)
    expect(reading.poissonDispersion).toBeNull()
    expect(reading.poissonPrediction?.low).toBe(0)
    expect(reading.poissonP).toBe(1)
  })
})

it.each([
  ['no past month', [], 1],
  ['a negative past', [1, -1], 1],
  ['a negative month', [1, 2], -1],
  ['no number', [1, Number.NaN], 1],
])('refuses %s', (_name, history, current) => {
  expect(() => readHistory(history, current)).toThrow(InvariantError)
})

describe('for any counts', () => {
  const months = fc.array(fc.nat(300), { minLength: 2, maxLength: 12 })

  it('the Poisson range agrees with its p', () => {
    fc.assert(
      fc.property(months, fc.nat(400), (history, current) => {
        const { poissonP: p, poissonPrediction: range } = readHistory(history, current)
        if (p === null || range === null) throw new Error('whole counts have a Poisson reading')
        // Outside the central 95 % one tail is at most 2.5 %, and the doubled one at most 5 %; strictly inside it is more.
        const outside = current < range.low || current > range.high
        const inside = current > range.low && current < range.high
        expect(outside && p > 0.05 + 1e-9).toBe(false)
        expect(inside && p < 0.05).toBe(false)
      }),
    )
  })

  it('the order of the past does not matter', () => {
    fc.assert(
      fc.property(months, fc.nat(400), (history, current) => {
        const there = readHistory(history, current)
        const back = readHistory(history.toReversed(), current)
        expect(back.median).toBe(there.median)
        expect(back.poissonP).toStrictEqual(there.poissonP)
        expect(back.prediction?.low ?? 0).toBeCloseTo(there.prediction?.low ?? 0, 8)
      }),
    )
  })
})
