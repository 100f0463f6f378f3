import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { priorByLikelihood } from '#rules/momentum/likelihood-prior.ts'
import { priorByMoments, shrinkRate, shrunkenMean } from '#rules/momentum/shrinkage.ts'

/** Cells as [successes, trials]. */
const cells = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([successes, trials]) => ({ successes, trials }))

describe('the prior by moments, worked by hand', () => {
  // Two cells of ten with 2 and 6: mean 0.4; scatter 10·0.04·2 = 0.8; room 0.24·(20 − 10 − 1) = 2.16; ρ = (0.8 − 0.24)/2.16.
  it('has mean and strength', () => {
    const prior = priorByMoments(cells([2, 10], [6, 10]))
    expect(prior?.mean).toBe(0.4)
    expect(prior?.strength).toBeCloseTo(2.16 / 0.56 - 1, 12)
  })

  it('draws 2 of 10 to 24 %', () => {
    // (0.4 · 2.857 + 2) ÷ (2.857 + 10).
    const prior = { mean: 0.4, strength: 2.16 / 0.56 - 1 }
    expect(shrunkenMean({ successes: 2, trials: 10 }, prior)).toBeCloseTo(22 / 90, 14)
  })

  it('is strongest when cells do not differ', () => {
    // ρ is held at one millionth.
    const prior = priorByMoments(cells([4, 10], [4, 10]))
    expect(prior?.strength).toBeCloseTo(999_999, 3)
  })

  it('is weakest when cells are all or nothing', () => {
    // ρ is held at 0.999.
    const prior = priorByMoments(cells([0, 500], [500, 500]))
    expect(prior?.strength).toBeCloseTo(1 / 0.999 - 1, 9)
  })

  it('is strongest when each cell holds one trial: no difference can then be seen', () => {
    expect(priorByMoments(cells([0, 1], [1, 1], [1, 1]))?.strength).toBeCloseTo(999_999, 3)
  })
})

describe('no prior', () => {
  it.each([
    ['from one cell', cells([2, 10])],
    ['from none', []],
    ['when none succeeds', cells([0, 10], [0, 5])],
    ['when all succeed', cells([10, 10], [5, 5])],
  ])('%s', (_name, given) => {
    expect(priorByMoments(given)).toBeNull()
    expect(priorByLikelihood(given)).toBeNull()
  })

  it('but from two cells with a success', () => {
    expect(priorByMoments(cells([0, 10], [1, 5]))).not.toBeNull()
    expect(priorByLikelihood(cells([0, 10], [1, 5]))).not.toBeNull()
  })

  it('and a cell without a trial is refused', () => {
    expect(() => priorByMoments(cells([0, 0], [1, 2]))).toThrow(InvariantError)
    expect(() => priorByLikelihood(cells([0, 0], [1, 2]))).toThrow(InvariantError)
  })
})

describe('a drawn rate', () => {
  const prior = { mean: 0.2, strength: 10 }

  it.each([
    [0, 5, 2 / 15],
    [5, 5, 7 / 15],
    [1, 5, 3 / 15],
    [200, 1000, 202 / 1010],
  ])('of %d in %d is %d', (successes, trials, mean) => {
    expect(shrunkenMean({ successes, trials }, prior)).toBeCloseTo(mean, 14)
  })

  it('is the mean of all where cells do not differ', () => {
    const flat = { mean: 0.3, strength: Infinity }
    expect(shrunkenMean({ successes: 9, trials: 9 }, flat)).toBe(0.3)
    expect(shrinkRate({ successes: 9, trials: 9 }, flat)).toStrictEqual({
      raw: 1,
      shrunken: 0.3,
      range: { low: 0.3, high: 0.3 },
    })
  })

  it('has the raw rate and a 90 % range beside it', () => {
    // Uniform prior, 1 of 1: beta(2, 1), whose quantiles are square roots.
    const rate = shrinkRate({ successes: 1, trials: 1 }, { mean: 0.5, strength: 2 })
    expect(rate.raw).toBe(1)
    expect(rate.shrunken).toBeCloseTo(2 / 3, 14)
    expect(rate.range.low).toBeCloseTo(Math.sqrt(0.05), 10)
    expect(rate.range.high).toBeCloseTo(Math.sqrt(0.95), 10)
  })

  it('lies between the raw rate and the mean of all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.nat(500),
        fc.double({ min: 0.5, max: 1e4, noNaN: true }),
        (trials, some, strength) => {
          const successes = Math.min(trials, some)
          const drawn = shrunkenMean({ successes, trials }, { mean: 0.3, strength })
          const [low, high] = [Math.min(successes / trials, 0.3), Math.max(successes / trials, 0.3)]
          expect(drawn).toBeGreaterThanOrEqual(low - 1e-12)
          expect(drawn).toBeLessThanOrEqual(high + 1e-12)
        },
      ),
    )
  })
})
