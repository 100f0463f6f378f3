import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { calibrate } from '#rules/attribution/calibration.ts'
import { judgeChannelTrust, type ChannelCase } from '#rules/attribution/channel-trust.ts'
import { modelDisagreement } from '#rules/attribution/disagreement.ts'
import { createHistoryCounts } from '#rules/attribution/history-counts.ts'
import { attributionSource } from '#rules/attribution/input.ts'
import { markovCredit } from '#rules/attribution/markov-credit.ts'
import {
  comparedModels,
  type Credits,
  furtherModels,
  isCredit,
  MODEL_NAMES,
  MODELS,
} from '#rules/attribution/models.ts'
import type { Measurement } from '#rules/attribution/month-measurement.ts'
import { balanceOf, judgeReconciliation } from '#rules/attribution/reconciliation.ts'
import { createTransitionCounts } from '#rules/attribution/transitions.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { AttributionPolicy } from '#rules/policy/attribution.ts'
import { Decision } from '#rules/schema/review.ts'

import { booksOf, pathMonth, steadyRows } from './measured.ts'
import { count, journey } from './paths.ts'

describe('AttributionPolicy', () => {
  it('has a default for every threshold', () => {
    expect(AttributionPolicy.parse({})).toMatchObject({
      model: 'position_based',
      position_end_share: 0.4,
      markov_order: 1,
      min_support: 30,
      max_swing_share: 0.5,
      lift_tests: [],
    })
  })

  const test = {
    channel: 'Email',
    incremental_share: 0.4,
    low: 0.2,
    high: 0.6,
    measured_on: '2026-01-31',
  }

  it.each([
    [{ model: 'shapley' }],
    [{ position_end_share: 0.51 }],
    [{ position_end_share: 0 }],
    [{ markov_order: 4 }],
    [{ lift_tests: [{ ...test, low: 0.41 }] }],
    [{ lift_tests: [{ ...test, high: 0.39 }] }],
    [{ lift_tests: [{ ...test, measured_on: 'January' }] }],
    [{ lookback: 30 }],
  ])('refuses %o', (section) => {
    expect(AttributionPolicy.safeParse(section).success).toBe(false)
  })

  it.each([
    [{ lift_tests: [test] }],
    [{ lift_tests: [{ ...test, low: 0.4, high: 0.4 }] }],
    [{ position_end_share: 0.5 }],
    [{ markov_order: 3 }],
  ])('takes %o', (section) => {
    expect(AttributionPolicy.safeParse(section).success).toBe(true)
  })
})

describe('judgeChannelTrust', () => {
  const policy = AttributionPolicy.parse({ min_support: 30, max_swing_share: 0.5 })
  const channel = (changes: Partial<ChannelCase> = {}): ChannelCase => ({
    id: 'Email',
    name: 'E-mail',
    support: 30,
    credit: 20,
    models: { lowModel: 'last_touch', low: 15, highModel: 'first_touch', high: 25 },
    ties: { low: 15, high: 25 },
    ...changes,
  })
  const models = (low: number, high: number) => ({
    models: { lowModel: 'markov' as const, low, highModel: 'linear' as const, high },
  })

  it.each([
    // On every bound at once: support 30, swing and ties 10 = 0.5 × 20.
    [{}, 'relied_on', 'supported'],
    [{ support: 29 }, 'directional', 'support_below_minimum'],
    [models(14, 25), 'directional', 'models_disagree'],
    [models(15, 26), 'directional', 'models_disagree'],
    [{ ties: { low: 14, high: 25 } }, 'directional', 'order_of_ties_decides'],
    [{ ties: { low: 15, high: 26 } }, 'directional', 'order_of_ties_decides'],
    [{ ties: null }, 'relied_on', 'supported'],
    // A channel without credit is relied on to have none only where all models agree.
    [{ credit: 0, ties: null, ...models(0, 0) }, 'relied_on', 'supported'],
    [{ credit: 0, ties: null, ...models(0, 1) }, 'directional', 'models_disagree'],
    // The first reason counts.
    [{ support: 0, ...models(0, 99) }, 'directional', 'support_below_minimum'],
    [{ ...models(0, 99), ties: { low: 0, high: 99 } }, 'directional', 'models_disagree'],
  ] as const)('of %o says %s: %s', (changes, action, reason) => {
    expect(judgeChannelTrust(channel(changes), policy, 'v1')).toMatchObject({ action, reason })
  })

  it('carries the quantities it compared', () => {
    const decision = Decision.parse(judgeChannelTrust(channel(), policy, 'v7'))
    expect(decision).toStrictEqual({
      id: 'attribution.trust:Email',
      stage: 'attribution',
      subject: 'channel:Email',
      subjectName: 'E-mail',
      action: 'relied_on',
      reason: 'supported',
      ruleId: 'attribution.trust',
      policyVersion: 'v7',
      evidence: {
        supportConversions: 30,
        minSupport: 30,
        credit: 20,
        swingAllowed: 10,
        lowModel: 'last_touch',
        lowCredit: 15,
        highModel: 'first_touch',
        highCredit: 25,
        tieLow: 15,
        tieHigh: 25,
      },
    })
    expect(judgeChannelTrust(channel({ ties: null }), policy, 'v7').evidence).toMatchObject({
      tieLow: null,
      tieHigh: null,
    })
  })
})

describe('modelDisagreement', () => {
  const credit = (...conversions: number[]) => ({ conversions, valueMinor: conversions })
  const credits: Credits = {
    first_touch: credit(5, 1, 1),
    last_touch: credit(2, 1, 0),
    last_non_direct: credit(99, 99, 99),
    linear: credit(2, 1, 3),
    linear_unique_channels: notMeasured('no'),
    position_based: credit(5, 1, 3),
    time_decay: notMeasured('no times'),
    markov: credit(4, 1, 2),
    shapley: credit(-50, 1, 50),
  }

  it('takes the lowest and highest of the models given, the earlier on a tie', () => {
    expect(modelDisagreement(credits, comparedModels('linear'), 3)).toStrictEqual([
      { lowModel: 'last_touch', low: 2, highModel: 'first_touch', high: 5 },
      { lowModel: 'first_touch', low: 1, highModel: 'first_touch', high: 1 },
      { lowModel: 'last_touch', low: 0, highModel: 'linear', high: 3 },
    ])
  })

  it('compares the deciding model too where it is none of the usual six', () => {
    expect(comparedModels('last_non_direct')[0]).toBe('last_non_direct')
    expect(comparedModels('last_non_direct')).toHaveLength(7)
    expect(comparedModels('markov')).toHaveLength(6)
    expect(furtherModels('markov')).toStrictEqual([
      'last_non_direct',
      'linear_unique_channels',
      'shapley',
    ])
    expect(furtherModels('last_non_direct')).toStrictEqual(['linear_unique_channels', 'shapley'])
    expect(MODELS.map((model) => MODEL_NAMES[model])).toContain('last non-direct touch')
    expect(modelDisagreement(credits, comparedModels('last_non_direct'), 1)[0]?.high).toBe(99)
  })

  it('refuses to compare where no model could be computed', () => {
    expect(() => modelDisagreement(credits, ['time_decay'], 2)).toThrow(
      'a model that could be computed',
    )
  })
})

describe('calibrate', () => {
  const test = (measured_on: string, share: number, channel = 'Email') => ({
    channel,
    incremental_share: share,
    low: share / 2,
    high: share * 2,
    measured_on,
  })

  it('scales credit by what the test found', () => {
    expect(calibrate(measured(50), 'Email', [test('2026-01-31', 0.4)])).toStrictEqual({
      incremental: measured(20),
      low: measured(10),
      high: measured(40),
      measuredOn: '2026-01-31',
    })
  })

  it('goes by the latest test of this very channel', () => {
    const tests = [
      test('2025-06-01', 0.1),
      test('2026-02-01', 0.3),
      test('2026-01-01', 0.2),
      test('2026-03-01', 0.9, 'Search'),
    ]
    expect(calibrate(measured(10), 'Email', tests).incremental).toStrictEqual(measured(3))
    expect(calibrate(measured(10), 'Email', tests.toReversed()).measuredOn).toBe('2026-02-01')
  })

  it('keeps the first of two tests of one day', () => {
    const tests = [test('2026-01-01', 0.2), test('2026-01-01', 0.9)]
    expect(calibrate(measured(10), 'Email', tests).incremental).toStrictEqual(measured(2))
  })

  it('does not measure without a test, nor without credit', () => {
    expect(calibrate(measured(50), 'Email', [test('2026-01-31', 0.4, 'Search')])).toStrictEqual({
      incremental: notMeasured('no lift test of this channel'),
      low: notMeasured('no lift test of this channel'),
      high: notMeasured('no lift test of this channel'),
      measuredOn: null,
    })
    const missing = notMeasured('no times')
    expect(calibrate(missing, 'Email', [test('2026-01-31', 0.4)]).incremental).toStrictEqual(
      missing,
    )
  })
})

describe('judgeReconciliation', () => {
  const monthOf = () =>
    pathMonth([
      ...steadyRows(),
      { path: '', conversions: 5, value: 12_345, nulls: 0 },
      { path: 'Email', conversions: 1, value: -700, nulls: 0 },
    ])
  const judge = (measurement: Measurement, changes: Parameters<typeof booksOf>[1] = {}) =>
    judgeReconciliation(measurement, booksOf(monthOf(), changes), 'v1')

  it('passes where channels and lines add up to the books', () => {
    const decision = Decision.parse(judge(monthOf()))
    expect(decision).toMatchObject({
      id: 'attribution.reconciliation:total',
      action: 'pass',
      reason: 'balanced',
      evidence: {
        controlConversions: 86,
        bookedConversions: 86,
        controlValueMinor: 611_645,
        bookedValueMinor: 611_645,
        attributedConversions: 80,
        attributedValueMinor: 600_000,
      },
    })
  })

  it.each([
    [{ conversions: 85 }],
    [{ conversions: 87 }],
    [{ valueMinor: 611_644 }],
    [{ valueMinor: 611_646 }],
  ])('fails by a single conversion or cent: %o', (changes) => {
    expect(judge(monthOf(), changes)).toMatchObject({
      action: 'fail',
      reason: 'lines_miss_the_books',
    })
  })

  const withLinear = (
    change: (amounts: readonly number[]) => number[],
    part: 'conversions' | 'valueMinor',
  ): Measurement => {
    const month = monthOf()
    const { linear } = month.credits
    if (!isCredit(linear)) throw new Error('linear is always computed')
    return {
      ...month,
      credits: { ...month.credits, linear: { ...linear, [part]: change(linear[part]) } },
    }
  }
  const plus = (extra: number) => (amounts: readonly number[]) =>
    amounts.map((amount, channel) => (channel === 0 ? amount + extra : amount))

  it.each([
    ['conversions', 1e-6, 'fail'],
    ['conversions', -1e-6, 'fail'],
    // Within rounding: 1e-9 of 80 conversions.
    ['conversions', 7e-8, 'pass'],
    ['conversions', 9e-8, 'fail'],
    ['valueMinor', 0.5, 'fail'],
    // 1e-9 of 600,000 cents.
    ['valueMinor', 5e-4, 'pass'],
    ['valueMinor', 7e-4, 'fail'],
  ] as const)('holds each model to the total: %s off by %d → %s', (part, extra, action) => {
    const decision = judge(withLinear(plus(extra), part))
    expect(decision.action).toBe(action)
    expect(decision.reason).toBe(action === 'fail' ? 'model_misses_the_total' : 'balanced')
  })

  it('measures the gap of the worst model', () => {
    expect(balanceOf(withLinear(plus(3), 'conversions')).conversionsGap).toBeCloseTo(3, 9)
    expect(balanceOf(withLinear(plus(-7), 'valueMinor')).valueGapMinor).toBeCloseTo(7, 5)
  })

  it('has no gap where nothing was attributed', () => {
    const empty = pathMonth([{ path: '', conversions: 3, value: 100, nulls: 0 }])
    expect(judgeReconciliation(empty, booksOf(empty), 'v1').action).toBe('pass')
  })

  it('allows sums over less than one conversion the absolute tolerance', () => {
    const empty = pathMonth([{ path: 'A', conversions: 0, value: 0, nulls: 3 }])
    const { linear } = empty.credits
    if (!isCredit(linear)) throw new Error('linear is always computed')
    const off = (part: 'conversions' | 'valueMinor', extra: number): string => {
      const credits = { ...empty.credits, linear: { ...linear, [part]: [extra] } }
      return judgeReconciliation({ ...empty, credits }, booksOf(empty), 'v1').action
    }
    for (const part of ['conversions', 'valueMinor'] as const) {
      expect(off(part, 1e-9)).toBe('pass')
      expect(off(part, 1.1e-9)).toBe('fail')
    }
  })

  it('passes for any journeys the fold has read', () => {
    const rows = fc.array(
      fc.record({
        path: fc.constantFrom('A', 'A > B', 'B > A > C', ''),
        conversions: fc.integer({ min: 0, max: 50 }),
        value: fc.option(fc.integer({ min: -5000, max: 50_000 })),
        nulls: fc.option(fc.integer({ min: 0, max: 9 })),
      }),
    )
    fc.assert(
      fc.property(rows, (random) => {
        const measurement = pathMonth(random)
        const books = {
          conversions: random.reduce((total, row) => total + row.conversions, 0),
          valueMinor: random.reduce((total, row) => total + (row.value ?? 0), 0),
        }
        const decision = judgeReconciliation(measurement, booksOf(measurement, books), 'v1')
        expect(decision.action).toBe('pass')
      }),
      { numRuns: 50 },
    )
  })
})

describe('markovCredit', () => {
  const totals = { conversions: 1, valueMinor: 100 }
  const options = { withNulls: true }

  it('takes the plain chain, or the longer memory where the policy asks for one', () => {
    const { transitions } = count([{ path: 'A B', nulls: 1 }], 2)
    const history = createHistoryCounts(2, 2)
    history.take(journey({ path: 'A B', nulls: 1 }))
    const plain = markovCredit({ transitions, history: null }, totals, options)
    const longer = markovCredit({ transitions, history }, totals, options)
    expect(plain).toMatchObject({ order: 1, pConversion: 0.5, removalEffect: [1, 1] })
    expect(longer).toMatchObject({ order: 2, pConversion: 0.5, conversions: [0.5, 0.5] })
    expect(plain).toHaveProperty('valueMinor', [50, 50])
  })

  it('is not measured without a conversion, at any order', () => {
    const { transitions } = count([{ path: 'A', conversions: 0, nulls: 1 }], 1)
    const reason = { status: 'not_measured', reason: 'no journey converted' }
    expect(markovCredit({ transitions, history: null }, totals, options)).toStrictEqual(reason)
    const history = createHistoryCounts(1, 2)
    expect(markovCredit({ transitions, history }, totals, options)).toStrictEqual(reason)
  })

  it('is not measured above 1,000 channels', () => {
    // With a memory of no journey yet, nothing needs to be solved before the answer is known.
    const reasonOf = (channelCount: number) => {
      const history = createHistoryCounts(channelCount, 2)
      return markovCredit(
        { transitions: createTransitionCounts(channelCount), history },
        totals,
        options,
      )
    }
    expect(reasonOf(1000)).toStrictEqual(notMeasured('no journey converted'))
    expect(reasonOf(1001)).toStrictEqual(notMeasured('more than 1000 channels'))
    const transitions = createTransitionCounts(1001)
    expect(markovCredit({ transitions, history: null }, totals, options)).toStrictEqual(
      notMeasured('more than 1000 channels'),
    )
  })
})

describe('attributionSource', () => {
  const state = (name: 'absent' | 'empty' | 'present' | 'unreadable') => ({ state: name, rows: 0 })

  it.each([
    ['present', 'present', 'absent', 'touchpoints'],
    ['present', 'empty', 'absent', 'none'],
    ['present', 'present', 'present', 'touchpoints'],
    // Conversions without touchpoints: journeys by path know more.
    ['absent', 'present', 'present', 'journeys'],
    ['absent', 'present', 'absent', 'touchpoints'],
    ['absent', 'empty', 'empty', 'none'],
    ['unreadable', 'present', 'absent', 'touchpoints'],
    ['present', 'absent', 'present', 'journeys'],
    ['present', 'unreadable', 'present', 'journeys'],
    ['present', 'unreadable', 'absent', 'none'],
    ['present', 'absent', 'absent', 'none'],
    ['absent', 'absent', 'empty', 'none'],
    ['absent', 'absent', 'unreadable', 'none'],
  ] as const)(
    'touchpoints %s, conversions %s, journeys %s: %s',
    (touchpoints, conversions, journeys, source) => {
      const presence = {
        touchpoints: state(touchpoints),
        conversions: state(conversions),
        journeys: state(journeys),
      }
      expect(attributionSource(presence)).toBe(source)
    },
  )
})
