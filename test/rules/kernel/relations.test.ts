import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { betaCdf, betaSurvival } from '#rules/kernel/beta.ts'
import { binomialAtLeast, binomialCdf, binomialPmf } from '#rules/kernel/binomial.ts'
import { chiSquareCdf, chiSquareSurvival } from '#rules/kernel/chi-square.ts'
import { exp, expm1, log, log1p } from '#rules/kernel/elementary.ts'
import { gammaCdf, gammaSurvival } from '#rules/kernel/gamma.ts'
import { negativeBinomialCdf, negativeBinomialPmf } from '#rules/kernel/negative-binomial.ts'
import {
  normalCdf,
  normalDensity,
  normalQuantile,
  normalSurvival,
  normalTwoSided,
} from '#rules/kernel/normal.ts'
import { poissonAtLeast, poissonCdf, poissonPmf } from '#rules/kernel/poisson.ts'
import { power } from '#rules/kernel/power.ts'
import { logBeta, logGamma } from '#rules/kernel/saddle-point.ts'
import { studentTCdf, studentTSurvival } from '#rules/kernel/student-t.ts'

/** Laws the distributions obey among each other; NIST DLMF, chapters 5 to 8 and 26. */
const shape = fc.double({ min: 0.2, max: 60, noNaN: true })
const point = fc.double({ min: 0.01, max: 0.99, noNaN: true })
const positive = fc.double({ min: 0.01, max: 80, noNaN: true })
const rate = fc.double({ min: 0.02, max: 0.98, noNaN: true })
const runs = { numRuns: 120 }

function isNear(actual: number, expected: number, relative = 1e-11): boolean {
  return Math.abs(actual - expected) <= relative * Math.abs(expected) + 1e-15
}

describe('elementary functions', () => {
  it('undo each other', () => {
    fc.assert(
      fc.property(fc.double({ min: -300, max: 300, noNaN: true }), (x) => {
        expect(isNear(log(exp(x)), x, 1e-13)).toBe(true)
        expect(isNear(expm1(x) + 1, exp(x), 1e-14)).toBe(true)
      }),
      runs,
    )
    fc.assert(
      fc.property(fc.double({ min: -0.9, max: 1e6, noNaN: true }), (x) => {
        expect(isNear(expm1(log1p(x)), x, 1e-9)).toBe(true)
      }),
      runs,
    )
  })

  it('turn products into sums and powers into products', () => {
    fc.assert(
      fc.property(positive, positive, (x, y) => {
        expect(log(x * y)).toBeCloseTo(log(x) + log(y), 12)
        expect(isNear(power(x, y / 20), exp((y / 20) * log(x)), 1e-12)).toBe(true)
        expect(isNear(power(x, 0.5) * power(x, 0.5), x, 1e-14)).toBe(true)
      }),
      runs,
    )
  })

  it('rise everywhere', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), positive, (x, step) => {
        expect(exp(x + step)).toBeGreaterThan(exp(x))
        expect(expm1(x + step)).toBeGreaterThanOrEqual(expm1(x))
        expect(log(exp(x) + step)).toBeGreaterThan(x - 1e-13)
      }),
      runs,
    )
  })
})

describe('gamma and beta functions', () => {
  it('obey Γ(x + 1) = x Γ(x) and B(a, b) = B(a + 1, b) + B(a, b + 1)', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        expect(logGamma(a + 1)).toBeCloseTo(logGamma(a) + Math.log(a), 11)
        expect(logBeta(a, b)).toBeCloseTo(logBeta(b, a), 12)
        expect(logBeta(a, b)).toBeCloseTo(logGamma(a) + logGamma(b) - logGamma(a + b), 10)
        const [left, right] = [exp(logBeta(a + 1, b)), exp(logBeta(a, b + 1))]
        expect(isNear(left + right, exp(logBeta(a, b)))).toBe(true)
      }),
      runs,
    )
  })

  it('give the factorials', () => {
    let factorial = 1
    for (let n = 1; n <= 20; n++) {
      expect(isNear(exp(logGamma(n)), factorial, 1e-13)).toBe(true)
      factorial *= n
    }
    expect(isNear(exp(logGamma(0.5)), Math.sqrt(Math.PI), 1e-14)).toBe(true)
  })
})

describe('tails', () => {
  it('add up to one', () => {
    fc.assert(
      fc.property(shape, shape, point, (a, b, x) => {
        expect(betaCdf(x, a, b) + betaSurvival(x, a, b)).toBeCloseTo(1, 13)
        expect(gammaCdf(20 * x, a) + gammaSurvival(20 * x, a)).toBeCloseTo(1, 13)
        expect(studentTCdf(6 * x - 3, a) + studentTSurvival(6 * x - 3, a)).toBeCloseTo(1, 13)
        expect(normalCdf(6 * x - 3) + normalSurvival(6 * x - 3)).toBeCloseTo(1, 13)
      }),
      runs,
    )
  })

  it('rise with the point and fall with the shape', () => {
    fc.assert(
      fc.property(shape, point, point, (a, left, right) => {
        const [low, high] = [Math.min(left, right), Math.max(left, right)]
        // Points one rounding apart may change places by one.
        const atMost = (higher: number): number => higher * (1 + 1e-13)
        expect(betaCdf(low, a, 3)).toBeLessThanOrEqual(atMost(betaCdf(high, a, 3)))
        expect(gammaCdf(30 * low, a)).toBeLessThanOrEqual(atMost(gammaCdf(30 * high, a)))
        expect(gammaCdf(30 * low, a + 1)).toBeLessThanOrEqual(atMost(gammaCdf(30 * low, a)))
        expect(normalCdf(low)).toBeLessThanOrEqual(atMost(normalCdf(high)))
      }),
      { ...runs, examples: [[59.77092499788033, 0.9899999999999999, 0.9899999999999998]] },
    )
  })

  it('step from one shape to the next by the density', () => {
    fc.assert(
      fc.property(shape, positive, (a, x) => {
        // DLMF 8.8.5: P(a + 1, x) = P(a, x) − x^a e^−x ÷ Γ(a + 1).
        const step = exp(a * Math.log(x) - x - logGamma(a + 1))
        expect(gammaCdf(x, a + 1)).toBeCloseTo(gammaCdf(x, a) - step, 11)
      }),
      runs,
    )
    fc.assert(
      fc.property(shape, shape, point, (a, b, x) => {
        // DLMF 8.17.20: I_x(a + 1, b) = I_x(a, b) − x^a (1 − x)^b ÷ (a B(a, b)).
        const step = exp(a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) - logBeta(a, b))
        expect(betaCdf(x, a + 1, b)).toBeCloseTo(betaCdf(x, a, b) - step, 11)
      }),
      runs,
    )
  })

  it('have their closed forms', () => {
    fc.assert(
      fc.property(positive, point, (x, share) => {
        expect(isNear(gammaSurvival(x, 1), exp(-x))).toBe(true)
        expect(isNear(gammaSurvival(x, 2), (1 + x) * exp(-x))).toBe(true)
        expect(isNear(chiSquareSurvival(x, 2), exp(-x / 2))).toBe(true)
        expect(isNear(betaCdf(share, 3, 1), share ** 3)).toBe(true)
        expect(isNear(betaSurvival(share, 1, 4), (1 - share) ** 4)).toBe(true)
        expect(isNear(betaCdf(share, 0.5, 0.5), (2 / Math.PI) * Math.asin(Math.sqrt(share)))).toBe(
          true,
        )
        // Student's t with 1 and 2 degrees of freedom.
        const t = 8 * share - 4
        expect(studentTCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12)
        expect(studentTCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12)
      }),
      runs,
    )
  })

  it('of a squared normal are those of chi-square, and many degrees of freedom make t normal', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 6, noNaN: true }), (z) => {
        expect(isNear(chiSquareSurvival(z * z, 1), normalTwoSided(z))).toBe(true)
        expect(chiSquareCdf(z * z, 1)).toBeCloseTo(normalCdf(z) - normalCdf(-z), 12)
        expect(studentTCdf(z, 1e9)).toBeCloseTo(normalCdf(z), 8)
      }),
      runs,
    )
  })

  it('of the normal distribution have its density as their slope', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (z) => {
        const slope = (normalCdf(z + 1e-5) - normalCdf(z - 1e-5)) / 2e-5
        expect(slope).toBeCloseTo(normalDensity(z), 8)
        expect(normalQuantile(normalCdf(z))).toBeCloseTo(z, z < 4 ? 9 : 7)
      }),
      runs,
    )
  })
})

describe('counts', () => {
  const trials = fc.integer({ min: 1, max: 25 })

  it('add up to their cumulative probabilities', () => {
    fc.assert(
      fc.property(trials, rate, (n, p) => {
        let [binomial, poisson, negative] = [0, 0, 0]
        for (let count = 0; count <= n; count++) {
          binomial += binomialPmf(count, n, p)
          poisson += poissonPmf(count, 10 * p)
          negative += negativeBinomialPmf(count, 2.5, p)
          expect(binomialCdf(count, n, p)).toBeCloseTo(binomial, 12)
          expect(poissonCdf(count, 10 * p)).toBeCloseTo(poisson, 12)
          expect(negativeBinomialCdf(count, 2.5, p)).toBeCloseTo(negative, 11)
        }
        expect(binomial).toBeCloseTo(1, 12)
      }),
      { numRuns: 40 },
    )
  })

  it('count themselves in both tails', () => {
    fc.assert(
      fc.property(trials, rate, fc.nat(25), (n, p, k) => {
        const count = Math.min(k, n)
        expect(binomialCdf(count, n, p) + binomialAtLeast(count, n, p)).toBeCloseTo(
          1 + binomialPmf(count, n, p),
          12,
        )
        expect(poissonCdf(count, n * p) + poissonAtLeast(count, n * p)).toBeCloseTo(
          1 + poissonPmf(count, n * p),
          12,
        )
      }),
      runs,
    )
  })

  it('mirror successes and failures, and step by the odds', () => {
    fc.assert(
      fc.property(trials, rate, fc.nat(24), (n, p, k) => {
        const count = Math.min(k, n - 1)
        expect(isNear(binomialPmf(count, n, p), binomialPmf(n - count, n, 1 - p), 1e-11)).toBe(true)
        const odds = ((n - count) / (count + 1)) * (p / (1 - p))
        expect(isNear(binomialPmf(count + 1, n, p), odds * binomialPmf(count, n, p), 1e-11)).toBe(
          true,
        )
        expect(
          isNear(
            poissonPmf(count + 1, n * p),
            ((n * p) / (count + 1)) * poissonPmf(count, n * p),
            1e-11,
          ),
        ).toBe(true)
      }),
      runs,
    )
  })

  it('turn rare successes of many trials into events of Poisson', () => {
    for (const count of [0, 1, 3, 8]) {
      expect(binomialCdf(count, 1e7, 3e-7)).toBeCloseTo(poissonCdf(count, 3), 6)
    }
  })
})
