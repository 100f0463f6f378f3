import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compareArms, type Comparison, type ComparisonRules } from '#rules/experiment/comparison.ts'
import type { ExperimentArmRow, ExperimentRules } from '#rules/experiment/input.ts'
import { poolEffects } from '#rules/experiment/pooling.ts'
import { reviewExperiments } from '#rules/experiment/review.ts'
import { testSampleRatio } from '#rules/experiment/sample-ratio.ts'
import { sampleSize } from '#rules/experiment/sample-size.ts'
import { callVerdict, type Verdict, type VerdictFacts } from '#rules/experiment/verdict.ts'
import { REASON_WORDS } from '#rules/experiment/words.ts'
import type { Interval } from '#rules/kernel/interval.ts'
import { present } from '#rules/kernel/invariant.ts'
import { policyWith } from '#test/support/policy.ts'
import { share } from '#test/support/share.ts'

import { arm, arms } from './arms.ts'

const RULES: ComparisonRules = {
  alpha: 0.05,
  anytimeAlpha: 0.05,
  tunedTo: 5000,
  exactBelow: 10,
  lowerIsBetter: false,
}
const runs = { numRuns: 100 }

describe('a comparison of means', () => {
  const middle = fc.double({ min: 1, max: 20, noNaN: true })
  const variance = fc.double({ min: 0.5, max: 30, noNaN: true })
  const mean = (value: number, spread: number) =>
    ({ kind: 'moments', users: 300, mean: value, variance: spread }) as const
  /** The comparison of two means with the same spread, in another unit where a scale is given. */
  function compare(
    [left, right]: readonly [number, number],
    spread: number,
    scale = 1,
  ): Comparison {
    const result = compareArms(
      mean(scale * left, scale ** 2 * spread),
      mean(scale * right, scale ** 2 * spread),
      RULES,
    )
    return present(result.ok ? result.comparison : null, 'a comparison')
  }
  const anytime = ({ anytime: { interval } }: Comparison): Interval =>
    present(interval, 'an interval')

  it('does not depend on the unit of the metric', () => {
    fc.assert(
      fc.property(middle, middle, variance, (left, right, spread) => {
        const [plain, cents] = [compare([left, right], spread), compare([left, right], spread, 100)]
        expect(cents.pValue).toBeCloseTo(plain.pValue, 10)
        expect(cents.lift).toBeCloseTo(plain.lift ?? Number.NaN, 10)
        expect(cents.chanceToWin).toBeCloseTo(plain.chanceToWin, 10)
        expect(cents.difference).toBeCloseTo(100 * plain.difference, 8)
        expect(cents.anytime.callable).toBe(plain.anytime.callable)
      }),
      runs,
    )
  })

  it('turns round when the arms change places', () => {
    fc.assert(
      fc.property(middle, middle, variance, (left, right, spread) => {
        const [there, back] = [compare([left, right], spread), compare([right, left], spread)]
        expect(back.pValue).toBeCloseTo(there.pValue, 11)
        expect(back.difference).toBeCloseTo(-there.difference, 11)
        expect(back.interval.low).toBeCloseTo(-there.interval.high, 10)
        expect(back.chanceToWin).toBeCloseTo(1 - there.chanceToWin, 11)
      }),
      runs,
    )
  })

  it('holds at every look only in an interval wider than that of one look', () => {
    fc.assert(
      fc.property(middle, middle, variance, (left, right, spread) => {
        const result = compare([left, right], spread)
        expect(anytime(result).low).toBeLessThan(result.interval.low)
        expect(anytime(result).high).toBeGreaterThan(result.interval.high)
      }),
      runs,
    )
  })

  it('has its lift inside its interval', () => {
    fc.assert(
      fc.property(middle, middle, variance, (left, right, spread) => {
        const { lift, liftInterval } = compare([left, right], spread)
        const value = present(lift, 'a lift')
        const inside =
          liftInterval === null || (liftInterval.low <= value && value <= liftInterval.high)
        expect(inside).toBe(true)
      }),
      runs,
    )
  })
})

describe('a traffic split', () => {
  const users = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 2, maxLength: 5 })

  it('does not depend on the scale of the weights or the order of the arms', () => {
    fc.assert(
      fc.property(users, fc.double({ min: 0.1, max: 9, noNaN: true }), (counts, scale) => {
        const split = (factor: number, order: readonly number[]) =>
          testSampleRatio(
            order.map((count, index) => ({ users: count, weight: factor * (index + 1) })),
          )
        expect(split(scale, counts).pValue).toBeCloseTo(split(1, counts).pValue, 10)
        const reversed = testSampleRatio(
          counts.map((count, index) => ({ users: count, weight: index + 1 })).toReversed(),
        )
        expect(reversed.chiSquare).toBeCloseTo(split(1, counts).chiSquare, 6)
      }),
      runs,
    )
  })

  it('is not changed by an arm that gets no traffic', () => {
    fc.assert(
      fc.property(users, (counts) => {
        const active = counts.map((count) => ({ users: count, weight: 1 }))
        const plain = testSampleRatio(active)
        expect(testSampleRatio([...active, { users: 0, weight: 0 }])).toEqual(plain)
        const leaking = testSampleRatio([...active, { users: 9, weight: 0 }])
        expect(leaking).toEqual({ ...plain, leakedUsers: 9 })
      }),
      runs,
    )
  })

  it('has as many users planned as came', () => {
    fc.assert(
      fc.property(users, (counts) => {
        const { expected } = testSampleRatio(
          counts.map((count, index) => ({ users: count, weight: index + 1 })),
        )
        const came = counts.reduce((sum, count) => sum + count, 0)
        expect(expected.reduce((sum, planned) => sum + planned, 0)).toBeCloseTo(came, 6)
      }),
      runs,
    )
  })
})

describe('pooled experiments', () => {
  const study = fc.record({
    estimate: share().map((part) => part - 0.5),
    standardError: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
  })
  const studies = fc.array(study, { minLength: 2, maxLength: 7 })

  it('lie between the smallest and the largest effect', () => {
    fc.assert(
      fc.property(studies, (given) => {
        const estimates = given.map(({ estimate }) => estimate)
        const { fixed, random, shrunken } = poolEffects(given)
        for (const value of [fixed.estimate, random.estimate, ...shrunken]) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...estimates) - 1e-12)
          expect(value).toBeLessThanOrEqual(Math.max(...estimates) + 1e-12)
        }
      }),
      runs,
    )
  })

  it('do not depend on their order, and scale with their unit', () => {
    fc.assert(
      fc.property(studies, (given) => {
        const pooled = poolEffects(given)
        expect(poolEffects(given.toReversed()).random.estimate).toBeCloseTo(
          pooled.random.estimate,
          11,
        )
        const scaled = poolEffects(
          given.map(({ estimate, standardError }) => ({
            estimate: 100 * estimate,
            standardError: 100 * standardError,
          })),
        )
        expect(scaled.random.estimate).toBeCloseTo(100 * pooled.random.estimate, 8)
        expect(scaled.iSquared).toBeCloseTo(pooled.iSquared, 10)
        expect(scaled.tauSquared).toBeCloseTo(10_000 * pooled.tauSquared, 6)
      }),
      runs,
    )
  })

  it('are never surer with spread between them than without', () => {
    fc.assert(
      fc.property(studies, (given) => {
        const { fixed, random, tauSquared, iSquared } = poolEffects(given)
        const width = ({ low, high }: { low: number; high: number }): number => high - low
        expect(width(random.interval)).toBeGreaterThanOrEqual(width(fixed.interval) - 1e-12)
        expect(tauSquared > 0).toBe(iSquared > 0)
        expect(iSquared).toBeLessThan(1)
      }),
      runs,
    )
  })
})

describe('the users an arm needs', () => {
  it('grow with the power and shrink with the change', () => {
    const baseline = fc.double({ min: 0.01, max: 0.5, noNaN: true })
    const change = fc.double({ min: 0.02, max: 0.4, noNaN: true })
    fc.assert(
      fc.property(baseline, change, (rate, relativeChange) => {
        const size = (more: Partial<Parameters<typeof sampleSize>[0]> = {}) =>
          sampleSize({ baseline: rate, relativeChange, alpha: 0.05, power: 0.8, ...more })
        for (const formula of ['fleiss', 'unpooled', 'cohenH'] as const) {
          expect(size({ power: 0.9 })[formula]).toBeGreaterThan(size()[formula])
          expect(size({ alpha: 0.01 })[formula]).toBeGreaterThan(size()[formula])
          expect(size({ relativeChange: 2 * relativeChange })[formula]).toBeLessThan(
            size()[formula],
          )
        }
      }),
      runs,
    )
  })
})

describe('verdicts', () => {
  const rules = policyWith().experiments
  const facts: fc.Arbitrary<VerdictFacts> = fc.record({
    flaw: fc.constantFrom(null, null, null, 'no_control' as const),
    traffic: fc.constantFrom('as_planned', 'as_planned', 'watch', 'mismatch', 'leak', 'unplanned'),
    phase: fc.constantFrom('not_started', 'running', 'completed', 'stopped'),
    ledger: fc.record({ looks: fc.constantFrom(null, 1, 2), peeked: fc.boolean() }),
    users: fc.nat(500),
    neededUsers: fc.option(fc.nat(500)),
    daysRun: fc.nat(20),
    conversions: fc.option(fc.nat(20)),
    reading: fc.option(
      fc.record({
        pValue: share(),
        anytimeCallable: fc.boolean(),
        favourable: fc.boolean(),
        lift: fc.option(share().map((part) => 2 * part - 1)),
        liftInterval: fc.constantFrom(null, { low: -0.01, high: 0.02 }, { low: -0.4, high: 0.3 }),
        anytimeLiftInterval: fc.constantFrom(null, { low: -0.02, high: 0.03 }),
      }),
    ),
  })
  const isCall = (verdict: Verdict): boolean => verdict === 'WIN' || verdict === 'LOSS'

  it('never win or lose with an invalid, empty or unread test', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { verdict } = callVerdict(given, rules)
        const unreadable =
          given.flaw !== null ||
          given.traffic === 'mismatch' ||
          given.traffic === 'leak' ||
          given.users < rules.min_users_per_arm ||
          given.conversions === 0 ||
          given.reading === null
        expect(isCall(verdict) && unreadable).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('call what was looked at more than once only by what holds at every look', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { verdict } = callVerdict(given, rules)
        const loose = given.ledger.peeked && given.reading?.anytimeCallable !== true
        expect(isCall(verdict) && loose).toBe(false)
        const planless = callVerdict(given, { ...rules, sequential: false }).verdict
        expect(isCall(planless) && given.ledger.peeked).toBe(false)
        expect(planless === 'EQUIVALENT' && given.ledger.peeked).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('win only the better way, and call nothing equivalent that is still open', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { verdict } = callVerdict(given, rules)
        expect(verdict === 'WIN' && given.reading?.favourable !== true).toBe(false)
        expect(verdict === 'LOSS' && given.reading?.favourable !== false).toBe(false)
        expect(verdict === 'EQUIVALENT' && given.phase === 'running').toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('have words for every reason, without a figure in them', () => {
    for (const words of Object.values(REASON_WORDS)) expect(words).toMatch(/^[a-z][^\d{}]+[a-z]$/)
  })
})

describe('a review', () => {
  const context = { month: '2026-03', asOfOn: '2026-03-31', policy: policyWith() }
  const review = (rows: readonly ExperimentArmRow[]) =>
    reviewExperiments({ rows, presence: 'present', log: [], earlierReadings: [] }, context)
  const conversions = fc.tuple(fc.nat(1000), fc.nat(1000))

  it('gives the same bytes for the same rows, in whatever order experiments come', () => {
    fc.assert(
      fc.property(fc.array(conversions, { minLength: 1, maxLength: 6 }), (tests) => {
        const own = tests.map((counts, index) => arms(counts, { experimentId: `E${index}` }))
        expect(JSON.stringify(review(own.toReversed().flat()))).toBe(
          JSON.stringify(review(own.flat())),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('is stated for any arms under any policy', () => {
    const power = fc.constantFrom(1e-9, 0.01, 0.05, 0.5, 0.95, 1 - 1e-9)
    const policies: fc.Arbitrary<Partial<ExperimentRules>> = fc.record({
      alpha: fc.constantFrom(1e-9, 0.01, 0.05, 0.5),
      power,
      min_users_per_arm: fc.constantFrom(1, 100),
      min_lift: fc.constantFrom(0, 1e-300, 1e-17, 0.1, 3, 1e300),
      exact_below: fc.constantFrom(0, 10),
      sequential: fc.boolean(),
      sequential_tuned_to_users: fc.constantFrom(1, 5000),
    })
    const counts = fc.constantFrom(
      ...[0, 1, 2, 3, 500].flatMap((users) =>
        [0, 1, users - 1, users].map((count) => [users, Math.max(0, count)] as const),
      ),
    )
    const amounts = fc.constantFrom(-5, 0, 1e-6, 1, 1e9)
    const rows = fc
      .record({
        status: fc.constantFrom('running', 'completed', 'stopped'),
        counts: fc.tuple(counts, counts),
        means: fc.option(fc.tuple(amounts, amounts)),
        variances: fc.tuple(amounts, amounts),
      })
      .map(({ status, counts: pair, means, variances }) =>
        pair.map(([users, converted], index) =>
          arm({
            status,
            arm: `${index}`,
            isControl: index === 0,
            plannedShare: null,
            users,
            conversions: means === null ? converted : null,
            mean: means?.[index] ?? null,
            variance: means === null ? null : (variances[index] ?? null),
          }),
        ),
      )
    fc.assert(
      fc.property(policies, rows, (experiments, given) => {
        const policy = policyWith({ experiments: { srm_alarm: 1e-12, ...experiments } })
        const input = { rows: given, presence: 'present', log: [], earlierReadings: [] } as const
        const found = reviewExperiments(input, { ...context, policy })
        expect(found.decisions).toHaveLength(1)
        expect(found.facts.every(({ value }) => value !== undefined)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('never lets one experiment change the verdict of another', () => {
    fc.assert(
      fc.property(conversions, conversions, (left, right) => {
        const [alone] = review(arms(left, { experimentId: 'A' })).decisions
        const [beside] = review([
          ...arms(left, { experimentId: 'A' }),
          ...arms(right, { experimentId: 'B' }),
        ]).decisions
        expect(beside).toEqual(alone)
      }),
      { numRuns: 40 },
    )
  })
})
