import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Curve, inflectionOf, logMarginalAt } from '#rules/allocation/curve.ts'
import { ALL_PRICES, type Demand, demandOf, type Window } from '#rules/allocation/demand.ts'
import { priceAt, sensitivity, wanted } from '#rules/allocation/family-demand.ts'

import { concaveCurve, curve, problemOf, sCurve, type TestLine } from './lines.ts'

// 300 ÷ (100 + x): ln 3 at 0, ln 1.5 at 100.
const first: TestLine = { curve: curve('log', 300, 100), lower: 0, upper: 100 }

function demanded(
  lines: readonly TestLine[],
  { window = ALL_PRICES, stride = 1 }: { window?: Window; stride?: number } = {},
): { demand: Demand; plan: Float64Array } {
  const { curves, lower, upper } = problemOf(lines, 0)
  const plan = new Float64Array(lines.length).fill(-7)
  return { plan, demand: demandOf(curves, { lower, upper }, { window, plan, stride }) }
}

describe('what a line wants at a price', () => {
  // Behind another line, so that a line and its entry are looked up by their own numbers.
  const behind = (own: Curve) =>
    demanded([{ ...first, upper: 0 }, first, { curve: own, lower: 0, upper: 1e9 }]).demand

  test.each<[string, Curve, number, number]>([
    // Spend at which the marginal response is the price, and how it falls with ln price: worked by hand.
    ['power: 10·½·x^−½ = ½ at 100, −dx/dy = x ÷ (1 − ½)', curve('power', 10, 0.5), 100, 200],
    ['log: 300 ÷ (100 + x) = 2 at 50, x + 100', curve('log', 300, 100), 50, 150],
    ['saturating: 900 ÷ (1 + x)² = 1 at 29, (x + 1) ÷ 2', curve('saturating', 900, 1), 29, 15],
    ['exponential: 2·e^(−x ÷ 50) at 80, 50', curve('exponential', 100, 50), 80, 50],
    // Slope 2x ÷ (1 + x²)²; d ln slope ÷ d ln x = 1 − 4x² ÷ (1 + x²) = −2.2 at x = 2.
    ['S-curve of steepness 2', curve('hill', 1, 1, 2), 2, 2 / 2.2],
    // Slope ½·x^−½ ÷ (1 + √x)²; d ln slope ÷ d ln x = −½ − √x ÷ (1 + √x) = −7/6 at x = 4.
    ['hill of steepness ½', curve('hill', 1, 1, 0.5), 4, 4 / (7 / 6)],
  ])('%s', (_name, own, spend, fall) => {
    const demand = behind(own)
    expect(wanted(demand, 1, priceAt(logMarginalAt(own, spend))) / spend).toBeCloseTo(1, 9)
    expect(sensitivity(demand, 1, spend)).toBeCloseTo(fall, 9)
  })

  test('falls with the logarithm of the price as fast as it is said to', () => {
    fc.assert(
      fc.property(
        fc.oneof(concaveCurve, sCurve),
        fc.integer({ min: 50, max: 3000 }),
        (own, beyond) => {
          const spend = inflectionOf(own) * 2 + beyond
          const demand = behind(own)
          const y = logMarginalAt(own, spend)
          const [dearer, cheaper] = [1e-5, -1e-5].map((d) => wanted(demand, 1, priceAt(y + d)))
          const fall = ((cheaper ?? 0) - (dearer ?? 0)) / 2e-5
          expect(sensitivity(demand, 1, spend) / fall).toBeCloseTo(1, 5)
        },
      ),
    )
  })

  test('is the whole chord of an S-curve, or nothing', () => {
    // x² ÷ (50² + x²) meets its tangent from 0 at 50, of slope 1 ÷ 100.
    const demand = behind(curve('hill', 1, 50, 2))
    expect(wanted(demand, 1, priceAt(Math.log(1 / 100)))).toBeCloseTo(50, 6)
    expect(wanted(demand, 1, priceAt(Math.log(1 / 90)))).toBeCloseTo(50, 6)
    expect(wanted(demand, 1, priceAt(Math.log(1 / 110)))).toBeGreaterThan(51)
  })

  test('answers to the price without end where an S-curve turns', () => {
    const own = curve('hill', 1, 50, 2)
    const bend = inflectionOf(own)
    expect(sensitivity(behind(own), 1, bend)).toBeGreaterThan(1e12)
    expect(sensitivity(behind(own), 1, bend * 0.999)).toBeGreaterThan(1e12)
  })
})

describe('demandOf', () => {
  test('enters a line with the prices at which it leaves its bounds', () => {
    const fixed = { ...first, lower: 5, upper: 5 }
    const { demand, plan } = demanded([fixed, first, { ...fixed, lower: 0, upper: 0 }])
    expect(demand).toMatchObject({ size: 1, settled: 5 })
    expect(demand.line[0]).toBe(1)
    expect([demand.leaves[0], demand.arrives[0]]).toEqual([Math.log(3), Math.log(1.5)])
    expect([...plan]).toEqual([5, -7, 0])
  })

  // On the price at which a line leaves its lower bound of 10, or reaches its upper one of 120, and a hair beside; another stands at 100.
  test.each<[string, Window, { spend: number; size: number; settled: number }]>([
    [
      'as cheap as it leaves at',
      { cheap: Math.log(3), dear: 9 },
      { spend: 10, size: 0, settled: 110 },
    ],
    [
      'a hair cheaper',
      { cheap: Math.log(3) - 1e-12, dear: 9 },
      { spend: -7, size: 1, settled: 100 },
    ],
    [
      'as dear as it arrives at',
      { cheap: -9, dear: Math.log(1.5) },
      { spend: 120, size: 0, settled: 220 },
    ],
    [
      'a hair dearer',
      { cheap: -9, dear: Math.log(1.5) + 1e-12 },
      { spend: -7, size: 1, settled: 100 },
    ],
  ])('settles a line in a window %s', (_name, window, { spend, size, settled }) => {
    const lines = [
      { ...first, lower: 100 },
      // 330 ÷ (100 + x): ln 3 at 10, ln 1.5 at 120.
      { curve: curve('log', 330, 100), lower: 10, upper: 120 },
    ]
    const { demand, plan } = demanded(lines, { window })
    expect(demand).toMatchObject({ size, settled })
    expect([...plan]).toEqual([100, spend])
  })

  test('takes every so many lines only', () => {
    const { demand } = demanded(
      Array.from({ length: 7 }, () => first),
      { stride: 3 },
    )
    expect(demand.size).toBe(3)
    expect(demand.line).toEqual(Int32Array.of(0, 3, 6))
  })

  test('lets an S-curve leave at the slope of its chord', () => {
    const own = curve('hill', 1000, 50, 2)
    const { demand } = demanded([first, { curve: own, lower: 0, upper: 1000 }])
    expect([...demand.knees.keys()]).toEqual([1])
    expect(demand.knees.get(1)).toBeCloseTo(50, 6)
    expect(demand.leaves[1]).toBeCloseTo(Math.log(10), 9)
    expect(demand.arrives[1]).toBe(logMarginalAt(own, 1000))
  })

  test('lets it reach its upper bound at that slope too when that comes first', () => {
    // 1000·40² ÷ (50² + 40²) ÷ 40.
    const { demand } = demanded([{ curve: curve('hill', 1000, 50, 2), lower: 0, upper: 40 }])
    expect(demand.knees.get(0)).toBe(40)
    expect(demand.leaves[0]).toBeCloseTo(Math.log(1000 / 102.5), 9)
    expect(demand.arrives[0]).toBe(demand.leaves[0])
  })

  test('knows no chord where a curve is concave between its bounds', () => {
    const own = curve('hill', 1000, 50, 2)
    const { demand } = demanded([{ curve: own, lower: 400, upper: 1000 }])
    expect(demand.knees.size).toBe(0)
    expect(demand.leaves[0]).toBe(logMarginalAt(own, 400))
  })
})
