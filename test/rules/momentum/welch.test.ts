import { describe, expect, it } from 'vitest'

import { compareMeans, meanOf } from '#rules/momentum/welch.ts'

describe('Welch’s test', () => {
  // Example 1 of the article "Welch's t-test" on Wikipedia: t = −2.46, df = 25.0, p = 0.021 (first − second).
  const first = [27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4]
  const second = [
    27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4,
  ]
  const test = () => compareMeans(first, second)

  it('agrees with a published example', () => {
    expect(test().previousMean).toBeCloseTo(20.82, 10)
    expect(test().currentMean).toBeCloseTo(344.8 / 15, 10)
    expect(test().t).toBeCloseTo(2.46, 2)
    expect(test().degrees).toBeCloseTo(25, 1)
    expect(test().p).toBeCloseTo(0.021, 3)
  })

  it('has a range around the difference that excludes zero exactly when p is below one in twenty', () => {
    expect(test().difference).toBeCloseTo(344.8 / 15 - 20.82, 10)
    expect(test().interval?.low).toBeGreaterThan(0)
    expect((test().interval?.low ?? 0) + (test().interval?.high ?? 0)).toBeCloseTo(
      2 * test().difference,
      10,
    )
  })

  it('worked by hand for two pairs', () => {
    // Means 2 and 6; s² = 2 and 8 over two each: errors 1 and 4. t = 4 ÷ √5, df = 25 ÷ (1 + 16).
    const small = compareMeans([1, 3], [4, 8])
    expect(small.t).toBeCloseTo(4 / Math.sqrt(5), 12)
    expect(small.degrees).toBeCloseTo(25 / 17, 12)
  })

  it('has t times the standard error on both sides', () => {
    // Errors 1 and 1, so two degrees of freedom: t at 0.975 is 4.302652729696.
    const { interval, degrees } = compareMeans([1, 3], [5, 7])
    expect(degrees).toBeCloseTo(2, 12)
    expect(interval?.low).toBeCloseTo(4 - 4.302652729696 * Math.SQRT2, 8)
    expect(interval?.high).toBeCloseTo(4 + 4.302652729696 * Math.SQRT2, 8)
  })

  it('weighs each error by its own degrees', () => {
    // Errors 4 (two values) and 1 (two values): the mirror of the pair above, and with three values another.
    expect(compareMeans([4, 8], [1, 3]).degrees).toBeCloseTo(25 / 17, 12)
    // s² of 0, 3, 6 is 9, over three: error 3; degrees 16 ÷ (9/2 + 1/1).
    expect(compareMeans([0, 3, 6], [1, 3]).degrees).toBeCloseTo(16 / 5.5, 12)
  })

  it.each([
    ['neither scatters', [2, 2], [3, 3]],
    ['one has a single value', [2], [3, 4]],
    ['the other has a single value', [2, 5], [3]],
  ])('says nothing when %s', (_name, previous, current) => {
    expect(compareMeans(previous, current)).toMatchObject({
      t: null,
      degrees: null,
      p: null,
      interval: null,
    })
  })

  it('still knows the difference then', () => {
    expect(compareMeans([2, 2], [3, 3]).difference).toBe(1)
  })
})

it('the mean is the sum by the count', () => {
  expect(meanOf([1, 2, 6])).toBe(3)
})
