import { describe, expect, test } from 'vitest'

import {
  type BlockReason,
  type Candidate,
  type CandidateBasis,
  toCandidate,
  whyNot,
} from '#rules/budget/candidate.ts'
import { stepMove, stopMove } from '#rules/budget/new-move.ts'
import { planGroups } from '#rules/budget/plan-groups.ts'
import type { MonthLine } from '#rules/budget/plan-review.ts'
import { reallocate } from '#rules/budget/reallocation.ts'
import { stopLossEvidence } from '#rules/budget/stop-loss.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { budgetContext, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

import { curve } from '../allocation/lines.ts'
import { carriedMove } from './recorded-move.ts'
import { candidate, type LineChanges, reviewedLine } from './reviewed-line.ts'

const RUNNING = budgetContext({
  asOfOn: '2026-10-15',
  policy: policyWith({
    budget: { hurdle_marginal_roi: 1 },
    stop_loss: { decline_weeks: 3, decline_min_drop: 0.15, alpha: 0.05 },
  }),
})

/** A waiting move of an amount out of a line, to the reserve. */
const move = (fromLine: string, minor: number) =>
  carriedMove({
    fromLine,
    toLine: null,
    toName: 'the reserve',
    amount: { currency: 'USD', minor },
  })

const basis = (changes: Partial<CandidateBasis> = {}): CandidateBasis => ({
  risks: [],
  carried: [],
  context: RUNNING,
  ...changes,
})

/** Weeks of 100 spent each, 400 conversions bringing the given values: a week's return errs by a twentieth of itself. */
const weeks = (values: readonly (number | null)[], conversions: number | null = 400) =>
  values.map((value, index) => ({
    monday: addDays('2026-08-31', 7 * index),
    spend: 100,
    conversions,
    value,
  }))

describe('what a line may give', () => {
  test('what is left of its plan, less its own moves that wait', () => {
    const carried = [move('C1/A', 200), move('C1/A', 50), move('C1/B', 400)]
    expect(toCandidate(reviewedLine('A'), basis({ carried })).remainder).toEqual(measured(450))
    expect(toCandidate(reviewedLine('C'), basis({ carried })).remainder).toEqual(measured(700))
  })

  test('nothing is nothing, and what nobody measured stays so', () => {
    const carried = [move('C1/A', 700)]
    expect(toCandidate(reviewedLine('A'), basis({ carried })).remainder).toEqual(measured(0))
    const unplanned = reviewedLine('A', { line: { planned: notMeasured('no plan') } })
    expect(toCandidate(unplanned, basis({ carried })).remainder).toEqual(notMeasured('no plan'))
  })
})

describe('what keeps money out of a line', () => {
  const FALLING = { evidence: { weeks: weeks([400, 400, 360, 320, 280]) } }
  const STOPPED = { stop: { action: 'stop', reason: 'cpa_proven_above_target' } } as const
  const risky = basis({
    risks: [{ riskId: 'R1', severity: 'high', raisedMs: 0, campaignId: 'C1', lines: 'all' }],
  })

  test.each<[string, LineChanges, CandidateBasis, BlockReason | null]>([
    ['nothing', {}, basis(), null],
    ['a stop', STOPPED, basis(), 'stopped'],
    ['an open risk', {}, risky, 'under_open_risk'],
    ['a stop comes before a risk', STOPPED, risky, 'stopped'],
    ['a return on the hurdle is enough', { response: { marginalReturn: 1 } }, basis(), null],
    ['a return below it is not', { response: { marginalReturn: 0.99 } }, basis(), 'below_hurdle'],
    ['no known return is below none', { evidence: { response: null } }, basis(), null],
    ['a return that keeps falling', FALLING, basis(), 'declining'],
    ['a risk comes before a decline', FALLING, risky, 'under_open_risk'],
    [
      'a decline comes before the hurdle',
      { ...FALLING, evidence: { ...FALLING.evidence, response: null } },
      basis(),
      'declining',
    ],
    [
      'a fall of two weeks',
      { evidence: { weeks: weeks([400, 400, 400, 320, 280]) } },
      basis(),
      null,
    ],
    ['a rise', { evidence: { weeks: weeks([280, 320, 360, 400]) } }, basis(), null],
    // Four conversions a week: each return errs by half of itself.
    [
      'a fall within the noise of few conversions',
      { evidence: { weeks: weeks([400, 400, 360, 320, 280], 4) } },
      basis(),
      null,
    ],
    // Four hundred conversions that come in clusters of a hundred tell as much as four.
    [
      'a fall within the noise of conversions that cluster',
      {
        ...FALLING,
        stop: {
          dispersion: {
            value: 100,
            basis: 'own_days',
            squares: 100,
            due: 1,
            days: 31,
            assumed: 3,
            assumedDays: 14,
          },
        },
      },
      basis(),
      null,
    ],
    [
      'a week without a value tells nothing of the run',
      { evidence: { weeks: weeks([null, 400, 360, 320, 280]) } },
      basis(),
      null,
    ],
    [
      'nor do weeks whose conversions nobody counted',
      { evidence: { weeks: weeks([400, 400, 360, 320, 280], null) } },
      basis(),
      null,
    ],
    [
      'nor weeks without any',
      { evidence: { weeks: weeks([400, 400, 360, 320, 280], 0) } },
      basis(),
      null,
    ],
    [
      'nor a single week without any, before the run',
      { evidence: { weeks: [...weeks([400], 0), ...weeks([400, 360, 320, 280])] } },
      basis(),
      null,
    ],
  ])('%s', (_name, changes, own, barred) => {
    expect(toCandidate(reviewedLine('A', changes), own).barred).toBe(barred)
  })
})

describe('why a line has no move', () => {
  const thin = { evidence: { response: null } }
  const unplanned = { line: { planned: notMeasured('no plan') } }
  const learning = { stop: { reason: 'learning' } } as const
  const barred = { barred: 'below_hurdle' } as const
  const empty = { remainder: measured(0) }

  test.each<[string, LineChanges, Partial<Candidate>, boolean, BlockReason]>([
    [
      'a stop before all',
      { ...thin, ...unplanned, stop: { action: 'stop', reason: 'cpa_proven_above_target' } },
      { barred: 'stopped', ...empty },
      true,
      'stopped',
    ],
    ['then thin evidence', { ...thin, ...unplanned, ...learning }, barred, true, 'thin_evidence'],
    ['no budget', { ...unplanned, ...learning }, barred, true, 'no_budget'],
    ['learning', learning, { ...barred, ...empty }, true, 'learning'],
    ['what keeps money out', {}, { ...barred, ...empty }, true, 'below_hurdle'],
    ['nothing left', {}, empty, true, 'nothing_left_to_give'],
    ['less than nothing left', {}, { remainder: measured(-1) }, true, 'nothing_left_to_give'],
    [
      'a unit left, and a plan that gave it nothing',
      {},
      { remainder: measured(1) },
      true,
      'at_its_best',
    ],
    ['what is left not measured', {}, { remainder: notMeasured('?') }, true, 'at_its_best'],
    ['no plan was made for it', {}, {}, false, 'no_surer_partner'],
  ])('%s', (_name, changes, own, wasPlanned, reason) => {
    expect(whyNot({ ...candidate('A', changes), ...own }, wasPlanned)).toBe(reason)
  })
})

describe('the move of a stop', () => {
  const evidence = stopLossEvidence(
    { spend: 700, conversions: 1 },
    { targetCpa: 100, alpha: 0.05, beta: 0.2, multiple: 2, clusterSize: null, dispersion: 1 },
  )
  const stop = (changes: object = {}) =>
    reviewedLine('A', {
      stop: {
        action: 'stop',
        reason: 'cpa_proven_above_target',
        evidence,
        matured: 700,
        provenWaste: 120,
        ...changes,
      },
    }).stop

  test('gives everything the line has left to the reserve', () => {
    expect(stopMove(stop(), measured(250), RUNNING)).toEqual([
      {
        ...move('C1/A', 250),
        id: 'MOVE:C1/A>RESERVE',
        origin: 'proposed',
        actionId: null,
        fromName: 'A in C1',
        reasonCode: 'stop_loss',
        basis: {
          rule: 'cpa_proven_above_target',
          conversions_expected_at_target: 7,
          conversion_dispersion: 1,
          conversion_dispersion_from: 'own_days',
          conversion_dispersion_days: 31,
          log_e_value: evidence.logEValue,
          p_value: evidence.pValue,
          alpha: 0.05,
          waste_provable_minor: 120,
          uncommitted_remainder_minor: 250,
        },
        impactNotMeasured: 'money kept back earns nothing until it is given to another line',
        ruleId: 'budget.stop_loss',
      },
    ])
  })

  test.each([
    ['the line goes on', stop({ action: 'go_on' }), measured(250)],
    ['nothing was tested', stop({ evidence: null }), measured(250)],
    ['nothing is left', stop(), measured(0)],
    ['what is left is not known', stop(), notMeasured('?')],
  ])('there is none when %s', (_name, own, remainder) => {
    expect(stopMove(own, remainder, RUNNING)).toEqual([])
  })
})

describe('the move of a bounded step', () => {
  const step = {
    from: 'C1/A',
    to: 'C1/B',
    amount: 100,
    z: 1.5,
    probability: 0.93,
    expectedGain: 50,
    gainSd: 20,
  }
  const [from, to] = [
    reviewedLine('A', { response: { marginalReturn: 1 } }),
    reviewedLine('B', { evidence: { level: 'L2' } }),
  ]

  test('says what it rests on and brings: 1.645 standard deviations around 50', () => {
    expect(stepMove(step, { from, to, context: RUNNING })).toMatchObject([
      {
        id: 'MOVE:C1/A>C1/B',
        origin: 'proposed',
        actionId: null,
        campaignId: 'C1',
        fromName: 'A in C1',
        toName: 'B in C1',
        amount: { currency: 'USD', minor: 100 },
        basis: {
          evidence_from: 'L1',
          evidence_to: 'L2',
          marginal_return_from: 1,
          marginal_return_to: 1.5,
          z: 1.5,
          probability_better: 0.93,
          probability_required: 0.8,
          sd_minor: 20,
        },
        expectedImpact: { low: { minor: 17 }, mid: { minor: 50 }, high: { minor: 83 } },
        impactNotMeasured: null,
        concerns: [],
      },
    ])
  })

  test('a return that is not known is not told', () => {
    const unknown = { ...from, evidence: { ...from.evidence, response: null } }
    expect(stepMove(step, { from: unknown, to: unknown, context: RUNNING })).toMatchObject([
      { basis: { marginal_return_from: null, marginal_return_to: null } },
    ])
  })

  test('between campaigns it belongs to none, and without both lines there is none', () => {
    const elsewhere = reviewedLine('B', { line: { campaignId: 'C2' } })
    const [crossing] = stepMove(step, { from, to: elsewhere, context: RUNNING })
    expect(crossing?.campaignId).toBeNull()
    expect(stepMove(step, { from, to: undefined, context: RUNNING })).toEqual([])
    expect(stepMove(step, { from: undefined, to, context: RUNNING })).toEqual([])
  })
})

const monthLine = (channelId: string, planned = 1000, changes: LineChanges = {}): MonthLine => ({
  candidate: candidate(channelId, changes),
  response: candidate(channelId, changes).evidence.response ?? {
    averageReturn: 0,
    averageSd: 0,
    elasticity: 0,
    elasticitySd: 0,
    marginalReturn: 0,
    marginalSd: 0,
    curve: null,
  },
  curve: curve('power', 1, 0.5),
  planned,
})

describe('the groups of a plan', () => {
  const elsewhere = monthLine('C', 400, { line: { campaignId: 'C2' } })
  const lines = [monthLine('A', 600), monthLine('B', 300), elsewhere]
  const of = (...plans: Parameters<typeof planRow>[0][]) => {
    const { groups, groupOf } = planGroups(
      lines,
      plans.map((plan) => planRow(plan)),
    )
    return { groups, of: lines.map(groupOf) }
  }
  const rest = { lower: 0, upper: Number.MAX_SAFE_INTEGER }

  test('only campaigns with a bound of their own make them', () => {
    const none = { groups: [], of: [null, null, null] }
    expect(of({ plannedMinor: 900 })).toEqual(none)
    expect(of({ channelId: 'A', minMinor: 1, maxMinor: 2 })).toEqual(none)
    expect(of({ campaignId: null, minMinor: 1, maxMinor: 2 })).toEqual(none)
  })

  test('a campaign’s bounds hold for its lines, every other line is free', () => {
    expect(of({ plannedMinor: 900, minMinor: 800, maxMinor: 950 })).toEqual({
      groups: [{ lower: 800, upper: 950 }, rest],
      of: [0, 0, 1],
    })
    expect(of({ plannedMinor: 900, minMinor: 800 }).groups[0]).toEqual({ ...rest, lower: 800 })
    expect(of({ plannedMinor: 900, maxMinor: 950 }).groups[0]).toEqual({ lower: 0, upper: 950 })
  })

  test('what the campaign has in channels that are not planned here is taken off', () => {
    const [group] = of({ plannedMinor: 1000, minMinor: 800, maxMinor: 1050 }).groups
    expect(group).toEqual({ lower: 700, upper: 950 })
    expect(of({ plannedMinor: 1000, minMinor: 50 }).groups[0]?.lower).toBe(0)
  })

  test('today’s sum stays within, however narrow the bounds', () => {
    expect(of({ plannedMinor: 900, minMinor: 950, maxMinor: 850 }).groups[0]).toEqual({
      lower: 900,
      upper: 900,
    })
  })
})

describe('bounded steps between lines', () => {
  const reallocated = (
    giver: LineChanges,
    taker: LineChanges,
    bounds: object = { max_step_share: 0.2, turnover_share: 1, min_move: 0.1 },
  ) => {
    const lines = [
      reviewedLine('A', { ...giver, response: { marginalReturn: 1.1, ...giver.response } }),
      reviewedLine('B', { ...taker, response: { marginalReturn: 3, ...taker.response } }),
    ]
    const policy = policyWith({ budget: { hurdle_marginal_roi: 1, bounds } })
    const context = { ...RUNNING, policy }
    return reallocate({
      lines,
      plans: [],
      risks: [],
      carried: [],
      context,
      minorPerUnit: 100,
    })
  }
  const stepped = (...given: Parameters<typeof reallocated>) =>
    reallocated(...given).moves.map(({ fromLine, toLine, amount }) => [
      fromLine,
      toLine,
      amount.minor,
    ])
  const one = (amount: number) => [['C1/A', 'C1/B', amount]]

  test.each<[string, LineChanges, LineChanges, readonly unknown[]]>([
    ['a step of a fifth', {}, {}, one(200)],
    ['down to the least plan', { line: { minMinor: 850 } }, {}, one(150)],
    ['no more than is left', { line: { committed: measured(620) } }, {}, one(80)],
    ['up to the greatest plan', {}, { line: { maxMinor: 1120 } }, one(120)],
    ['nothing from a line that learns', { stop: { reason: 'learning' } }, {}, []],
    ['nothing to a line that learns', {}, { stop: { reason: 'learning' } }, []],
    ['nothing without a plan', { line: { planned: notMeasured('?') } }, {}, []],
    ['nothing to a line of unknown return', {}, { evidence: { response: null } }, []],
    ['an overdrawn line gives nothing', { line: { committed: measured(900) } }, {}, []],
  ])('%s', (_name, giver, taker, moves) => {
    expect(stepped(giver, taker)).toEqual(moves)
  })

  test('a line that moves needs no reason, one that does not has one', () => {
    expect(reallocated({}, {}).blocked).toEqual([])
    expect(reallocated({}, { stop: { reason: 'learning' } }).blocked).toEqual([
      { lineId: 'C1/A', reason: 'no_surer_partner' },
      { lineId: 'C1/B', reason: 'learning' },
    ])
  })

  // Half of 10 % of 2,000 may change hands; 0.5 and 1.01 of 100 minor units each are the least moves.
  test.each([
    [{ max_step_share: 0.2, turnover_share: 0.1, min_move: 0.5 }, one(100)],
    [{ max_step_share: 0.2, turnover_share: 0.1, min_move: 1 }, one(100)],
    [{ max_step_share: 0.2, turnover_share: 0.1, min_move: 1.01 }, []],
  ])('within %j', (bounds, moves) => {
    expect(stepped({}, {}, bounds)).toEqual(moves)
  })
})
