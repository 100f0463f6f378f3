import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { logBayesFactor } from '#rules/experiment/bayes-factor.ts'
import { posteriorOf, priorOnAbsoluteScale } from '#rules/experiment/bayes.ts'
import {
  type BetaShape,
  compareBetas,
  credibleInterval,
  meanOfShape,
} from '#rules/experiment/beta-comparison.ts'
import { compareArms, type ComparisonRules } from '#rules/experiment/comparison.ts'
import { neededUsers } from '#rules/experiment/needed-users.ts'
import { poolEffects } from '#rules/experiment/pooling.ts'
import { testSampleRatio } from '#rules/experiment/sample-ratio.ts'
import { sampleSize } from '#rules/experiment/sample-size.ts'
import { scoreLiftInterval } from '#rules/kernel/score-lift.ts'
import { policyWith } from '#test/support/policy.ts'

const near = (value: number, digits = 11): unknown => expect.closeTo(value, digits)
const rate = (conversions: number, users: number) =>
  ({ kind: 'proportion', users, conversions }) as const
const samples = (k0: number, n0: number, k1: number, n1: number) => ({
  control: { successes: k0, trials: n0 },
  treatment: { successes: k1, trials: n1 },
})

describe('belief about an effect', () => {
  const effect = { estimate: 2, standardError: 1, df: 50 }
  const question = { lowerIsBetter: false, alpha: 0.05 }

  it('is the effect itself without a prior', () => {
    // Φ(2) = 0.977250; E max(X, 0) = φ(2) + 2 Φ(2).
    expect(posteriorOf(effect, null, question)).toEqual({
      mean: 2,
      sd: 1,
      chanceToWin: near(0.977_249_868_051_820_8),
      interval: { low: near(2 - 1.959963984540054), high: near(2 + 1.959963984540054) },
      riskIfKept: near(0.053_990_966_513_188_06 + 2 * 0.977_249_868_051_820_8),
      riskIfShipped: near(0.053_990_966_513_188_06 - 2 * 0.022_750_131_948_179_2),
    })
  })

  it('weighs a prior by its precision', () => {
    // Precisions 4 and 1: mean (0.5 · 4 + 2 · 1) ÷ 5, variance 1/5.
    const posterior = posteriorOf(effect, { mean: 0.5, sd: 0.5 }, question)
    expect(posterior.mean).toBeCloseTo(0.8, 12)
    expect(posterior.sd).toBeCloseTo(Math.sqrt(0.2), 12)
    expect(posterior.chanceToWin).toBeCloseTo(phi(0.8 / Math.sqrt(0.2)), 6)
    const half = posteriorOf({ ...effect, standardError: 0.5 }, { mean: 0.5, sd: 1 }, question)
    // Precisions 1 and 4: mean (0.5 + 8) ÷ 5.
    expect(half.mean).toBeCloseTo(1.7, 12)
    expect(half.sd).toBeCloseTo(Math.sqrt(0.2), 12)
    expect(half.riskIfKept - half.riskIfShipped).toBeCloseTo(1.7, 12)
    expect(posterior.interval.high - posterior.interval.low).toBeCloseTo(
      2 * 1.959963984540054 * Math.sqrt(0.2),
      11,
    )
  })

  it('turns round where less is better', () => {
    const [more, less] = [false, true].map((lowerIsBetter) =>
      posteriorOf(effect, null, { lowerIsBetter, alpha: 0.05 }),
    )
    expect(less?.chanceToWin).toBeCloseTo(1 - (more?.chanceToWin ?? 0), 12)
    expect(less?.riskIfKept).toBe(more?.riskIfShipped)
    expect(less?.riskIfShipped).toBe(more?.riskIfKept)
  })

  it('moves a relative prior to the absolute scale', () => {
    expect(priorOnAbsoluteScale({ mean: 0.1, sd: 0.2 }, -5)).toEqual({ mean: 0.5, sd: 1 })
    expect(priorOnAbsoluteScale(null, 5)).toBeNull()
  })
})

describe('two rates, exactly', () => {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))
  const beta = (a: number, b: number): number =>
    (factorial(a - 1) * factorial(b - 1)) / factorial(a + b - 1)
  /** E. Miller's sum, for whole parameters. */
  function greater(x: BetaShape, y: BetaShape): number {
    let sum = 0
    for (let i = 0; i < x.a; i++) {
      sum += beta(y.a + i, y.b + x.b) / ((x.b + i) * beta(1 + i, x.b) * beta(y.a, y.b))
    }
    return sum
  }

  it('agrees with the sum over outcomes', () => {
    const count = fc.integer({ min: 0, max: 9 })
    fc.assert(
      fc.property(count, count, (left, right) => {
        const result = compareBetas(samples(left, 9, right, 12), { a: 1, b: 2 })
        const x = { a: right + 1, b: 12 - right + 2 }
        const y = { a: left + 1, b: 9 - left + 2 }
        expect(result.control).toEqual(y)
        expect(result.treatment).toEqual(x)
        expect(result.chanceToWin).toBeCloseTo(greater(x, y), 11)
        const kept =
          meanOfShape(x) * greater({ a: x.a + 1, b: x.b }, y) -
          meanOfShape(y) * greater(x, { a: y.a + 1, b: y.b })
        expect(result.lossIfKept).toBeCloseTo(kept, 11)
        expect(result.lossIfShipped).toBeCloseTo(kept - meanOfShape(x) + meanOfShape(y), 11)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps both ends of a sure thing and never loses less than nothing', () => {
    const sure = compareBetas(samples(0, 400, 400, 400), { a: 1, b: 1 })
    expect(sure.chanceToWin).toBeCloseTo(1, 12)
    expect(sure.lossIfShipped).toBeGreaterThanOrEqual(0)
    expect(sure.lossIfShipped).toBeLessThan(1e-12)
    expect(sure.lossIfKept).toBeCloseTo(400 / 402, 10)
    const lost = compareBetas(samples(400, 400, 0, 400), { a: 1, b: 1 })
    expect(lost.chanceToWin).toBeGreaterThanOrEqual(0)
    expect(lost.chanceToWin).toBeLessThan(1e-13)
    expect(lost.lossIfKept).toBeGreaterThanOrEqual(0)
    expect(lost.lossIfKept).toBeLessThan(1e-12)
  })

  it.each([
    // Worked with 30 digits from the sum over outcomes; one sample is a thousand times larger than the other.
    [3, 10, 3000, 10_000, 0.430_554_973_613_337_1],
    [3000, 10_000, 3, 10, 0.569_445_026_386_662_8],
    [3, 6, 3000, 10_000, 0.126_165_605_611_826_08],
    [3000, 10_000, 3, 6, 0.873_834_394_388_173_9],
    [2, 90_000, 1, 12, 0.999_999_884_497_925_7],
    [80_000, 80_010, 5, 7, 1.874_729_821_969_604_7e-10],
  ])('keeps its digits for %d/%d against %d/%d', (k0, n0, k1, n1, chance) => {
    const { chanceToWin } = compareBetas(samples(k0, n0, k1, n1), { a: 1, b: 1 })
    expect(Math.abs(chanceToWin - chance)).toBeLessThan(1e-13)
  })

  it('has the mean and interval of a beta distribution', () => {
    expect(meanOfShape({ a: 3, b: 9 })).toBe(0.25)
    // Beta(1, 1) is uniform.
    expect(credibleInterval({ a: 1, b: 1 }, 0.9)).toEqual({ low: near(0.05), high: near(0.95) })
  })

  it('has the Bayes factor of a difference, by hand', () => {
    // B(3, 2) B(2, 3) ÷ B(4, 4) = (1/12)² · 140.
    expect(logBayesFactor(samples(2, 3, 1, 3))).toBeCloseTo(Math.log(140 / 144), 12)
    expect(logBayesFactor(samples(0, 30, 30, 30))).toBeGreaterThan(Math.log(1e6))
  })

  it('believes of an arm that nobody saw what was believed before', () => {
    const { control, chanceToWin, lossIfKept } = compareBetas(samples(0, 0, 1, 1), { a: 1, b: 1 })
    expect(control).toEqual({ a: 1, b: 1 })
    // P(Beta(2, 1) > uniform) = ∫ 2p · p dp, and E max(p₁ − p₀, 0) = ∫ 2p · p²/2 dp.
    expect(chanceToWin).toBeCloseTo(2 / 3, 12)
    expect(lossIfKept).toBeCloseTo(1 / 4, 12)
  })

  it('refuses impossible counts', () => {
    expect(() => compareBetas(samples(1, 0, 1, 3), { a: 1, b: 1 })).toThrow('got 1 of 0')
    expect(() => compareBetas(samples(2, 1, 1, 3), { a: 1, b: 1 })).toThrow('got 2 of 1')
    expect(() => compareBetas(samples(1, 3, 2, 1), { a: 1, b: 1 })).toThrow('got 2 of 1')
  })
})

describe('the traffic split', () => {
  it('of a public experiment', () => {
    // Cookie Cats: 44,700 and 45,489 users for an equal split, SciPy's chisquare and binomtest.
    const split = testSampleRatio([
      { users: 44_700, weight: 1 },
      { users: 45_489, weight: 1 },
    ])
    expect(split).toEqual({
      chiSquare: near(6.902_404_949_605_828, 9),
      df: 1,
      pValue: near(0.008_607_987_810_836_262, 13),
      exactPValue: near(0.008_692_234_389_090_97, 12),
      expected: [45_094.5, 45_094.5],
      ratios: [near(44_700 / 45_094.5), near(45_489 / 45_094.5)],
      leakedUsers: 0,
    })
  })

  it('leaves arms without planned traffic out and counts who came there', () => {
    const split = testSampleRatio([
      { users: 300, weight: 1 },
      { users: 50, weight: 0 },
      { users: 600, weight: 3 },
      { users: 7, weight: -1 },
      { users: 300, weight: 2 },
    ])
    // 1,200 users in the shares 1 : 3 : 2 → 200, 600, 400.
    expect(split).toMatchObject({
      expected: [200, 600, 400],
      ratios: [1.5, 1, 0.75],
      chiSquare: 75,
      df: 2,
      leakedUsers: 57,
      exactPValue: null,
    })
  })

  it('says nothing about nobody, or about one arm', () => {
    const nobody = testSampleRatio([
      { users: 0, weight: 1 },
      { users: 0, weight: 1 },
    ])
    expect(nobody).toEqual({
      chiSquare: 0,
      df: 1,
      pValue: 1,
      exactPValue: null,
      expected: [0, 0],
      ratios: [null, null],
      leakedUsers: 0,
    })
    expect(testSampleRatio([{ users: 5, weight: 1 }])).toMatchObject({
      df: 0,
      pValue: 1,
      exactPValue: null,
      ratios: [1],
    })
  })

  it('refuses a test without planned traffic', () => {
    expect(() => testSampleRatio([{ users: 5, weight: 0 }])).toThrow('an arm with a planned share')
  })
})

describe('experiments together', () => {
  it('are pooled with random effects', () => {
    const estimates = [0.12, -0.03, 0.3, 0.02]
    const errors = [0.05, 0.04, 0.25, 0.01]
    const pooled = poolEffects(
      estimates.map((estimate, index) => ({ estimate, standardError: errors[index] ?? 0 })),
    )
    // Worked with 30 digits from the formulas.
    expect(pooled).toEqual({
      fixed: {
        estimate: near(0.021_198_261_027_080_88),
        interval: { low: near(0.002_545_467_364_696_745), high: near(0.039_851_054_689_465_02) },
      },
      random: {
        estimate: near(0.032_662_361_834_776_166),
        standardError: near(0.031_558_340_197_381_45),
        interval: { low: near(-0.029_190_848_363_954_143), high: near(0.094_515_572_033_506_47) },
        hartungKnapp: { low: near(-0.083_246_037_456_440_14), high: near(0.148_570_761_125_992_5) },
        prediction: { low: near(-0.201_480_843_712_608_88), high: near(0.266_805_567_382_161_2) },
      },
      q: near(6.801_047_006_611_72),
      qPValue: near(0.078_516_817_257_174_83),
      iSquared: near(0.558_891_447_583_950_7),
      tauSquared: near(0.001_965_426_548_274_699_2),
      shrunken: [
        near(0.071_103_417_993_199_12),
        near(-0.001_880_004_375_869_891_6),
        near(0.040_812_970_921_485_89),
        near(0.020_613_062_800_289_527),
      ],
      shrunkenToZero: [
        near(0.026_339_601_300_721_053),
        near(-0.009_158_175_404_375_475),
        near(0.003_337_154_730_770_608_7),
        near(0.017_509_530_146_843_21),
      ],
      jamesSteinFactor: near(0.684_484_389_782_403),
    })
  })

  it('agree entirely', () => {
    const pooled = poolEffects([
      { estimate: 0.05, standardError: 0.02 },
      { estimate: 0.05, standardError: 0.03 },
    ])
    expect(pooled).toMatchObject({ tauSquared: 0, iSquared: 0, qPValue: near(1) })
    expect(pooled.q).toBeCloseTo(0, 14)
    expect(pooled.fixed.estimate).toBeCloseTo(0.05, 14)
    expect(pooled.random).toMatchObject({ estimate: near(0.05), prediction: null })
    expect(pooled.random.hartungKnapp).toEqual({ low: near(0.05), high: near(0.05) })
    expect(pooled.shrunken).toEqual([near(0.05), near(0.05)])
    // (k − 2) is 0: nothing shrinks.
    expect(pooled.jamesSteinFactor).toBe(1)
  })

  it('disagree, two of them', () => {
    // Weights 1, mean 2, Q = 4 + 4; τ² = (8 − 1) ÷ (2 − 2 ÷ 2).
    const studies = [0, 4].map((estimate) => ({ estimate, standardError: 1 }))
    expect(poolEffects(studies)).toMatchObject({
      q: 8,
      tauSquared: 7,
      iSquared: 7 / 8,
      random: { estimate: 2, standardError: 2 },
      shrunken: [0.25, 3.75],
    })
  })

  it('are one experiment', () => {
    expect(poolEffects([{ estimate: 0.02, standardError: 0.01 }])).toMatchObject({
      fixed: { estimate: 0.02 },
      random: { estimate: 0.02, standardError: 0.01, hartungKnapp: null, prediction: null },
      q: 0,
      qPValue: null,
      iSquared: 0,
      tauSquared: 0,
      shrunken: [0.02],
      // τ² = (4 − 1) ÷ 10,000; 0.0003 ÷ 0.0004 of 0.02.
      shrunkenToZero: [near(0.015)],
      jamesSteinFactor: 1,
    })
  })

  it('shrink to nothing where all effects are noise', () => {
    const pooled = poolEffects(
      [0.01, -0.01, 0.005].map((estimate) => ({ estimate, standardError: 1 })),
    )
    expect(pooled.shrunkenToZero).toEqual([0, -0, 0].map((value) => near(value)))
    expect(pooled.jamesSteinFactor).toBe(0)
    const none = poolEffects([0, 0].map((estimate) => ({ estimate, standardError: 1 })))
    expect(none.jamesSteinFactor).toBe(0)
    expect(pooled.random.prediction).not.toBeNull()
  })

  it('are refused without any, or without an error', () => {
    expect(() => poolEffects([])).toThrow('at least one experiment')
    for (const errors of [[0], [1, 0]]) {
      const studies = errors.map((standardError) => ({ estimate: 1, standardError }))
      expect(() => poolEffects(studies)).toThrow('standard errors above 0')
    }
  })
})

describe('users an arm needs', () => {
  it('by three formulas', () => {
    // Fleiss, with z = 1.959964 and 0.841621; statsmodels for the arcsine.
    const size = sampleSize({ baseline: 0.05, relativeChange: 0.1, alpha: 0.05, power: 0.8 })
    expect(size).toEqual({
      fleiss: near(31_233.437_940_129_952, 6),
      unpooled: near(31_230.692_462_974_97, 6),
      cohenH: near(31_217.423_43, 3),
    })
    const falling = sampleSize({ baseline: 0.38, relativeChange: -0.1, alpha: 0.01, power: 0.9 })
    expect(falling.fleiss).toBeCloseTo(4751.491_838_076_407, 7)
    expect(falling.cohenH).toBeCloseTo(4750.859_339, 4)
  })

  it('solves the arcsine power with both tails', () => {
    // A power barely above alpha, where the far tail counts: Φ(x − z) + Φ(−x − z) = 0.06 at x = 0.291 06.
    const { cohenH } = sampleSize({ baseline: 0.3, relativeChange: 0.2, alpha: 0.05, power: 0.06 })
    const h = 2 * (Math.asin(Math.sqrt(0.36)) - Math.asin(Math.sqrt(0.3)))
    const shift = h * Math.sqrt(cohenH / 2)
    const z = 1.959963984540054
    expect(phi(shift - z) + phi(-shift - z)).toBeCloseTo(0.06, 6)
  })

  it.each([
    [0, 0.1],
    [1, -0.1],
    [0.5, 1],
    [0.5, -1],
    [0.5, 0],
    [-0.1, -2],
  ])('cannot go from %d by %d', (baseline, relativeChange) => {
    expect(() => sampleSize({ baseline, relativeChange, alpha: 0.05, power: 0.8 })).toThrow(
      'sampleSize: cannot go from',
    )
  })

  const rules = { ...policyWith().experiments, min_lift: 0.1, alpha: 0.05, power: 0.8 }

  it('for the smallest lift worth acting on', () => {
    expect(neededUsers(rate(500, 10_000), rules)).toBe(31_234)
    // 2 · (1.959964 + 0.841621)² · 9 ÷ (0.1 · 3)².
    const mean = { kind: 'moments', users: 50, mean: 3, variance: 9 } as const
    expect(neededUsers(mean, rules)).toBe(Math.ceil((2 * 2.801_585_218_1 ** 2 * 9) / 0.09))
  })

  it('looks downwards where a rate cannot rise so far', () => {
    const high = rate(95, 100)
    const down = sampleSize({ baseline: 0.95, relativeChange: -0.1, alpha: 0.05, power: 0.8 })
    expect(neededUsers(high, rules)).toBe(Math.ceil(down.fleiss))
    // 0.5 · (1 + 1) = 1 is out of reach both ways; 0.5 · (1 + 0.999) is not.
    expect(neededUsers(rate(50, 100), { ...rules, min_lift: 1 })).toBeNull()
    expect(neededUsers(rate(50, 100), { ...rules, min_lift: 0.999 })).not.toBeNull()
    expect(neededUsers(rate(40, 100), { ...rules, min_lift: 1 })).not.toBeNull()
  })

  it('are one at least, where the power asked for needs none', () => {
    // A chance of 0.01 is less than the false alarms of a test of level 0.05.
    const modest = { ...rules, power: 0.01, min_lift: 3 }
    expect(neededUsers(rate(5, 1000), modest)).toBe(1)
    expect(neededUsers({ kind: 'moments', users: 50, mean: 3, variance: 9 }, modest)).toBe(1)
    const size = (power: number) =>
      sampleSize({ baseline: 0.1, relativeChange: 0.5, alpha: 0.05, power })
    expect(size(0.01)).toEqual({ fleiss: 0, unpooled: 0, cohenH: 0 })
    expect(size(0.05).cohenH).toBe(0)
    expect(size(0.0501).cohenH).toBeGreaterThan(0)
  })

  it('cannot be counted for a change that no number holds', () => {
    const tiny = { ...rules, min_lift: 1e-17 }
    expect(neededUsers(rate(50, 100), tiny)).toBeNull()
    expect(neededUsers({ kind: 'moments', users: 50, mean: 3, variance: 9 }, tiny)).toBeNull()
    expect(neededUsers(rate(50, 100), { ...rules, min_lift: 1e-6 })).toBeGreaterThan(1e12)
  })

  it('cannot be planned from nothing', () => {
    expect(neededUsers({ kind: 'moments', users: 1, mean: 3, variance: 9 }, rules)).toBeNull()
    expect(neededUsers({ kind: 'moments', users: 2, mean: 3, variance: -9 }, rules)).toBeNull()
    expect(neededUsers(rate(0, 100), rules)).toBeNull()
    expect(neededUsers(rate(100, 100), rules)).toBeNull()
    expect(neededUsers(rate(50, 100), { ...rules, min_lift: 0 })).toBeNull()
    expect(neededUsers({ kind: 'moments', users: 5, mean: 0, variance: 1 }, rules)).toBeNull()
    expect(neededUsers({ kind: 'moments', users: 5, mean: 3, variance: 0 }, rules)).toBeNull()
  })
})

/** Φ by the trapezoidal rule, for the test above only. */
function phi(x: number): number {
  const step = 1e-3
  let sum = 0
  for (let at = -9; at < x; at += step) {
    const width = Math.min(step, x - at)
    sum += (width / 2) * (Math.exp(-(at ** 2) / 2) + Math.exp(-((at + width) ** 2) / 2))
  }
  return sum / Math.sqrt(2 * Math.PI)
}

describe('a comparison', () => {
  const rules: ComparisonRules = {
    alpha: 0.05,
    anytimeAlpha: 0.05,
    tunedTo: 5000,
    exactBelow: 10,
    lowerIsBetter: false,
  }
  const comparison = (
    control: Parameters<typeof compareArms>[0],
    treatment: Parameters<typeof compareArms>[1],
    changes: Partial<ComparisonRules> = {},
  ) => {
    const result = compareArms(control, treatment, { ...rules, ...changes })
    return result.ok ? result.comparison : null
  }

  it('of rates is Welch’s test with Fieller’s lift', () => {
    // The published test of 63 of 9,000 against 82 of 9,100: SciPy's ttest_ind_from_stats and chi2_contingency.
    const result = comparison(rate(63, 9000), rate(82, 9100))
    expect(result).toMatchObject({
      method: 'welch',
      difference: near(0.002_010_989_010_989),
      lift: near(0.287_284_144_427_001_5),
      pValue: near(0.128_883_163_148_597_3, 12),
      correctedPValue: near(0.151_552_848_547_244_1, 12),
    })
    expect(result?.interval.low).toBeLessThan(0)
    expect(result?.liftInterval?.low).toBeCloseTo(-0.072_008, 5)
    expect(result?.liftInterval?.high).toBeCloseTo(0.812_534, 5)
    expect(result?.chanceToWin).toBeCloseTo(0.935_59, 4)
    expect(result?.anytime.callable).toBe(false)
  })

  it('of few conversions is exact', () => {
    const lift = scoreLiftInterval(samples(9, 400, 12, 380), 0.95)
    expect(comparison(rate(9, 400), rate(12, 380))).toMatchObject({
      method: 'exact',
      lift: near(12 / 380 / (9 / 400) - 1),
      liftInterval: lift,
      liftError: null,
      anytime: { interval: null },
    })
    expect(lift?.low).toBeLessThan(0)
  })

  it.each([
    // exact_below 10: conversions, then users who did not convert, of control and treatment.
    [rate(10, 400), rate(12, 380), 'welch'],
    [rate(12, 400), rate(9, 380), 'exact'],
    [rate(391, 400), rate(300, 380), 'exact'],
    [rate(390, 400), rate(300, 380), 'welch'],
  ])('of %o and %o is read by %s', (control, treatment, method) => {
    expect(comparison(control, treatment)?.method).toBe(method)
  })

  it('of few conversions is not exact where the policy trusts them', () => {
    expect(comparison(rate(9, 400), rate(12, 380), { exactBelow: 0 })?.method).toBe('welch')
  })

  it('of no conversions has a difference, its interval, and no lift', () => {
    expect(comparison(rate(0, 366), rate(0, 520))).toMatchObject({
      method: 'exact',
      difference: 0,
      lift: null,
      liftInterval: null,
      pValue: 1,
      correctedPValue: 1,
      anytime: { callable: false },
    })
    expect(comparison(rate(0, 366), rate(20, 520))?.lift).toBeNull()
  })

  it('of few conversions may be called at overwhelming odds', () => {
    expect(comparison(rate(0, 60), rate(20, 60))?.anytime.callable).toBe(true)
    expect(comparison(rate(9, 60), rate(12, 60))?.anytime.callable).toBe(false)
    // ln BF is 2.81 here; 1/alpha lies at ln 20 = 2.996, ln 10 = 2.303.
    const [control, treatment] = [rate(1, 60), rate(11, 60)]
    expect(logBayesFactor(samples(1, 60, 11, 60))).toBeCloseTo(2.8138, 4)
    expect(comparison(control, treatment)?.anytime.callable).toBe(false)
    expect(comparison(control, treatment, { anytimeAlpha: 0.1 })?.anytime.callable).toBe(true)
  })

  it('of rates without Welch’s spread falls to the exact method or says why not', () => {
    expect(compareArms(rate(0, 50), rate(20, 50), { ...rules, exactBelow: 0 })).toEqual({
      ok: false,
      reason: 'no_variance',
    })
  })

  it('of means has no continuity correction', () => {
    const mean = (middle: number, variance: number, users: number) =>
      ({ kind: 'moments', users, mean: middle, variance }) as const
    const result = comparison(mean(10, 25, 400), mean(11, 25, 400))
    expect(result).toMatchObject({
      method: 'welch',
      correctedPValue: null,
      difference: 1,
      lift: 0.1,
    })
    // SE² = 1/8; Fieller with V = 1/16 each.
    const t = 1.962_938_682_4
    const a = 100 - t ** 2 / 16
    const half = (t * Math.sqrt((1 / 16) * a + (1 / 16) * 121)) / a
    expect(result?.liftInterval?.low).toBeCloseTo(110 / a - half - 1, 6)
    expect(result?.liftInterval?.high).toBeCloseTo(110 / a + half - 1, 6)
    expect(comparison(mean(0, 25, 400), mean(11, 25, 400))).toMatchObject({
      difference: 11,
      lift: null,
      liftInterval: null,
      liftError: null,
      anytime: { liftInterval: null, callable: true },
    })
  })

  it('relates to the size of a negative control', () => {
    const mean = (middle: number) =>
      ({ kind: 'moments', users: 400, mean: middle, variance: 25 }) as const
    const result = comparison(mean(-10), mean(-9))
    expect(result?.lift).toBeCloseTo(0.1, 12)
    expect(result?.liftInterval?.low).toBeLessThan(0.1)
    expect(result?.liftInterval?.low).toBeGreaterThan(0)
    expect(result?.liftInterval?.high).toBeGreaterThan(0.1)
  })

  const chance = (...given: Parameters<typeof comparison>): number =>
    comparison(...given)?.chanceToWin ?? Number.NaN

  it.each([
    ['Welch', rate(63, 900), rate(82, 910)],
    ['exactly', rate(3, 90), rate(9, 91)],
  ])('tells who is better where less is better, read by %s', (_method, control, treatment) => {
    const more = chance(control, treatment)
    expect(more).toBeGreaterThan(0.5)
    expect(chance(control, treatment, { lowerIsBetter: true })).toBeCloseTo(1 - more, 12)
  })

  it('holds at every look with the shared error rate', () => {
    const [control, treatment] = [rate(360, 4000), rate(520, 4200)]
    const lowEnd = (changes: Partial<ComparisonRules>): number =>
      comparison(control, treatment, changes)?.anytime.interval?.low ?? Number.NaN
    expect(comparison(control, treatment)?.anytime.callable).toBe(true)
    expect(comparison(treatment, control)?.anytime.callable).toBe(true)
    expect(lowEnd({ anytimeAlpha: 0.01 })).toBeLessThan(lowEnd({}))
    expect(lowEnd({ tunedTo: 5 })).toBeLessThan(lowEnd({}))
    expect(comparison(control, treatment, { anytimeAlpha: 0.01 })?.interval).toEqual(
      comparison(control, treatment)?.interval,
    )
  })

  it('never contradicts itself: the lift excludes zero when the difference does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 200 }),
        fc.integer({ min: 60, max: 200 }),
        (left, right) => {
          const result = comparison(rate(left, 1000), rate(right, 1100))
          const excludes = (ends: { low: number; high: number } | null | undefined): boolean =>
            ends != null && (ends.low > 0 || ends.high < 0)
          expect(excludes(result?.liftInterval)).toBe(excludes(result?.interval))
          expect(excludes(result?.interval)).toBe((result?.pValue ?? 1) < 0.05)
        },
      ),
      { numRuns: 150 },
    )
  })
})
