import { describe, expect, it } from 'vitest'

import { actedOnUndecided } from '#rules/experiment/acted-on.ts'
import type { ExperimentArmRow, ExperimentRules, LoggedDecision } from '#rules/experiment/input.ts'
import { summarisePortfolio } from '#rules/experiment/portfolio.ts'
import { conversionsOf, readExperiment, type Readout } from '#rules/experiment/readout.ts'
import { subjectsOf } from '#rules/experiment/subjects.ts'
import { trialsOf } from '#rules/experiment/trials.ts'
import { present } from '#rules/kernel/invariant.ts'
import { policyWith } from '#test/support/policy.ts'

import { arm, arms, trial as trialWith } from './arms.ts'

const RULES = policyWith().experiments
const AS_OF = '2026-03-31'
const read = (
  rows: readonly ExperimentArmRow[],
  changes: Partial<ExperimentRules> = {},
): Readout[] =>
  readExperiment(trialsOf(rows, AS_OF), {
    rules: { ...RULES, ...changes },
    asOfOn: AS_OF,
    earlierReadings: [],
  })
const calls = (readouts: readonly Readout[]): string[] =>
  readouts.map(({ call }) => `${call.verdict} ${call.reason}`)
const compared = (readout: Readout | undefined) => present(readout?.comparison, 'a comparison')
const pairOf = (control: ExperimentArmRow | null, treatment: ExperimentArmRow | null) => ({
  trial: trialWith({}),
  control,
  treatment,
})
const anytimeLow = (readout: Readout | undefined): number =>
  present(compared(readout).anytime.interval, 'an interval').low
/** Three treatments against one control of 10,000 users. */
const three = (conversions: readonly number[]): ExperimentArmRow[] => [
  arm({ users: 10_000, conversions: 1000, plannedShare: 0.25 }),
  ...conversions.map((count, index) =>
    arm({
      arm: `B${index}`,
      isControl: false,
      users: 10_000,
      conversions: count,
      plannedShare: 0.25,
    }),
  ),
]

describe('the readout of an experiment', () => {
  it('compares each treatment with the control', () => {
    const readouts = read(three([1000, 1100, 1200]))
    expect(readouts.map((readout) => readout.treatment?.arm)).toEqual(['B0', 'B1', 'B2'])
    expect(readouts.map((readout) => readout.control?.arm)).toEqual(['A', 'A', 'A'])
    expect(readouts[1]?.comparison?.difference).toBeCloseTo(0.01, 12)
    expect(readouts[1]?.neededUsers).toBe(14_751)
    expect(readouts[1]?.daysRun).toBe(14)
  })

  it('lets the comparisons of an experiment share the error rate', () => {
    // Of three, Holm leaves the largest p value, doubles the middle one and trebles the smallest.
    const alone = read(three([1110]))
    expect(alone[0]?.adjustedPValue).toBe(alone[0]?.comparison?.pValue)
    expect(calls(alone)).toEqual(['WIN test_excludes_zero'])
    const shared = read(three([1000, 1100, 1200]))
    expect(shared[1]?.adjustedPValue).toBeCloseTo(2 * (shared[1]?.comparison?.pValue ?? 0), 12)
    const two = read(three([1090, 1090]))
    expect(two[0]?.comparison?.pValue).toBeLessThan(0.05)
    expect(calls(two)).toEqual(['INCONCLUSIVE underpowered', 'INCONCLUSIVE underpowered'])
    const none = read(three([1090, 1090]), { correction: 'none' })
    expect(calls(none)).toEqual(['WIN below_minimum_lift', 'WIN below_minimum_lift'])
    const hochberg = read(three([1090, 1090]), { correction: 'benjamini_hochberg' })
    expect(calls(hochberg)).toEqual(['WIN below_minimum_lift', 'WIN below_minimum_lift'])
  })

  it('shares what holds at every look among its comparisons too', () => {
    const [alone] = read(three([1200]))
    const [, , shared] = read(three([1000, 1000, 1200]))
    expect(anytimeLow(shared)).toBeLessThan(anytimeLow(alone))
    expect(compared(shared).interval).toEqual(compared(alone).interval)
  })

  it('tests a guardrail at the full rate and breaks the treatment that worsens it', () => {
    const rows = [
      ...three([1200, 1200]),
      ...three([880, 1000]).map((row) => ({ ...row, metric: 'retention' })),
    ]
    const readouts = read(rows, { guardrail_metrics: ['retention'] })
    expect(
      readouts.map(({ trial, treatment, call, breached }) => [
        trial.metric,
        treatment?.arm,
        call.verdict,
        breached,
      ]),
    ).toEqual([
      ['conversion_rate', 'B0', 'GUARDRAIL_BREACH', ['retention']],
      ['conversion_rate', 'B1', 'WIN', []],
      ['retention', 'B0', 'GUARDRAIL_BREACH', ['retention']],
      ['retention', 'B1', 'EQUIVALENT', []],
    ])
    expect(readouts[0]?.call.reason).toBe('guardrail_worse')
    expect(readouts.map((readout) => readout.isGuardrail)).toEqual([false, false, true, true])
    // The guardrails' p values stand alone, the goals' are adjusted among themselves.
    const [goal, , guardrail] = readouts
    expect(guardrail?.adjustedPValue).toBe(compared(guardrail).pValue)
    expect(goal?.adjustedPValue).toBeCloseTo(2 * compared(goal).pValue, 14)
    // And what holds at every look: alpha for a guardrail, half of it for each of two goals.
    const [single] = read(three([1200]))
    const [guarded] = read(three([1200]), { guardrail_metrics: ['conversion_rate'] })
    expect(compared(guarded).anytime).toEqual(compared(single).anytime)
    expect(anytimeLow(goal)).toBeLessThan(anytimeLow(single))
  })

  it('does not count guardrails among the comparisons that share the error rate', () => {
    const rows = [
      ...three([1200]),
      ...three([1000]).map((row) => ({ ...row, metric: 'retention' })),
    ]
    const [goal] = read(rows, { guardrail_metrics: ['retention'] })
    const [single] = read(three([1200]))
    expect(compared(goal).anytime).toEqual(compared(single).anytime)
    expect(goal?.adjustedPValue).toBe(compared(goal).pValue)
  })

  it('breaks a guardrail beside a metric that no treatment was measured on', () => {
    const rows = [
      arm({ metric: 'lone' }),
      ...three([880]).map((row) => ({ ...row, metric: 'retention' })),
    ]
    expect(calls(read(rows, { guardrail_metrics: ['retention'] }))).toEqual([
      'INVALID no_treatment',
      'GUARDRAIL_BREACH guardrail_worse',
    ])
  })

  it('breaks no guardrail by improving it, nor where less is better and less came', () => {
    const better = three([1200]).map((row) => ({ ...row, metric: 'retention' }))
    expect(calls(read(better, { guardrail_metrics: ['retention'] }))).toEqual([
      'WIN test_excludes_zero',
    ])
    const fewer = three([800]).map((row) => ({ ...row, metric: 'bounce' }))
    const rules = { guardrail_metrics: ['bounce'], lower_is_better: ['bounce'] }
    expect(calls(read(fewer, rules))).toEqual(['WIN test_excludes_zero'])
    expect(calls(read(fewer, { guardrail_metrics: ['bounce'] }))).toEqual([
      'GUARDRAIL_BREACH guardrail_worse',
    ])
  })

  it('reads a rise as worse where less is better', () => {
    const rows = three([1200]).map((row) => ({ ...row, metric: 'bounce' }))
    expect(calls(read(rows))).toEqual(['WIN test_excludes_zero'])
    expect(calls(read(rows, { lower_is_better: ['bounce'] }))).toEqual(['LOSS test_excludes_zero'])
    expect(calls(read(rows, { lower_is_better: ['other'] }))).toEqual(['WIN test_excludes_zero'])
  })

  it('does not hide an invalid test behind a guardrail', () => {
    const rows = [
      ...three([1200]).map((row, index) => ({ ...row, users: 10_000 + 2000 * index })),
      ...three([800]).map((row) => ({ ...row, metric: 'retention' })),
    ]
    expect(calls(read(rows, { guardrail_metrics: ['retention'] }))).toEqual([
      'INVALID sample_ratio_mismatch',
      'GUARDRAIL_BREACH guardrail_worse',
    ])
  })

  it('names the flaw of a trial that cannot be compared', () => {
    const [lone] = read([arm({})])
    expect(lone).toMatchObject({
      flaw: 'no_treatment',
      treatment: null,
      comparison: null,
      neededUsers: null,
      adjustedPValue: null,
      call: { verdict: 'INVALID', reason: 'no_treatment' },
    })
    const [noControl] = read([arm({ isControl: false })])
    expect(noControl).toMatchObject({ flaw: 'no_control', control: null })
    expect(noControl?.treatment?.arm).toBe('A')
    const broken = read(arms([100, 1001]))
    expect(calls(broken)).toEqual(['INVALID impossible_counts'])
    expect(broken[0]?.comparison).toBeNull()
  })

  it('has nothing to compare where an arm is empty', () => {
    const running = arms([0, 0], { status: 'running', endedOn: null, users: 0 })
    expect(calls(read(running))).toEqual(['TOO_EARLY too_few_users'])
    const half = [arm({}), arm({ arm: 'B', isControl: false, users: 0, conversions: 0 })]
    expect(read(half)[0]?.comparison).toBeNull()
    const other = [arm({ users: 0, conversions: 0 }), arm({ arm: 'B', isControl: false })]
    expect(read(other)[0]?.comparison).toBeNull()
  })

  it.each([
    ['completed', 1, 1000, 'INCONCLUSIVE too_few_users'],
    ['completed', 1000, 1, 'INCONCLUSIVE too_few_users'],
    ['running', 1, 1, 'TOO_EARLY too_few_users'],
  ])('of a %s test of %i and %i users has no spread of one user', (status, left, right, call) => {
    const share = (users: number): number => users / (left + right)
    const value = { status, conversions: null, variance: 2 }
    const means = [
      arm({ ...value, users: left, plannedShare: share(left), mean: 5 }),
      arm({
        ...value,
        arm: 'B',
        isControl: false,
        users: right,
        plannedShare: share(right),
        mean: 6,
      }),
    ]
    expect(calls(read(means))).toEqual([call])
    expect(read(means)[0]?.comparison).toBeNull()
  })

  it('takes the smaller arm against the least users asked for', () => {
    const uneven = [
      arm({ users: 99, conversions: 20, plannedShare: 0.09 }),
      arm({ arm: 'B', isControl: false, users: 1000, conversions: 100, plannedShare: 0.91 }),
    ]
    expect(calls(read(uneven))).toEqual(['INCONCLUSIVE too_few_users'])
    const [first, second] = uneven
    const turned = [
      { ...(first ?? arm({})), isControl: false },
      { ...(second ?? arm({})), isControl: true },
    ]
    expect(calls(read(turned))).toEqual(['INCONCLUSIVE too_few_users'])
  })

  it('reads means where an arm states no conversions', () => {
    const means = arms([100, 100], { mean: 10, variance: 25 }).map((row, index) => ({
      ...row,
      mean: 10 + index,
      conversions: index === 0 ? null : row.conversions,
    }))
    const [readout] = read(means)
    expect(readout?.comparison?.difference).toBe(1)
    expect(readout?.comparison?.correctedPValue).toBeNull()
    expect(calls(read(means))).toEqual(['WIN test_excludes_zero'])
    // Stated both ways, conversions are read.
    const both = arms([100, 120], { mean: 10, variance: 25 })
    expect(read(both)[0]?.comparison?.difference).toBeCloseTo(0.02, 12)
    const flat = arms([100, 100], { conversions: null, mean: 10, variance: 0 })
    expect(calls(read(flat))).toEqual(['INCONCLUSIVE no_spread'])
  })

  it('lets the difference decide where the mean of the control is zero', () => {
    const means = arms([0, 0], { conversions: null, users: 500, variance: 4 })
    const found = read(means.map((row, index) => ({ ...row, mean: index })))
    expect(calls(found)).toEqual(['WIN test_excludes_zero'])
    expect(found[0]?.comparison).toMatchObject({ lift: null, liftInterval: null })
  })

  it('calls nothing equivalent from few users of whom all convert', () => {
    const everyone = arms([100, 100], { users: 100 })
    const found = read(everyone, { min_lift: 0.001 })
    expect(calls(found)).toEqual(['INCONCLUSIVE no_difference_shown'])
    expect(calls(read(everyone, { min_lift: 0.05 }))).toEqual(['EQUIVALENT within_margin'])
  })

  it('holds a lift within the margin at every look before it calls it equivalent', () => {
    const many = (conversions: number): ExperimentArmRow[] =>
      arms([20_000, conversions], { users: 200_000, looks: 40 })
    expect(calls(read(many(20_050)))).toEqual(['EQUIVALENT within_margin'])
    expect(calls(read(many(20_050), { sequential: false }))).toEqual([
      'INCONCLUSIVE repeated_looks',
    ])
  })

  it('calls no test before its stated end as if it were over', () => {
    const future = arms([500, 600], { users: 5000, endedOn: '2026-04-30' })
    expect(calls(read(future, { sequential: false }))).toEqual(['DIRECTIONAL still_running'])
  })

  it('counts the days from the start to the end, or to today', () => {
    const days = (changes: Partial<ExperimentArmRow>): number | undefined =>
      read(arms([100, 120], changes))[0]?.daysRun
    expect(days({ startedOn: '2026-03-01', endedOn: '2026-03-08' })).toBe(7)
    expect(days({ startedOn: '2026-03-01', endedOn: null })).toBe(30)
    expect(days({ startedOn: '2026-03-01', endedOn: '2026-05-01' })).toBe(30)
    expect(days({ startedOn: '2026-03-31', endedOn: '2026-03-31' })).toBe(0)
    expect(days({ startedOn: '2026-04-02', endedOn: null })).toBe(0)
  })

  it('adds up conversions only where both arms state them', () => {
    expect(conversionsOf(pairOf(arm({ conversions: 3 }), arm({ conversions: 4 })))).toBe(7)
    expect(conversionsOf(pairOf(arm({ conversions: null }), arm({ conversions: 4 })))).toBeNull()
    expect(conversionsOf(pairOf(arm({ conversions: 3 }), arm({ conversions: null })))).toBeNull()
    expect(conversionsOf(pairOf(null, arm({})))).toBeNull()
    expect(conversionsOf(pairOf(arm({}), null))).toBeNull()
  })

  it('has no verdict change when arms come in another order', () => {
    const rows = three([1000, 1100, 1200])
    const verdicts = (found: readonly Readout[]): string[] =>
      found.map(({ treatment, call }) => `${treatment?.arm} ${call.verdict}`).toSorted()
    expect(verdicts(read(rows.toReversed()))).toEqual(verdicts(read(rows)))
  })
})

describe('what experiments say together', () => {
  const experiment = (
    id: string,
    conversions: readonly [number, number],
    changes: Partial<ExperimentArmRow> = {},
  ) => read(arms(conversions, { experimentId: id, ...changes }))

  it('counts experiments by phase once and comparisons by verdict', () => {
    const readouts = [
      ...experiment('E1', [100, 160]),
      ...experiment('E2', [160, 100]),
      ...experiment('E3', [100, 101]),
      ...experiment('E4', [100, 160], { status: 'running', endedOn: null }),
      ...experiment('E9', [100, 130], { looks: 2 }),
      ...experiment('E5', [100, 101], { status: 'stopped' }),
      ...experiment('E6', [0, 0], { status: 'planned', users: 0 }),
      ...experiment('E7', [100, 160], { status: 'cancelled' }),
      ...read(three([1000, 1000]).map((row) => ({ ...row, experimentId: 'E8' }))),
    ]
    const portfolio = summarisePortfolio(readouts, [], RULES)
    expect(portfolio.experimentsByPhase).toEqual({
      not_started: 1,
      running: 1,
      completed: 5,
      stopped: 1,
      cancelled: 1,
    })
    expect(portfolio.verdicts).toEqual({
      WIN: 2,
      LOSS: 1,
      EQUIVALENT: 2,
      INCONCLUSIVE: 2,
      DIRECTIONAL: 1,
      TOO_EARLY: 1,
      GUARDRAIL_BREACH: 0,
      INVALID: 1,
    })
    // Seven were called and one points one way; of nothing but chance 8 · 0.05 ÷ 2 would win.
    expect(portfolio).toMatchObject({
      judged: 8,
      winners: 2,
      expectedFalseWinners: expect.closeTo(0.2, 12),
    })
  })

  it('counts a running test among those that could have won whatever it shows', () => {
    const running = (conversions: readonly [number, number]) =>
      summarisePortfolio(
        experiment('E1', conversions, { status: 'running', endedOn: null }),
        [],
        RULES,
      )
    // Nothing, a direction, a win that holds at every look: one comparison each.
    for (const conversions of [
      [100, 101],
      [100, 130],
      [100, 300],
    ] as const) {
      expect(running(conversions).judged).toBe(1)
    }
    expect(running([100, 101]).verdicts.TOO_EARLY).toBe(1)
    expect(running([100, 300]).verdicts.WIN).toBe(1)
  })

  it('counts broken guardrails', () => {
    const rows = [...three([1200]), ...three([880]).map((row) => ({ ...row, metric: 'retention' }))]
    const readouts = read(rows, { guardrail_metrics: ['retention'] })
    expect(summarisePortfolio(readouts, [], RULES)).toMatchObject({
      verdicts: { GUARDRAIL_BREACH: 2, WIN: 0, LOSS: 0 },
      judged: 0,
    })
  })

  it('does not count what had nothing to compare', () => {
    const flat = read(arms([1, 1], { conversions: null, mean: 10, variance: 0 }))
    expect(summarisePortfolio(flat, [], RULES)).toMatchObject({
      judged: 0,
      winners: 0,
      expectedFalseWinners: 0,
      verdicts: { INCONCLUSIVE: 1 },
    })
  })

  it('has the share of false discoveries of what was read once', () => {
    const readouts = [
      ...experiment('E1', [100, 160]),
      ...experiment('E2', [100, 120]),
      ...experiment('E3', [100, 160], { looks: 3 }),
    ]
    const { falseDiscoveryRates } = summarisePortfolio(readouts, [], RULES)
    const [first, second, third] = readouts
    expect(falseDiscoveryRates.size).toBe(2)
    expect(first === undefined ? 0 : falseDiscoveryRates.get(first)).toBeCloseTo(
      2 * (first?.comparison?.pValue ?? 0),
      14,
    )
    expect(second === undefined ? 0 : falseDiscoveryRates.get(second)).toBe(
      second?.comparison?.pValue,
    )
    expect(third === undefined || falseDiscoveryRates.has(third)).toBe(false)
  })

  it('pools lifts where metric and measure agree, over experiments read to their end', () => {
    const all = [
      ...experiment('E1', [100, 130]),
      ...experiment('E2', [100, 90]),
      ...experiment('E3', [100, 110], { metric: 'other' }),
    ]
    const [pooled, ...rest] = summarisePortfolio([], all, RULES).pooled
    expect(rest).toEqual([])
    expect(pooled).toMatchObject({
      metric: 'conversion_rate',
      part: 'conversion_rate',
      experimentIds: ['E1', 'E2'],
    })
    expect(pooled?.pooled.random.estimate).toBeGreaterThan(-0.1)
    expect(pooled?.pooled.random.estimate).toBeLessThan(0.3)
    expect(pooled?.pooled.fixed.estimate).not.toBeCloseTo(0.1, 3)
  })

  it.each<[string, Readout[]]>([
    ['a running one', experiment('E2', [100, 90], { status: 'running', endedOn: null })],
    ['one looked at twice', experiment('E2', [100, 90], { looks: 2 })],
    ['an invalid one', experiment('E2', [100, 90], { status: 'cancelled' })],
    [
      'one whose traffic split wrongly',
      read([
        arm({ experimentId: 'E2', users: 3000 }),
        arm({ experimentId: 'E2', arm: 'B', isControl: false }),
      ]),
    ],
    ['one not started', experiment('E2', [100, 90], { status: 'planned' })],
    ['one read exactly', experiment('E2', [5, 9])],
    ['a mean', read(arms([1, 1], { experimentId: 'E2', conversions: null, mean: 3, variance: 2 }))],
    [
      'two treatments of one control',
      read(three([900, 1000]).map((row) => ({ ...row, experimentId: 'E2' }))),
    ],
    ['itself', []],
  ])('pools nothing with %s', (_case, second) => {
    const all = [...experiment('E1', [100, 130]), ...second]
    expect(summarisePortfolio([], all, RULES).pooled).toEqual([])
  })

  it('pools means with means', () => {
    const mean = (id: string) =>
      read(
        arms([1, 1], { experimentId: id, conversions: null, mean: 3, variance: 2 }).map(
          (row, index) => ({
            ...row,
            mean: 3 + index,
          }),
        ),
      )
    expect(summarisePortfolio([], [...mean('E1'), ...mean('E2')], RULES).pooled).toHaveLength(1)
  })
})

describe('a logged decision', () => {
  const undecided = read(arms([100, 101], { experimentId: 'EXP_7' }))
  const log = (text: string, changes: Partial<LoggedDecision> = {}): LoggedDecision => ({
    id: 'DEC_1',
    decidedOn: '2026-03-20',
    campaignId: null,
    text,
    ...changes,
  })
  const found = (decision: LoggedDecision, readouts: readonly Readout[]): string[] =>
    actedOnUndecided([decision], readouts).map(({ readout }) => readout.trial.experimentId)

  const open = read([
    arm({ experimentId: 'EXP_7', arm: 'ASSET_1', users: 1000, conversions: 20 }),
    arm({ experimentId: 'EXP_7', arm: 'ASSET_2', isControl: false, conversions: 25 }),
  ])

  it('is told where it names an undecided experiment or one of its arms', () => {
    expect(calls(open)).toEqual(['INCONCLUSIVE underpowered'])
    expect(found(log('EXP_7 showed consistent uplift'), open)).toEqual(['EXP_7'])
    expect(found(log('Paused ASSET_1, prioritised ASSET_2.'), open)).toEqual(['EXP_7'])
    expect(found(log('(ASSET_2)'), open)).toEqual(['EXP_7'])
    expect(found(log('EXP_77 and EXP_70 went well'), open)).toEqual([])
    expect(found(log('nothing of the kind'), open)).toEqual([])
  })

  it('may rest on a result that stands', () => {
    expect(calls(undecided)).toEqual(['INCONCLUSIVE underpowered'])
    for (const conversions of [
      [100, 160],
      [160, 100],
    ] as const) {
      const decided = read(arms(conversions, { experimentId: 'EXP_7' }))
      expect(found(log('EXP_7 rolled out'), decided)).toEqual([])
    }
  })

  it('is none about an experiment that started later', () => {
    expect(found(log('EXP_7', { decidedOn: '2026-03-02' }), open)).toEqual(['EXP_7'])
    expect(found(log('EXP_7', { decidedOn: '2026-03-01' }), open)).toEqual([])
  })

  it('is not tied by an arm that is a common word or stands in two experiments', () => {
    expect(found(log('Low demo request rate for control A'), undecided)).toEqual([])
    const twin = read([
      arm({ experimentId: 'EXP_8', arm: 'ASSET_1', conversions: 20 }),
      arm({ experimentId: 'EXP_8', arm: 'ASSET_9', isControl: false, conversions: 25 }),
    ])
    expect(found(log('ASSET_1 paused'), [...open, ...twin])).toEqual([])
    expect(found(log('ASSET_9 paused'), [...open, ...twin])).toEqual(['EXP_8'])
    expect(found(log('ASSET_2 paused'), [...open, ...twin])).toEqual(['EXP_7'])
  })
})

describe('the names of comparisons', () => {
  it('are the experiment’s where it has one, with metric and arm where it has several', () => {
    const one = read(arms([100, 120], { experimentId: 'E 1' }))
    const several = read(three([1000, 1100]).map((row) => ({ ...row, experimentId: 'E2' })))
    const lone = [arm({ experimentId: 'E2', metric: 'lone' })]
    const subjects = subjectsOf([...one, ...several, ...read(lone)])
    expect(
      subjects.map(({ key, prefix, decisionId, name }) => [key, prefix, decisionId, name]),
    ).toEqual([
      ['E 1', 'campaign_roi.experiment.E-1:07d1da03', 'experiment.verdict:E 1', 'Button test'],
      [
        'E2@conversion_rate@B0',
        'campaign_roi.experiment.E2:conversion_rate:B0',
        'experiment.verdict:E2@conversion_rate@B0',
        'Button test: conversion_rate, B0',
      ],
      [
        'E2@conversion_rate@B1',
        'campaign_roi.experiment.E2:conversion_rate:B1',
        'experiment.verdict:E2@conversion_rate@B1',
        'Button test: conversion_rate, B1',
      ],
      [
        'E2@lone',
        'campaign_roi.experiment.E2:lone',
        'experiment.verdict:E2@lone',
        'Button test: lone',
      ],
    ])
  })
})
