import { describe, expect, it } from 'vitest'

import { betaQuantile } from '#rules/kernel/beta.ts'
import { binomialLogPmf } from '#rules/kernel/binomial.ts'
import { chiSquareQuantile } from '#rules/kernel/chi-square.ts'
import { gammaQuantile } from '#rules/kernel/gamma.ts'
import { allocate } from '#rules/kernel/money.ts'
import { sampleQuantile } from '#rules/kernel/sample-quantile.ts'
import { studentTQuantile } from '#rules/kernel/student-t.ts'

/** A share so near an end, or the middle, that the tail on the wrong side has lost most of its digits. */
const NEAR = 2 ** -40

const relative = (actual: number, expected: number): number => Math.abs(actual / expected - 1)

describe('quantiles where one tail is tiny', () => {
  it('of the exponential: −ln(1 − p)', () => {
    expect(relative(gammaQuantile(1 - NEAR, 1), 40 * Math.LN2)).toBeLessThan(1e-14)
    expect(relative(gammaQuantile(NEAR, 1), NEAR)).toBeLessThan(1e-11)
  })

  it('of χ² with two degrees: −2 ln(1 − p)', () => {
    expect(chiSquareQuantile(0.5, 2)).toBeCloseTo(2 * Math.LN2, 13)
  })

  it('of Cauchy: tan(π(p − ½)), at the middle and at the end', () => {
    expect(relative(studentTQuantile(0.5 + NEAR, 1), Math.tan(Math.PI * NEAR))).toBeLessThan(1e-12)
    expect(relative(studentTQuantile(0.5 - NEAR, 1), -Math.tan(Math.PI * NEAR))).toBeLessThan(1e-12)
    expect(relative(studentTQuantile(1 - NEAR, 1), 1 / Math.tan(Math.PI * NEAR))).toBeLessThan(
      1e-12,
    )
    expect(relative(studentTQuantile(NEAR, 1), -1 / Math.tan(Math.PI * NEAR))).toBeLessThan(1e-12)
  })

  it('of a power law: Beta(a, 1) is p^(1/a), its mirror image 1 − (1 − p)^(1/b)', () => {
    expect(relative(betaQuantile(NEAR, 4, 1), 2 ** -10)).toBeLessThan(1e-12)
    expect(relative(betaQuantile(NEAR, 1, 1), NEAR)).toBeLessThan(1e-12)
    expect(relative(1 - betaQuantile(1 - NEAR, 1, 4), 2 ** -10)).toBeLessThan(1e-12)
  })
})

describe('ln P of a binomial count', () => {
  it.each([
    [0, 5, 0, 0],
    [1, 5, 0, -Infinity],
    [5, 5, 1, 0],
    [4, 5, 1, -Infinity],
    [0, 0, 0, 0],
    [0, 0, 1, 0],
  ])('%i of %i at p = %d', (successes, trials, p, expected) => {
    expect(binomialLogPmf(successes, trials, p)).toBe(expected)
  })

  it.each([
    // ln C(4, k) p^k (1 − p)^(4 − k), worked by hand on both sides of one half.
    [1, 4, 0.25, Math.log((4 * 27) / 256)],
    [3, 4, 0.75, Math.log((4 * 27) / 256)],
    [2, 4, 0.75, Math.log((6 * 9) / 256)],
    [2, 4, 0.5, Math.log(6 / 16)],
  ])('%i of %i at p = %d is known', (successes, trials, p, expected) => {
    expect(binomialLogPmf(successes, trials, p)).toBeCloseTo(expected, 13)
  })

  it('keeps its digits where the count is near what is expected and p near one', () => {
    const p = 1 - 1e-9
    // λ = 1 failure expected in 10⁹: ln P(one failure) = (n − 1) ln p + ln(n (1 − p)).
    const exact = (1e9 - 1) * Math.log1p(-(1 - p)) + Math.log(1e9 * (1 - p))
    expect(binomialLogPmf(1e9 - 1, 1e9, p)).toBeCloseTo(exact, 9)
  })

  // mpmath 1.3, 50 digits, of the doubles nearest to 1.3e-9 and 1 − 1e-9.
  it('keeps them from whichever end the count is near', () => {
    expect(binomialLogPmf(1e9 - 3, 1e9, 1 - 1e-9)).toBeCloseTo(-2.791_759_526_291_919, 12)
    expect(binomialLogPmf(3, 1e9, 1.3e-9)).toBeCloseTo(-2.304_666_675_770_582, 12)
  })
})

describe('the split of money', () => {
  it('gives what is left to the largest remainders, the earlier of equal ones first', () => {
    expect(allocate(10, [1, 1, 1])).toStrictEqual([4, 3, 3])
    expect(allocate(11, [1, 1, 1])).toStrictEqual([4, 4, 3])
    // Shares 0.9, 8.2, 0.9: the two nines come before the two.
    expect(allocate(10, [9, 82, 9])).toStrictEqual([1, 8, 1])
    // Shares 7.6, 1.7, 0.7: a large share does not make a large remainder.
    expect(allocate(10, [76, 17, 7])).toStrictEqual([7, 2, 1])
  })

  it('takes a unit back where the doubles nearest to the shares come to too much', () => {
    // A third of 9 007 199 254 740 989 is no double, nor are two thirds; both round up.
    const parts = allocate(9_007_199_254_740_989, [3, 6])
    expect(parts).toStrictEqual([3_002_399_751_580_329, 6_004_799_503_160_660])
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(9_007_199_254_740_989)
  })

  it('has no negative zero in the mirror image, nor in nothing', () => {
    expect(allocate(-1, [1, 1])).toStrictEqual([-1, 0])
    expect(allocate(0, [1, 1])).toStrictEqual([0, 0])
  })
})

describe('the quantile of a sample', () => {
  it('is exact where the position falls on a value, from either side', () => {
    const sorted = [0.1, 0.7, 1e17]
    expect(sampleQuantile(sorted, 0)).toBe(0.1)
    expect(sampleQuantile([-1e17, 0.7], 1)).toBe(0.7)
    // Position 1.8: from the upper end 1 − 0.2 · 2 = 0.6 of the way is read without rounding the far value.
    expect(sampleQuantile([0, -1e17, 1], 0.9)).toBe(1 - (1 + 1e17) * (1 - 1.8 + 1))
  })

  it('refuses a share below nothing', () => {
    expect(() => sampleQuantile([1, 2], -0.1)).toThrow('expected a share, got -0.1')
  })
})
