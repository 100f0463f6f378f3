import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { reviewBudget } from '#rules/budget/review.ts'
import { anytimeWaste, logEValueOf } from '#rules/budget/stop-loss.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { negativeBinomialCdf } from '#rules/kernel/negative-binomial.ts'
import { poissonCdf } from '#rules/kernel/poisson.ts'
import { Decision, type Evidence } from '#rules/schema/review.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'
import { share } from '#test/support/share.ts'

interface TestedLine {
  readonly daily: number
  /** Conversions of a day, before they are spread. */
  readonly rate: number
  readonly clusters: boolean
  readonly value: number | null
  readonly days: number
  readonly history: number
  readonly planned: number
  readonly counted: boolean
}

const testedLine: fc.Arbitrary<TestedLine> = fc.record({
  daily: fc.constantFrom(0, 5000, 10_000, 30_000),
  rate: fc.constantFrom(0, 0, 0.2, 1, 2),
  clusters: fc.boolean(),
  value: fc.option(fc.constantFrom(0, 20_000, 200_000), { nil: null }),
  days: fc.integer({ min: 1, max: 28 }),
  history: fc.constantFrom(0, 0, 10, 40),
  planned: fc.constantFrom(0, 50_000, 100_000_000),
  counted: share().map((part) => part < 0.95),
})

interface Books {
  readonly lines: readonly TestedLine[]
  readonly target: boolean
  readonly roas: boolean
  readonly method: 'e_value' | 'sprt' | 'poisson'
  readonly alpha: number
  readonly halfLife: number
  readonly asOf: number
}

const books: fc.Arbitrary<Books> = fc.record({
  lines: fc.array(testedLine, { minLength: 1, maxLength: 8 }),
  target: share().map((part) => part < 0.9),
  roas: fc.boolean(),
  method: fc.constantFrom('e_value', 'sprt', 'poisson'),
  alpha: fc.constantFrom(0.05, 0.2),
  halfLife: fc.constantFrom(0, 2, 20),
  asOf: fc.integer({ min: 1, max: 10 }),
})

const targetMinor = 10_000

/** The decisions of a review of these lines, read back from their text. */
function decisionsOn({ lines, target, roas, method, alpha, halfLife, asOf }: Books): {
  readonly family: Decision | undefined
  readonly lines: readonly Decision[]
} {
  const delivery = lines.flatMap(
    ({ daily, rate, clusters, value, days, history, counted }, index) =>
      Array.from({ length: days + history }, (_day, day) => {
        const date = addDays('2026-10-28', day - days - history)
        const spread = clusters ? Number(day % 5 === 0) * 5 : 1
        const conversions = Math.floor(rate * spread + ((day * 7) % 10) / 10)
        return deliveryDay({
          channelId: `L${index}`,
          date,
          spendMinor: daily,
          conversions: counted || day % 2 === 0 ? conversions : null,
          valueMinor: value === null ? null : value * conversions,
        })
      }),
  )
  const { decisions } = reviewBudget(
    budgetInput({
      delivery,
      plans: lines.map(({ planned }, index) =>
        planRow({ channelId: `L${index}`, plannedMinor: planned }),
      ),
    }),
    budgetContext({
      asOfOn: addDays('2026-10-27', asOf),
      policy: policyWith({
        targets: [
          ...(target ? [{ id: 'cpa', at_most: targetMinor / 100 }] : []),
          ...(roas ? [{ id: 'roas', at_least: 2 }] : []),
        ],
        stop_loss: { method, alpha, lag_half_life_days: halfLife },
      }),
    }),
  )
  const read = decisions.map((decision) => Decision.parse(JSON.parse(JSON.stringify(decision))))
  return {
    family: read.find(({ id }) => id === 'budget.stop_loss:lines'),
    lines: read.filter(({ id }) => id.startsWith('budget.line:')),
  }
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

/** Spend whose conversions are in, and the scatter that is allowed for. */
function exposureFrom(evidence: Evidence) {
  const halfLife = figure(evidence, 'lag_half_life_days')
  const ages = figures(evidence, 'spend_age_days')
  const matured = figures(evidence, 'spend_by_day_minor').reduce(
    (sum, spend, day) =>
      sum + spend * (halfLife === 0 ? 1 : 1 - 0.5 ** ((ages[day] ?? Number.NaN) / halfLife)),
    0,
  )
  const of = (name: string) => figure(evidence, `conversion_dispersion_${name}`)
  const read = of('days') * (of('squares') / of('due')) + of('assumed_days') * of('assumed')
  const dispersion =
    evidence['conversion_dispersion_from'] === 'assumed'
      ? of('assumed')
      : Math.max(1, read / (of('days') + of('assumed_days')))
  return { matured, dispersion, conversions: figure(evidence, 'conversions') }
}

/** The statistic of a line and whether its failure stands among all that were tested. */
function proofFrom(evidence: Evidence): { readonly statistic: number; readonly isProven: boolean } {
  const { matured, dispersion, conversions } = exposureFrom(evidence)
  const due = matured / figure(evidence, 'target_cpa_minor')
  if (evidence['stop_loss_method'] === 'poisson') {
    const size = due / (dispersion - 1)
    const statistic =
      dispersion > 1 && due > 0
        ? negativeBinomialCdf(conversions, size, size / (size + due))
        : poissonCdf(conversions, due)
    return { statistic, isProven: statistic <= figure(evidence, 'p_value_bound') }
  }
  const bound = figure(evidence, 'log_bound')
  if (evidence['stop_loss_method'] === 'e_value') {
    const statistic = logEValueOf(conversions / dispersion, due / dispersion)
    return { statistic, isProven: statistic >= bound }
  }
  const multiple = figure(evidence, 'target_cpa_multiple')
  const statistic = (due * (1 - 1 / multiple) - conversions * Math.log(multiple)) / dispersion
  return { statistic, isProven: statistic >= bound }
}

/** Why a line goes on or stops, from its evidence alone. */
function reasonFrom(evidence: Evidence): string {
  if (evidence['spend_minor'] === null || evidence['spend_minor'] === 0) return 'no_spend'
  if (evidence['conversions'] === null) return 'conversions_not_measured'
  if (evidence['target_cpa_minor'] === null) return 'no_target_cpa'
  if (figure(evidence, 'days_since_first_spend') <= figure(evidence, 'learning_days')) {
    return 'learning'
  }
  if (proofFrom(evidence).isProven) {
    return isWorthIt(evidence) ? 'return_meets_target' : 'cpa_proven_above_target'
  }
  return hitsCap(evidence) ? 'no_conversion_at_hard_cap' : 'not_proven'
}

function hitsCap(evidence: Evidence): boolean {
  const planned = Number(evidence['line_planned_minor'] ?? 0)
  const { matured, conversions } = exposureFrom(evidence)
  return conversions === 0 && planned > 0 && matured >= figure(evidence, 'hard_cap_share') * planned
}

function isWorthIt(evidence: Evidence): boolean {
  const [value, target] = [evidence['conversion_value_minor'], evidence['return_target']]
  return (
    figure(evidence, 'conversions') > 0 &&
    typeof value === 'number' &&
    typeof target === 'number' &&
    value >= target * figure(evidence, 'spend_minor')
  )
}

const reviews = fc.sample(books, { seed: 20261122, numRuns: 250 }).map(decisionsOn)
const lines = reviews.flatMap((review) => review.lines)
const tested = lines.filter(({ evidence }) => 'lines_tested' in evidence)

describe('the evidence of the stop-loss alone', () => {
  test('there are lines of every sort', () => {
    const reasons = Map.groupBy(lines, ({ evidence }) => evidence['stop_loss'])
    for (const reason of [
      'cpa_proven_above_target',
      'no_conversion_at_hard_cap',
      'return_meets_target',
      'learning',
      'not_proven',
      'no_target_cpa',
      'conversions_not_measured',
      'no_spend',
    ]) {
      expect([reason, (reasons.get(reason)?.length ?? 0) > 9]).toEqual([reason, true])
    }
    for (const method of ['e_value', 'sprt', 'poisson']) {
      const stopped = tested.filter(
        ({ evidence }) =>
          evidence['stop_loss_method'] === method &&
          evidence['stop_loss'] === 'cpa_proven_above_target',
      )
      expect([method, stopped.length > 9]).toEqual([method, true])
    }
  })

  test('gives matured spend, scatter and statistic', () => {
    for (const { evidence } of tested) {
      const { matured, dispersion } = exposureFrom(evidence)
      const { statistic } = proofFrom(evidence)
      const name = { e_value: 'log_e_value', sprt: 'log_likelihood_ratio', poisson: 'p_value' }
      const method = evidence['stop_loss_method']
      const told = Object.entries(name).find(([key]) => key === method)?.[1] ?? ''
      expect(evidence).toMatchObject({
        matured_spend_minor: expect.closeTo(matured, 5),
        conversion_dispersion: expect.closeTo(dispersion, 9),
        conversions_expected_at_target: expect.closeTo(matured / targetMinor, 9),
        [told]: expect.closeTo(statistic, 7),
      })
    }
  })

  test('gives the reason, and whether the line stops', () => {
    for (const { evidence, action } of lines) {
      const reason = reasonFrom(evidence)
      expect(evidence['stop_loss']).toBe(reason)
      const isStopped = ['cpa_proven_above_target', 'no_conversion_at_hard_cap'].includes(reason)
      expect(action === 'stop').toBe(isStopped)
    }
  })

  test('gives the waste that is proven', () => {
    for (const { evidence } of tested) {
      const { matured: spend, dispersion, conversions } = exposureFrom(evidence)
      const isProven = evidence['stop_loss'] === 'cpa_proven_above_target'
      const alpha = figure(evidence, 'alpha') * figure(evidence, 'lines_stopped')
      const waste = isProven
        ? anytimeWaste(
            { spend, conversions },
            { targetCpa: targetMinor, dispersion, alpha: alpha / figure(evidence, 'lines_tested') },
          )
        : 0
      expect(evidence['proven_waste_minor']).toBeCloseTo(waste, 4)
    }
  })
})

describe('the evidence of all lines tested together', () => {
  test('is there when one was tested', () => {
    for (const { family, lines: own } of reviews) {
      const count = own.filter(({ evidence }) => 'lines_tested' in evidence).length
      expect(family === undefined).toBe(count === 0)
    }
  })

  test('gives how many are proven, how many stop, and the bound', () => {
    const families = reviews.flatMap(({ family, lines: own }) =>
      family === undefined ? [] : [{ family, own }],
    )
    for (const { family, own } of families) {
      const { evidence } = family
      const count = figure(evidence, 'lines_tested')
      const alpha = figure(evidence, 'alpha')
      const isPoisson = evidence['stop_loss_method'] === 'poisson'
      // The weakest rank that still reaches its bound: m ÷ (alpha × rank) of an e-value, alpha × rank ÷ m of a p value.
      const proven = isPoisson
        ? figures(evidence, 'nearest_p_values').findLastIndex(
            (p, rank) => (p * count) / (rank + 1) <= alpha,
          )
        : figures(evidence, 'nearest_log_values').findLastIndex(
            (value, rank) => Math.exp(value) * (rank + 1) * alpha >= count,
          )
      expect(evidence['lines_proven']).toBe(proven + 1)
      const rank = Math.max(1, proven + 1)
      const bound = isPoisson ? (alpha * rank) / count : Math.log(count / (alpha * rank))
      expect(evidence[isPoisson ? 'p_value_bound' : 'log_bound']).toBeCloseTo(bound, 12)
      const stopped = own.filter(
        (line) => line.evidence['stop_loss'] === 'cpa_proven_above_target',
      ).length
      expect(evidence).toMatchObject({ lines: own.length, lines_stopped: stopped })
      expect([family.action, family.reason]).toEqual(
        stopped > 0
          ? ['stop', 'proven_after_correction']
          : ['go_on', proven >= 0 ? 'proven_lines_are_spared' : 'none_proven'],
      )
      expect(family).toMatchObject({ ruleId: 'budget.stop_loss', policyVersion: 'test-1' })
    }
  })

  test('says where every line that is proven goes on, here because it learns', () => {
    const learning = {
      daily: 300_000,
      rate: 0,
      clusters: false,
      value: null,
      days: 5,
      history: 0,
      planned: 1e9,
      counted: true,
    }
    const { family } = decisionsOn({
      lines: [learning],
      target: true,
      roas: false,
      method: 'e_value',
      alpha: 0.05,
      halfLife: 0,
      asOf: 1,
    })
    expect(family).toMatchObject({
      action: 'go_on',
      reason: 'proven_lines_are_spared',
      evidence: { lines_tested: 1, lines_proven: 1, lines_stopped: 0 },
    })
  })

  test('names the lines that its statistics are of', () => {
    const near = reviews.flatMap(({ family, lines: own }) => {
      const names = family?.evidence['nearest_lines']
      return Array.isArray(names) ? [{ names, family, own }] : []
    })
    expect(near.filter(({ names }) => names.length > 1).length).toBeGreaterThan(20)
    for (const { names, family, own } of near) {
      const isPoisson = family?.evidence['stop_loss_method'] === 'poisson'
      const told = figures(
        family?.evidence ?? {},
        isPoisson ? 'nearest_p_values' : 'nearest_log_values',
      )
      expect(told).toHaveLength(names.length)
      for (const [index, name] of names.entries()) {
        const line = own.find(({ subject }) => subject.slice('line:'.length) === name)
        expect(proofFrom(line?.evidence ?? {}).statistic).toBeCloseTo(told[index] ?? Number.NaN, 6)
      }
      const reach = (evidence: Evidence): boolean => {
        const { statistic } = proofFrom(evidence)
        const alpha = figure(evidence, 'alpha')
        return isPoisson ? statistic <= alpha : statistic >= -Math.log(alpha)
      }
      const others = own.filter(({ evidence }) => 'lines_tested' in evidence && reach(evidence))
      expect(others).toHaveLength(names.length)
    }
  })
})
