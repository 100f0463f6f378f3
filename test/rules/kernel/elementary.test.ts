import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { exp, expm1, log, log1p } from '#rules/kernel/elementary.ts'

/** Distance in units of the last place of `expected`. */
function ulps(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0
  return Math.abs(actual - expected) / Math.max(Math.abs(expected) * 2 ** -52, 2 ** -1074)
}

/**
 * Every row was checked with 60-digit arithmetic to lie within 0.9 units of the last place; the bits themselves are
 * asserted, because they must not differ between engines.
 */
describe('the same bits everywhere', () => {
  it.each([
    [1, 2.7182818284590455],
    [-1, 0.36787944117144233],
    [0.3, 1.3498588075760032],
    [-0.3, 0.7408182206817179],
    [0.34657359027997264, Math.SQRT2 - 2 ** -52],
    [0.35, 1.4190675485932571],
    [-0.35, 0.7046880897187134],
    [1.03, 2.801065834699079],
    [1.05, 2.857651118063164],
    [-1.05, 0.3499377491111553],
    [10.5, 36315.502674246636],
    [-20.25, 1.6052280551856116e-9],
    [700.1, 1.120899771073261e304],
    [709.7, 1.6549840276802644e308],
    [-700.3, 7.304228033645715e-305],
    [-708.5, 2.006132305331306e-308],
    [-740.2, 3.4e-322],
    [1e-9, 1.000000001],
    [-745.1, 5e-324],
  ])('exp(%d)', (x, bits) => {
    expect(exp(x)).toBe(bits)
  })

  it.each([
    [1, 1.718281828459045],
    [-1, -0.6321205588285577],
    [0.3, 0.3498588075760031],
    [-0.3, -0.2591817793182821],
    [0.2, 0.22140275816016985],
    [0.4, 0.49182469764127035],
    [-0.4, -0.32967995396436073],
    [0.6, 0.8221188003905089],
    [-0.6, -0.45118836390597356],
    [1.03, 1.801065834699079],
    [1.05, 1.8576511180631639],
    [-0.9, -0.5934303402594009],
    [-1.2, -0.6988057880877979],
    [3.3, 26.112638920657883],
    [-3.3, -0.96311683259876],
    [13.7, 890910.1659791603],
    [13.9, 1088160.3554026405],
    [30.5, 17619017951354.633],
    [39.5, 142768381181291980],
    [38.1, 35206249346164636],
    [-38, -1],
    [-38.9, -1],
    [700.1, 1.120899771073261e304],
    [709.7, 1.6549840276802644e308],
    [1e-12, 1.0000000000005e-12],
    [-1e-12, -9.999999999995e-13],
  ])('expm1(%d)', (x, bits) => {
    expect(expm1(x)).toBe(bits)
  })

  it.each([
    [2, Math.LN2],
    [0.5, -Math.LN2],
    [0.7, -0.35667494393873245],
    [0.71, -0.342490308946776],
    [1.4, 0.33647223662121284],
    [1.42, 0.35065687161316933],
    [3, 1.0986122886681096],
    [10, Math.LN10],
    [0.1, -2.3025850929940455],
    [1.0000001, 9.999999505838704e-8],
    [0.9999999, -1.0000000494736474e-7],
    [1e300, 690.7755278982137],
    [1e-300, -690.7755278982137],
    [1e-310, -713.8013788281542],
    [5e-324, -744.4400719213812],
    [2.2250738585072014e-308, -708.3964185322641],
  ])('log(%d)', (x, bits) => {
    expect(log(x)).toBe(bits)
  })

  it.each([
    [1, Math.LN2],
    [-0.5, -Math.LN2],
    [-0.29, -0.3424903089467759],
    [-0.2929, -0.3465831803719419],
    [-0.3, -0.35667494393873234],
    [0.41, 0.3435897043900769],
    [0.4142135, 0.3465735461755332],
    [0.415, 0.34712953109520095],
    [1e-10, 9.999999999500001e-11],
    [-1e-10, -1.00000000005e-10],
    [3, 1.3862943611198906],
    [100000, 11.51293546492023],
    [10000000000000000, 36.841361487904734],
    [1e300, 690.7755278982137],
    [-0.999999, -13.815510557935518],
    [0.9, 0.6418538861723948],
    [7.5, 2.1400661634962708],
    [1.2345678901, 0.8040478716105139],
  ])('log1p(%d)', (x, bits) => {
    expect(log1p(x)).toBe(bits)
  })
})

describe('ends of the range', () => {
  it('overflows just above 709.78 and underflows just below -745.13', () => {
    expect(exp(709.782712893384)).toBeLessThan(Infinity)
    expect(exp(709.7827128933841)).toBe(Infinity)
    expect(exp(-745.1332191019411)).toBe(5e-324)
    expect(exp(-745.1332191019412)).toBe(0)
    expect(expm1(709.782712893384)).toBeLessThan(Infinity)
    expect(expm1(709.7827128933841)).toBe(Infinity)
    expect(expm1(-60)).toBe(-1)
    expect(expm1(-38.8)).toBe(-1)
  })

  it('keeps the special values', () => {
    expect(exp(0)).toBe(1)
    expect(exp(Infinity)).toBe(Infinity)
    expect(exp(-Infinity)).toBe(0)
    expect(exp(Number.NaN)).toBeNaN()
    expect(expm1(0)).toBe(0)
    expect(expm1(-0)).toBe(-0)
    expect(expm1(-Infinity)).toBe(-1)
    expect(expm1(Infinity)).toBe(Infinity)
    expect(expm1(Number.NaN)).toBeNaN()
    expect(log(1)).toBe(0)
    expect(log(0)).toBe(-Infinity)
    expect(log(-1)).toBeNaN()
    expect(log(Infinity)).toBe(Infinity)
    expect(log(Number.NaN)).toBeNaN()
    expect(log1p(0)).toBe(0)
    expect(log1p(-0)).toBe(-0)
    expect(log1p(-1)).toBe(-Infinity)
    expect(log1p(-1.5)).toBeNaN()
    expect(log1p(Infinity)).toBe(Infinity)
    expect(log1p(Number.NaN)).toBeNaN()
  })
})

describe('against the built-in functions, whose last digit may differ', () => {
  const runs = { numRuns: 3000 }

  it('exp and expm1 over the whole range', () => {
    fc.assert(
      fc.property(fc.double({ min: -708, max: 709, noNaN: true }), (x) => {
        expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1.5)
        expect(ulps(expm1(x), Math.expm1(x))).toBeLessThanOrEqual(1.5)
      }),
      runs,
    )
  })

  it('exp and expm1 near zero, where the reductions meet', () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (x) => {
        expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1.5)
        expect(ulps(expm1(x), Math.expm1(x))).toBeLessThanOrEqual(1.5)
      }),
      runs,
    )
  })

  it('log and log1p', () => {
    fc.assert(
      fc.property(
        fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
        fc.double({ min: -0.999_999, max: 4, noNaN: true }),
        (x, y) => {
          expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(1.5)
          expect(ulps(log1p(x), Math.log1p(x))).toBeLessThanOrEqual(1.5)
          expect(ulps(log1p(y), Math.log1p(y))).toBeLessThanOrEqual(1.5)
        },
      ),
      runs,
    )
  })
})
