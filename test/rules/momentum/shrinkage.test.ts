import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import {
  betaBinomialLogLikelihood,
  priorByLikelihood,
  priorByMoments,
  shrinkRate,
  shrunkenMean,
} from '#rules/momentum/shrinkage.ts'

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

describe('the prior by likelihood', () => {
  const given = cells([2, 40], [15, 40], [6, 30], [22, 50], [3, 60])

  it('is no lower than any point around it', () => {
    const prior = priorByLikelihood(given)
    if (prior === null) throw new Error('cells differ')
    const top = betaBinomialLogLikelihood(given, prior)
    for (const [mean, strength] of [
      [1.01, 1],
      [0.99, 1],
      [1, 1.05],
      [1, 0.95],
      [1.02, 1.05],
    ] as const) {
      const beside = { mean: prior.mean * mean, strength: prior.strength * strength }
      expect(betaBinomialLogLikelihood(given, beside)).toBeLessThan(top)
    }
  })

  it('says that cells do not differ when they scatter less than chance', () => {
    expect(priorByLikelihood(cells([10, 50], [10, 50], [10, 50]))).toStrictEqual({
      mean: 0.2,
      strength: Infinity,
    })
  })

  it('is nearer to the middle of cells than of trials when cells differ', () => {
    const prior = priorByLikelihood(cells([10, 1000], [5, 10], [6, 10], [4, 10]))
    expect(prior?.mean).toBeGreaterThan(0.2)
  })

  it('finds a mean far from the rate that one large cell holds on to', () => {
    // 10 of 100 000, 50 of 100, 0 of 3: pooled 0.0006 (SciPy, Nelder–Mead).
    const prior = priorByLikelihood(cells([10, 100_000], [50, 100], [0, 3]))
    expect(prior?.mean).toBeCloseTo(0.144_943_91, 6)
    expect(prior?.strength).toBeCloseTo(1.202_455, 4)
  })

  it('agrees with the reference on a case of the oracle', () => {
    // 1 of 16, 0 of 142, 1 of 39, 0 of 42 (SciPy, Nelder–Mead from four starts).
    const prior = priorByLikelihood(cells([1, 16], [0, 142], [1, 39], [0, 42]))
    expect(prior?.mean).toBeCloseTo(0.013844557, 6)
    expect((prior?.strength ?? 0) / 53.4155369).toBeCloseTo(1, 3)
  })
})

describe('the likelihood', () => {
  it('keeps a prior that is worth almost nothing beside the trials', () => {
    // α = β = ½ · 10⁻²⁰: half of all rates are 0, half are 1.
    const height = betaBinomialLogLikelihood(cells([0, 10], [10, 10]), {
      mean: 0.5,
      strength: 1e-20,
    })
    expect(height).toBeCloseTo(2 * Math.log(0.5), 12)
  })

  it('of a uniform prior is a beta function', () => {
    // α = β = 1: B(1 + 2, 1 + 1) = 2!·1!/4! = 1/12.
    const height = betaBinomialLogLikelihood(cells([2, 3]), { mean: 0.5, strength: 2 })
    expect(height).toBeCloseTo(Math.log(1 / 12), 12)
  })

  it('at infinite strength is binomial', () => {
    const height = betaBinomialLogLikelihood(cells([2, 3], [1, 2]), {
      mean: 0.25,
      strength: Infinity,
    })
    expect(height).toBeCloseTo(3 * Math.log(0.25) + 2 * Math.log(0.75), 12)
  })

  it('approaches it as the strength grows', () => {
    const given = cells([2, 30], [9, 40])
    const near = betaBinomialLogLikelihood(given, { mean: 0.2, strength: 1e9 })
    const limit = betaBinomialLogLikelihood(given, { mean: 0.2, strength: Infinity })
    expect(near).toBeCloseTo(limit, 5)
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
