import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { compareRatios, type RatioUnit } from '#rules/momentum/ratio-metric.ts'

/** Units as [numerator, denominator]. */
const units = (...pairs: readonly (readonly [number, number])[]): RatioUnit[] =>
  pairs.map(([numerator, denominator]) => ({ numerator, denominator }))

describe('a ratio worked by hand', () => {
  // Before: 1/10 and 3/10, ratio 0.2, residuals −1 and +1: error √(2/1/2) ÷ 10 = 0.1. Now: 4/10 and 8/20, ratio 0.4, no residual.
  const change = () => compareRatios(units([1, 10], [3, 10]), units([4, 10], [8, 20]))

  it('divides sums, never averages ratios', () => {
    expect(change().previous.ratio).toBe(0.2)
    expect(compareRatios(units([1, 1], [0, 9]), units([1, 2])).previous.ratio).toBe(0.1)
    expect(compareRatios(units([1, 1], [0, 9]), units([1, 2])).previous.meanOfUnitRatios).toBe(0.5)
  })

  it('has the error of units that differ', () => {
    expect(change().previous.standardError).toBeCloseTo(0.1, 14)
    expect(change().current.standardError).toBe(0)
  })

  it('has the binomial error beside it, for shares', () => {
    expect(change().previous.binomialStandardError).toBeCloseTo(Math.sqrt(0.16 / 20), 14)
  })

  it('has lift, score and p', () => {
    expect(change().lift).toBeCloseTo(1, 14)
    expect(change().z).toBeCloseTo(2, 12)
    expect(change().p).toBeCloseTo(0.04550026389635842, 10)
  })

  it('has a range of the lift by logarithms', () => {
    // ln 2 ± 1.96 · 0.1/0.2
    const width = 1.959963984540054 * 0.5
    expect(change().liftInterval?.low).toBeCloseTo(2 * Math.exp(-width) - 1, 10)
    expect(change().liftInterval?.high).toBeCloseTo(2 * Math.exp(width) - 1, 9)
  })
})

describe('what cannot be said is null', () => {
  it('the lift from a zero', () => {
    const change = compareRatios(units([0, 5], [0, 5]), units([1, 5], [2, 5]))
    expect(change.lift).toBeNull()
    expect(change.liftInterval).toBeNull()
    expect(change.z).toBeGreaterThan(0)
  })

  it('the range of a fall to zero', () => {
    const change = compareRatios(units([1, 5], [2, 5]), units([0, 5], [0, 5]))
    expect(change.lift).toBe(-1)
    expect(change.liftInterval).toBeNull()
  })

  it.each([
    ['before', units([1, 5]), units([1, 5], [2, 5])],
    ['now', units([1, 5], [2, 5]), units([1, 5])],
  ])('the test when one unit stands %s', (_name, previous, current) => {
    expect(compareRatios(previous, current)).toMatchObject({ z: null, p: null, liftInterval: null })
  })

  it('the test when no unit strays', () => {
    expect(compareRatios(units([1, 5], [2, 10]), units([2, 5], [4, 10]))).toMatchObject({
      z: null,
      p: null,
    })
  })

  it('the binomial error of a price', () => {
    const { previous } = compareRatios(units([30, 10], [20, 10]), units([1, 2], [1, 3]))
    expect(previous.ratio).toBe(2.5)
    expect(previous.binomialStandardError).toBeNull()
  })

  it('the binomial error of a negative ratio', () => {
    const { previous } = compareRatios(units([-3, 10], [0, 10]), units([1, 2], [1, 3]))
    expect(previous.binomialStandardError).toBeNull()
  })

  it('but not at the ends of a share', () => {
    expect(
      compareRatios(units([5, 5], [2, 2]), units([0, 5], [0, 5])).previous.binomialStandardError,
    ).toBe(0)
  })

  it('a unit without a base has no ratio of its own', () => {
    const { previous } = compareRatios(units([0, 0], [1, 4]), units([1, 2], [1, 3]))
    expect(previous.meanOfUnitRatios).toBe(0.25)
    expect(previous.ratio).toBe(0.25)
  })
})

it.each([
  ['before', units([1, 0]), units([1, 5])],
  ['now', units([1, 5]), units([0, 0])],
])('refuses a group without a base %s', (_name, previous, current) => {
  expect(() => compareRatios(previous, current)).toThrow(InvariantError)
})

it('scaling the denominator scales the ratio and keeps the test', () => {
  const unit = fc.record({
    numerator: fc.integer({ min: 0, max: 50 }),
    denominator: fc.integer({ min: 1, max: 100 }),
  })
  const group = fc.array(unit, { minLength: 3, maxLength: 12 })
  fc.assert(
    fc.property(group, group, (previous, current) => {
      const thousand = (each: readonly RatioUnit[]) =>
        each.map(({ numerator, denominator }) => ({ numerator, denominator: denominator / 1000 }))
      const plain = compareRatios(previous, current)
      const scaled = compareRatios(thousand(previous), thousand(current))
      expect(scaled.previous.ratio).toBeCloseTo(plain.previous.ratio * 1000, 6)
      fc.pre(plain.z !== null && Math.abs(plain.z) < 1e6)
      expect(scaled.z).toBeCloseTo(plain.z ?? 0, 6)
    }),
  )
})
