import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  curveColumns,
  curveOf,
  exactSum,
  logMarginals,
  totalResponse,
} from '#rules/allocation/curve-columns.ts'
import {
  type Curve,
  hillSpendAt,
  inflectionOf,
  isConcave,
  logMarginalAt,
  marginalAt,
  overPeriods,
  responseAt,
} from '#rules/allocation/curve.ts'

import { concaveCurve, curve, sCurve } from './lines.ts'

const anyCurve = fc.oneof(concaveCurve, sCurve)

describe('responseAt', () => {
  // Worked by hand: 10·4^0.5, 10·ln 2, 10·3/(1 + 3), 10·(1 − e^−1), 10·3²/(3² + 3²), 10·4^0.5/(1 + 4^0.5).
  test.each<[string, Curve, number, number]>([
    ['power', curve('power', 10, 0.5), 4, 20],
    ['log', curve('log', 10, 7), 7, 10 * Math.LN2],
    ['saturating', curve('saturating', 10, 1), 3, 7.5],
    ['exponential', curve('exponential', 10, 5), 5, 10 * (1 - Math.exp(-1))],
    ['hill at its half', curve('hill', 10, 3, 2), 3, 5],
    ['flat hill', curve('hill', 10, 1, 0.5), 4, 20 / 3],
  ])('%s', (_name, own, spend, expected) => {
    expect(responseAt(own, spend)).toBeCloseTo(expected, 12)
    expect(responseAt(own, 0)).toBe(0)
  })
})

describe('logMarginalAt', () => {
  test('is the logarithm of the slope of the response', () => {
    fc.assert(
      fc.property(anyCurve, fc.integer({ min: 50, max: 1500 }), (own, spend) => {
        const step = spend * 1e-5
        const slope = (responseAt(own, spend + step) - responseAt(own, spend - step)) / (2 * step)
        expect(marginalAt(own, spend) / slope).toBeCloseTo(1, 4)
      }),
    )
  })

  test.each<[string, Curve, number]>([
    ['a power is infinitely steep at the start', curve('power', 3, 0.4), Infinity],
    ['a flat hill too', curve('hill', 3, 5, 0.9), Infinity],
    ['a steep hill is flat at the start', curve('hill', 3, 5, 1.1), -Infinity],
    ['a hill of steepness 1 is a saturating curve', curve('hill', 6, 3, 1), Math.LN2],
    ['log starts at scale ÷ shape', curve('log', 6, 3), Math.LN2],
    ['saturating starts at scale ÷ shape', curve('saturating', 6, 3), Math.LN2],
    ['exponential starts at scale ÷ shape', curve('exponential', 6, 3), Math.LN2],
  ])('%s', (_name, own, expected) => {
    expect(logMarginalAt(own, 0)).toBeCloseTo(expected, 12)
  })
})

describe('far from its half a hill keeps its digits', () => {
  const steep = curve('hill', 2, 1, 50)

  test.each([
    // scale·(1 − x^−50) and scale·x^50, whose slopes are 100·x^−51 and 100·x^49.
    [1e7, 2, Math.log(100) - 51 * Math.log(1e7)],
    [1e-7, 0, Math.log(100) + 49 * Math.log(1e-7)],
    [1, 1, Math.log(25)],
  ])('at %f of it', (spend, response, logMarginal) => {
    expect(responseAt(steep, spend)).toBeCloseTo(response, 12)
    expect(logMarginalAt(steep, spend)).toBeCloseTo(logMarginal, 9)
  })

  test('and finds the spend of prices as far out', () => {
    expect(hillSpendAt(steep, Math.log(100) - 51 * Math.log(1e7)) / 1e7).toBeCloseTo(1, 9)
    // A flat hill, scale·√x near no spend: slope 1/√x at a scale of 2.
    const flat = curve('hill', 2, 1, 0.5)
    expect(hillSpendAt(flat, 50) / Math.exp(-100)).toBeCloseTo(1, 9)
  })
})

describe('inflectionOf', () => {
  test('is 0 for concave curves', () => {
    expect(inflectionOf(curve('hill', 3, 5, 1))).toBe(0)
    expect(inflectionOf(curve('power', 3, 0.5))).toBe(0)
    expect(isConcave(curve('hill', 3, 5, 1))).toBe(true)
    expect(isConcave(curve('hill', 3, 5, 1.000001))).toBe(false)
  })

  test('is where the slope of an S-curve is greatest: shape·((s − 1)/(s + 1))^(1/s)', () => {
    expect(inflectionOf(curve('hill', 9, 300, 3))).toBeCloseTo(300 * Math.cbrt(0.5), 9)
    fc.assert(
      fc.property(sCurve, (own) => {
        const bend = inflectionOf(own)
        const top = logMarginalAt(own, bend)
        expect(logMarginalAt(own, bend * 0.99)).toBeLessThan(top)
        expect(logMarginalAt(own, bend * 1.01)).toBeLessThan(top)
      }),
    )
  })
})

describe('hillSpendAt', () => {
  test('finds the spend beyond the bend whose marginal response is the price', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 8, noNaN: true }),
        fc.double({ min: 0.001, max: 50, noNaN: true }),
        (steepness, times) => {
          const own = curve('hill', 700, 400, steepness)
          const spend = inflectionOf(own) + 400 * times
          expect(hillSpendAt(own, logMarginalAt(own, spend)) / spend).toBeCloseTo(1, 7)
        },
      ),
    )
  })

  test('stays at the bend when no spend is worth the price, and at 0 for a hill of steepness 1', () => {
    const steep = curve('hill', 700, 400, 2)
    const top = logMarginalAt(steep, inflectionOf(steep))
    expect(hillSpendAt(steep, top + 0.001)).toBeCloseTo(inflectionOf(steep), 9)
    expect(hillSpendAt(steep, top - 0.001)).toBeGreaterThan(inflectionOf(steep))
    const round = curve('hill', 700, 400, 1)
    expect(hillSpendAt(round, Math.log(700 / 400))).toBe(0)
    expect(hillSpendAt(round, Math.log(700 / 400) - 0.01)).toBeGreaterThan(0)
  })
})

describe('overPeriods', () => {
  test.each<[string, Curve, Curve]>([
    // Four times 10·√(x ÷ 4) is 20·√x; four times a curve of x ÷ 4 has four times the height and the half.
    ['a power', curve('power', 10, 0.5), curve('power', 20, 0.5)],
    ['a hill', curve('hill', 10, 7, 2), curve('hill', 40, 28, 2)],
  ])('%s over four periods', (_name, own, expected) => {
    const longer = overPeriods(own, 4)
    expect(longer).toEqual({ ...expected, scale: expect.closeTo(expected.scale, 12) })
  })

  test('is the response to even spend over several periods', () => {
    fc.assert(
      fc.property(anyCurve, fc.integer({ min: 1, max: 12 }), (own, count) => {
        const month = overPeriods(own, count)
        expect(responseAt(month, 900 * count) / (count * responseAt(own, 900))).toBeCloseTo(1, 9)
        expect(marginalAt(month, 900 * count) / marginalAt(own, 900)).toBeCloseTo(1, 9)
      }),
    )
  })
})

describe('curve columns', () => {
  test('keep every curve, its response and its marginal', () => {
    fc.assert(
      fc.property(fc.array(anyCurve, { minLength: 1, maxLength: 6 }), (curves) => {
        const columns = curveColumns(curves)
        const plan = Float64Array.from(curves, (_curve, index) => 300 + index)
        expect(curves.map((_curve, index) => curveOf(columns, index))).toEqual(curves)
        const sum = curves.reduce((total, own, index) => total + responseAt(own, 300 + index), 0)
        expect(totalResponse(columns, plan) / sum).toBeCloseTo(1, 12)
        expect([...logMarginals(columns, plan)]).toEqual(
          curves.map((own, index) => logMarginalAt(own, 300 + index)),
        )
      }),
    )
  })

  test.each<[string, Curve]>([
    ['a scale of 0', curve('log', 0, 5)],
    ['a shape of 0', curve('log', 5, 0)],
    ['an infinite shape', curve('log', 5, Infinity)],
    ['an infinite steepness', curve('hill', 5, 5, Infinity)],
    ['a negative shape', curve('exponential', 5, -1)],
    ['an exponent of 1', curve('power', 5, 1)],
    ['a steepness on another family', curve('log', 5, 5, 2)],
    ['an infinite scale', curve('hill', Infinity, 5, 2)],
    ['a steepness of 0', curve('hill', 5, 5, 0)],
  ])('refuse %s', (_name, own) => {
    expect(() => curveColumns([own])).toThrow(/curve/)
  })

  test('take an exponent just below 1 and any steepness of a hill', () => {
    expect(curveColumns([curve('power', 5, 0.999), curve('hill', 5, 5, 9)]).size).toBe(2)
  })

  test('add up without losing small amounts beside large ones', () => {
    expect(exactSum(Float64Array.of(1e16, 1, -1e16, 1))).toBe(2)
    expect(exactSum(new Float64Array())).toBe(0)
  })
})
