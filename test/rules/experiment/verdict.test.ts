import { describe, expect, it } from 'vitest'

import type { EarlierReading, ExperimentArmRow, ExperimentRules } from '#rules/experiment/input.ts'
import { asNamedNow, looksAt, looksBefore } from '#rules/experiment/looks.ts'
import { falseAlarmRate } from '#rules/experiment/peeking.ts'
import { judgeTraffic } from '#rules/experiment/traffic.ts'
import { aliveIn, flawOf, type Trial, trialsOf } from '#rules/experiment/trials.ts'
import {
  callVerdict,
  type VerdictCall,
  type VerdictFacts,
  type VerdictReading,
} from '#rules/experiment/verdict.ts'
import { policyWith } from '#test/support/policy.ts'

import { arm, trial } from './arms.ts'

const RULES = policyWith().experiments
const reading = (changes: Partial<VerdictReading> = {}): VerdictReading => ({
  pValue: 0.2,
  anytimeCallable: false,
  favourable: true,
  lift: 0.3,
  liftInterval: { low: -0.1, high: 0.7 },
  anytimeLiftInterval: null,
  ...changes,
})
const facts = (changes: Partial<VerdictFacts> = {}): VerdictFacts => ({
  flaw: null,
  traffic: 'as_planned',
  phase: 'completed',
  ledger: { looks: 1, peeked: false },
  users: 1000,
  neededUsers: 900,
  daysRun: 14,
  conversions: 200,
  reading: reading(),
  ...changes,
})
const call = (changes: Partial<VerdictFacts>, rules: Partial<ExperimentRules> = {}): string => {
  const { verdict, reason }: VerdictCall = callVerdict(facts(changes), { ...RULES, ...rules })
  return `${verdict} ${reason}`
}
const PEEKED = { looks: 3, peeked: true }

describe('a verdict of a completed test', () => {
  it.each<[string, Partial<VerdictReading>]>([
    // alpha 0.05: on it, and just above; min_lift 0.1: on it, and just below.
    ['WIN test_excludes_zero', { pValue: 0.05 }],
    ['INCONCLUSIVE no_difference_shown', { pValue: 0.0501 }],
    ['WIN test_excludes_zero', { pValue: 0.01, lift: 0.1 }],
    ['WIN below_minimum_lift', { pValue: 0.01, lift: 0.0999 }],
    ['WIN below_minimum_lift', { pValue: 0.01, lift: -0.0999 }],
    ['WIN test_excludes_zero', { pValue: 0.01, lift: null }],
    ['LOSS test_excludes_zero', { pValue: 0.01, favourable: false }],
    ['LOSS test_excludes_zero', { pValue: 0.05, favourable: false, lift: -0.01 }],
    // What holds at every look is not asked of a test read once.
    ['INCONCLUSIVE no_difference_shown', { anytimeCallable: true }],
    // The margin is open: an end on it is not inside.
    ['EQUIVALENT within_margin', { liftInterval: { low: -0.0999, high: 0.0999 } }],
    ['INCONCLUSIVE no_difference_shown', { liftInterval: { low: -0.1, high: 0.05 } }],
    ['INCONCLUSIVE no_difference_shown', { liftInterval: { low: -0.05, high: 0.1 } }],
    ['INCONCLUSIVE no_difference_shown', { liftInterval: null }],
  ])('is %s', (expected, changes) => {
    expect(call({ reading: reading(changes) })).toBe(expected)
  })

  it.each<[string, Partial<VerdictFacts>]>([
    // 900 users needed.
    ['INCONCLUSIVE underpowered', { users: 899 }],
    ['INCONCLUSIVE no_difference_shown', { users: 900 }],
    ['INCONCLUSIVE no_difference_shown', { users: 899, neededUsers: null }],
    // min_users_per_arm 100.
    ['INCONCLUSIVE too_few_users', { users: 99 }],
    ['INCONCLUSIVE underpowered', { users: 100 }],
    ['INCONCLUSIVE no_conversions', { conversions: 0 }],
    ['INCONCLUSIVE no_difference_shown', { conversions: 1 }],
    ['INCONCLUSIVE no_difference_shown', { conversions: null }],
    ['INCONCLUSIVE no_spread', { reading: null }],
    // min_days is asked of a running test only.
    ['INCONCLUSIVE no_difference_shown', { daysRun: 2 }],
    ['INVALID sample_ratio_mismatch', { traffic: 'mismatch' }],
    ['INVALID leaked_users', { traffic: 'leak' }],
    ['INCONCLUSIVE no_difference_shown', { traffic: 'watch' }],
    ['INCONCLUSIVE no_difference_shown', { traffic: 'unplanned' }],
    ['INVALID no_control', { flaw: 'no_control', traffic: 'mismatch' }],
    ['INVALID cancelled', { flaw: 'cancelled' }],
  ])('is %s', (expected, changes) => {
    expect(call(changes)).toBe(expected)
  })

  it.each<[string, Partial<VerdictReading>]>([
    ['WIN anytime_excludes_zero', { pValue: 0.0001, anytimeCallable: true }],
    ['WIN anytime_excludes_zero', { pValue: 0.9, anytimeCallable: true }],
    ['LOSS anytime_excludes_zero', { anytimeCallable: true, favourable: false }],
    ['DIRECTIONAL repeated_looks', { pValue: 0.05 }],
    ['DIRECTIONAL repeated_looks', { pValue: 0.0001, favourable: false }],
    ['INCONCLUSIVE no_difference_shown', { pValue: 0.06 }],
    ['INCONCLUSIVE repeated_looks', { liftInterval: { low: -0.01, high: 0.01 } }],
    [
      'EQUIVALENT within_margin',
      {
        liftInterval: { low: -0.01, high: 0.01 },
        anytimeLiftInterval: { low: -0.0999, high: 0.0999 },
      },
    ],
    [
      'INCONCLUSIVE repeated_looks',
      {
        liftInterval: { low: -0.01, high: 0.01 },
        anytimeLiftInterval: { low: -0.1, high: 0.0999 },
      },
    ],
  ])('that was looked at more than once is %s', (expected, changes) => {
    expect(call({ ledger: PEEKED, reading: reading(changes) })).toBe(expected)
  })

  it('is directional at most without a plan for its looks', () => {
    const strong = reading({ pValue: 0.0001, anytimeCallable: true })
    expect(call({ ledger: PEEKED, reading: strong }, { sequential: false })).toBe(
      'DIRECTIONAL repeated_looks',
    )
  })

  it.each([
    ['completed', 'INCONCLUSIVE repeated_looks'],
    ['stopped', 'INCONCLUSIVE stopped_early'],
  ] as const)('is not equivalent without such a plan, when %s', (phase, expected) => {
    const within = { low: -0.01, high: 0.01 }
    const narrow = reading({ liftInterval: within, anytimeLiftInterval: within })
    const given = { phase, ledger: PEEKED, reading: narrow }
    expect(call(given, { sequential: false })).toBe(expected)
    expect(call(given)).toBe('EQUIVALENT within_margin')
  })
})

describe('a verdict of a stopped test', () => {
  it.each<[string, Partial<VerdictReading>]>([
    ['DIRECTIONAL stopped_early', { pValue: 0.01 }],
    ['WIN anytime_excludes_zero', { pValue: 0.01, anytimeCallable: true }],
    ['INCONCLUSIVE no_difference_shown', { pValue: 0.2 }],
  ])('is %s', (expected, changes) => {
    const ledger = { looks: null, peeked: true }
    expect(call({ phase: 'stopped', ledger, reading: reading(changes) })).toBe(expected)
  })

  it('is inconclusive, not too early, without users or conversions', () => {
    expect(call({ phase: 'stopped', users: 3 })).toBe('INCONCLUSIVE too_few_users')
    expect(call({ phase: 'stopped', conversions: 0 })).toBe('INCONCLUSIVE no_conversions')
  })
})

describe('a verdict of a running test', () => {
  const running = (changes: Partial<VerdictFacts> = {}): Partial<VerdictFacts> => ({
    phase: 'running',
    ledger: PEEKED,
    ...changes,
  })

  it.each<[string, Partial<VerdictFacts>]>([
    ['WIN anytime_excludes_zero', { reading: reading({ anytimeCallable: true }) }],
    [
      'LOSS anytime_excludes_zero',
      { reading: reading({ anytimeCallable: true, favourable: false }) },
    ],
    ['DIRECTIONAL still_running', { reading: reading({ pValue: 0.05 }) }],
    ['TOO_EARLY still_running', { reading: reading({ pValue: 0.06 }) }],
    ['TOO_EARLY still_running', { reading: reading({ liftInterval: { low: -0.01, high: 0.01 } }) }],
    // min_days 7.
    ['TOO_EARLY too_few_days', { daysRun: 6, reading: reading({ anytimeCallable: true }) }],
    ['WIN anytime_excludes_zero', { daysRun: 7, reading: reading({ anytimeCallable: true }) }],
    ['TOO_EARLY too_few_users', { users: 99, daysRun: 2 }],
    ['TOO_EARLY no_conversions', { conversions: 0, daysRun: 2 }],
    ['INCONCLUSIVE no_spread', { reading: null }],
    ['INVALID sample_ratio_mismatch', { traffic: 'mismatch', users: 3 }],
  ])('is %s', (expected, changes) => {
    expect(call(running(changes))).toBe(expected)
  })

  it('is not called where the policy has no plan for looks', () => {
    const strong = reading({ pValue: 0.001, anytimeCallable: true })
    expect(call(running({ reading: strong }), { sequential: false })).toBe(
      'DIRECTIONAL still_running',
    )
  })

  it('has nothing to say before it starts', () => {
    expect(call(running({ phase: 'not_started', users: 0 }))).toBe('TOO_EARLY not_started')
    expect(call(running({ phase: 'not_started', traffic: 'mismatch' }))).toBe(
      'INVALID sample_ratio_mismatch',
    )
  })
})

describe('the traffic split', () => {
  const split = (left: number, right: number, changes: Partial<ExperimentRules> = {}) =>
    judgeTraffic(
      trial({ arms: [arm({ users: left }), arm({ arm: 'B', isControl: false, users: right })] }),
      { ...RULES, ...changes },
    )

  it('is judged against alarm and watch', () => {
    // 4,900 : 5,100 has p = 0.0455; the band's ends are open.
    const pValue = split(4900, 5100).split?.pValue ?? 0
    expect(pValue).toBeCloseTo(0.045_500_263_896, 10)
    expect(split(4900, 5100).status).toBe('as_planned')
    expect(split(4900, 5100, { srm_watch: pValue }).status).toBe('as_planned')
    expect(split(4900, 5100, { srm_watch: 0.046 }).status).toBe('watch')
    expect(split(4900, 5100, { srm_watch: 0.1, srm_alarm: pValue }).status).toBe('watch')
    expect(split(4900, 5100, { srm_watch: 0.1, srm_alarm: 0.046 }).status).toBe('mismatch')
    expect(split(5000, 5000)).toMatchObject({ status: 'as_planned', leakedShare: 0 })
  })

  it('finds users in an arm planned to get none', () => {
    const leaking = (users: number, share: number) =>
      judgeTraffic(
        trial({
          arms: [
            arm({ users: 500 }),
            arm({ arm: 'B', isControl: false, users: 500 }),
            arm({ arm: 'C', isControl: false, users, plannedShare: 0 }),
          ],
        }),
        { ...RULES, max_leaked_share: share },
      )
    // 250 of 1,250 users are a share of 0.2, on the threshold.
    expect(leaking(250, 0.2)).toMatchObject({ status: 'as_planned', leakedShare: 0.2 })
    expect(leaking(251, 0.2).status).toBe('leak')
    expect(leaking(0, 0).status).toBe('as_planned')
    expect(leaking(250, 0.3).split).toMatchObject({ leakedUsers: 250, df: 1, pValue: 1 })
  })

  it('takes an equal split where no share is stated, and none where some are', () => {
    const shares = (left: number | null, right: number | null) =>
      judgeTraffic(
        trial({
          arms: [
            arm({ plannedShare: left }),
            arm({ arm: 'B', isControl: false, plannedShare: right }),
          ],
        }),
        RULES,
      )
    expect(shares(null, null).status).toBe('as_planned')
    expect(shares(0.5, null)).toEqual({ status: 'unplanned', split: null, leakedShare: null })
    expect(shares(null, 0.5).status).toBe('unplanned')
    expect(shares(0, 0).status).toBe('unplanned')
    expect(shares(0.9, 0.1).status).toBe('mismatch')
  })

  it('has no share of leaks where nobody came', () => {
    expect(split(0, 0)).toMatchObject({ status: 'as_planned', leakedShare: 0 })
  })
})

describe('a trial', () => {
  it('gathers the arms of one experiment and metric, in the order of the file', () => {
    const rows = [
      arm({ experimentId: 'E2', arm: 'b', looks: 2 }),
      arm({ experimentId: 'E1', metric: 'z' }),
      arm({ experimentId: 'E1', metric: 'a', arm: 'y' }),
      arm({ experimentId: 'E1', metric: 'a', arm: 'x' }),
      arm({ experimentId: 'E2', arm: 'a', looks: 5 }),
    ]
    const trials = trialsOf(rows, '2026-03-31')
    expect(trials.map((found) => [found.experimentId, found.metric, found.looks])).toEqual([
      ['E1', 'a', null],
      ['E1', 'z', null],
      ['E2', 'conversion_rate', 5],
    ])
    expect(trials[0]?.arms.map((found) => found.arm)).toEqual(['y', 'x'])
  })

  it.each([
    ['draft', 'not_started'],
    ['planned', 'not_started'],
    ['running', 'running'],
    ['paused', 'running'],
    ['completed', 'completed'],
    ['archived', 'completed'],
    ['stopped', 'stopped'],
    ['cancelled', 'cancelled'],
    ['anything else', 'running'],
  ])('of status %s is %s', (status, phase) => {
    expect(trialsOf([arm({ status })], '2026-03-31')[0]?.phase).toBe(phase)
  })

  it.each([
    ['completed', '2026-03-31', 'completed'],
    ['completed', '2026-04-01', 'running'],
    ['stopped', '2026-04-01', 'running'],
    ['completed', null, 'completed'],
    ['cancelled', '2026-04-01', 'cancelled'],
    ['planned', '2026-04-01', 'not_started'],
  ] as const)('of status %s that ends on %s is %s', (status, endedOn, phase) => {
    expect(trialsOf([arm({ status, endedOn })], '2026-03-31')[0]?.phase).toBe(phase)
  })

  it('is alive from its first to its last day', () => {
    const march = { from: '2026-03-01', to: '2026-03-31' }
    const alive = (startedOn: string, endedOn: string | null): number =>
      aliveIn([trial({ startedOn, endedOn })], march).length
    expect(alive('2026-03-31', null)).toBe(1)
    expect(alive('2026-04-01', null)).toBe(0)
    expect(alive('2026-01-01', '2026-03-01')).toBe(1)
    expect(alive('2026-01-01', '2026-02-28')).toBe(0)
  })

  const control = arm({})
  const treatment = arm({ arm: 'B', isControl: false })

  it.each([
    ['a control and a treatment', [control, treatment], null],
    ['no control', [treatment], 'no_control'],
    ['two controls', [control, arm({ arm: 'A2' }), treatment], 'several_controls'],
    ['no treatment', [control], 'no_treatment'],
    [
      'a treatment without traffic only',
      [control, { ...treatment, plannedShare: 0 }],
      'no_treatment',
    ],
    ['as many conversions as users', [control, { ...treatment, users: 9, conversions: 9 }], null],
    [
      'more conversions than users',
      [control, { ...treatment, users: 9, conversions: 10 }],
      'impossible_counts',
    ],
    ['an arm without figures', [control, { ...treatment, conversions: null }], 'not_measured'],
    [
      'means in every arm',
      [control, treatment].map((row) => ({ ...row, conversions: null, mean: 1, variance: 2 })),
      null,
    ],
    [
      'a mean in one arm only',
      [
        { ...control, conversions: null, mean: 1, variance: 2 },
        { ...treatment, conversions: null },
      ],
      'not_measured',
    ],
    [
      'a mean without variance',
      [control, treatment].map((row) => ({ ...row, conversions: null, mean: 1 })),
      'not_measured',
    ],
    [
      'a variance without mean',
      [control, treatment].map((row) => ({ ...row, conversions: null, variance: 1 })),
      'not_measured',
    ],
  ])('with %s has the flaw %s', (_case, arms, flaw) => {
    expect(flawOf(trial({ arms }))).toBe(flaw)
  })

  it('that was cancelled has no other flaw', () => {
    expect(flawOf(trial({ phase: 'cancelled', arms: [] }))).toBe('cancelled')
  })
})

/** A reading of the trial of `trial` when its treatment had so many users. */
const shownIn = (reviewId: string, users: number): EarlierReading => ({
  reviewId,
  experimentId: 'EXP_1',
  metric: 'conversion_rate',
  campaignId: 'CAMP_1',
  startedOn: '2026-03-02',
  arms: [arm({}), arm({ isControl: false, users })],
})

describe('the look ledger', () => {
  it.each([
    ['completed', null, null, false],
    ['completed', 1, 1, false],
    ['completed', 2, 2, true],
    ['running', null, 1, true],
    ['running', 2, 3, true],
    ['stopped', null, null, true],
    ['stopped', 4, 4, true],
    ['not_started', null, null, false],
  ] as const)('of a %s test with %s looks stated', (phase, stated, looks, peeked) => {
    const ledger = looksAt(trial({ phase, looks: stated }), [])
    expect(ledger).toEqual({ looks, peeked, earlierReviews: [] })
  })

  // Stated or shown by earlier reviews, whichever is more; this review's look comes on top of those shown.
  it.each([
    ['completed', null, 1, 2],
    ['completed', 1, 1, 2],
    ['completed', 2, 2, 3],
    ['completed', 5, 2, 5],
    ['running', null, 1, 2],
    ['running', 1, 2, 3],
    ['running', 2, 1, 3],
    ['stopped', null, 1, 2],
    ['stopped', 3, 1, 3],
  ] as const)('of a %s test with %s looks stated and %d shown', (phase, looks, shown, counted) => {
    const earlier = Array.from({ length: shown }, (_, index) => shownIn(`R${index}`, 10 + index))
    const earlierReviews = earlier.map(({ reviewId }) => reviewId)
    expect(looksAt(trial({ phase, looks }), earlier)).toEqual({
      looks: counted,
      peeked: true,
      earlierReviews,
    })
  })

  it('counts what was shown of the trial with other figures, once for each', () => {
    const now = trial({ arms: [arm({}), arm({ arm: 'B', isControl: false, users: 1000 })] })
    const before = shownIn('R1', 900)
    const other = (changes: Partial<ExperimentArmRow>): EarlierReading => ({
      ...before,
      reviewId: 'R2',
      arms: [arm({}), arm({ isControl: false, ...changes })],
    })
    const looks = (...readings: readonly EarlierReading[]) =>
      looksBefore(readings, now).map(({ reviewId }) => reviewId)
    expect(looks(before, shownIn('R2', 950))).toEqual(['R1', 'R2'])
    expect(looks(before, shownIn('R2', 900))).toEqual(['R1'])
    expect(looks(shownIn('R1', 1001))).toEqual(['R1'])
    // The same figures, under other names of arms and in another order.
    expect(looks(shownIn('R1', 1000))).toEqual([])
    expect(looks({ ...before, arms: shownIn('R1', 1000).arms.toReversed() })).toEqual([])
    expect(looks({ ...before, experimentId: 'EXP_2' })).toEqual([])
    expect(looks({ ...before, metric: 'revenue' })).toEqual([])
    // Nobody had come in yet.
    const empty = [arm({ users: 0 }), arm({ isControl: false, users: 0 })]
    expect(looks({ ...before, arms: empty })).toEqual([])
    expect(looks({ ...before, arms: [arm({ users: 0 }), arm({ isControl: false })] })).toEqual([
      'R1',
    ])
    for (const figure of [
      { conversions: 101 },
      { mean: 1 },
      { variance: 1 },
      { denominatorMean: 1 },
      { denominatorVariance: 1 },
      { covariance: 1 },
      { isControl: true },
    ]) {
      expect(looks(other(figure))).toEqual(['R2'])
    }
  })

  it('follows a test under another id where its own is in the data no more', () => {
    const renamed = trial({ experimentId: 'EXP_1b' })
    const before = shownIn('R1', 900)
    const found = (changes: Partial<EarlierReading>, ...trials: readonly Trial[]) =>
      asNamedNow([{ ...before, ...changes }], trials).map(({ experimentId }) => experimentId)
    expect(found({}, renamed)).toEqual(['EXP_1b'])
    expect(found({}, renamed, trial({}))).toEqual(['EXP_1'])
    expect(found({}, renamed, trial({ metric: 'revenue' }))).toEqual(['EXP_1b'])
    expect(found({ metric: 'revenue' }, renamed)).toEqual([])
    expect(found({ campaignId: null }, renamed)).toEqual([])
    expect(found({ startedOn: '2026-03-03' }, renamed)).toEqual([])
    expect(found({ campaignId: null }, trial({ experimentId: 'E', campaignId: null }))).toEqual([
      'E',
    ])
  })

  it.each([
    // Armitage, McPherson and Rowe (1969), table 2, two-sided 5 %.
    [1, 0.05],
    [2, 0.083_1],
    [3, 0.107_3],
    [4, 0.126_2],
    [5, 0.141_7],
    [10, 0.193_4],
    [20, 0.247_9],
  ])('false alarms at %d looks', (looks, rate) => {
    expect(falseAlarmRate(looks, 0.05)).toBeCloseTo(rate, 3.6)
  })

  it('keeps its digits and stops counting at fifty looks', () => {
    expect(falseAlarmRate(1, 0.05)).toBeCloseTo(0.05, 7)
    expect(falseAlarmRate(3, 0.05)).toBeCloseTo(0.107_256_4, 6)
    expect(falseAlarmRate(1, 0.2)).toBeCloseTo(0.2, 7)
    expect(falseAlarmRate(50, 0.05)).toBeCloseTo(0.320_45, 4)
    expect(falseAlarmRate(400, 0.05)).toBe(falseAlarmRate(50, 0.05))
    expect(falseAlarmRate(49, 0.05)).toBeLessThan(falseAlarmRate(50, 0.05))
  })

  it.each([0, -1, 1.5])('refuses %d looks', (looks) => {
    expect(() => falseAlarmRate(looks, 0.05)).toThrow(`expected looks ≥ 1, got ${looks}`)
  })
})
