import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import {
  ascending,
  percentileInterval,
  sampleMedian,
  sampleQuantile,
} from '#rules/kernel/sample-quantile.ts'
import { share } from '#test/support/share.ts'

describe('the quantile of a sample', () => {
  it.each([
    [[7], 0, 7],
    [[7], 1, 7],
    [[1, 3], 0, 1],
    [[1, 3], 0.25, 1.5],
    [[1, 3], 0.5, 2],
    [[1, 3], 0.75, 2.5],
    [[1, 3], 1, 3],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0.5, 3],
    [[0, 10, 20, 30], 0.1, 3],
  ])('of %j at %d is %d', (sorted, q, value) => {
    expect(sampleQuantile(sorted, q)).toBeCloseTo(value, 12)
  })

  // R: quantile(c(15, 20, 35, 40, 50), 0.4, type = 7)
  it('agrees with type 7 of Hyndman and Fan', () => {
    expect(sampleQuantile([15, 20, 35, 40, 50], 0.4)).toBe(29)
  })

  it('is exact on a value, from whichever end it is reached', () => {
    expect(sampleQuantile([0.1, 0.3, 0.7], 0.5)).toBe(0.3)
    expect(sampleQuantile([0.1, 0.1, 0.7], 0.5)).toBe(0.1)
    expect(sampleQuantile([0.1, 0.7, 0.7], 0.999)).toBe(0.7)
  })

  it.each([-0.001, 1.001, Number.NaN])('refuses the share %d', (q) => {
    expect(() => sampleQuantile([1, 2], q)).toThrow(InvariantError)
  })

  it('refuses an empty sample', () => {
    expect(() => sampleQuantile([], 0.5)).toThrow('an order statistic is missing')
  })

  it('rises with the share and stays inside the sample', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(values, share(), (sample, q) => {
        const sorted = ascending(sample)
        const value = sampleQuantile(sorted, q)
        const higher = sampleQuantile(sorted, Math.min(1, q + 0.1))
        expect(value).toBeGreaterThanOrEqual(sorted[0] ?? 0)
        expect(value).toBeLessThanOrEqual(sorted.at(-1) ?? 0)
        expect(higher).toBeGreaterThanOrEqual(value - 1e-9)
      }),
    )
  })
})

describe('the percentile interval', () => {
  it('holds the middle 95 % of what was resampled, in whatever order', () => {
    const resampled = Array.from({ length: 1001 }, (_figure, place) => 1000 - place)
    expect(percentileInterval(resampled)).toStrictEqual({ low: 25, high: 975 })
  })

  it('asks for a figure', () => {
    expect(() => percentileInterval([])).toThrow(InvariantError)
  })
})

describe('the median', () => {
  it.each([
    [[5], 5],
    [[9, 1], 5],
    [[9, 1, 4], 4],
    [[4, 1, 9, 2], 3],
  ])('of %j is %d whatever the order', (values, median) => {
    expect(sampleMedian(values)).toBe(median)
  })

  it('leaves the sample as it was', () => {
    const values = [3, 1, 2]
    sampleMedian(values)
    expect(values).toStrictEqual([3, 1, 2])
    expect(ascending(values)).toStrictEqual([1, 2, 3])
  })
})
