import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { compareClusteredCounts, isClustered } from '#rules/momentum/clustered-counts.ts'

describe('a change worked by hand', () => {
  // Means 2 and 4. χ² = (1 + 1)/2 + (4 + 4)/4 = 3 over 2 degrees: dispersion 1.5.
  const change = () => compareClusteredCounts([1, 3], [2, 6])

  it('has the logarithm of the ratio of daily means', () => {
    expect(change()?.logRatio).toBeCloseTo(Math.LN2, 14)
  })

  it('has the dispersion around the two means with its p', () => {
    expect(change()?.dispersionStatistic).toBeCloseTo(3, 14)
    expect(change()?.dispersion).toBeCloseTo(1.5, 14)
    // χ² with two degrees: e^(−3/2)
    expect(change()?.dispersionP).toBeCloseTo(Math.exp(-1.5), 12)
  })

  it('widens the Poisson error by its root', () => {
    expect(change()?.poissonStandardError).toBeCloseTo(Math.sqrt(1 / 4 + 1 / 8), 14)
    expect(change()?.standardError).toBeCloseTo(0.75, 14)
  })

  it('tests on t with days − 2 degrees, on the normal, and as Poisson', () => {
    const t = Math.LN2 / Math.sqrt(1.5 * 0.375)
    // t with two degrees: 1 − t ÷ √(2 + t²)
    expect(change()?.p).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12)
    expect(change()?.p).toBeCloseTo(0.45295, 5)
    expect(change()?.pNormal).toBeCloseTo(0.3554, 3)
    expect(change()?.pPoisson).toBeLessThan(change()?.pNormal ?? 0)
  })

  it('has a range of the ratio around it', () => {
    // t at 0.975 with two degrees: 4.302652729696
    const width = 4.302652729696 * Math.sqrt(1.5 * 0.375)
    expect(change()?.ratioInterval.low).toBeCloseTo(2 * Math.exp(-width), 9)
    expect(change()?.ratioInterval.high).toBeCloseTo(2 * Math.exp(width), 6)
  })
})

describe('nothing to compare', () => {
  it.each([
    ['without an event before', [0, 0], [1, 2]],
    ['without an event now', [1, 2], [0, 0]],
    ['with two days in all', [1], [2]],
    ['without days', [], [1, 2, 3]],
  ])('%s', (_name, previous, current) => {
    expect(compareClusteredCounts(previous, current)).toBeNull()
  })

  it('but with three days', () => {
    expect(compareClusteredCounts([1, 2], [2])).not.toBeNull()
  })
})

describe('days that do not scatter', () => {
  it('and do not differ are no change', () => {
    expect(compareClusteredCounts([3, 3], [3, 3])).toMatchObject({ p: 1, pNormal: 1, logRatio: 0 })
  })

  it('but differ are a certain one', () => {
    expect(compareClusteredCounts([3, 3], [6, 6])).toMatchObject({
      p: 0,
      pNormal: 0,
      dispersion: 0,
    })
  })
})

it.each([-1, Number.NaN, Infinity])('refuses the count %d', (count) => {
  expect(() => compareClusteredCounts([1, count], [1, 2])).toThrow(InvariantError)
})

describe('events come in clusters', () => {
  const reading = (dispersion: number, dispersionP: number) => {
    const change = compareClusteredCounts([1, 3], [2, 6])
    if (change === null) throw new Error('the days have events')
    return { ...change, dispersion, dispersionP }
  }
  // On and one step beside each bound.
  it.each([
    [1.2, 0.049, true],
    [1.2, 0.05, false],
    [1.2, 0.051, false],
    [1.31, 0.5, true],
    [1.3, 0.5, false],
    [0.4, 0.99, false],
  ])('at dispersion %d with p %d: %s', (dispersion, p, expected) => {
    expect(isClustered(reading(dispersion, p))).toBe(expected)
  })
})

it('the order of the days does not matter', () => {
  const days = fc.array(fc.nat(30), { minLength: 2, maxLength: 20 })
  fc.assert(
    fc.property(days, days, (previous, current) => {
      const there = compareClusteredCounts(previous, current)
      const back = compareClusteredCounts(previous.toReversed(), current.toReversed())
      expect(back === null).toBe(there === null)
      expect(back?.p ?? 0).toBeCloseTo(there?.p ?? 0, 9)
    }),
  )
})
