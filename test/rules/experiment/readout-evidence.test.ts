import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compareArms } from '#rules/experiment/comparison.ts'
import type { EarlierReading, ExperimentArmRow, ExperimentRules } from '#rules/experiment/input.ts'
import { looksAt } from '#rules/experiment/looks.ts'
import { measureOf, toArm } from '#rules/experiment/measure.ts'
import { neededUsers } from '#rules/experiment/needed-users.ts'
import { conversionsOf } from '#rules/experiment/readout.ts'
import { reviewExperiments } from '#rules/experiment/review.ts'
import { judgeTraffic } from '#rules/experiment/traffic.ts'
import { flawOf, type Phase, type Trial, treatmentsOf } from '#rules/experiment/trials.ts'
import { callVerdict } from '#rules/experiment/verdict.ts'
import { adjustPValues } from '#rules/kernel/multiplicity.ts'
import { Decision, type Evidence } from '#rules/schema/review.ts'
import { policyWith } from '#test/support/policy.ts'

import { arm } from './arms.ts'

const AS_OF = '2026-03-31'

interface MetricPlan {
  readonly measure: 'rate' | 'mean' | 'ratio'
  /** Effect of each treatment, and how many users an arm has. */
  readonly effects: readonly number[]
  readonly users: number
  readonly level: number
  readonly shares: 'even' | 'none' | 'some' | 'leak' | 'skewed'
  readonly flaw:
    | 'none'
    | 'no_control'
    | 'several_controls'
    | 'impossible'
    | 'incomplete'
    | 'no_spread'
}

const metricPlan: fc.Arbitrary<MetricPlan> = fc.record({
  measure: fc.constantFrom('rate', 'rate', 'mean', 'ratio'),
  effects: fc.array(fc.constantFrom(-0.5, -0.1, 0, 0, 0.03, 0.1, 0.5), {
    minLength: 1,
    maxLength: 3,
  }),
  users: fc.constantFrom(50, 400, 3000, 40_000),
  level: fc.constantFrom(0.01, 0.1, 0.4),
  shares: fc.constantFrom('even', 'even', 'even', 'none', 'some', 'leak', 'skewed'),
  flaw: fc
    .nat({ max: 24 })
    .map(
      (kind) =>
        (['no_control', 'several_controls', 'impossible', 'incomplete', 'no_spread'] as const)[
          kind
        ] ?? 'none',
    ),
})

interface Tested {
  readonly metrics: readonly MetricPlan[]
  readonly status: string
  readonly endedOn: string | null
  readonly looks: number | null
  readonly earlier: number
  readonly rules: Partial<ExperimentRules>
}

const METRICS = ['signups', 'revenue', 'retention']

const tested: fc.Arbitrary<Tested> = fc.record({
  metrics: fc.array(metricPlan, { minLength: 1, maxLength: 3 }),
  status: fc.constantFrom('completed', 'completed', 'running', 'stopped', 'draft', 'cancelled'),
  endedOn: fc.constantFrom(null, '2026-03-28', '2026-03-05'),
  looks: fc.constantFrom(null, null, 1, 4),
  earlier: fc.constantFrom(0, 0, 2),
  rules: fc.record({
    alpha: fc.constantFrom(0.05, 0.2),
    sequential: fc.boolean(),
    correction: fc.constantFrom('holm', 'benjamini_hochberg', 'none'),
    lower_is_better: fc.constantFrom([], ['retention'], ['signups']),
    guardrail_metrics: fc.constantFrom([], ['retention']),
    min_lift: fc.constantFrom(0.02, 0.2),
    exact_below: fc.constantFrom(0, 10),
    sequential_tuned_to_users: fc.constantFrom(5000, 80_000),
  }),
})

function shareOf(shares: MetricPlan['shares'], index: number, count: number): number | null {
  if (shares === 'none') return null
  if (shares === 'some') return index === 0 ? null : 0.5
  if (shares === 'leak') return index === count - 1 && count > 2 ? 0 : 1 / count
  return shares === 'skewed' && index === 0 ? 0.9 : 1 / count
}

/** What an arm states of its metric. */
function figuresOf({ measure, level, users, flaw }: MetricPlan, effect: number) {
  const value = level * (1 + effect)
  if (measure === 'rate') {
    const conversions = flaw === 'impossible' ? users + 1 : Math.round(users * value)
    return { conversions: flaw === 'no_spread' ? 0 : conversions, mean: null, variance: null }
  }
  const variance = flaw === 'no_spread' ? 0 : level ** 2
  const mean = { conversions: null, mean: flaw === 'incomplete' ? null : value, variance }
  return measure === 'mean'
    ? mean
    : { ...mean, denominatorMean: 2, denominatorVariance: 1, covariance: level / 4 }
}

function rowsOf({ metrics, status, endedOn, looks }: Tested): readonly ExperimentArmRow[] {
  return metrics.flatMap((plan, place) => {
    const effects = [0, ...plan.effects]
    return effects.map((effect, index) =>
      arm({
        ...figuresOf(plan, effect),
        metric: METRICS[place] ?? 'other',
        arm: `arm${index}`,
        isControl:
          plan.flaw === 'several_controls' ? true : index === 0 && plan.flaw !== 'no_control',
        users: plan.users + (plan.flaw === 'none' ? 3 * index : 0),
        plannedShare: shareOf(plan.shares, index, effects.length),
        status,
        endedOn,
        looks,
      }),
    )
  })
}

/** The decisions on one experiment, read back from their text. */
function decisionsOn(given: Tested): readonly Decision[] {
  const rows = rowsOf(given)
  const earlierReadings: readonly EarlierReading[] = METRICS.flatMap((metric) =>
    Array.from({ length: given.earlier }, (_look, look) => ({
      reviewId: `2026-0${look + 1}-aa`,
      experimentId: rows[0]?.experimentId ?? '',
      metric,
      campaignId: null,
      startedOn: '2026-01-01',
      arms: [arm({ users: 10 + look })],
    })),
  )
  const { decisions } = reviewExperiments(
    { rows, presence: 'present', log: [], earlierReadings },
    { month: '2026-03', asOfOn: AS_OF, policy: policyWith({ experiments: given.rules }) },
  )
  return decisions.map((decision) => Decision.parse(JSON.parse(JSON.stringify(decision))))
}

const figure = (evidence: Evidence, name: string): number => {
  const value = evidence[name]
  if (typeof value !== 'number') throw new Error(`expected a number: ${name}`)
  return value
}

const text = (evidence: Evidence, name: string): string => {
  const value = evidence[name]
  if (typeof value !== 'string') throw new Error(`expected a text: ${name}`)
  return value
}

const list = (evidence: Evidence, name: string) => {
  const found = evidence[name] ?? []
  if (!Array.isArray(found)) throw new Error(`expected a list: ${name}`)
  return found
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const PHASES: readonly Phase[] = ['not_started', 'running', 'completed', 'stopped', 'cancelled']

/** The trial as its decision states it. */
function trialFrom(evidence: Evidence): Trial {
  const phase = PHASES.find((one) => one === evidence['phase']) ?? 'running'
  const base = arm({ experimentId: text(evidence, 'experimentId') })
  const { experimentId, campaignId, name } = base
  return {
    experimentId,
    campaignId,
    name,
    phase,
    startedOn: base.startedOn,
    endedOn: base.endedOn,
    metric: text(evidence, 'metric'),
    looks: numberOrNull(evidence['statedLooks'] ?? null),
    arms: list(evidence, 'arms').map((own, index) => {
      const at = (column: string) => list(evidence, column)[index] ?? null
      return {
        ...base,
        metric: text(evidence, 'metric'),
        arm: typeof own === 'string' ? own : '',
        isControl: at('armIsControl') === true,
        users: numberOrNull(at('armUsers')) ?? Number.NaN,
        plannedShare: numberOrNull(at('armPlannedShares')),
        conversions: numberOrNull(at('armConversions')),
        mean: numberOrNull(at('armMeans')),
        variance: numberOrNull(at('armVariances')),
        denominatorMean: numberOrNull(at('armDenominatorMeans')),
        denominatorVariance: numberOrNull(at('armDenominatorVariances')),
        covariance: numberOrNull(at('armCovariances')),
      }
    }),
  }
}

/** The rules as the decision states them; the others are left as they are by default. */
function rulesFrom(evidence: Evidence): ExperimentRules {
  return {
    ...policyWith().experiments,
    alpha: figure(evidence, 'alpha'),
    power: figure(evidence, 'power'),
    srm_alarm: figure(evidence, 'srmAlarm'),
    srm_watch: figure(evidence, 'srmWatch'),
    max_leaked_share: figure(evidence, 'maxLeakedShare'),
    min_users_per_arm: figure(evidence, 'minUsersPerArm'),
    min_days: figure(evidence, 'minDays'),
    min_lift: figure(evidence, 'minLift'),
    sequential: evidence['anytimeReading'] === true,
  }
}

/** The two arms compared, and what the test says of them. */
function readingFrom(evidence: Evidence) {
  const trial = trialFrom(evidence)
  const control = trial.arms.find((own) => own.isControl) ?? null
  const treatment = treatmentsOf(trial).find((own) => own.arm === evidence['treatment']) ?? null
  const measure = measureOf(trial)
  if (flawOf(trial) !== null || control === null || treatment === null) {
    return { trial, control, treatment, comparison: null, needed: null }
  }
  const left = toArm(control, measure)
  const result = compareArms(left, toArm(treatment, measure), {
    alpha: figure(evidence, 'alpha'),
    anytimeAlpha: anytimeAlphaFrom(evidence),
    tunedTo: figure(evidence, 'tunedToUsers'),
    exactBelow: figure(evidence, 'exactBelow'),
    lowerIsBetter: evidence['lowerIsBetter'] === true,
  })
  const needed = neededUsers(left, rulesFrom(evidence))
  return { trial, control, treatment, comparison: result.ok ? result.comparison : null, needed }
}

/** A guardrail, and a comparison that is the only one of its experiment, have all of alpha. */
function anytimeAlphaFrom(evidence: Evidence): number {
  const alpha = figure(evidence, 'alpha')
  return 'comparisonsOfExperiment' in evidence
    ? alpha / figure(evidence, 'comparisonsOfExperiment')
    : alpha
}

/** The p value after correction for the comparisons of the experiment. */
function adjustedFrom(evidence: Evidence, pValue: number): number {
  const correction = evidence['correction']
  if (correction !== 'holm' && correction !== 'benjamini_hochberg') return pValue
  const family = list(evidence, 'pValuesOfExperiment').map(Number)
  return adjustPValues(family, correction)[family.indexOf(pValue)] ?? Number.NaN
}

/** The verdict before any guardrail speaks. */
function callFrom(evidence: Evidence) {
  const { trial, control, treatment, comparison, needed } = readingFrom(evidence)
  const rules = rulesFrom(evidence)
  const reviews = list(evidence, 'earlierReviews').map((review) => ({
    reviewId: JSON.stringify(review),
  }))
  return callVerdict(
    {
      flaw: flawOf(trial),
      traffic: judgeTraffic(trial, rules).status,
      phase: trial.phase,
      ledger: looksAt(trial, reviews),
      users: Math.min(control?.users ?? 0, treatment?.users ?? 0),
      neededUsers: needed,
      daysRun: figure(evidence, 'daysRun'),
      conversions: conversionsOf({ trial, control, treatment }),
      reading: comparison && {
        ...comparison,
        pValue: adjustedFrom(evidence, comparison.pValue),
        anytimeCallable: comparison.anytime.callable,
        favourable:
          evidence['lowerIsBetter'] === true
            ? comparison.difference < 0
            : comparison.difference > 0,
        anytimeLiftInterval: comparison.anytime.liftInterval,
      },
    },
    rules,
  )
}

const ends = (name: string, interval: { readonly low: number; readonly high: number } | null) => ({
  [`${name}Low`]: interval?.low ?? null,
  [`${name}High`]: interval?.high ?? null,
})

const experiments = fc.sample(tested, { seed: 20261122, numRuns: 400 }).map(decisionsOn)
const decisions = experiments.flat()

describe('the evidence of a verdict alone', () => {
  it('stands for verdicts of every sort', () => {
    const found = [...Map.groupBy(decisions, ({ action }) => action)].flatMap(([verdict, group]) =>
      group.length > 4 ? [verdict] : [],
    )
    expect(new Set(found)).toEqual(
      new Set([
        'WIN',
        'LOSS',
        'EQUIVALENT',
        'INCONCLUSIVE',
        'DIRECTIONAL',
        'TOO_EARLY',
        'GUARDRAIL_BREACH',
        'INVALID',
      ]),
    )
    const corrected = decisions.filter(
      ({ evidence }) => evidence['pValueAdjustedForComparisons'] !== evidence['pValue'],
    )
    expect(corrected.length).toBeGreaterThan(50)
  })

  it('gives the verdict and its reason', () => {
    for (const { action, reason, evidence } of decisions) {
      const isHarmful = list(evidence, 'breachedGuardrails').length > 0
      const call = callFrom(evidence)
      expect([action, reason]).toEqual(
        isHarmful && call.verdict !== 'INVALID'
          ? ['GUARDRAIL_BREACH', 'guardrail_worse']
          : [call.verdict, call.reason],
      )
    }
  })

  it('gives the guardrails that a treatment breaches', () => {
    for (const group of experiments) {
      const harmed = group.filter(
        ({ evidence }) => evidence['isGuardrail'] === true && callFrom(evidence).verdict === 'LOSS',
      )
      for (const { evidence } of group.filter(({ action }) => action !== 'INVALID')) {
        const breached = harmed.filter(
          (guardrail) => guardrail.evidence['treatment'] === evidence['treatment'],
        )
        expect(list(evidence, 'breachedGuardrails')).toEqual(
          breached.map((guardrail) => guardrail.evidence['metric']),
        )
      }
    }
  })

  it('gives the difference, the lift, their intervals and the p values', () => {
    const compared = decisions.filter(({ evidence }) => 'difference' in evidence)
    expect(compared.length).toBeGreaterThan(200)
    for (const { evidence } of compared) {
      const { comparison, needed } = readingFrom(evidence)
      if (comparison === null) throw new Error('expected a comparison')
      const { interval, anytime } = comparison
      expect(evidence).toMatchObject({
        method: comparison.method,
        difference: comparison.difference,
        differenceLow: interval.low,
        differenceHigh: interval.high,
        lift: comparison.lift,
        ...ends('lift', comparison.liftInterval),
        pValue: comparison.pValue,
        pValueAdjustedForComparisons: adjustedFrom(evidence, comparison.pValue),
        pValueWithContinuityCorrection: comparison.correctedPValue,
        anytimeCallable: anytime.callable,
        ...ends('anytime', anytime.interval),
        ...ends('anytimeLift', anytime.liftInterval),
        neededUsersPerArm: needed,
      })
    }
  })

  it('gives the traffic split and the share of a guardrail or a goal in the error rate', () => {
    for (const { evidence } of decisions) {
      const { status, split, leakedShare } = judgeTraffic(trialFrom(evidence), rulesFrom(evidence))
      expect(evidence).toMatchObject({
        traffic: status,
        trafficPValue: split?.pValue ?? null,
        leakedShare,
      })
      expect(evidence['anytimeAlpha'] ?? evidence['alpha']).toBe(anytimeAlphaFrom(evidence))
    }
  })

  it('counts the comparisons that share the error rate, and holds each that was read', () => {
    for (const group of experiments) {
      const goals = group.filter(({ evidence }) => evidence['isGuardrail'] !== true)
      const own = goals.flatMap(({ evidence }) => numberOrNull(evidence['pValue']) ?? [])
      for (const { evidence } of goals.filter((goal) => 'pValuesOfExperiment' in goal.evidence)) {
        const family = list(evidence, 'pValuesOfExperiment').map(Number)
        expect(family.toSorted((a, b) => a - b)).toEqual(own.toSorted((a, b) => a - b))
        expect(figure(evidence, 'comparisonsOfExperiment')).toBeGreaterThanOrEqual(own.length)
      }
    }
  })

  it('holds a list of what a single arm states, null for the others', () => {
    const rows = [arm({}), arm({ arm: 'B', isControl: false, conversions: null, mean: 0.1 })]
    const { decisions: found } = reviewExperiments(
      { rows, presence: 'present', log: [], earlierReadings: [] },
      { month: '2026-03', asOfOn: AS_OF, policy: policyWith() },
    )
    expect(found[0]?.evidence).toMatchObject({
      armConversions: [100, null],
      armMeans: [null, 0.1],
      armPlannedShares: [0.5, 0.5],
    })
    expect(found[0]?.evidence).not.toHaveProperty('armVariances')
  })

  it('holds no list of what no arm states', () => {
    const rates = decisions.filter(({ evidence }) => 'armConversions' in evidence)
    expect(rates.length).toBeGreaterThan(50)
    for (const { evidence } of rates) {
      expect(Object.keys(evidence)).not.toContain('armDenominatorMeans')
      expect(Object.keys(evidence)).not.toContain('armMeans')
    }
  })
})
