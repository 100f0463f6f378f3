import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { comparePeriods, relativeChange } from '#rules/campaign-roi/comparison.ts'
import { economics } from '#rules/campaign-roi/economics.ts'
import { periodsOf, within } from '#rules/campaign-roi/periods.ts'
import { present } from '#rules/kernel/invariant.ts'
import { measured, notMeasured, unreadable } from '#rules/kernel/quantity.ts'

import { cost, facts, rejectedRows, value } from './inputs.ts'

const gone = notMeasured('nobody looked')

describe('the periods of a review', () => {
  it.each([
    ['2026-03', ['2026-02'], ['2025-10', '2025-11', '2025-12'], ['2025-03']],
    ['2026-04', ['2026-03'], ['2026-01', '2026-02', '2026-03'], ['2025-04']],
    ['2026-01', ['2025-12'], ['2025-10', '2025-11', '2025-12'], ['2025-01']],
  ])('of %s are the month, quarter and year before', (month, before, quarter, year) => {
    const { current, earlier } = periodsOf(month)
    expect(current).toStrictEqual({ id: 'current', label: month, months: [month] })
    expect(earlier).toStrictEqual([
      { id: 'prior_month', label: 'prior month', months: before },
      { id: 'prior_quarter', label: 'prior quarter, monthly average', months: quarter },
      { id: 'same_month_last_year', label: 'same month last year', months: year },
    ])
  })

  it('hold the rows of their months, in the order given', () => {
    const rows = ['2026-02', '2026-03', '2026-01', '2026-02'].map((month, index) => ({
      month,
      index,
    }))
    const { earlier } = periodsOf('2026-03')
    const prior = present(earlier[0], 'the prior month')
    expect(within(rows, prior).map(({ index }) => index)).toStrictEqual([0, 3])
  })
})

describe('a relative change', () => {
  it.each([
    [150, 100, 0.5],
    [100, 100, 0],
    [0, 100, -1],
    // From a loss of 100 to a gain of 50 the change is +150 %, not −150 %.
    [50, -100, 1.5],
    [-150, -100, -0.5],
  ])('from %2$d to %1$d is %3$d', (now, before, change) => {
    expect(relativeChange(measured(now), measured(before), 'the earlier cost')).toStrictEqual(
      measured(change),
    )
  })

  it.each([
    [
      'from zero',
      measured(5),
      measured(0),
      'the earlier cost is zero, so there is nothing to divide by',
    ],
    ['to nothing measured', gone, measured(5), 'nobody looked'],
    ['from nothing measured', measured(5), gone, 'nobody looked'],
  ])('%s has no percentage', (_name, now, before, reason) => {
    expect(relativeChange(now, before, 'the earlier cost')).toStrictEqual(notMeasured(reason))
  })

  it('is undone by its size', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(amount, amount, (now, before) => {
        const change = relativeChange(measured(now), measured(before), 'x')
        expect('value' in change ? before * (1 + change.value) : null).toBeCloseTo(now, 5)
      }),
    )
  })
})

describe('the month against earlier periods', () => {
  const current = () => economics(measured(200), measured(500))
  const compare = (changes: Parameters<typeof facts>[0], asOfOn = '2026-03-31') =>
    comparePeriods(current(), facts(changes), { month: '2026-03', asOfOn })
  const [february, quarter] = [['2026-02'], ['2025-10', '2025-11', '2025-12']]
  const booked = (months: readonly string[], amounts: readonly [number, number]) => ({
    costs: months.map((month) => cost('C', 'media', amounts[0], month)),
    values: months.map((month) => value('C', amounts[1], month)),
  })

  it('is held against the month before', () => {
    expect(compare(booked(february, [100, 400]))[0]).toStrictEqual({
      period: periodsOf('2026-03').earlier[0],
      economics: economics(measured(100), measured(400)),
      sources: [
        { dataset: 'cost_ledger', rows: 1, where: { month_key: '2026-02' } },
        { dataset: 'value_ledger', rows: 1, where: { month_key: '2026-02' } },
      ],
      costChange: measured(1),
      valueChange: measured(0.25),
      // 1.5 now against 3 before.
      roiChange: measured(-1.5),
    })
  })

  it('is held against the same month of the year before', () => {
    const found = compare(booked(['2025-03'], [100, 400]))
    expect(found.map(({ period, valueChange }) => [period.id, valueChange.status])).toStrictEqual([
      ['prior_month', 'not_measured'],
      ['prior_quarter', 'not_measured'],
      ['same_month_last_year', 'known'],
    ])
  })

  it('takes a quarter as the average of its months, in whole minor units', () => {
    const costs = [10, 10, 11].map((amount, index) => cost('C', 'media', amount, quarter[index]))
    const found = compare({ costs, values: booked(quarter, [0, 30]).values })[1]
    expect(found?.economics).toMatchObject({ cost: measured(10), value: measured(30) })
    expect(found?.sources).toHaveLength(6)
  })

  it('does not average a quarter of which one month was not booked', () => {
    const found = compare(booked(quarter.slice(1), [100, 400]))[1]
    expect(found?.economics.cost).toStrictEqual(notMeasured('no entry in the cost ledger'))
    expect(found?.costChange.status).toBe('not_measured')
    expect(found?.roiChange.status).toBe('not_measured')
  })

  it.each([
    ['2026-03-30', notMeasured('the month is not over')],
    ['2026-03-31', measured(1)],
  ])('compares no part of a month: on %s', (asOfOn, change) => {
    const [found] = compare(booked(february, [100, 400]), asOfOn)
    expect(found?.costChange).toStrictEqual(change)
    expect(found?.valueChange.status).toBe(change.status)
    expect(found?.roiChange.status).toBe(change.status)
  })

  it('has no earlier value where a campaign was paid for and nothing is booked as its value', () => {
    const found = compare({
      costs: [...booked(february, [100, 400]).costs, cost('D', 'media', 50, '2026-02')],
      values: booked(february, [100, 400]).values,
    })[0]
    expect(found?.economics.cost).toStrictEqual(measured(150))
    expect(found?.economics.value).toStrictEqual(
      notMeasured('the value ledger has no entry of a campaign that ran'),
    )
  })

  it('is unreadable where a row of the ledger was rejected', () => {
    const rejected = rejectedRows({ cost_ledger: 2 })
    const [found] = compare({ ...booked(february, [100, 400]), rejected })
    expect(found?.economics.cost).toStrictEqual(
      unreadable('2 rows of the cost ledger were rejected'),
    )
  })

  it('is unreadable where the row was of that month, and not where it was of another', () => {
    const lostIn = (month: string) =>
      compare({
        ...booked(february, [100, 400]),
        rejected: { ...rejectedRows(), dated: [{ book: 'cost_ledger', month, rows: 1 }] },
      })[0]?.economics.cost
    expect(lostIn('2026-02')).toStrictEqual(unreadable('1 row of the cost ledger was rejected'))
    expect(lostIn('2026-03')).toStrictEqual(measured(100))
  })

  it('is unreadable where the ledger is', () => {
    const found = compare({
      costs: [],
      presence: { ...facts().presence, cost_ledger: 'unreadable' },
    })
    expect(found[0]?.costChange).toStrictEqual(unreadable('the cost ledger could not be read'))
  })
})
