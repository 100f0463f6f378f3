import { describe, expect, it } from 'vitest'

import type { Accuracy } from '#rules/leads/accuracy.ts'
import { judgeModel } from '#rules/leads/model-verdict.ts'
import type { Ranking } from '#rules/leads/ranking.ts'
import {
  type Calibration,
  measureScoreQuality,
  type ScoreQuality,
} from '#rules/leads/score-quality.ts'
import { LeadPolicy } from '#rules/policy/leads.ts'

const POLICY = LeadPolicy.parse({})
/** Half the width of a 95 % interval for a standard error of 0.01. */
const REACH = 1.959963984540054 * 0.01

const ranking = (auc: number, aucStandardError = 0.01): Ranking => ({
  auc,
  aucStandardError,
  averagePrecision: 0.4,
  precisionRecallTrapezoid: 0.4,
  ks: 0.5,
})
const accuracy = (changes: Partial<Accuracy> = {}): Accuracy => ({
  leads: 600,
  converted: 150,
  baseRate: 0.25,
  meanProbability: 0.25,
  brier: 0.15,
  brierReference: 0.1875,
  brierSkill: 0.2,
  logLoss: 0.5,
  observedOverExpected: 1,
  observedP: 0.9,
  spiegelhalterZ: 0.1,
  spiegelhalterP: 0.9,
  ...changes,
})
const calibration = (changes: Partial<Accuracy> = {}, expectedError = 0.02): Calibration => ({
  leads: [],
  accuracy: accuracy(changes),
  line: { slope: 1, intercept: 0, inTheLarge: 0 },
  expectedError,
  outside: 0,
  ladder: { rungs: [], chosen: { step: 'platt', line: { intercept: 0, slope: 1 } } },
})
const quality = (changes: Partial<ScoreQuality> = {}): ScoreQuality => ({
  settled: 900,
  wins: 200,
  ranking: ranking(0.8),
  older: ranking(0.8),
  newer: ranking(0.8),
  deciles: [],
  bands: [],
  bandTrend: { z: 5, p: 1e-6, isMonotone: true },
  calibration: calibration(),
  drift: null,
  ...changes,
})
const judge = (changes: Partial<ScoreQuality> = {}) =>
  judgeModel(quality(changes), POLICY, 'test-1')
const call = (changes: Partial<ScoreQuality> = {}): string => {
  const { action, reason } = judge(changes)
  return `${action}: ${reason}`
}

it('a score that ranks and claims well is OK', () => {
  expect(judge()).toMatchObject({
    id: 'lead_scoring.model',
    stage: 'lead_scoring',
    subject: 'score:leads',
    action: 'OK',
    reason: 'ranks_and_claims_hold',
    ruleId: 'lead_scoring.model',
    policyVersion: 'test-1',
  })
})

it.each([
  [0.02, 'OK: ranks_and_claims_hold'],
  [0.005, 'RETRAIN: does_not_rank'],
])('an AUC of 0.58 with an error of %d is %s', (error, expected) => {
  expect(call({ ranking: ranking(0.58, error) })).toBe(expected)
})

it('too few outcomes are not judged', () => {
  expect(judgeModel({ settled: 50, wins: 4 }, POLICY, 'test-1')).toMatchObject({
    action: 'INSUFFICIENT_OUTCOMES',
    reason: 'too_few_outcomes',
    evidence: { settled: 50, wins: 4, others: 46, minOutcomes: 20 },
  })
})

describe('leakage is suspected', () => {
  // The lower end of the interval against 0.95, on and one step beside.
  it.each([
    [0.95 + REACH + 1e-9, 'LEAKAGE_SUSPECT: ranks_better_than_anyone_could'],
    [0.95 + REACH - 1e-9, 'OK: ranks_and_claims_hold'],
    [0.96, 'OK: ranks_and_claims_hold'],
    [0.99, 'LEAKAGE_SUSPECT: ranks_better_than_anyone_could'],
  ])('at an AUC of %d: %s', (auc, expected) => {
    expect(call({ ranking: ranking(auc) })).toBe(expected)
  })

  it('before anything else is looked at', () => {
    expect(
      call({
        ranking: ranking(0.99),
        older: ranking(0.99),
        newer: ranking(0.5),
        calibration: calibration({ observedOverExpected: 3, observedP: 0 }),
      }),
    ).toBe('LEAKAGE_SUSPECT: ranks_better_than_anyone_could')
  })

  it('with the whole evidence of the ranking', () => {
    const { evidence } = judge({ ranking: ranking(0.99) })
    expect(evidence).toMatchObject({ auc: 0.99, leakageAuc: 0.95, minAuc: 0.6, aucDrop: 0.05 })
    expect(evidence['aucLow']).toBeCloseTo(0.99 - REACH, 12)
    expect(evidence['aucHigh']).toBeCloseTo(0.99 + REACH, 12)
  })
})

describe('a limit that is just met', () => {
  const at = (model: Readonly<Record<string, number>>, changes: Partial<ScoreQuality>) =>
    judgeModel(quality(changes), LeadPolicy.parse({ model }), 'test-1').reason

  it.each([
    ['leakage, without an error', {}, { ranking: ranking(0.95, 0) }, 'ranks_and_claims_hold'],
    ['the least AUC, without an error', {}, { ranking: ranking(0.6, 0) }, 'ranks_and_claims_hold'],
    [
      'a fall',
      { auc_drop: 0.25 },
      { older: ranking(0.75), newer: ranking(0.5) },
      'ranks_worse_than_before',
    ],
    [
      'a gap of the claims',
      { calibration_gap: 0.5 },
      { calibration: calibration({ observedOverExpected: 1.5, observedP: 0 }) },
      'ranks_and_claims_hold',
    ],
  ])('%s', (_name, model, changes, reason) => {
    expect(at(model, changes)).toBe(reason)
  })
})

describe('a new model is asked for', () => {
  // The upper end of the interval against 0.6, on and one step beside.
  it.each([
    [0.6 - REACH - 1e-9, 'RETRAIN: does_not_rank'],
    [0.6 - REACH + 1e-9, 'OK: ranks_and_claims_hold'],
    [0.5, 'RETRAIN: does_not_rank'],
    [0.3, 'RETRAIN: does_not_rank'],
  ])('at an AUC of %d: %s', (auc, expected) => {
    expect(call({ ranking: ranking(auc) })).toBe(expected)
  })

  // A fall against 0.05; with errors of 0.01 each it is always beyond chance.
  it.each([
    [0.8, 0.75, 'RETRAIN: ranks_worse_than_before'],
    [0.8, 0.7501, 'OK: ranks_and_claims_hold'],
    [0.8, 0.7, 'RETRAIN: ranks_worse_than_before'],
    [0.7, 0.8, 'OK: ranks_and_claims_hold'],
  ])('when it falls from %d to %d: %s', (older, newer, expected) => {
    expect(call({ older: ranking(older), newer: ranking(newer) })).toBe(expected)
  })

  it('not when the fall is within chance', () => {
    const { action, evidence } = judge({ older: ranking(0.8, 0.05), newer: ranking(0.72, 0.05) })
    expect(action).toBe('OK')
    // z = 0.08 ÷ √0.005 = 1.1314, one-sided
    expect(evidence['aucFallP']).toBeCloseTo(0.12895, 4)
    expect(evidence['aucFall']).toBeCloseTo(0.08, 12)
  })

  it('counts p at α as beyond chance', () => {
    const halves = { older: ranking(0.8, 0.05), newer: ranking(0.72, 0.05) }
    const p = Number(judge(halves).evidence['aucFallP'])
    const at = (alpha: number) => judgeModel(quality(halves), { ...POLICY, alpha }, 'v').action
    expect(at(p)).toBe('RETRAIN')
    expect(at(p - 1e-9)).toBe('OK')
  })

  it('takes a fall of perfect halves as certain, and a rise as none', () => {
    expect(judge({ older: ranking(1, 0), newer: ranking(0.8, 0) }).evidence['aucFallP']).toBe(0)
    expect(judge({ older: ranking(0.8, 0), newer: ranking(0.8, 0) }).evidence['aucFallP']).toBe(1)
  })

  it.each([
    ['the older', { older: null }],
    ['the newer', { newer: null }],
  ])('not when %s half cannot be ranked', (_name, half) => {
    const { action, evidence } = judge(half)
    expect(action).toBe('OK')
    expect(evidence).toMatchObject({ aucFall: null, aucFallP: null })
  })
})

describe('a new calibration is asked for', () => {
  // Observed ÷ expected against 1 ± 0.1, with p beside α.
  it.each([
    [1.11, 0.01, 'RECALIBRATE: claims_too_low'],
    [1.09, 0.01, 'OK: ranks_and_claims_hold'],
    [0.89, 0.01, 'RECALIBRATE: claims_too_high'],
    [0.91, 0.01, 'OK: ranks_and_claims_hold'],
    [1.5, 0.05, 'RECALIBRATE: claims_too_low'],
    [1.5, 0.0501, 'OK: ranks_and_claims_hold'],
  ])('when wins are %d of the promise with p %d: %s', (ratio, p, expected) => {
    expect(call({ calibration: calibration({ observedOverExpected: ratio, observedP: p }) })).toBe(
      expected,
    )
  })

  // The calibration error against 0.05, with Spiegelhalter's p beside α.
  it.each([
    [0.051, 0.01, 'RECALIBRATE: claims_out_of_line'],
    [0.05, 0.01, 'OK: ranks_and_claims_hold'],
    [0.051, 0.05, 'RECALIBRATE: claims_out_of_line'],
    [0.051, 0.0501, 'OK: ranks_and_claims_hold'],
  ])('when claims stray by %d with p %d: %s', (error, p, expected) => {
    expect(call({ calibration: calibration({ spiegelhalterP: p }, error) })).toBe(expected)
  })

  it('not where the measures are undefined', () => {
    const undefinedMeasures = {
      observedOverExpected: null,
      observedP: null,
      spiegelhalterP: null,
    }
    expect(call({ calibration: calibration(undefinedMeasures, 0.9) })).toBe(
      'OK: ranks_and_claims_hold',
    )
    expect(call({ calibration: calibration({ observedOverExpected: 3, observedP: null }) })).toBe(
      'OK: ranks_and_claims_hold',
    )
  })

  it('not where no chance can be read from the score', () => {
    const { action, evidence } = judge({ calibration: null })
    expect(action).toBe('OK')
    expect(evidence).toMatchObject({ calibrationGap: 0.1, maxCalibrationError: 0.05 })
    expect(evidence).not.toHaveProperty('observedOverExpected')
  })

  it('with the quantities compared', () => {
    const { evidence } = judge({
      calibration: calibration({ observedOverExpected: 1.4, observedP: 0.001 }),
    })
    expect(evidence).toMatchObject({
      observedOverExpected: 1.4,
      observedP: 0.001,
      spiegelhalterP: 0.9,
      calibrationError: 0.02,
      calibrationSlope: 1,
      calibrationGap: 0.1,
      maxCalibrationError: 0.05,
      alpha: 0.05,
      recalibration: 'platt',
      settled: 900,
      wins: 200,
      others: 700,
    })
  })
})

it.each(['points', 'probability'] as const)(
  'says of two leads that outcomes are too few, for %s',
  (score_meaning) => {
    const policy = LeadPolicy.parse({ min_outcomes: 1, score_meaning })
    const two = [
      { score: 1, converted: true, channelId: null },
      { score: 0, converted: false, channelId: null },
    ]
    expect(judgeModel(measureScoreQuality(two, [], policy), policy, 'test-1')).toMatchObject({
      action: 'INSUFFICIENT_OUTCOMES',
      reason: 'too_few_outcomes',
      evidence: { settled: 2, wins: 1, others: 1, minOutcomes: 1 },
    })
  },
)

it('asks for no new model because of a single win among the newer leads', () => {
  // The older wins outscore three quarters of the others; the one newer win outscores none.
  const lead = (score: number, converted: boolean) => ({ score, converted, channelId: null })
  const others = (count: number) =>
    Array.from({ length: count }, (_, place) => lead(30 + (place % 40), false))
  const wins = Array.from({ length: 25 }, (_, place) => lead(50 + (place % 25), true))
  const settled = [...wins, ...others(75), lead(20, true), ...others(99)]
  const { action, evidence } = judgeModel(
    measureScoreQuality(settled, [], POLICY),
    POLICY,
    'test-1',
  )
  expect(action).not.toBe('RETRAIN')
  expect(evidence).toMatchObject({ wins: 26, aucFall: null, aucFallP: null })
})
