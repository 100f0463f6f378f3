import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  fitInterceptOnly,
  fitLogisticLine,
  probabilityAt,
  type LogisticPoint,
} from '#rules/leads/logistic-fit.ts'

/** Points as [x, target]. */
const points = (...pairs: readonly (readonly [number, number])[]): LogisticPoint[] =>
  pairs.map(([x, target]) => ({ x, target }))
const repeat = (times: number, x: number, target: number): LogisticPoint[] =>
  Array.from({ length: times }, () => ({ x, target }))

describe('a line worked by hand', () => {
  // Two places: at x = 0 one of four succeeds, at x = 1 three of four: ln odds −ln 3 and +ln 3.
  const sample = [...repeat(1, 0, 1), ...repeat(3, 0, 0), ...repeat(3, 1, 1), ...repeat(1, 1, 0)]
  const line = () => {
    const found = fitLogisticLine(sample)
    if (found === null) throw new Error('the line is finite')
    return found
  }

  it('passes through the observed odds', () => {
    expect(line().intercept).toBeCloseTo(-Math.log(3), 12)
    expect(line().slope).toBeCloseTo(2 * Math.log(3), 12)
  })

  it('gives the observed rates back', () => {
    expect(probabilityAt(line(), 0)).toBeCloseTo(0.25, 12)
    expect(probabilityAt(line(), 1)).toBeCloseTo(0.75, 12)
    expect(probabilityAt(line(), 0.5)).toBeCloseTo(0.5, 12)
  })

  it('is the same for soft targets with the same means', () => {
    const soft = fitLogisticLine(points([0, 0.25], [1, 0.75]))
    expect(soft?.intercept).toBeCloseTo(-Math.log(3), 12)
    expect(soft?.slope).toBeCloseTo(2 * Math.log(3), 12)
  })
})

describe('no finite line', () => {
  it.each([
    ['x does not vary', points([2, 0], [2, 1])],
    ['nothing succeeds', points([1, 0], [2, 0])],
    ['everything succeeds', points([1, 1], [2, 1])],
    ['a threshold separates', points([1, 0], [2, 0], [3, 1], [4, 1])],
    ['a threshold separates the other way', points([1, 1], [2, 1], [3, 0])],
    ['only the border is shared', points([1, 0], [2, 0], [2, 1], [3, 1])],
    ['only the border is shared the other way', points([1, 1], [2, 0], [2, 1], [3, 0])],
    ['no point is given', []],
  ])('when %s', (_name, sample) => {
    expect(fitLogisticLine(sample)).toBeNull()
  })

  it('but a finite one as soon as the outcomes overlap', () => {
    const line = fitLogisticLine(points([1, 0], [2, 1], [3, 0], [4, 1]))
    expect(line?.slope).toBeGreaterThan(0)
    expect(Number.isFinite(line?.intercept)).toBe(true)
  })

  it('but a finite one for soft targets that a threshold separates', () => {
    const line = fitLogisticLine(points([1, 0.1], [2, 0.1], [3, 0.9], [4, 0.9]))
    expect(line?.slope).toBeGreaterThan(0)
  })
})

describe('the intercept alone', () => {
  it('shifts the odds to the observed ones', () => {
    // Claimed ln odds 0; three of four succeed.
    expect(fitInterceptOnly(points([0, 1], [0, 1], [0, 1], [0, 0]))).toBeCloseTo(Math.log(3), 12)
  })

  it('makes expected equal observed', () => {
    const sample = points([-2, 0], [-1, 1], [0.5, 0], [3, 1], [4, 1])
    const shift = fitInterceptOnly(sample)
    if (shift === null) throw new Error('both outcomes are there')
    const expected = sample.reduce(
      (sum, { x }) => sum + probabilityAt({ intercept: shift, slope: 1 }, x),
      0,
    )
    expect(expected).toBeCloseTo(3, 11)
  })

  it.each([
    ['nothing succeeds', points([0, 0], [1, 0])],
    ['everything succeeds', points([0, 1], [1, 1])],
    ['no point is given', []],
  ])('does not exist when %s', (_name, sample) => {
    expect(fitInterceptOnly(sample)).toBeNull()
  })

  it('exists also for claims that are all but certain and wrong', () => {
    const shift = fitInterceptOnly(points([36, 0], [36, 0], [-36, 1], [-36, 0]))
    expect(Number.isFinite(shift)).toBe(true)
  })
})

describe('for any overlapping points', () => {
  const sample = fc.array(
    fc.record({ x: fc.integer({ min: -6, max: 6 }), target: fc.constantFrom(0, 1) }),
    {
      minLength: 4,
      maxLength: 60,
    },
  )

  it('the score equations hold at the line', () => {
    fc.assert(
      fc.property(sample, (given) => {
        const line = fitLogisticLine(given)
        if (line === null) return
        let [first, second] = [0, 0]
        for (const { x, target } of given) {
          const residual = target - probabilityAt(line, x)
          first += residual
          second += residual * x
        }
        expect(Math.abs(first)).toBeLessThan(1e-8)
        expect(Math.abs(second)).toBeLessThan(1e-7)
      }),
    )
  })

  it('turning outcomes round turns both terms', () => {
    fc.assert(
      fc.property(sample, (given) => {
        const line = fitLogisticLine(given)
        const turned = fitLogisticLine(given.map(({ x, target }) => ({ x, target: 1 - target })))
        expect(turned === null).toBe(line === null)
        expect(turned?.slope ?? 0).toBeCloseTo(-(line?.slope ?? 0), 7)
        expect(turned?.intercept ?? 0).toBeCloseTo(-(line?.intercept ?? 0), 7)
      }),
    )
  })

  it('moving x by a step moves the intercept only', () => {
    fc.assert(
      fc.property(sample, (given) => {
        const line = fitLogisticLine(given)
        const moved = fitLogisticLine(given.map(({ x, target }) => ({ x: x + 2, target })))
        if (line === null || moved === null) return
        expect(moved.slope).toBeCloseTo(line.slope, 7)
        expect(moved.intercept).toBeCloseTo(line.intercept - 2 * line.slope, 6)
      }),
    )
  })
})

it('halves a step that would overshoot for good', () => {
  // Newton's whole steps run away on this sample: a cluster that fails at −3, an even one at −2, winners far off.
  const sample = [
    ...repeat(44, 46, 1),
    ...repeat(268, -2, 1),
    ...repeat(291, -2, 0),
    ...repeat(2, -3, 1),
    ...repeat(3856, -3, 0),
  ]
  const line = fitLogisticLine(sample)
  if (line === null) throw new Error('the outcomes overlap')
  // The winners at 46 are certain on any such line, so it passes through the odds of the two clusters.
  expect(probabilityAt(line, -2)).toBeCloseTo(268 / 559, 9)
  expect(probabilityAt(line, -3)).toBeCloseTo(2 / 3858, 9)
})

it('converges with far outliers', () => {
  const sample = [
    ...repeat(40, -1, 0),
    ...repeat(10, -1, 1),
    ...repeat(10, 1, 0),
    ...repeat(40, 1, 1),
    { x: 36, target: 0 },
    { x: -36, target: 1 },
  ]
  const line = fitLogisticLine(sample)
  expect(line).not.toBeNull()
  expect(Number.isFinite(line?.slope)).toBe(true)
})

it('finds no line over claims that differ by rounding alone', () => {
  const x = -0.7
  const alike = Array.from({ length: 90 }, (_, place) => ({
    x: x + (place % 3) * 1.2e-16,
    target: place % 4 === 0 ? 1 : 0,
  }))
  expect(fitLogisticLine(alike)).toBeNull()
})
