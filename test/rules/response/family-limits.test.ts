import { describe, expect, test } from 'vitest'

import { responseAt } from '#rules/allocation/curve.ts'
import { bestFamily } from '#rules/response/best-family.ts'
import {
  errorsAt,
  fitFamily,
  fitFamilyRobustly,
  type ResponsePoint,
} from '#rules/response/family-fit.ts'
import { parametersOf, toCurve } from '#rules/response/family-model.ts'
import { boundsOf, startOf } from '#rules/response/family-start.ts'

import { curve } from '../allocation/lines.ts'

/** Eight periods around a spend of a million, each 1 % more than the last, off the curve 1·spend^0.4 by a share in a fixed pattern. */
const narrow = (share: number): ResponsePoint[] =>
  [1, -1, 1, 1, -1, -1, 1, -1].map((sign, index) => {
    const spend = 1e6 * 1.01 ** index
    return { spend, value: spend ** 0.4 * (1 + share * sign) }
  })

describe('a parameter is determined when its error is at most five times itself', () => {
  test.each([
    // Errors of scale and shape over the parameters: 4.92 and 3.61, then 5.16 and 4.43, then 5.86 and 10.30.
    ['both within', 0.021, true],
    ['the scale beyond', 0.022, false],
    ['both beyond', 0.025, false],
  ])('%s: %f', (_name, share, isIdentified) => {
    const { curve: found, standardErrors, isIdentified: told } = fitFamily('power', narrow(share))
    const [scale = 0, shape = 0] = standardErrors ?? []
    expect(Math.max(scale / found.scale, shape / found.shape) <= 5).toBe(isIdentified)
    expect(told).toBe(isIdentified)
  })

  test('as many points as parameters leave nothing to measure errors with', () => {
    const points = [100, 300].map((spend) => ({ spend, value: Math.log1p(spend / 50) }))
    expect(fitFamily('log', points)).toMatchObject({ standardErrors: null, isIdentified: false })
    expect(
      fitFamily('log', [...points, { spend: 900, value: 3 }]).standardErrors?.every(
        Number.isFinite,
      ),
    ).toBe(true)
  })

  test('a hill has an error for its steepness too', () => {
    const own = curve('hill', 3000, 700, 2.2)
    const points = [100, 300, 700, 1500, 3000, 6000].map((spend, index) => ({
      spend,
      value: responseAt(own, spend) + 10 * (1 - 2 * (index % 2)),
    }))
    expect(errorsAt(own, points)).toHaveLength(3)
    expect(errorsAt(curve('log', 3000, 700), points)).toHaveLength(2)
  })
})

test('r² is the share of the squares around the mean that the curve explains', () => {
  // Mean 13, squares around it 9 + 1 + 0 + 16 = 26.
  const points = [10, 12, 13, 17].map((value, index) => ({ spend: 100 * 2 ** index, value }))
  const { r2, residualSquares } = fitFamily('log', points)
  expect(residualSquares).toBeGreaterThan(0)
  expect(r2).toBeCloseTo(1 - residualSquares / 26, 12)
})

test('histories too short for the correction are compared by none: the simplest family stands', () => {
  const points = [100, 200, 400, 800].map((spend) => ({ spend, value: Math.log1p(spend / 400) }))
  for (const count of [3, 4]) {
    const { best, fits } = bestFamily(points.slice(0, count))
    expect(fits.map((fit) => fit.aicc)).toEqual(fits.map(() => Infinity))
    expect(best.curve.family).toBe('power')
  }
})

describe('a robust fit', () => {
  test('of a hill moves its steepness too', () => {
    const own = curve('hill', 3000, 700, 2.2)
    const points = Array.from({ length: 15 }, (_point, index) => {
      const spend = 150 * 1.25 ** index
      const even = responseAt(own, spend) * (1 + 0.01 * (index % 2 === 0 ? 1 : -1))
      return { spend, value: index === 7 ? 1.6 * even : even }
    })
    const plain = fitFamily('hill', points)
    const robust = fitFamilyRobustly(plain, points)
    const miss = (steepness: number) => Math.abs(steepness / own.steepness - 1)
    expect(robust.curve.steepness).not.toBe(plain.curve.steepness)
    expect(miss(robust.curve.steepness)).toBeLessThan(miss(plain.curve.steepness))
  })

  test('keeps the plain fit where most periods lie on it exactly', () => {
    const idle = Array.from({ length: 5 }, () => ({ spend: 0, value: 0 }))
    const points = [
      ...idle,
      ...[100, 200, 400, 800].map((spend) => ({ spend, value: spend ** 0.5 + (spend % 3) })),
    ]
    const plain = fitFamily('power', points)
    expect(fitFamilyRobustly(plain, points)).toEqual({ curve: plain.curve, loss: 0, scale: 0 })
  })
})

describe('where a fit starts and may go', () => {
  const spent: readonly ResponsePoint[] = [0, 100, 1000, 300].map((spend) => ({ spend, value: 1 }))
  const [low, high] = [Math.log(100), Math.log(1000)]

  test('bounds lie around what was spent, periods without spend apart', () => {
    const near = (values: readonly number[]) => values.map((value) => Math.round(value * 1e9) / 1e9)
    const { low: least, high: most } = boundsOf('power', spent)
    expect([near(least), near(most)]).toEqual([
      near([-Infinity, Math.log(0.01)]),
      near([Infinity, Math.log(5)]),
    ])
    for (const [family, far] of [
      ['log', 40],
      ['saturating', 40],
      ['hill', 60],
    ] as const) {
      const bounds = boundsOf(family, spent)
      expect(near(bounds.low)).toEqual(near([-Infinity, low - 40, Math.log(0.05)]))
      expect(near(bounds.high)).toEqual(near([Infinity, high + far, Math.log(50)]))
    }
  })

  // Sixty shapes from one end to the other, so a curve at an end is met exactly.
  test.each([
    ['power', 0.01],
    ['power', 5],
    ['saturating', Math.exp(low - 5)],
    ['saturating', Math.exp(high + 7)],
    ['saturating', Math.exp(low - 5 + (10 * (high + 7 - low + 5)) / 59)],
  ] as const)('the scan meets a %s curve of shape %f', (family, shape) => {
    const own = curve(family, 3, shape)
    const points = [100, 200, 400, 1000].map((spend) => ({ spend, value: responseAt(own, spend) }))
    const [scale = 0, form = 0] = startOf(family, points)
    expect(Math.exp(form) / shape).toBeCloseTo(1, 9)
    expect(Math.exp(scale)).toBeCloseTo(3, 6)
  })

  test('without any response there is no scale to start from', () => {
    const silent = spent.map((point) => ({ ...point, value: 0 }))
    expect(startOf('log', silent)).toEqual([0, 0])
  })

  test('logarithms stand for the curve they were taken of', () => {
    expect(parametersOf(curve('hill', 3, 700, 2))).toEqual([3, 700, 2].map(Math.log))
    expect(parametersOf(curve('log', 3, 700))).toHaveLength(2)
    const back = toCurve('hill', parametersOf(curve('hill', 3, 700, 2)))
    expect(back.shape).toBeCloseTo(700, 9)
    expect(back.steepness).toBeCloseTo(2, 12)
    expect(toCurve('log', parametersOf(curve('log', 3, 700))).steepness).toBe(1)
  })
})
