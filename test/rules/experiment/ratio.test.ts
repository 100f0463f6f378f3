import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { plainMoments } from '#rules/experiment/arm.ts'
import type { ExperimentArmRow } from '#rules/experiment/input.ts'
import { measureOf, missingRatioFigures } from '#rules/experiment/measure.ts'
import { conversionsOf, readExperiment, type Readout } from '#rules/experiment/readout.ts'
import { reviewExperiments } from '#rules/experiment/review.ts'
import { flawOf, trialsOf } from '#rules/experiment/trials.ts'
import { present } from '#rules/kernel/invariant.ts'
import { policyWith } from '#test/support/policy.ts'

import { arm, arms, trial } from './arms.ts'

const near = (value: number, digits = 12): unknown => expect.closeTo(value, digits)

/** Clicks per impression of 16,820 users an arm: 2 of 10 against 2.2 of 10. */
const CONTROL: Partial<ExperimentArmRow> = {
  metric: 'clicks_per_impression',
  users: 16_820,
  conversions: null,
  mean: 2,
  variance: 5,
  denominatorMean: 10,
  denominatorVariance: 20,
  covariance: 6,
}
const ratios = (
  treatment: Partial<ExperimentArmRow> = {},
  both: Partial<ExperimentArmRow> = {},
): ExperimentArmRow[] => [
  arm({ ...CONTROL, ...both }),
  arm({ ...CONTROL, arm: 'B', isControl: false, mean: 2.2, ...both, ...treatment }),
]
const read = (rows: readonly ExperimentArmRow[]): Readout[] =>
  readExperiment(trialsOf(rows, '2026-03-31'), {
    rules: policyWith().experiments,
    asOfOn: '2026-03-31',
    earlierReadings: [],
  })
const review = (rows: readonly ExperimentArmRow[]) =>
  reviewExperiments(
    { rows, presence: 'present', log: [], earlierReadings: [] },
    { month: '2026-03', asOfOn: '2026-03-31', policy: policyWith() },
  )
const onlyReadout = (rows: readonly ExperimentArmRow[]): Readout =>
  present(read(rows)[0], 'a readout')

describe('what a metric is measured as', () => {
  it.each([
    [arms([1, 2]), 'rate'],
    [arms([1, 2], { conversions: null, mean: 3, variance: 1 }), 'mean'],
    [arms([1, 2], { mean: 3, variance: 1 }), 'rate'],
    [ratios(), 'ratio'],
    [ratios({}, { conversions: 30 }), 'ratio'],
    [[...arms([1, 2]), arm({ arm: 'C', covariance: 0 })], 'ratio'],
    [[...arms([1, 2]), arm({ arm: 'C', denominatorMean: 0 })], 'ratio'],
    [[...arms([1, 2]), arm({ arm: 'C', denominatorVariance: 0 })], 'ratio'],
  ] as const)('case %#: %s', (rows, measure) => {
    expect(measureOf({ arms: rows })).toBe(measure)
  })
})

describe('a ratio stated by its moments', () => {
  it('has the variance of its linearisation', () => {
    // Control: 5 ÷ 10² + 20 · 2² ÷ 10⁴ − 2 · 6 · 2 ÷ 10³ = 0.05 + 0.008 − 0.024.
    const numerator = { mean: 2, variance: 5 }
    const stated = {
      kind: 'ratio_moments',
      users: 2,
      numerator,
      denominator: { mean: 10, variance: 20 },
      covariance: 6,
    } as const
    expect(plainMoments(stated)).toEqual({ users: 2, mean: 0.2, variance: near(0.034) })
    expect(plainMoments({ ...stated, users: 1 })).toEqual({ users: 1, mean: 0.2, variance: 0 })
    const nothing = { ...stated, denominator: { mean: 0, variance: 20 } }
    expect(plainMoments(nothing)).toEqual({ users: 2, mean: 0, variance: 0 })
  })

  it('is compared by the delta method', () => {
    // Treatment: 0.05 + 20 · 2.2² ÷ 10⁴ − 2 · 6 · 2.2 ÷ 10³ = 0.03328; error √(0.06728 ÷ 16,820) = 0.002, so t = 10.
    const { comparison, call, neededUsers } = onlyReadout(ratios())
    expect(comparison).toMatchObject({
      method: 'welch',
      difference: near(0.02),
      lift: near(0.1),
      // Relative: 0.034 · 1.1² + 0.03328, over 16,820 users and 0.2².
      liftError: near(Math.sqrt(0.074_42 / 16_820) / 0.2),
      correctedPValue: null,
    })
    expect(comparison?.interval.low).toBeCloseTo(0.02 - 1.960_04 * 0.002, 7)
    expect(comparison?.interval.high).toBeCloseTo(0.02 + 1.960_04 * 0.002, 7)
    expect(call).toEqual({ verdict: 'WIN', reason: 'test_excludes_zero' })
    // 2 (1.959964 + 0.841621)² 0.034 ÷ (0.05 · 0.2)², at a lift of 5 %.
    const { min_lift: lift } = policyWith().experiments
    expect(neededUsers).toBe(Math.ceil((2 * 7.848_879_734 * 0.034) / (lift * 0.2) ** 2))
  })

  it('has a favourable side, and no conversions even where some are stated', () => {
    const found = onlyReadout(ratios({ mean: 1.8 }, { conversions: 0 }))
    expect(found.call.verdict).toBe('LOSS')
    expect(conversionsOf(found)).toBeNull()
  })

  it('is not pooled with a mean of the same name, and is with a ratio', () => {
    const other = { experimentId: 'EXP_2', name: 'Second test' }
    const mean = { denominatorMean: null, denominatorVariance: null, covariance: null }
    const pooled = (rows: readonly ExperimentArmRow[]) =>
      review([...ratios(), ...rows]).tables.map(({ id }) => id)
    expect(pooled(ratios({}, { ...other, ...mean }))).toEqual(['campaign_roi.experiments'])
    expect(pooled(ratios({}, other))).toEqual([
      'campaign_roi.experiments',
      'campaign_roi.experiments.pooled',
    ])
  })
})

describe('a ratio told', () => {
  const prefix = 'campaign_roi.experiment.EXP_1'

  it('is named as one, with what it was divided by, and is worth nothing per user', () => {
    const { facts, decisions } = review(ratios())
    const factOf = (id: string) => facts.find((fact) => fact.id === `${prefix}.${id}`)
    expect(factOf('control.value')).toMatchObject({
      label: 'Ratio of two means per user, control',
      unit: 'number',
      value: 0.2,
      numerator: 2,
      denominator: 10,
      formula: 'mean ÷ denominator mean',
    })
    expect(factOf('treatment.value')).toMatchObject({ value: near(0.22) })
    expect(factOf('difference')).toMatchObject({ unit: 'number', value: near(0.02) })
    expect(factOf('p_value')?.formula).toBe(
      'Welch t test on variances of the delta method, two-sided',
    )
    expect(factOf('per_day')).toBeUndefined()
    expect(decisions[0]?.evidence).toMatchObject({ measure: 'ratio', conversions: null })
  })

  it('has a note in the table and stands in sentences by its name', () => {
    const { tables, findings } = review(ratios({ mean: 1.8 }))
    expect(tables[0]?.note).toContain(
      'Ratios of two means per user: clicks_per_impression. Their figures are amounts of the numerator for one of the denominator',
    )
    expect(findings[0]?.detail).toBe(
      `Keep the control: the interval of the difference excludes zero. It shows a lift of {{${prefix}.lift}} ({{${prefix}.lift.low}} to {{${prefix}.lift.high}}) in the ratio clicks_per_impression, p = {{${prefix}.p_value}}.`,
    )
  })

  it('adds nothing where no metric is one', () => {
    const { tables, decisions, findings } = review(arms([200, 100]))
    expect(tables[0]?.note).not.toMatch(/ratio/i)
    expect(decisions[0]?.evidence).not.toHaveProperty('measure')
    expect(findings[0]?.detail).not.toContain('ratio')
    expect(findings[0]?.detail).toContain('a day')
  })
})

describe('a ratio of any size the data set may state', () => {
  const size = fc
    .oneof(
      fc.constantFrom(0, 1e-12, 9e9, 1e-6),
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.double({ min: 0, max: 9e9, noNaN: true }),
    )
    .map((value) => (value < 1e-12 ? 0 : value))
  const row = fc
    .record({
      users: fc.constantFrom(0, 1, 2, 500, 999_999_999_999_999),
      mean: size,
      denominatorMean: fc.oneof(
        size,
        size.map((value) => -value),
      ),
      variance: size,
      denominatorVariance: size,
      correlation: fc.double({ min: -1, max: 1, noNaN: true }),
    })
    .map(({ correlation, ...figures }) => ({
      ...figures,
      plannedShare: null,
      covariance: correlation * Math.sqrt(figures.variance * figures.denominatorVariance),
    }))

  it('is read without a figure that is no number', () => {
    fc.assert(
      fc.property(row, row, (control, treatment) => {
        const { facts, decisions } = review([
          arm({ ...CONTROL, ...control }),
          arm({ ...CONTROL, arm: 'B', isControl: false, ...treatment }),
        ])
        const numbers = [
          ...facts.map(({ value }) => value),
          ...decisions.flatMap(({ evidence }) => Object.values(evidence)),
        ].filter((value) => typeof value === 'number')
        expect(numbers.every(Number.isFinite)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('does not depend on the unit of its numerator', () => {
    fc.assert(
      fc.property(fc.integer({ min: -6, max: 6 }), (power) => {
        const scale = 2 ** power
        const scaled = ratios(
          { mean: scale * 2.01 },
          { mean: 2 * scale, variance: 5 * scale ** 2, covariance: 6 * scale },
        )
        const [cents, plain] = [onlyReadout(scaled), onlyReadout(ratios({ mean: 2.01 }))]
        expect(cents.comparison?.pValue).toBeCloseTo(plain.comparison?.pValue ?? Number.NaN, 12)
        expect(cents.comparison?.lift).toBeCloseTo(plain.comparison?.lift ?? Number.NaN, 12)
      }),
      { numRuns: 13 },
    )
  })
})

describe('a ratio that cannot be read', () => {
  it.each([
    [{ mean: null }, 'incomplete_ratio'],
    [{ variance: null }, 'incomplete_ratio'],
    [{ denominatorMean: null }, 'incomplete_ratio'],
    [{ denominatorVariance: null }, 'incomplete_ratio'],
    [{ covariance: null }, 'incomplete_ratio'],
    [{ variance: -0.001, covariance: 0 }, 'negative_variance'],
    [{ denominatorVariance: -0.001, covariance: 0 }, 'negative_variance'],
    // √(5 · 20) = 10, with room for the last digits of rounded figures.
    [{ covariance: 10 }, null],
    [{ covariance: -10 }, null],
    [{ covariance: 10.000_009 }, null],
    [{ covariance: 10.000_011 }, 'impossible_covariance'],
    [{ covariance: -10.000_011 }, 'impossible_covariance'],
    [{ variance: 0, covariance: 0 }, null],
    [{ denominatorMean: 0 }, 'no_denominator'],
    [{ denominatorMean: -10 }, null],
    [{ conversions: 16_821 }, 'impossible_counts'],
    [{}, null],
  ] as const)('%j of the treatment: %s', (changes, flaw) => {
    expect(flawOf(trial({ arms: ratios(changes) }))).toBe(flaw)
  })

  it('says which figures of which arm are missing', () => {
    const rows = ratios({ denominatorVariance: null, covariance: null }, { variance: null })
    expect(missingRatioFigures({ arms: rows })).toEqual([
      { arm: 'A', columns: ['variance'] },
      { arm: 'B', columns: ['variance', 'denominator_variance', 'covariance'] },
    ])
    const { findings, facts } = review(ratios({ denominatorMean: null, covariance: null }))
    expect(findings[0]?.detail).toBe(
      'No figure of it may be used: arm B does not state denominator_mean, covariance, and a ratio needs all five figures of every arm.',
    )
    const value = facts.find(({ id }) => id.endsWith('treatment.value'))
    expect(value).toMatchObject({ status: 'not_measured', value: null })
    expect(value).not.toHaveProperty('denominator')
  })

  it.each([
    [{ covariance: 11 }, 'an arm states a covariance larger than its two variances allow'],
    [{ denominatorMean: 0 }, 'an arm has a denominator of zero'],
  ])('%j: %s', (changes, words) => {
    const { findings, facts } = review(ratios(changes))
    expect(findings[0]?.detail).toContain(words)
    const value = facts.find(({ id }) => id.endsWith('treatment.value'))
    expect(value?.value).toEqual('denominatorMean' in changes ? null : near(0.22))
  })
})
