import { describe, expect, test } from 'vitest'

import { enterTotal } from '#rules/budget/total-facts.ts'
import type { TotalReview } from '#rules/budget/total-review.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { budgetContext, budgetInput, planRow } from '#test/support/budget-input.ts'

import { entered, factAt, figures } from './entered.ts'
import { LANDING, reviewedLine, reviewedTotal } from './reviewed-line.ts'

const INPUT = budgetInput({ plans: [planRow(), planRow({ channelId: 'A' })] })

const facts = (changes: Partial<TotalReview>) =>
  entered((book) =>
    enterTotal(book, reviewedTotal(changes), { input: INPUT, context: budgetContext() }),
  )

const PLAN = { dataset: 'budgets', rows: 2, where: { month: '2026-10' } }
const PLATFORM = { dataset: 'ad_performance', rows: 1, where: { month_key: '2026-10' } }

describe('the facts of the budget as a whole', () => {
  const known = facts({
    committed: measured(100),
    available: measured(600),
    utilisationWithCommitments: measured(0.4),
    pace: {
      ...reviewedLine('A').pace,
      daysElapsed: 15,
      daysReported: 14,
      daysLeft: 16,
      weekday: { expectedShare: 0.5, paceIndex: 0.6, forecast: 600 },
      landing: { ...LANDING, forecast: 1200.4, low: 1099.5 },
      deviation: 0.2,
    },
    wasteProvable: measured(5),
    wasteEstimated: measured(7),
  })

  test('hold every figure', () => {
    expect(figures(known)).toEqual({
      planned: 1000,
      committed: 100,
      spend: 300,
      available: 600,
      utilisation: 0.3,
      utilisation_with_commitments: 0.4,
      days_reported: 14,
      days_left: 16,
      pace_index: 0.6,
      forecast: 1200,
      forecast_low: 1100,
      forecast_high: 1300,
      landing_deviation: 0.2,
      waste_provable: 5,
      waste_estimated: 7,
    })
    expect(known.every(({ id }) => id.startsWith('budget.total.'))).toBe(true)
  })

  test('say where each comes from', () => {
    const sources = Object.fromEntries(
      known.map(({ id, source }) => [id.replace('budget.total.', ''), source]),
    )
    for (const metric of ['planned', 'committed']) expect(sources[metric]).toEqual([PLAN])
    for (const metric of ['spend', 'waste_provable', 'waste_estimated']) {
      expect(sources[metric]).toEqual([PLATFORM])
    }
    for (const metric of ['available', 'utilisation', 'days_left', 'forecast']) {
      expect(sources[metric]).toEqual([PLAN, PLATFORM])
    }
  })

  test('say what each is derived from', () => {
    const inputs = (metric: string) =>
      factAt(known, metric)?.inputs?.map((id) => id.replace('budget.total.', ''))
    expect(inputs('available')).toEqual(['planned', 'spend', 'committed'])
    expect(inputs('utilisation')).toEqual(['spend', 'planned'])
    expect(inputs('utilisation_with_commitments')).toEqual(['spend', 'committed', 'planned'])
    expect(inputs('pace_index')).toEqual(['planned', 'spend'])
    expect(inputs('forecast_high')).toEqual(['planned', 'spend'])
    expect(inputs('landing_deviation')).toEqual(['forecast', 'planned'])
    expect(factAt(known, 'utilisation')).toMatchObject({ numerator: 300, denominator: 1000 })
    expect(factAt(known, 'days_reported')).toMatchObject({ numerator: 14, denominator: 15 })
    expect(factAt(known, 'pace_index')?.label).toBe(
      'Budget: spend against what the calendar expects by now',
    )
  })

  test('say why a figure is missing', () => {
    const { pace } = reviewedLine('A')
    const missing = facts({
      planned: notMeasured('no plan'),
      pace: { ...pace, daysReported: 0, daysLeft: 0 },
    })
    expect(figures(missing)).toMatchObject({
      planned: 'no plan',
      committed: 'not said',
      days_reported: 'no day of the month has reported delivery',
      days_left: 0,
      pace_index: 'nothing can be divided yet',
      forecast: 'nothing can be divided yet',
      landing_deviation: 'nothing can be divided yet',
      waste_provable: 'no target',
    })
    expect(factAt(missing, 'utilisation')).not.toHaveProperty('numerator')
    const reason = 'spend is reported on too few of the elapsed days'
    expect(figures(facts({ pace: { ...pace, reason } }))).toMatchObject({
      pace_index: reason,
      forecast_low: reason,
      landing_deviation: reason,
    })
  })
})
