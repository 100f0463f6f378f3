import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type ArmReading, readPair } from '#rules/experiment/adjustment.ts'
import {
  type AdjustedMeanArm,
  type AdjustedRatioArm,
  covarianceOf,
  meanOf,
  plainMoments,
  type RatioArm,
  type Sums,
  varianceOf,
} from '#rules/experiment/arm.ts'
import { type Effect, effectsOf } from '#rules/experiment/effect.ts'
import { greaterTest, lesserTest, twoSidedP, twoSidedTest } from '#rules/experiment/fixed-test.ts'
import { scaledImpact } from '#rules/experiment/scaled-impact.ts'
import { sequentialTest } from '#rules/experiment/sequential.ts'

const near = (value: number, digits = 11): unknown => expect.closeTo(value, digits)

/** Users one by one, so that every sum and variance can be worked out again from the definition. */
const CONTROL = {
  post: [3, 5, 4, 8, 6, 7, 2, 9],
  pre: [2, 4, 5, 7, 5, 8, 1, 6],
  views: [10, 14, 9, 20, 15, 18, 8, 19],
  earlierViews: [9, 12, 11, 17, 13, 19, 6, 15],
}
const TREATMENT = {
  post: [6, 7, 5, 9, 8, 4, 10],
  pre: [3, 6, 4, 8, 6, 3, 7],
  views: [12, 15, 11, 19, 16, 9, 21],
  earlierViews: [10, 13, 9, 16, 15, 8, 17],
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
const mean = (values: readonly number[]): number => total(values) / values.length
const dot = (left: readonly number[], right: readonly number[]): number =>
  total(left.map((value, index) => value * (right[index] ?? 0)))
/** Sample covariance by deviations, not by sums. */
function spread(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [mean(left), mean(right)]
  return (
    dot(
      left.map((value) => value - a),
      right.map((value) => value - b),
    ) /
    (left.length - 1)
  )
}
const sums = (values: readonly number[]): Sums => ({
  users: values.length,
  sum: total(values),
  sumSquares: dot(values, values),
})
const ratio = (numerator: readonly number[], denominator: readonly number[]): RatioArm => ({
  kind: 'ratio',
  numerator: sums(numerator),
  denominator: sums(denominator),
  products: dot(numerator, denominator),
})
type Users = typeof CONTROL
const adjustedMean = ({ post, pre }: Users): AdjustedMeanArm => ({
  kind: 'adjusted_mean',
  post: sums(post),
  pre: sums(pre),
  products: dot(post, pre),
})
const adjustedRatio = ({ post, pre, views, earlierViews }: Users): AdjustedRatioArm => ({
  kind: 'adjusted_ratio',
  post: ratio(post, views),
  pre: ratio(pre, earlierViews),
  products: {
    numeratorNumerator: dot(post, pre),
    numeratorDenominator: dot(post, earlierViews),
    denominatorNumerator: dot(views, pre),
    denominatorDenominator: dot(views, earlierViews),
  },
})
/** Each user's share in the noise of a ratio. */
function linear(numerator: readonly number[], denominator: readonly number[]): number[] {
  const quotient = total(numerator) / total(denominator)
  return numerator.map(
    (value, index) => (value - quotient * (denominator[index] ?? 0)) / mean(denominator),
  )
}

describe('an arm', () => {
  it('sums its users', () => {
    const arm = sums(CONTROL.post)
    expect(meanOf(arm)).toBe(5.5)
    expect(varianceOf(arm)).toBeCloseTo(spread(CONTROL.post, CONTROL.post), 12)
    expect(covarianceOf(arm, sums(CONTROL.pre), dot(CONTROL.post, CONTROL.pre))).toBeCloseTo(
      spread(CONTROL.post, CONTROL.pre),
      12,
    )
  })

  it('has no spread with one user, and no mean without any', () => {
    const one = { users: 1, sum: 5, sumSquares: 25 }
    expect(varianceOf(one)).toBe(0)
    expect(covarianceOf(one, one, 25)).toBe(0)
    expect(meanOf({ users: 0, sum: 0, sumSquares: 0 })).toBe(0)
    const two = { users: 2, sum: 5, sumSquares: 13 }
    expect(varianceOf(two)).toBe(0.5)
    expect(covarianceOf(two, two, 13)).toBe(0.5)
  })

  it('is a rate with variance p(1 − p)', () => {
    expect(plainMoments({ kind: 'proportion', users: 200, conversions: 50 })).toEqual({
      users: 200,
      mean: 0.25,
      variance: 0.1875,
    })
    expect(plainMoments({ kind: 'proportion', users: 0, conversions: 0 })).toEqual({
      users: 0,
      mean: 0,
      variance: 0,
    })
  })

  it('is a mean by its sums or as stated', () => {
    const stated = { kind: 'moments', users: 8, mean: 5.5, variance: 6 } as const
    expect(plainMoments({ kind: 'mean', ...sums(CONTROL.post) })).toEqual({
      users: 8,
      mean: 5.5,
      variance: near(6),
    })
    expect(plainMoments(stated)).toEqual({ users: 8, mean: 5.5, variance: 6 })
  })

  it('is a ratio with the variance of its linearisation', () => {
    const users = linear(CONTROL.post, CONTROL.views)
    expect(plainMoments(ratio(CONTROL.post, CONTROL.views))).toEqual({
      users: 8,
      mean: near(44 / 113),
      variance: near(spread(users, users)),
    })
  })

  it('has no ratio over nothing', () => {
    expect(plainMoments(ratio([1, 2], [0, 0]))).toEqual({ users: 2, mean: 0, variance: 0 })
  })
})

describe('an adjustment', () => {
  it('leaves plain arms alone', () => {
    const arm = { kind: 'moments', users: 8, mean: 5.5, variance: 6 } as const
    const plain = { users: 8, mean: 5.5, variance: 6 }
    expect(readPair(arm, arm)).toEqual({
      control: { ...plain, plain, covariance: 6 },
      treatment: { ...plain, plain, covariance: 6 },
      theta: null,
      relativeBy: 'plain_ratio',
    })
  })

  it('leaves a fifth of the variance where the earlier period tells most of it', () => {
    // Five users: means 10 and 9, variances 5 and 4, covariance 4.
    const arm = {
      kind: 'adjusted_mean',
      post: { users: 5, sum: 50, sumSquares: 520 },
      pre: { users: 5, sum: 45, sumSquares: 421 },
      products: 466,
    } as const
    const { control, theta } = readPair(arm, arm)
    expect(theta).toBe(1)
    expect(control).toMatchObject({ mean: 1, variance: 1, covariance: 1, plain: { variance: 5 } })
  })

  it('takes the same slope from both arms of a mean', () => {
    const post = [...CONTROL.post, ...TREATMENT.post]
    const pre = [...CONTROL.pre, ...TREATMENT.pre]
    const theta = spread(post, pre) / spread(pre, pre)
    const { control, treatment, ...rest } = readPair(adjustedMean(CONTROL), adjustedMean(TREATMENT))
    expect(rest).toEqual({ theta: near(theta), relativeBy: 'plain_ratio' })
    for (const [reading, users] of [
      [control, CONTROL],
      [treatment, TREATMENT],
    ] as const) {
      const adjusted = users.post.map((value, index) => value - theta * (users.pre[index] ?? 0))
      expect(reading).toEqual({
        users: users.post.length,
        mean: near(mean(adjusted)),
        variance: near(spread(adjusted, adjusted)),
        plain: {
          users: users.post.length,
          mean: near(mean(users.post)),
          variance: near(spread(users.post, users.post)),
        },
        covariance: near(spread(adjusted, users.post)),
      })
    }
  })

  it('takes the slope of a ratio from the linearised users', () => {
    const periods = (users: Users): { post: number[]; pre: number[] } => ({
      post: linear(users.post, users.views),
      pre: linear(users.pre, users.earlierViews),
    })
    const [later, earlier] = [periods(CONTROL), periods(TREATMENT)]
    const theta =
      (spread(later.post, later.pre) + spread(earlier.post, earlier.pre)) /
      (spread(later.pre, later.pre) + spread(earlier.pre, earlier.pre))
    const pair = readPair(adjustedRatio(CONTROL), adjustedRatio(TREATMENT))
    expect(pair.theta).toBeCloseTo(theta, 11)
    expect(pair.relativeBy).toBe('adjusted_difference')
    const adjusted = later.post.map((value, index) => value - theta * (later.pre[index] ?? 0))
    expect(pair.control).toEqual({
      users: 8,
      mean: near(44 / 113 - (theta * 38) / 102),
      variance: near(spread(adjusted, adjusted)),
      plain: { users: 8, mean: near(44 / 113), variance: near(spread(later.post, later.post)) },
      covariance: near(spread(adjusted, later.post)),
    })
    expect(pair.treatment.mean).toBeCloseTo(49 / 103 - (theta * 37) / 88, 11)
  })

  it('adjusts nothing where the earlier period does not vary', () => {
    const flat = (users: Users): Users => ({ ...users, pre: users.pre.map(() => 4) })
    const pair = readPair(adjustedMean(flat(CONTROL)), adjustedMean(flat(TREATMENT)))
    expect(pair.theta).toBe(0)
    expect(pair.control.mean).toBe(5.5)
    const nothing = (users: Users): Users => ({ ...users, pre: users.pre.map(() => 0) })
    expect(readPair(adjustedRatio(nothing(CONTROL)), adjustedRatio(nothing(TREATMENT))).theta).toBe(
      0,
    )
    const noViews = (users: Users): Users => ({
      ...users,
      earlierViews: users.earlierViews.map(() => 0),
    })
    const blind = readPair(adjustedRatio(noViews(CONTROL)), adjustedRatio(noViews(TREATMENT)))
    expect(blind.theta).toBe(0)
    expect(blind.control.mean).toBeCloseTo(44 / 113, 12)
    expect(blind.control.variance).toBeCloseTo(blind.control.plain.variance, 12)
  })

  it('refuses arms that are not adjusted alike', () => {
    const plain = { kind: 'moments', users: 8, mean: 5.5, variance: 6 } as const
    for (const adjusted of [adjustedMean(CONTROL), adjustedRatio(CONTROL)]) {
      expect(() => readPair(plain, adjusted)).toThrow('both arms must be adjusted alike')
      expect(() => readPair(adjusted, plain)).toThrow('both arms must be adjusted alike')
    }
    expect(() => readPair(adjustedMean(CONTROL), adjustedRatio(TREATMENT))).toThrow('alike')
    expect(() => readPair(adjustedRatio(CONTROL), adjustedMean(TREATMENT))).toThrow('alike')
  })
})

describe('an effect', () => {
  const moments = (users: number, middle: number, variance: number) =>
    ({ kind: 'moments', users, mean: middle, variance }) as const
  const effects = (...[control, treatment]: Parameters<typeof readPair>) =>
    effectsOf(readPair(control, treatment))

  const absolute = (...arms: Parameters<typeof readPair>): Effect => {
    const result = effects(...arms)
    return result.ok ? result.effects.absolute : { estimate: 0, standardError: 0, df: 0 }
  }

  it('is the difference, with Welch’s degrees of freedom', () => {
    // a = 8/10, b = 4/20: SE² = 1, df = 1 ÷ (0.64/9 + 0.04/19).
    const result = effects(moments(20, 2, 4), moments(10, 5, 8))
    const df = near(1 / (0.64 / 9 + 0.04 / 19))
    // Relative: V₁/n₁/m₀² + V₀/n₀ · m₁²/m₀⁴ = 0.8/4 + 0.2 · 25/16.
    expect(result).toEqual({
      ok: true,
      effects: {
        absolute: { estimate: 3, standardError: near(1), df },
        relative: { estimate: 1.5, standardError: near(Math.sqrt(0.2 + (0.2 * 25) / 16)), df },
      },
    })
  })

  it('relates to the size of a negative control', () => {
    const result = effects(moments(20, -2, 4), moments(10, 1, 8))
    expect(result.ok && result.effects.relative?.estimate).toBe(1.5)
    expect(result.ok && result.effects.relative?.standardError).toBeCloseTo(
      Math.sqrt(0.2 + (0.2 * 1) / 16),
      11,
    )
  })

  it('carries the control’s own noise into an adjusted relative effect', () => {
    const pair = readPair(adjustedMean(CONTROL), adjustedMean(TREATMENT))
    const theta = pair.theta ?? 0
    const adjust = ({ post, pre }: Users): number[] =>
      post.map((value, index) => value - theta * (pre[index] ?? 0))
    const excess = mean(TREATMENT.post) / 5.5 - 1
    const own = adjust(CONTROL).map((value, index) => value + excess * (CONTROL.post[index] ?? 0))
    const variance =
      (spread(adjust(TREATMENT), adjust(TREATMENT)) / 7 + spread(own, own) / 8) / 5.5 ** 2
    const result = effectsOf(pair)
    expect(result.ok && result.effects.relative?.standardError).toBeCloseTo(Math.sqrt(variance), 11)
    expect(result.ok && result.effects.relative?.estimate).toBeCloseTo(
      (mean(adjust(TREATMENT)) - mean(adjust(CONTROL))) / 5.5,
      11,
    )
  })

  it('does so by the adjusted difference for a ratio', () => {
    const pair = readPair(adjustedRatio(CONTROL), adjustedRatio(TREATMENT))
    const theta = pair.theta ?? 0
    const base = 44 / 113
    const adjust = (users: Users): number[] => {
      const pre = linear(users.pre, users.earlierViews)
      return linear(users.post, users.views).map(
        (value, index) => value - theta * (pre[index] ?? 0),
      )
    }
    const excess = (pair.treatment.mean - pair.control.mean) / base
    const post = linear(CONTROL.post, CONTROL.views)
    const own = adjust(CONTROL).map((value, index) => value + excess * (post[index] ?? 0))
    const variance =
      (spread(adjust(TREATMENT), adjust(TREATMENT)) / 7 + spread(own, own) / 8) / base ** 2
    const result = effectsOf(pair)
    expect(result.ok && result.effects.relative?.standardError).toBeCloseTo(Math.sqrt(variance), 11)
  })

  it.each([
    ['a control without spread', moments(20, 2, 0), moments(10, 5, 8), 'no_variance'],
    ['a treatment without spread', moments(20, 2, 4), moments(10, 5, 0), 'no_variance'],
    ['a negative variance', moments(20, 2, -1), moments(10, 5, 8), 'no_variance'],
  ])('is not stated for %s', (_case, control, treatment, reason) => {
    expect(effects(control, treatment)).toEqual({ ok: false, reason })
  })

  it('of a control at zero is a difference without a lift', () => {
    const df = near(1 / (0.64 / 9 + 0.04 / 19))
    expect(effects(moments(20, 0, 4), moments(10, 5, 8))).toEqual({
      ok: true,
      effects: { absolute: { estimate: 5, standardError: near(1), df }, relative: null },
    })
  })

  it('is not stated where the adjusted or the plain control is at zero, or its noise cancels', () => {
    const plain = { users: 1, mean: 1, variance: 0 }
    const treatment = {
      users: 1,
      mean: 2,
      variance: 1,
      plain: { ...plain, mean: 2 },
      covariance: 0,
    }
    const reasonOf = (control: Partial<ArmReading>): unknown => {
      const result = effectsOf({
        control: { users: 1, mean: 1, variance: 1, plain, covariance: 0, ...control },
        treatment,
        theta: 1,
        relativeBy: 'plain_ratio',
      })
      if (!result.ok) return result.reason
      return result.effects.relative === null ? 'no lift' : 'ok'
    }
    expect(reasonOf({})).toBe('ok')
    expect(reasonOf({ mean: 0 })).toBe('no lift')
    expect(reasonOf({ plain: { ...plain, mean: 0 } })).toBe('no lift')
    // The treatment lies 1 above the plain control: 1 + (1 + 2 · covariance) is 0 at −1.
    expect(reasonOf({ covariance: -1 })).toBe('no_variance')
    expect(reasonOf({ covariance: -2 })).toBe('no_variance')
    expect(reasonOf({ covariance: -0.9 })).toBe('ok')
  })

  it('is not stated where an adjusted control meets zero', () => {
    const shifted = { ...CONTROL, post: CONTROL.pre }
    // Post equals pre in both arms, so θ = 1 and the adjusted values are all zero.
    const same = { ...TREATMENT, post: TREATMENT.pre }
    const result = effectsOf(readPair(adjustedMean(shifted), adjustedMean(same)))
    expect(result.ok).toBe(false)
  })

  it('grows and turns with the treatment', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 9, noNaN: true }),
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        (middle, variance) => {
          const [small, large] = [moments(50, middle, variance), moments(60, 2 * middle, variance)]
          const there = absolute(small, large)
          const back = absolute(large, small)
          expect(there.estimate).toBeCloseTo(-back.estimate, 10)
          expect(there.standardError).toBeCloseTo(back.standardError, 12)
          expect(there.df).toBeCloseTo(back.df, 8)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('reading an effect', () => {
  const effect: Effect = { estimate: 3, standardError: 1.5, df: 10 }

  it('once, two-sided', () => {
    // t = 2 with 10 degrees of freedom: p = 0.07339; t₀.₉₇₅ = 2.22814.
    expect(twoSidedTest(effect, 0.05)).toEqual({
      t: 2,
      pValue: near(0.073_388_034_770_740_38, 12),
      interval: {
        low: near(3 - 1.5 * 2.228_138_851_986_274),
        high: near(3 + 1.5 * 2.228_138_851_986_274),
      },
    })
    expect(twoSidedP(effect)).toBeCloseTo(0.073_388_034_770_740_38, 12)
  })

  it('once, one-sided', () => {
    // t₀.₉₅ = 1.81246.
    expect(greaterTest(effect, 0.05)).toEqual({
      pValue: near(0.036_694_017_385_370_19, 12),
      bound: near(3 - 1.5 * 1.812_461_122_811_676),
    })
    expect(lesserTest(effect, 0.05)).toEqual({
      pValue: near(1 - 0.036_694_017_385_370_19, 12),
      bound: near(3 + 1.5 * 1.812_461_122_811_676),
    })
  })

  it('at any look', () => {
    // α = 0.05: −2 ln α = 5.99146; ρ² = (5.99146 + ln 6.99146) ÷ 5000.
    const level = -2 * Math.log(0.05)
    const rho = Math.sqrt((level + Math.log(level + 1)) / 5000)
    const growth = 1000 * rho ** 2 + 1
    const half =
      1.5 *
      Math.sqrt(1000) *
      Math.sqrt(((2 * growth) / (1000 * rho) ** 2) * Math.log(Math.sqrt(growth) / 0.05))
    const strong = sequentialTest({ ...effect, estimate: 9 }, 1000, { alpha: 0.05, tunedTo: 5000 })
    const logP = 0.5 * Math.log(growth) - (rho ** 2 * 36 * 1000) / (2 * growth)
    expect(rho).toBeCloseTo(0.039_840_066_771_373_68, 13)
    expect(strong).toEqual({
      rho: near(rho, 13),
      interval: { low: near(9 - half), high: near(9 + half) },
      pValue: near(Math.exp(logP), 12),
      logPValue: near(logP),
    })
    const weak = sequentialTest({ ...effect, estimate: 1 }, 1000, { alpha: 0.05, tunedTo: 5000 })
    expect([weak.pValue, weak.logPValue]).toEqual([1, 0])
  })

  it('excludes zero at any look exactly when its p value is at most α', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 12, noNaN: true }),
        fc.integer({ min: 50, max: 100_000 }),
        (estimate, users) => {
          const test = sequentialTest({ ...effect, estimate }, users, {
            alpha: 0.05,
            tunedTo: 5000,
          })
          expect(test.interval.low > 0).toBe(test.pValue < 0.05)
        },
      ),
      { numRuns: 200 },
    )
  })

  const tested = { difference: 3, interval: twoSidedTest(effect, 0.05).interval }

  it('as worth per day at full traffic', () => {
    // 40,100 users in 14 days at half of the traffic: 5,728.57 a day.
    const scale = 40_100 / 7
    const { interval } = tested
    expect(scaledImpact(tested, { totalUsers: 40_100, trafficShare: 0.5, days: 14 })).toEqual({
      perDay: near(3 * scale, 8),
      interval: { low: near(interval.low * scale, 8), high: near(interval.high * scale, 8) },
    })
  })

  it.each([
    [{ totalUsers: -1, trafficShare: 0.5, days: 14 }],
    [{ totalUsers: 10, trafficShare: 0, days: 14 }],
    [{ totalUsers: 10, trafficShare: 0.5, days: 0 }],
  ])('refuses the exposure %o', (exposure) => {
    expect(() => scaledImpact(tested, exposure)).toThrow('expected an exposure')
  })

  it('takes an exposure of nobody', () => {
    expect(scaledImpact(tested, { totalUsers: 0, trafficShare: 1, days: 1 }).perDay).toBe(0)
  })
})
