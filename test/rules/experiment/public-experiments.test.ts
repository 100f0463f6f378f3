import { describe, expect, it } from 'vitest'

import type { ExperimentArmRow } from '#rules/experiment/input.ts'
import { type ExperimentsReview, reviewExperiments } from '#rules/experiment/review.ts'
import { policyWith } from '#test/support/policy.ts'

import { arm } from './arms.ts'

/** Published counts of public data sets, as their authors give them. */
interface PublicTest {
  readonly metric: string
  readonly shares: readonly [number, number]
  /** Users and conversions of control and treatment. */
  readonly control: readonly [number, number]
  readonly treatment: readonly [number, number]
}

function rowsOf(tests: readonly PublicTest[]): ExperimentArmRow[] {
  return tests.flatMap(({ metric, shares, control, treatment }) => [
    arm({
      metric,
      arm: 'control',
      plannedShare: shares[0],
      users: control[0],
      conversions: control[1],
    }),
    arm({
      metric,
      arm: 'treatment',
      isControl: false,
      plannedShare: shares[1],
      users: treatment[0],
      conversions: treatment[1],
    }),
  ])
}

function review(
  tests: readonly PublicTest[],
  experiments: Readonly<Record<string, unknown>> = {},
): ExperimentsReview {
  return reviewExperiments(
    { rows: rowsOf(tests), presence: 'present', log: [], earlierReadings: [] },
    { month: '2026-03', asOfOn: '2026-03-31', policy: policyWith({ experiments }) },
  )
}

const called = (found: ExperimentsReview): string[] =>
  found.decisions.map(({ action, reason }) => `${action} ${reason}`)
const evidence = (found: ExperimentsReview, key: string): unknown =>
  found.decisions[0]?.evidence[key]

const EVEN = [0.5, 0.5] as const
/** Cookie Cats: a gate moved from level 30 to level 40; retention after one and seven days. */
const RETENTION_1: PublicTest = {
  metric: 'retention_1',
  shares: EVEN,
  control: [44_700, 20_034],
  treatment: [45_489, 20_119],
}
const RETENTION_7: PublicTest = {
  metric: 'retention_7',
  shares: EVEN,
  control: [44_700, 8502],
  treatment: [45_489, 8279],
}
/** Udacity's landing page, first three weeks, after double assignments were taken out. */
const LANDING_PAGE: PublicTest = {
  metric: 'converted',
  shares: EVEN,
  control: [28_521, 3472],
  treatment: [28_515, 3387],
}
/** A subset of the marketing A/B data set: 4 % of the users saw a public service announcement. */
const ADVERTISING: PublicTest = {
  metric: 'converted',
  shares: [0.04, 0.96],
  control: [464, 5],
  treatment: [11_298, 293],
}

describe('Cookie Cats', () => {
  it('loses players by the seventh day and is even after one', () => {
    const found = review([RETENTION_1, RETENTION_7])
    expect(called(found)).toEqual(['EQUIVALENT within_margin', 'LOSS test_excludes_zero'])
  })

  it('has a split that someone should look at', () => {
    const found = review([RETENTION_7])
    expect(evidence(found, 'traffic')).toBe('watch')
    expect(evidence(found, 'trafficPValue')).toBeCloseTo(0.008_608, 6)
    expect(found.findings.map(({ ruleId }) => ruleId)).toEqual([
      'experiment.verdict',
      'experiment.traffic',
    ])
  })

  it('cannot be read under a stricter alarm', () => {
    expect(called(review([RETENTION_7], { srm_alarm: 0.009, srm_watch: 0.01 }))).toEqual([
      'INVALID sample_ratio_mismatch',
    ])
  })

  it('is decided by the difference, whose interval excludes zero as its lift does', () => {
    const found = review([RETENTION_7])
    expect(evidence(found, 'pValue')).toBeCloseTo(0.001_556_342_527, 11)
    expect(evidence(found, 'difference')).toBeCloseTo(-0.008_201_298, 9)
    expect(evidence(found, 'differenceLow')).toBeCloseTo(-0.013_281_620_7, 9)
    expect(evidence(found, 'differenceHigh')).toBeCloseTo(-0.003_120_975_9, 9)
    expect(evidence(found, 'lift')).toBeCloseTo(-0.043_118, 5)
    expect(evidence(found, 'liftHigh')).toBeLessThan(0)
  })

  it('stops at the guardrail when retention is one', () => {
    const found = review([RETENTION_1, RETENTION_7], { guardrail_metrics: ['retention_7'] })
    expect(called(found)).toEqual([
      'GUARDRAIL_BREACH guardrail_worse',
      'GUARDRAIL_BREACH guardrail_worse',
    ])
  })

  it('would need patience at every look: seven days, not one', () => {
    const running = rowsOf([RETENTION_7]).map((row) => ({
      ...row,
      status: 'running',
      endedOn: null,
    }))
    const found = reviewExperiments(
      { rows: running, presence: 'present', log: [], earlierReadings: [] },
      { month: '2026-03', asOfOn: '2026-03-31', policy: policyWith() },
    )
    expect(called(found)).toEqual(['DIRECTIONAL still_running'])
    expect(evidence(found, 'anytimeLow')).toBeCloseTo(-0.016_813_225, 8)
    expect(evidence(found, 'anytimeHigh')).toBeCloseTo(0.000_410_628, 9)
    // Tuned to fifty thousand users, the same data may be called.
    const tuned = reviewExperiments(
      { rows: running, presence: 'present', log: [], earlierReadings: [] },
      {
        month: '2026-03',
        asOfOn: '2026-03-31',
        policy: policyWith({ experiments: { sequential_tuned_to_users: 50_000 } }),
      },
    )
    expect(called(tuned)).toEqual(['LOSS anytime_excludes_zero'])
  })
})

describe('the landing page', () => {
  it('changes nothing that matters', () => {
    const found = review([LANDING_PAGE])
    expect(called(found)).toEqual(['EQUIVALENT within_margin'])
    expect(evidence(found, 'pValue')).toBeGreaterThan(0.05)
    expect(found.findings).toEqual([])
  })

  it('is inconclusive where a smaller lift would matter than it can rule out', () => {
    const found = review([LANDING_PAGE])
    expect(evidence(found, 'liftLow')).toBeGreaterThan(-0.07)
    expect(evidence(found, 'liftLow')).toBeLessThan(-0.06)
    expect(called(review([LANDING_PAGE], { min_lift: 0.07 }))).toEqual(['EQUIVALENT within_margin'])
    expect(called(review([LANDING_PAGE], { min_lift: 0.06, power: 0.5 }))).toEqual([
      'INCONCLUSIVE no_difference_shown',
    ])
    expect(called(review([LANDING_PAGE], { min_lift: 0.01 }))).toEqual([
      'INCONCLUSIVE underpowered',
    ])
  })
})

describe('the advertisement', () => {
  it('has too few conversions in the small arm for the t test', () => {
    const found = review([ADVERTISING])
    expect(evidence(found, 'method')).toBe('exact')
    expect(called(found)).toEqual(['WIN test_excludes_zero'])
    expect(evidence(found, 'pValue')).toBeLessThan(0.05)
    expect(evidence(found, 'traffic')).toBe('as_planned')
  })

  it('would be a mismatch if an even split had been planned', () => {
    expect(called(review([{ ...ADVERTISING, shares: EVEN }]))).toEqual([
      'INVALID sample_ratio_mismatch',
    ])
  })

  it('is read by Welch where the policy trusts five conversions', () => {
    expect(evidence(review([ADVERTISING], { exact_below: 5 }), 'method')).toBe('welch')
    expect(evidence(review([ADVERTISING], { exact_below: 6 }), 'method')).toBe('exact')
  })
})
