import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Curve, marginalAt, responseAt } from '#rules/allocation/curve.ts'
import { ownSlopes } from '#rules/budget/elasticity.ts'
import type { DeliveryDay } from '#rules/budget/input.ts'
import { ladderEvidence } from '#rules/budget/ladder-evidence.ts'
import type { LineHistory } from '#rules/budget/line-evidence.ts'
import { reviewBudget } from '#rules/budget/review.ts'
import { poolEffects } from '#rules/experiment/pooling.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { bestFamily } from '#rules/response/best-family.ts'
import { shrinkRates } from '#rules/response/shrunken-rates.ts'
import { BudgetStageResult } from '#rules/schema/budget-move.ts'
import type { Decision, Evidence } from '#rules/schema/review.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'
import { share } from '#test/support/share.ts'

import { reviewedLine } from './reviewed-line.ts'

interface SpentLine {
  readonly weeks: number
  /** How far weekly spend goes up and down, as a factor; 1 keeps it even. */
  readonly swing: number
  readonly elasticity: number
  readonly noise: number
  readonly seed: number
  readonly saturates: boolean
  /** Spend that grows week by week passes for a trend. */
  readonly rises: boolean
  readonly fault: 'none' | 'no_spend' | 'no_value' | 'value_missing' | 'few_conversions'
}

const spentLine: fc.Arbitrary<SpentLine> = fc.record({
  weeks: fc.constantFrom(3, 7, 8, 12, 20, 24),
  swing: fc.constantFrom(1, 1.3, 2, 4, 6),
  elasticity: share(),
  noise: fc.constantFrom(0, 0.05, 0.2, 0.8),
  seed: fc.nat({ max: 1000 }),
  saturates: fc.boolean(),
  rises: share().map((part) => part < 0.2),
  fault: fc
    .nat({ max: 24 })
    .map(
      (kind) =>
        (['no_spend', 'no_value', 'value_missing', 'few_conversions'] as const)[kind] ?? 'none',
    ),
})

interface Company {
  readonly lines: readonly SpentLine[]
  readonly imported: boolean
}

const company: fc.Arbitrary<Company> = fc.record({
  lines: fc.array(spentLine, { minLength: 1, maxLength: 4 }),
  imported: share().map((part) => part < 0.15),
})

/** Whole weeks up to 25 October, seven even days each. */
function daysOf(line: SpentLine, index: number): readonly DeliveryDay[] {
  const random = createRandom(line.seed + 7919 * index)
  const first = addDays('2026-10-26', -7 * line.weeks)
  return Array.from({ length: line.weeks }, (_week, week) => {
    const level = line.rises ? line.swing ** (week / line.weeks) : line.swing ** (2 * random() - 1)
    const spend = line.fault === 'no_spend' ? 0 : Math.round(20_000 * level)
    const noise = Math.exp(line.noise * (random() - 0.5))
    const value = line.saturates
      ? (90_000 * noise * spend) / (15_000 + spend)
      : 60_000 * noise * level ** (0.1 + 0.8 * line.elasticity)
    return { week, spend, value: line.fault === 'no_value' ? 0 : Math.round(value) }
  }).flatMap(({ week, spend, value }) =>
    Array.from({ length: 7 }, (_day, day) =>
      deliveryDay({
        channelId: `L${index}`,
        date: addDays(first, 7 * week + day),
        spendMinor: spend,
        valueMinor: line.fault === 'value_missing' && day === 2 ? null : value,
        conversions: line.fault === 'few_conversions' ? 0 : 1 + (index % 3),
      }),
    ),
  )
}

const POLICY = policyWith().budget.evidence

/** The decisions on the lines of a company, read back from their text. */
function decisionsOn({ lines, imported }: Company): readonly Decision[] {
  const delivery = lines.flatMap(daysOf)
  const result = reviewBudget(
    budgetInput({
      delivery,
      plans: lines.map((_line, index) =>
        planRow({ channelId: `L${index}`, plannedMinor: 500_000 }),
      ),
    }),
    budgetContext({
      policy: policyWith({
        budget: {
          response_curves: imported
            ? [
                {
                  campaign_id: 'C1',
                  channel_id: 'L0',
                  family: 'saturating',
                  scale: 900,
                  shape: 400,
                  log_sd: 0.2,
                  source: 'mix model',
                },
              ]
            : [],
        },
      }),
    }),
  )
  return BudgetStageResult.parse(JSON.parse(JSON.stringify(result))).decisions.filter(({ id }) =>
    id.startsWith('budget.line:'),
  )
}

const figure = (evidence: Evidence, name: string): number => {
  const value = evidence[name]
  if (typeof value !== 'number') throw new Error(`expected a number: ${name}`)
  return value
}

const figures = (evidence: Evidence, name: string): readonly number[] => {
  const list = evidence[name]
  if (!Array.isArray(list)) throw new Error(`expected a list: ${name}`)
  return list.map(Number)
}

const text = (evidence: Evidence, name: string): string => {
  const value = evidence[name]
  if (typeof value !== 'string') throw new Error(`expected a text: ${name}`)
  return value
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const curveAt = (evidence: Evidence, prefix: string, family: unknown): Curve => ({
  family:
    (['power', 'log', 'saturating', 'exponential', 'hill'] as const).find(
      (name) => name === family,
    ) ?? 'power',
  scale: figure(evidence, `${prefix}_scale`),
  shape: figure(evidence, `${prefix}_shape`),
  steepness: figure(evidence, `${prefix}_steepness`),
})

/** Why the weeks are too thin to be read, or null. */
function obstacleFrom(evidence: Evidence): string | null {
  if (evidence['spent_ever'] === false) return 'no_spend'
  if (evidence['week_value_minor'] === null) return 'value_not_measured'
  if (figure(evidence, 'weeks') < figure(evidence, 'weeks_required')) return 'too_few_weeks'
  const conversions = Number(evidence['conversions_in_weeks'] ?? 0)
  if (conversions < figure(evidence, 'conversions_required')) return 'too_few_conversions'
  return sum(figures(evidence, 'week_value_minor')) === 0 ? 'no_value' : null
}

/** Why the slope is not believed, or null. */
function doubtFrom(evidence: Evidence): string | null {
  const spends = figures(evidence, 'week_spend_minor')
  const ratio = Math.max(...spends) / Math.min(...spends)
  if (evidence['slope'] === null || ratio < figure(evidence, 'spend_ratio_required')) {
    return 'spend_did_not_vary'
  }
  const error = Number(evidence['slope_error'] ?? Infinity)
  if (error > figure(evidence, 'slope_error_allowed')) return 'slope_not_identified'
  const trend = evidence['slope_with_trend']
  const isTrend =
    typeof trend !== 'number' || Math.abs(trend - figure(evidence, 'slope')) > 2 * error
  return evidence['slope_method'] === 'poisson' && isTrend ? 'confounded_by_trend' : null
}

/** Do the weeks carry a shape of their own? */
function hasShape(evidence: Evidence): boolean {
  if (!Array.isArray(evidence['best_errors'])) return false
  const family = evidence['best_family']
  const { scale, shape, steepness } = curveAt(evidence, 'best', family)
  const errors = figures(evidence, 'best_errors')
  const isDetermined = [scale, shape, steepness].every(
    (value, index) => (errors[index] ?? 0) <= 5 * value,
  )
  return isDetermined && (family !== 'power' || shape < 1)
}

function rungFrom(evidence: Evidence): readonly [string, string] {
  const obstacle = obstacleFrom(evidence)
  if (obstacle !== null) return ['L0', obstacle]
  const doubt = doubtFrom(evidence)
  if (doubt !== null) return ['L1', doubt]
  const spends = figures(evidence, 'week_spend_minor')
  const isLong = spends.length >= figure(evidence, 'weeks_for_shape')
  const isWide =
    Math.max(...spends) / Math.min(...spends) >= figure(evidence, 'spend_ratio_for_shape')
  expect('best_family' in evidence).toBe(isLong && isWide)
  return hasShape(evidence) ? ['L3', 'shape_identified'] : ['L2', 'slope_identified']
}

/** Average return and elasticity with their errors. */
function responseFrom(evidence: Evidence) {
  const spends = figures(evidence, 'week_spend_minor')
  const values = figures(evidence, 'week_value_minor')
  const [spend, value, n] = [sum(spends), sum(values), spends.length]
  const conversions = figure(evidence, 'conversions_in_weeks')
  const prior = {
    shape: Number(evidence['rate_prior_shape'] ?? 0),
    spend: Number(evidence['rate_prior_spend'] ?? 0),
  }
  const rate =
    prior.shape > 0
      ? (prior.shape + conversions) / (prior.spend + spend)
      : figure(evidence, 'common_rate')
  const squares = sum(spends.map((own, week) => ((values[week] ?? 0) - (value / spend) * own) ** 2))
  const average = (rate * value) / conversions
  const averageError = Math.max(
    Math.sqrt((squares * n) / (n - 1)) / value,
    1 / Math.sqrt(prior.shape + conversions),
  )
  const { mean, error } = elasticityFrom(evidence, spend / n)
  return { average, averageError, mean, error, weekly: spend / n }
}

function elasticityFrom(
  evidence: Evidence,
  weekly: number,
): { readonly mean: number; readonly error: number } {
  const drawn = drawnFrom(evidence)
  if (evidence['evidence_level'] !== 'L3') return drawn
  const curve = curveAt(evidence, 'best', evidence['best_family'])
  const [, exponentError = 0] = figures(evidence, 'best_errors')
  return {
    mean: (marginalAt(curve, weekly) * weekly) / responseAt(curve, weekly),
    error: curve.family === 'power' ? Math.max(0.001, exponentError) : drawn.error,
  }
}

/** The slope of the weeks drawn towards the other lines', or the policy's. */
function drawnFrom(evidence: Evidence): { readonly mean: number; readonly error: number } {
  if ('believed_elasticity' in evidence) {
    const [mean, error] = ['believed_elasticity', 'believed_error'].map((name) =>
      figure(evidence, name),
    )
    return { mean: mean ?? 0, error: error ?? 0 }
  }
  const [slope, own] = [figure(evidence, 'slope'), figure(evidence, 'slope_error')]
  const [pool, between] = [figure(evidence, 'pool_mean'), figure(evidence, 'pool_between')]
  const weight = between ** 2 / (between ** 2 + own ** 2)
  const mean = pool + weight * (slope - pool)
  return {
    mean: Math.min(0.98, Math.max(0.02, mean)),
    error: between > 0 ? own * Math.sqrt(weight) : figure(evidence, 'pool_mean_error'),
  }
}

/** The line as the slopes read it: its weeks. */
function historyFrom(evidence: Evidence): LineHistory {
  const first = text(evidence, 'first_week_on')
  const values = figures(evidence, 'week_value_minor')
  const spends = figures(evidence, 'week_spend_minor')
  return {
    line: reviewedLine('A').line,
    weeks: figures(evidence, 'week_offsets').map((offset, week) => ({
      monday: addDays(first, 7 * offset),
      spend: spends[week] ?? 0,
      value: values[week] ?? 0,
      conversions: 1,
    })),
    conversions: figure(evidence, 'conversions_in_weeks'),
    value: sum(values),
    spend: sum(spends),
    spendRatio: null,
    obstacle: null,
  }
}

const companies = fc.sample(company, { seed: 20261122, numRuns: 150 }).map(decisionsOn)
const lines = companies.flat()
const own = lines.filter(({ evidence }) => evidence['evidence_level'] !== 'L4')
const read = own.filter(({ evidence }) => 'common_rate' in evidence)

/** Lines of one company that were read together; an imported curve stands in for what was read of its line. */
const together = companies
  .filter((group) => group.every(({ evidence }) => evidence['evidence_level'] !== 'L4'))
  .map((group) => group.filter(({ evidence }) => 'common_rate' in evidence))
  .filter((group) => group.length > 0)

describe('the evidence of the ladder alone', () => {
  test('there are lines on every rung, for every reason', () => {
    const reasons = Map.groupBy(
      lines,
      ({ evidence }) => `${text(evidence, 'evidence_level')} ${text(evidence, 'evidence_reason')}`,
    )
    const found = [...reasons].flatMap(([reason, list]) => (list.length > 1 ? [reason] : []))
    expect(new Set(found)).toEqual(
      new Set([
        'L0 no_spend',
        'L0 no_value',
        'L0 too_few_conversions',
        'L0 too_few_weeks',
        'L0 value_not_measured',
        'L1 confounded_by_trend',
        'L1 slope_not_identified',
        'L1 spend_did_not_vary',
        'L2 slope_identified',
        'L3 shape_identified',
        'L4 imported',
      ]),
    )
  })

  test('counts a line that spent on one of its days as having spent', () => {
    const idle = deliveryDay({ spendMinor: 0 })
    const spent = (days: readonly DeliveryDay[]) =>
      ladderEvidence(reviewedLine('A', { line: { history: [idle], days } }).evidence, POLICY)
    expect(spent([deliveryDay({})])).toMatchObject({ spent_ever: true })
    expect(spent([idle])).toMatchObject({ spent_ever: false })
  })

  test('gives the rung and why', () => {
    for (const { evidence } of own) {
      expect([evidence['evidence_level'], evidence['evidence_reason']]).toEqual(rungFrom(evidence))
    }
  })

  test('gives the returns, the elasticity and their errors', () => {
    for (const { evidence } of read) {
      const { average, averageError, mean, error } = responseFrom(evidence)
      const near = (value: number) => expect.closeTo(value, 9)
      expect(evidence).toMatchObject({
        evidence_return: near(average),
        evidence_return_error: near(averageError),
        elasticity: near(mean),
        elasticity_error: near(error),
        marginal_return_error: near(Math.sqrt(averageError ** 2 + (error / mean) ** 2)),
      })
    }
  })

  test('gives the curve and the return on the next unit', () => {
    for (const { evidence } of read) {
      const { average, mean, weekly } = responseFrom(evidence)
      const isShaped = evidence['evidence_level'] === 'L3'
      const curve = isShaped
        ? curveAt(evidence, 'best', evidence['best_family'])
        : { family: 'power', scale: average * weekly ** (1 - mean), shape: mean, steepness: 1 }
      const marginal = isShaped
        ? marginalAt(curveAt(evidence, 'best', evidence['best_family']), weekly)
        : mean * average
      expect(evidence['marginal_return']).toBeCloseTo(marginal, 9)
      // A slope that is only believed makes no curve to plan with.
      const told = evidence['evidence_level'] === 'L1' ? [] : [evidence]
      for (const entry of told) {
        expect(entry).toMatchObject({
          curve_family: curve.family,
          curve_scale: expect.closeTo(curve.scale, 6),
          curve_shape: expect.closeTo(curve.shape, 9),
          curve_steepness: curve.steepness,
        })
      }
      expect('curve_family' in evidence).toBe(told.length > 0)
    }
  })

  test('of a curve estimated elsewhere gives what it returns at the average week', () => {
    const imported = lines.filter(({ evidence }) => evidence['evidence_level'] === 'L4')
    for (const { evidence } of imported) {
      const spends = figures(evidence, 'week_spend_minor')
      const weekly = sum(spends) / spends.length
      const curve = curveAt(evidence, 'curve', evidence['curve_family'])
      const average = responseAt(curve, weekly) / weekly
      const marginal = marginalAt(curve, weekly)
      expect(evidence).toMatchObject({
        evidence_return: expect.closeTo(average, 9),
        marginal_return: expect.closeTo(marginal, 9),
        elasticity: expect.closeTo(marginal / average, 9),
        evidence_return_error: 0.2,
        marginal_return_error: 0.2,
      })
    }
  })

  test('gives each family’s fit, and which fits best', () => {
    const fitted = read.filter(({ evidence }) => 'best_family' in evidence)
    expect(fitted.length).toBeGreaterThan(20)
    for (const { evidence } of fitted) {
      const values = figures(evidence, 'week_value_minor')
      const { fits, best } = bestFamily(
        figures(evidence, 'week_spend_minor').map((spend, week) => ({
          spend,
          value: values[week] ?? 0,
        })),
      )
      expect(evidence).toMatchObject({
        fitted_families: fits.map(({ curve }) => curve.family),
        fitted_aicc: fits.map(({ aicc }) => (Number.isFinite(aicc) ? aicc : null)),
        best_family: best.curve.family,
        best_scale: best.curve.scale,
        best_shape: best.curve.shape,
        best_is_determined: best.isIdentified,
      })
    }
  })

  test('gives the rates and slopes of all lines that were read together', () => {
    for (const group of together) {
      const histories = group.map(({ evidence }) => historyFrom(evidence))
      const { commonRate, shape } = shrinkRates(
        histories.map(({ spend, conversions }) => ({ spend, conversions: conversions ?? 0 })),
      )
      const slopes = ownSlopes(histories)
      for (const [index, { evidence }] of group.entries()) {
        expect(evidence['common_rate']).toBeCloseTo(commonRate, 12)
        expect(Number(evidence['rate_prior_shape'] ?? -1)).toBeCloseTo(shape ?? -1, 6)
        expect(evidence['slope'] === null).toBe((slopes[index] ?? null) === null)
        expect(Number(evidence['slope'])).toBeCloseTo(slopes[index]?.slope ?? 0, 6)
      }
    }
  })

  test('gives what several slopes were drawn towards', () => {
    const drawn = together
      .map((group) => group.filter(({ evidence }) => 'pool_mean' in evidence))
      .filter((group) => group.length > 0)
    expect(drawn.filter((group) => group.length > 1).length).toBeGreaterThan(10)
    for (const group of drawn) {
      const pooled = poolEffects(
        group.map(({ evidence }) => ({
          estimate: figure(evidence, 'slope'),
          standardError: figure(evidence, 'slope_error'),
        })),
      )
      const { mean, sd } = POLICY.prior_elasticity
      // A single slope is drawn towards the policy's belief.
      const [pool, between, error] =
        group.length === 1
          ? [mean, sd, 0]
          : [pooled.random.estimate, Math.sqrt(pooled.tauSquared), pooled.random.standardError]
      for (const { evidence } of group) {
        expect(evidence).toMatchObject({
          pool_mean: expect.closeTo(pool, 9),
          pool_between: expect.closeTo(between, 9),
          pool_mean_error: expect.closeTo(error, 9),
        })
      }
    }
  })
})
