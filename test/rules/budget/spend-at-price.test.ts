import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Curve, inflectionOf, marginalAt, responseAt } from '#rules/allocation/curve.ts'
import { spendAtPrice } from '#rules/budget/spend-at-price.ts'
import { share } from '#test/support/share.ts'

import { concaveCurve, curve, sCurve } from '../allocation/lines.ts'

const within = (own: Curve, lower = 0, upper = 1000) => ({ curve: own, lower, upper })

// By hand: 6√x falls to 3 ÷ √x = ½ at 36; 100·ln(1 + x/50) to 100 ÷ (50 + x) = ½ at 150; 100x ÷ (50 + x) to 5000 ÷ (50 + x)² = ½ at 50;
// 100·(1 − e^(−x/50)) to 2·e^(−x/50) = ½ at 50·ln 4; a hill of steepness 1 is the saturating curve.
test.each<[string, Curve, number]>([
  ['power', curve('power', 6, 0.5), 36],
  ['log', curve('log', 100, 50), 150],
  ['saturating', curve('saturating', 100, 50), 50],
  ['exponential', curve('exponential', 100, 50), 50 * Math.log(4)],
  ['hill', curve('hill', 100, 50), 50],
])(
  'a %s is worth a price of a half up to where its marginal response is a half',
  (_name, own, x) => {
    expect(spendAtPrice(within(own), 0.5)).toBeCloseTo(x, 9)
    expect(spendAtPrice(within(own, x + 1), 0.5)).toBe(x + 1)
    expect(spendAtPrice(within(own, 0, x - 1), 0.5)).toBeCloseTo(x - 1, 9)
  },
)

test('a power other than the root', () => {
  // 4·x^¼ falls to x^(−¾) = ⅛ at 16.
  expect(spendAtPrice(within(curve('power', 4, 0.25)), 0.125)).toBeCloseTo(16, 9)
})

describe('a hill', () => {
  const hill = curve('hill', 100, 50, 3)

  test('is worth its price on the branch where the response bends down', () => {
    const x = spendAtPrice(within(hill), 0.5)
    expect(marginalAt(hill, x)).toBeCloseTo(0.5, 12)
    expect(x).toBeGreaterThan(inflectionOf(hill))
  })

  test('stands where it bends when it is worth the price nowhere, or at the nearest bound', () => {
    expect(spendAtPrice(within(hill), 99)).toBe(inflectionOf(hill))
    expect(spendAtPrice(within(hill, 60, 70), 99)).toBe(60)
    expect(spendAtPrice(within(hill, 0, 20), 0.5)).toBe(20)
  })

  test('halves until no number lies between', () => {
    const x = spendAtPrice(within(hill), 0.5)
    expect(marginalAt(hill, x * (1 + 4 * Number.EPSILON))).toBeLessThanOrEqual(0.5)
    expect(marginalAt(hill, x * (1 - 4 * Number.EPSILON))).toBeGreaterThanOrEqual(0.5)
  })
})

test.each([0, -0.1, -1e300])('every unit is worth a price of %f', (price) => {
  for (const family of ['power', 'log', 'saturating', 'exponential', 'hill'] as const) {
    expect(spendAtPrice(within(curve(family, 100, 0.5)), price)).toBe(1000)
  }
})

test.each([1e-320, 1e308])('a price of %f keeps to the bounds', (price) => {
  for (const family of ['power', 'log', 'saturating', 'exponential', 'hill'] as const) {
    const x = spendAtPrice(within(curve(family, 100, 0.5), 3, 1000), price)
    expect(x).toBeGreaterThanOrEqual(3)
    expect(x).toBeLessThanOrEqual(1000)
  }
})

test('nowhere within the bounds is a line worth more, net of the price', () => {
  fc.assert(
    fc.property(
      fc.oneof(concaveCurve, sCurve),
      fc.tuple(share(), share(), share(), share()),
      (own, [low, room, priced, tried]) => {
        const [lower, upper] = [900 * low, 900 * low + 2000 * room]
        const price = marginalAt(own, 1 + 3000 * priced)
        const net = (x: number) => responseAt(own, x) - price * x
        const best = Math.max(net(lower), net(spendAtPrice(within(own, lower, upper), price)))
        const other = net(lower + tried * (upper - lower))
        expect(other).toBeLessThanOrEqual(best + 1e-12 * (Math.abs(best) + price * upper))
      },
    ),
    { numRuns: 1000 },
  )
})
