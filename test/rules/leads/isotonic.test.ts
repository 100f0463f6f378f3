import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { fitIsotonic, isotonicAt } from '#rules/leads/isotonic.ts'

const fit = (...pairs: readonly (readonly [number, number])[]) =>
  fitIsotonic(pairs.map(([x, target]) => ({ x, target })))

describe('pooling worked by hand', () => {
  it('keeps what already rises', () => {
    expect(fit([1, 0], [2, 0.5], [3, 1])).toStrictEqual({ x: [1, 2, 3], y: [0, 0.5, 1] })
  })

  it('pools one fall', () => {
    expect(fit([1, 1], [2, 0], [3, 1])).toStrictEqual({ x: [1, 2, 3], y: [0.5, 0.5, 1] })
  })

  it('pools backwards as long as it takes', () => {
    // 1 | 2 | 0 → the last pulls both: mean 1.
    expect(fit([1, 1], [2, 2], [3, 0])).toStrictEqual({ x: [1, 3], y: [1, 1] })
  })

  it('weighs pools by their leads', () => {
    // (1, 1), (2, 1) pool with (3, 0): mean 2/3; then 4 stands above.
    const map = fit([1, 1], [2, 1], [3, 0], [4, 1])
    expect(map.x).toStrictEqual([1, 3, 4])
    expect(map.y[0]).toBeCloseTo(2 / 3, 15)
    expect(map.y[2]).toBe(1)
  })

  it('averages ties before it pools', () => {
    expect(fit([1, 0], [1, 1], [2, 0.75])).toStrictEqual({ x: [1, 2], y: [0.5, 0.75] })
  })

  it('leaves out points inside a flat stretch', () => {
    expect(fit([1, 0], [2, 0], [3, 0], [4, 1])).toStrictEqual({ x: [1, 3, 4], y: [0, 0, 1] })
  })

  it('pools neighbours of the same mean, however they came about', () => {
    // Two of the first four convert and fifteen of the other thirty: one half each. Pooled as means, the second becomes ½ plus a last digit.
    const outcomes = Array.from('1010111001110001101111101100000000', Number)
    const map = fitIsotonic(outcomes.map((target, x) => ({ x, target })))
    expect(map).toStrictEqual({ x: [0, 33], y: [0.5, 0.5] })
  })

  it('does not ask for an order', () => {
    expect(fit([3, 1], [1, 0], [2, 0.5])).toStrictEqual(fit([1, 0], [2, 0.5], [3, 1]))
  })

  it('is one step for one point', () => {
    expect(fit([5, 1])).toStrictEqual({ x: [5], y: [1] })
  })

  it('refuses no points', () => {
    expect(() => fit()).toThrow(InvariantError)
  })
})

describe('the map between its thresholds', () => {
  const map = { x: [1, 2, 4], y: [0.1, 0.3, 0.9] }

  it.each([
    [-5, 0.1],
    [1, 0.1],
    [1.5, 0.2],
    [2, 0.3],
    [3, 0.6],
    [4, 0.9],
    [9, 0.9],
  ])('at %d is %d', (x, y) => {
    expect(isotonicAt(map, x)).toBeCloseTo(y, 15)
  })

  it('is exact on a threshold', () => {
    expect(isotonicAt(map, 2)).toBe(0.3)
  })
})

describe('for any points', () => {
  const sample = fc.array(
    fc.record({ x: fc.integer({ min: 0, max: 15 }), target: fc.constantFrom(0, 1) }),
    { minLength: 1, maxLength: 50 },
  )

  it('never falls and keeps the mean', () => {
    fc.assert(
      fc.property(sample, (given) => {
        const map = fitIsotonic(given)
        expect(map.y).toStrictEqual(map.y.toSorted((left, right) => left - right))
        expect(map.x).toStrictEqual([...new Set(map.x)].toSorted((left, right) => left - right))
        const mean = given.reduce((sum, { target }) => sum + target, 0)
        const fitted = given.reduce((sum, { x }) => sum + isotonicAt(map, x), 0)
        expect(fitted).toBeCloseTo(mean, 9)
      }),
    )
  })

  it('is no worse than any single step', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: 0, max: 15 }), (given, cut) => {
        const map = fitIsotonic(given)
        const squares = (at: (x: number) => number) =>
          given.reduce((sum, { x, target }) => sum + (target - at(x)) ** 2, 0)
        const meanOf = (side: typeof given) =>
          side.reduce((sum, { target }) => sum + target, 0) / Math.max(1, side.length)
        const low = meanOf(given.filter(({ x }) => x < cut))
        const high = meanOf(given.filter(({ x }) => x >= cut))
        if (low > high) return
        expect(squares((x) => isotonicAt(map, x))).toBeLessThanOrEqual(
          squares((x) => (x < cut ? low : high)) + 1e-9,
        )
      }),
    )
  })
})
