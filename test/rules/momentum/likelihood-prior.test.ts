import { describe, expect, it } from 'vitest'

import { betaBinomialLogLikelihood, priorByLikelihood } from '#rules/momentum/likelihood-prior.ts'

/** Cells as [successes, trials]. */
const cells = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([successes, trials]) => ({ successes, trials }))

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
    const found = betaBinomialLogLikelihood(cells([0, 10], [10, 10]), {
      mean: 0.5,
      strength: 1e-20,
    })
    expect(found).toBeCloseTo(2 * Math.log(0.5), 12)
  })

  it('of a uniform prior is a beta function', () => {
    // α = β = 1: B(1 + 2, 1 + 1) = 2!·1!/4! = 1/12.
    const found = betaBinomialLogLikelihood(cells([2, 3]), { mean: 0.5, strength: 2 })
    expect(found).toBeCloseTo(Math.log(1 / 12), 12)
  })

  it('at infinite strength is binomial', () => {
    const found = betaBinomialLogLikelihood(cells([2, 3], [1, 2]), {
      mean: 0.25,
      strength: Infinity,
    })
    expect(found).toBeCloseTo(3 * Math.log(0.25) + 2 * Math.log(0.75), 12)
  })

  it('approaches it as the strength grows', () => {
    const given = cells([2, 30], [9, 40])
    const near = betaBinomialLogLikelihood(given, { mean: 0.2, strength: 1e9 })
    const limit = betaBinomialLogLikelihood(given, { mean: 0.2, strength: Infinity })
    expect(near).toBeCloseTo(limit, 5)
  })
})
