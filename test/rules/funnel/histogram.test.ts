import { describe, expect, test } from 'vitest'

import { correlate, correlateAll } from '#rules/funnel/correlation.ts'
import { timeToConvertHistogram } from '#rules/funnel/histogram.ts'

describe('timeToConvertHistogram', () => {
  const edges = (seconds: readonly number[], bins?: number) =>
    timeToConvertHistogram(seconds, bins).map(({ from, count }) => [from, count])

  test('gives the asserted bins of three conversions', () => {
    // PostHog, test_funnel_time_to_convert: 2,220, 3,600 and 82,800 seconds.
    expect(edges([2220, 3600, 82_800])).toEqual([
      [2220, 2],
      [42_510, 0],
      [82_800, 1],
    ])
  })

  test('the closing bin stays empty when the width does not divide the range', () => {
    expect(edges([0, 10], 3)).toEqual([
      [0, 1],
      [4, 0],
      [8, 1],
      [12, 0],
    ])
  })

  test('equal values share a bin of a minute', () => {
    expect(edges([7, 7])).toEqual([
      [7, 2],
      [67, 0],
      [127, 0],
    ])
  })

  // The cube root of 8 is 2, of 9 just above; one bin more closes the range.
  test.each([
    [1, 2],
    [8, 3],
    [9, 4],
    [27, 4],
    [28, 5],
    [216_000, 61],
    [216_001, 61],
  ])('%i values make %i bins', (count, bins) => {
    const values = Array.from({ length: count }, (_, index) => index)
    expect(timeToConvertHistogram(values)).toHaveLength(bins)
  })

  test.each([
    [0, 2],
    [1, 2],
    [90, 91],
    [91, 91],
  ])('a wish for %i bins makes %i', (wish, bins) => {
    expect(timeToConvertHistogram([0, 1000], wish)).toHaveLength(bins)
  })

  test('every value falls into a bin', () => {
    const values = [0.4, 12, 59.7, 60, 3000.2, 86_400]
    const counted = timeToConvertHistogram(values, 7).reduce((sum, bin) => sum + bin.count, 0)
    expect(counted).toBe(values.length)
  })

  test('refuses an empty sample', () => {
    expect(() => timeToConvertHistogram([])).toThrow('at least one value')
  })
})

describe('correlate', () => {
  const table = (
    successWith: number,
    failureWith: number,
    successTotal = 10,
    failureTotal = 10,
  ) => ({
    successWith,
    failureWith,
    successTotal,
    failureTotal,
  })

  test('states odds with and without the added ones', () => {
    // PostHog's docstring: 5 of 7 converted and 1 of 11 did not with the video: 11, raw 25.
    expect(correlate(table(5, 1, 7, 11))).toMatchObject({
      oddsRatio: 11,
      rawOddsRatio: 25,
      direction: 'success',
      tooFew: false,
      skewed: false,
    })
  })

  test('the raw odds are undefined where they divide by zero', () => {
    expect(correlate(table(5, 0)).rawOddsRatio).toBeNull()
    expect(correlate(table(10, 5)).rawOddsRatio).toBeNull()
    expect(correlate(table(0, 5)).rawOddsRatio).toBe(0)
  })

  test('equal odds go with neither', () => {
    expect(correlate(table(5, 5))).toMatchObject({ oddsRatio: 1, direction: 'failure', pValue: 1 })
  })

  test.each([
    ['24 of many', table(20, 4, 5000, 5000), true],
    ['25 of many', table(20, 5, 5000, 5000), false],
    ['just below two per cent of few', table(1, 0, 30, 30), true],
    ['two per cent of few', table(1, 0, 25, 25), false],
  ])('too few: %s', (_name, given, tooFew) => {
    expect(correlate(given).tooFew).toBe(tooFew)
  })

  test.each([
    [10, 1, false],
    [11, 1, true],
    [1, 10, false],
    [1, 11, true],
    [5, 0, true],
    [0, 5, true],
  ])('%i completed and %i did not: skewed %s', (success, failure, skewed) => {
    expect(correlate(table(0, 0, success, failure)).skewed).toBe(skewed)
  })

  test('has a p value, 1 where all had the same outcome', () => {
    // R: fisher.test(matrix(c(8, 2, 1, 9), 2)) gives 0.005477.
    expect(correlate(table(8, 1)).pValue).toBeCloseTo(0.005477, 6)
    expect(correlate(table(2, 0, 5, 0)).pValue).toBe(1)
    expect(correlate(table(0, 2, 0, 5)).pValue).toBe(1)
  })

  test('many habits are corrected for their number', () => {
    const found = correlateAll([table(8, 1), table(5, 5), table(6, 5)])
    expect(found.map((entry) => entry.oddsRatio > 1)).toEqual([true, false, true])
    expect(found[0]?.adjustedP).toBeCloseTo((found[0]?.pValue ?? 0) * 3, 12)
    expect(correlateAll([])).toEqual([])
  })

  test.each([table(11, 0), table(0, 11)])('refuses more with the habit than there are', (given) => {
    expect(() => correlate(given)).toThrow('more persons have the habit')
  })
})
