import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { binomialLogPmf } from '#rules/kernel/binomial.ts'
import { binomialTwoSided, fisherExactP, leastLikelyPValue } from '#rules/kernel/exact-test.ts'
import { around, twoSidedZ } from '#rules/kernel/interval.ts'
import {
  deltaLiftOfRates,
  fiellerLift,
  fiellerLiftOfRates,
  logRiskRatioLift,
  relativeLift,
} from '#rules/kernel/lift-interval.ts'
import { miettinenNurminenInterval } from '#rules/kernel/miettinen-nurminen.ts'
import {
  checkProportion,
  clopperPearsonInterval,
  type Proportion,
  rateOf,
  wilsonInterval,
} from '#rules/kernel/proportion.ts'
import {
  agrestiCaffoInterval,
  correctedPValue,
  newcombeInterval,
  pooledZTest,
  rateDifference,
  rateVariance,
  type TwoProportions,
  waldInterval,
} from '#rules/kernel/two-proportions.ts'
import { share } from '#test/support/share.ts'

const of = (successes: number, trials: number): Proportion => ({ successes, trials })
const pair = (k0: number, n0: number, k1: number, n1: number): TwoProportions => ({
  control: of(k0, n0),
  treatment: of(k1, n1),
})
/** Newcombe (1998), table II, example (a): 56 of 70 against 48 of 80. */
const NEWCOMBE = pair(48, 80, 56, 70)

/** An interval with these ends, to so many decimals. */
const near = ([low, high]: readonly [number, number], digits = 12): unknown => ({
  low: expect.closeTo(low, digits),
  high: expect.closeTo(high, digits),
})

describe('one rate', () => {
  it.each([
    [56, 70, 0.6918335550374693, 0.8769526075163705],
    [48, 80, 0.49045465005160394, 0.7003817240412906],
    [0, 10, 0, 0.27753279986288926],
    [10, 10, 0.7224672001371107, 1],
    [1, 29, 0.00611321429276266, 0.17175521879320288],
  ])('has the Wilson interval of %d of %d', (successes, trials, low, high) => {
    expect(wilsonInterval(of(successes, trials), 0.95)).toEqual(near([low, high], 14))
  })

  it.each([
    [56, 70, 0.6872643461041652, 0.8861196379677923],
    [0, 10, 0, 0.3084971078187607],
    [10, 10, 0.6915028921812392, 1],
    [1, 29, 0.000872646883579922, 0.1776442954887229],
  ])('has the Clopper–Pearson interval of %d of %d', (successes, trials, low, high) => {
    expect(clopperPearsonInterval(of(successes, trials), 0.95)).toEqual(near([low, high]))
  })

  it('ends exactly at 0 without successes and at 1 without failures', () => {
    for (const confidence of [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999]) {
      for (let trials = 1; trials < 30; trials++) {
        expect(wilsonInterval(of(0, trials), confidence).low).toBe(0)
        expect(wilsonInterval(of(trials, trials), confidence).high).toBe(1)
      }
    }
    expect(clopperPearsonInterval(of(0, 7), 0.9).low).toBe(0)
    expect(clopperPearsonInterval(of(7, 7), 0.9).high).toBe(1)
  })

  it('lies inside both intervals, the exact one wider', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), share(), (trials, part) => {
        const sample = of(Math.round(part * trials), trials)
        const [wilson, exact] = [wilsonInterval(sample, 0.9), clopperPearsonInterval(sample, 0.9)]
        expect(wilson.low).toBeLessThanOrEqual(rateOf(sample) + 1e-12)
        expect(wilson.high).toBeGreaterThanOrEqual(rateOf(sample) - 1e-12)
        expect(exact.high - exact.low).toBeGreaterThan(wilson.high - wilson.low - 0.02)
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    [-1, 5],
    [6, 5],
    [0, 0],
    [1.5, 5],
    [1, 5.5],
  ])('refuses %d of %d', (successes, trials) => {
    const message = `expected 0 ≤ successes ≤ trials and trials > 0, got ${successes} of ${trials}`
    expect(() => checkProportion(of(successes, trials))).toThrow(message)
    expect(() => wilsonInterval(of(successes, trials), 0.95)).toThrow(message)
    expect(() => clopperPearsonInterval(of(successes, trials), 0.95)).toThrow(message)
  })

  it('takes all and none of its trials', () => {
    expect(() => checkProportion(of(0, 1))).not.toThrow()
    expect(() => checkProportion(of(1, 1))).not.toThrow()
  })
})

describe('the width of an interval', () => {
  it('is 1.96 standard errors at 0.95', () => {
    expect(twoSidedZ(0.95)).toBeCloseTo(1.959963984540054, 14)
    expect(around(5, 2)).toEqual({ low: 3, high: 7 })
  })

  it.each([0, 1, -0.1, 1.1, Number.NaN])('refuses the confidence %d', (confidence) => {
    expect(() => twoSidedZ(confidence)).toThrow(`expected 0 < confidence < 1, got ${confidence}`)
  })
})

describe('the difference of two rates', () => {
  it('is treatment − control, with its variance and tests', () => {
    expect(rateDifference(NEWCOMBE)).toBeCloseTo(0.2, 14)
    expect(rateVariance(NEWCOMBE.control)).toBeCloseTo(0.003, 14)
    // Pooled 104/150; z = 0.2 ÷ √(0.693·0.307·(1/80 + 1/70)).
    const { z, pValue } = pooledZTest(NEWCOMBE)
    expect(z).toBeCloseTo(0.2 / Math.sqrt(((104 * 46) / 150 ** 2) * (1 / 80 + 1 / 70)), 12)
    expect(pValue).toBeCloseTo(0.008_045_081_368_196_58, 12)
    expect(correctedPValue(NEWCOMBE)).toBeCloseTo(0.013_409_475_178_668_966, 13)
  })

  it('has no test where none or all convert', () => {
    expect(pooledZTest(pair(0, 10, 0, 20))).toEqual({ z: null, pValue: 1 })
    expect(pooledZTest(pair(10, 10, 20, 20))).toEqual({ z: null, pValue: 1 })
    expect(correctedPValue(pair(0, 10, 0, 20))).toBe(1)
    expect(correctedPValue(pair(5, 10, 10, 20))).toBe(1)
  })

  it('does not turn a correction larger than the difference into evidence', () => {
    expect(correctedPValue(pair(1, 10, 2, 11))).toBe(1)
    expect(correctedPValue(pair(3, 38, 0, 40))).toBeCloseTo(0.221_230_986_264_811_36, 13)
    expect(correctedPValue(pair(0, 40, 3, 38))).toBeCloseTo(0.221_230_986_264_811_36, 13)
  })

  it('has the published intervals', () => {
    // Newcombe (1998), table II (a): methods 1, 5 and 10; Agresti and Caffo by hand: 49/82 and 57/72.
    expect(waldInterval(NEWCOMBE, 0.95)).toEqual(near([0.057_5, 0.342_5], 4))
    expect(miettinenNurminenInterval(NEWCOMBE, 0.95)).toEqual(
      near([0.0528297132458446, 0.33817294001586834], 13),
    )
    expect(newcombeInterval(NEWCOMBE, 0.95)).toEqual(near([0.0524, 0.3339], 4))
    const plain = 57 / 72 - 49 / 82
    const half = 1.959963984540054 * Math.sqrt((57 * 15) / 72 ** 3 + (49 * 33) / 82 ** 3)
    expect(agrestiCaffoInterval(NEWCOMBE, 0.95)).toEqual(near([plain - half, plain + half]))
  })

  it('joins the ends of the Wilson intervals as Newcombe does', () => {
    const [l0, u0, l1, u1] = [
      0.49045465005160394, 0.7003817240412906, 0.6918335550374693, 0.8769526075163705,
    ]
    const low = 0.2 - Math.hypot(0.8 - l1, u0 - 0.6)
    const high = 0.2 + Math.hypot(u1 - 0.8, 0.6 - l0)
    expect(newcombeInterval(NEWCOMBE, 0.95)).toEqual(near([low, high]))
  })

  it.each([
    [0, 10, 0, 20, -0.28438133953437733, 0.16576022754217165],
    [5, 5, 3, 6, -0.8214178102163853, 0.06759239839330222],
    [0, 40, 3, 38, -0.013325097657414617, 0.20907787966655256],
    [10, 10, 0, 20, -1, -0.7156186604656226],
    [0, 20, 10, 10, 0.7156186604656226, 1],
    [3, 9, 3, 9, -0.4178557313462094, 0.4178557313462094],
    // Without a success, and yet the best rate under a small difference is not 0.
    [0, 5, 10, 20, 0.0116920434454944, 0.7041564518847578],
  ])('has the score interval of %d/%d against %d/%d', (k0, n0, k1, n1, ...ends) => {
    const [low, high] = ends
    expect(miettinenNurminenInterval(pair(k0, n0, k1, n1), 0.95)).toEqual(near([low, high], 11))
  })

  it('refuses a score interval of impossible counts', () => {
    expect(() => miettinenNurminenInterval(pair(6, 5, 1, 5), 0.95)).toThrow('got 6 of 5')
    expect(() => miettinenNurminenInterval(pair(1, 5, 6, 5), 0.95)).toThrow('got 6 of 5')
  })

  it('mirrors when the samples change places', () => {
    const count = fc.integer({ min: 0, max: 30 })
    fc.assert(
      fc.property(count, count, (left, right) => {
        const there = miettinenNurminenInterval(pair(left, 30, right, 40), 0.9)
        const back = miettinenNurminenInterval(pair(right, 40, left, 30), 0.9)
        expect(there.low).toBeCloseTo(-back.high, 10)
        expect(there.high).toBeCloseTo(-back.low, 10)
      }),
      { numRuns: 60 },
    )
  })
})

describe('the lift between two rates', () => {
  it('is relative to the control', () => {
    expect(relativeLift(NEWCOMBE)).toBeCloseTo(1 / 3, 14)
    expect(relativeLift(pair(0, 10, 3, 10))).toBeNull()
    expect(relativeLift(pair(3, 10, 0, 10))).toBe(-1)
  })

  it('has the Fieller interval, worked by hand', () => {
    // m0 = 4, V0 = 1, m1 = 6, V1 = 2, z = 2: a = 12, centre 2 − 1, half = 2·√(2·12 + 36)/12.
    const interval = fiellerLift({ mean: 4, variance: 1 }, { mean: 6, variance: 2 }, 2)
    expect(interval).toEqual(near([1 - (2 * Math.sqrt(60)) / 12, 1 + (2 * Math.sqrt(60)) / 12]))
  })

  it('has no Fieller interval when the control may be zero', () => {
    expect(fiellerLift({ mean: 2, variance: 1 }, { mean: 6, variance: 2 }, 2)).toBeNull()
    expect(fiellerLift({ mean: 2.01, variance: 1 }, { mean: 6, variance: 2 }, 2)).not.toBeNull()
    expect(fiellerLiftOfRates(pair(3, 40, 0, 38), 0.95)).toBeNull()
  })

  it('excludes no lift exactly when the difference excludes zero', () => {
    const rate = fc.integer({ min: 40, max: 160 })
    fc.assert(
      fc.property(rate, rate, (left, right) => {
        const samples = pair(left, 400, right, 420)
        const difference = waldInterval(samples, 0.95)
        const lift = fiellerLiftOfRates(samples, 0.95)
        const excludes = ({ low, high }: { low: number; high: number }): boolean =>
          low > 0 || high < 0
        expect(lift !== null && excludes(lift) === excludes(difference)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('has the interval of the log risk ratio', () => {
    const half = 1.959963984540054 * Math.sqrt(0.2 / 56 + 0.4 / 48)
    const centre = Math.log(4 / 3)
    expect(logRiskRatioLift(NEWCOMBE, 0.95)).toEqual(
      near([Math.exp(centre - half) - 1, Math.exp(centre + half) - 1]),
    )
    expect(logRiskRatioLift(pair(0, 10, 3, 10), 0.95)).toBeNull()
    expect(logRiskRatioLift(pair(3, 10, 0, 10), 0.95)).toBeNull()
  })

  it('has the interval of the delta method', () => {
    const variance = 0.16 / 70 / 0.36 + (0.003 * 0.64) / 0.6 ** 4
    const half = 1.959963984540054 * Math.sqrt(variance)
    expect(deltaLiftOfRates(NEWCOMBE, 0.95)).toEqual(near([1 / 3 - half, 1 / 3 + half]))
    expect(deltaLiftOfRates(pair(0, 10, 3, 10), 0.95)).toBeNull()
  })
})

describe('exact tests', () => {
  it.each([
    // R, binom.test(682, 925, p = 0.75); the others from SciPy's binomtest.
    [682, 925, 0.75, 0.3824915595748517],
    [3, 10, 0.5, 0.34375],
    // The rule's own example: 112 of 1024 outcomes.
    [2, 10, 0.5, 0.109375],
    [9, 10, 0.3, 0.0001436858999999999],
    [0, 7, 0.6, 0.0016384],
    [5, 10, 0.5, 1],
    // 1 and 2 of 3 are equally likely, and nothing is likelier.
    [1, 3, 0.5, 1],
    [2, 3, 0.5, 1],
    [2, 12, 0.3, 0.5291598783249996],
  ])('%d of %d against %d', (successes, trials, expected, pValue) => {
    expect(binomialTwoSided(of(successes, trials), expected)).toBeCloseTo(pValue, 12)
  })

  it.each([
    // Fisher's lady tasting tea; the others from SciPy's fisher_exact.
    [1, 4, 3, 4, 0.48571428571428565],
    [48, 80, 56, 70, 0.012521129749209154],
    [0, 10, 0, 20, 1],
    [0, 40, 3, 38, 0.11088911088911091],
    [3, 38, 0, 40, 0.11088911088911091],
    [5, 5, 3, 6, 0.1818181818181818],
  ])('splits %d/%d and %d/%d', (k0, n0, k1, n1, pValue) => {
    expect(fisherExactP(pair(k0, n0, k1, n1))).toBeCloseTo(pValue, 12)
  })

  it('is the sum over all outcomes no more likely, counted one by one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        share(),
        (trials, rate, part) => {
          const successes = Math.round(part * trials)
          const limit = binomialLogPmf(successes, trials, rate) + 1e-7
          let sum = 0
          for (let count = 0; count <= trials; count++) {
            const logarithm = binomialLogPmf(count, trials, rate)
            if (logarithm <= limit) sum += Math.exp(logarithm)
          }
          expect(binomialTwoSided(of(successes, trials), rate)).toBeCloseTo(Math.min(1, sum), 11)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('gives the same Fisher p when arms or outcomes change places', () => {
    const count = fc.integer({ min: 0, max: 12 })
    fc.assert(
      fc.property(count, count, (left, right) => {
        const p = fisherExactP(pair(left, 12, right, 15))
        expect(fisherExactP(pair(right, 15, left, 12))).toBeCloseTo(p, 11)
        expect(fisherExactP(pair(12 - left, 12, 15 - right, 15))).toBeCloseTo(p, 11)
      }),
      { numRuns: 100 },
    )
  })

  it('counts one tail where the other holds nothing as unlikely', () => {
    const logPmf = (count: number): number => [-0.1, -0.2, -0.3, -9][count] ?? -Infinity
    const distribution = {
      lowest: 0,
      highest: 3,
      mode: 0,
      logPmf,
      atMost: () => Number.NaN,
      atLeast: (count: number) => (count === 3 ? 0.01 : 1),
    }
    // Observed above the mode; nothing below it, and its own tail is all there is.
    expect(leastLikelyPValue({ ...distribution, atMost: (count) => (count < 0 ? 0 : 1) }, 3)).toBe(
      0.01,
    )
  })

  it('refuses impossible counts', () => {
    expect(() => binomialTwoSided(of(6, 5), 0.5)).toThrow('got 6 of 5')
    expect(() => fisherExactP(pair(6, 5, 1, 5))).toThrow('got 6 of 5')
    expect(() => fisherExactP(pair(1, 5, 6, 5))).toThrow('got 6 of 5')
  })
})
