import { describe, expect, test } from 'vitest'

import { conversionDispersion } from '#rules/budget/conversion-dispersion.ts'
import type { DeliveryDay } from '#rules/budget/input.ts'
import { lineStops } from '#rules/budget/line-stops.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { budgetContext, deliveryDay } from '#test/support/budget-input.ts'
import { clusteredCounts } from '#test/support/clustered-days.ts'
import { policyWith } from '#test/support/policy.ts'

import { reviewedLine } from './reviewed-line.ts'

const lineOf = (days: readonly DeliveryDay[], history: readonly DeliveryDay[] = []) =>
  reviewedLine('A', { line: { days, history } }).line

/** Days from a date on with these conversions, each of the same spend. */
const daysFrom = (from: string, conversions: readonly (number | null)[]) =>
  conversions.map((count, index) =>
    deliveryDay({ date: addDays(from, index), spendMinor: 100, conversions: count }),
  )
const repeated = (values: readonly number[], times: number) =>
  Array.from({ length: times }, () => values).flat()

/** The dispersion of a line with these days under an assumption of 3. */
const dispersionOf = (days: readonly DeliveryDay[], history: readonly DeliveryDay[] = []) =>
  conversionDispersion(lineOf(days, history), 3)
const PRIOR = { assumed: 3, assumedDays: 14 }

describe('the dispersion of conversions', () => {
  test('is squares around the rate over what independent conversions would add up to, with a fortnight of the assumption', () => {
    // 14 days of 0 and 14 of 4: squares 28·4, due 56·(1 − 1/28) = 54.
    const found = dispersionOf(daysFrom('2026-10-01', repeated([0, 4], 14)))
    expect(found.squares).toBeCloseTo(112, 12)
    expect(found.due).toBeCloseTo(54, 12)
    expect(found.value).toBeCloseTo((28 * (112 / 54) + 14 * 3) / 42, 12)
    expect(found).toMatchObject({ ...PRIOR, basis: 'own_days', days: 28 })
  })

  test('holds each day against its share of the spend', () => {
    const days = daysFrom('2026-10-01', repeated([1, 3], 14)).map((day) => ({
      ...day,
      spendMinor: 100 * (day.conversions ?? 0),
    }))
    expect(dispersionOf(days).squares).toBeCloseTo(0, 12)
    // At even spend they scatter by 1 each; at the other's spend by 2.
    const even = days.map((day) => ({ ...day, spendMinor: day.spendMinor === 100 ? 300 : 100 }))
    const due = 56 * (1 - (14 * 9 + 14) / 56 ** 2)
    expect(dispersionOf(even).squares).toBeCloseTo(14 * 4 + 14 * 4, 12)
    expect(dispersionOf(even).due).toBeCloseTo(due, 12)
  })

  test('a rate that differs between months is no scatter', () => {
    const found = dispersionOf(
      daysFrom('2026-10-01', repeated([9], 20)),
      daysFrom('2026-09-01', repeated([1], 20)),
    )
    // Read as 0 on forty days, which with fourteen of 3 is below 1.
    expect(found).toMatchObject({ ...PRIOR, value: 1, basis: 'own_days', squares: 0, days: 40 })
  })

  test('rows of one day are one day, and a day without a count or spend is none', () => {
    const whole = repeated([0, 4], 14)
    const halves = daysFrom('2026-10-01', whole).flatMap((day) => [
      { ...day, spendMinor: 50, conversions: (day.conversions ?? 0) / 2 },
      { ...day, spendMinor: 50, conversions: (day.conversions ?? 0) / 2 },
    ])
    const unread = [
      ...halves,
      deliveryDay({ date: '2026-10-29', spendMinor: 100, conversions: 90 }),
      deliveryDay({ date: '2026-10-29', spendMinor: 100, conversions: null }),
      deliveryDay({ date: '2026-10-30', spendMinor: 0, conversions: 90 }),
    ]
    expect(dispersionOf(unread)).toEqual(dispersionOf(daysFrom('2026-10-01', whole)))
  })

  test.each<[string, readonly number[], number, object]>([
    // Squares 8, due 4·(1 − 1/2): 2 days of 4 and 14 of 3.
    ['two days', [0, 4], (2 * 4 + 14 * 3) / 16, { basis: 'own_days', squares: 8, due: 2, days: 2 }],
    ['one day', [4], 3, { basis: 'assumed', due: 0, days: 1 }],
    ['days without a conversion', [0, 0, 0], 3, { basis: 'assumed', due: 0, days: 3 }],
    ['nothing', [], 3, { basis: 'assumed', due: 0, days: 0 }],
  ])('is the assumption as far as the days do not tell: %s', (_name, counts, value, expected) => {
    const found = dispersionOf(daysFrom('2026-10-01', counts))
    expect(found.value).toBeCloseTo(value, 12)
    expect(found).toMatchObject({ ...PRIOR, ...expected })
  })

  test('is never below one, and is what the policy says where it assumes that conversions come one by one', () => {
    const level = daysFrom('2026-10-01', repeated([1], 60))
    expect(dispersionOf(level).value).toBe(1)
    expect(conversionDispersion(lineOf([]), 1).value).toBe(1)
  })
})

describe('stops of lines whose conversions cluster', () => {
  const LOOKS = 30
  const TARGET = { minor: 100, targetId: 'cpa' }

  /** Share of lines that any of thirty daily looks stops; each spends what `perDay` conversions are worth at target. */
  function stopShare(
    given: {
      readonly dispersion: number
      readonly perDay: number
      readonly rate: number
      readonly historyDays: number
      readonly lines: number
    },
    assumed?: number,
  ): number {
    const policy = policyWith({
      stop_loss: {
        lag_half_life_days: 0,
        learning_days: 7,
        alpha: 0.05,
        assumed_dispersion: assumed,
      },
    })
    const draw = clusteredCounts(11)
    const counted = (from: string, length: number) =>
      Array.from({ length }, (_day, index) =>
        deliveryDay({
          date: addDays(from, index),
          spendMinor: 100 * given.perDay,
          conversions: draw(given.perDay * given.rate, given.dispersion),
        }),
      )
    const isStopped = (): boolean => {
      const history = counted('2026-08-01', given.historyDays)
      const days = counted('2026-10-01', LOOKS)
      return days.some((_day, look) => {
        const line = lineOf(days.slice(0, look + 1), history)
        const context = budgetContext({ policy, asOfOn: addDays('2026-10-01', look + 1) })
        return lineStops([line], TARGET, context)[0]?.reason === 'cpa_proven_above_target'
      })
    }
    return Array.from({ length: given.lines }, isStopped).filter(Boolean).length / given.lines
  }

  // Of 200 lines at 5 % the share errs by 1.5 points.
  test.each([
    [1, 0],
    [2, 0],
    [3, 0],
    [2, 7],
    [3, 7],
    [3, 14],
    [3, 27],
    [1, 56],
    [2, 56],
    [3, 56],
  ])('few on target are stopped: dispersion %d, %d days before', (dispersion, historyDays) => {
    const share = stopShare({ dispersion, perDay: 1, rate: 1, historyDays, lines: 200 })
    expect(share).toBeLessThanOrEqual(0.05)
  })

  test.each([
    [1, 0, 0.95],
    [2, 0, 0.9],
    [3, 0, 0.85],
    [1, 56, 0.95],
    [2, 56, 0.9],
    [3, 56, 0.85],
  ])(
    'most at thrice the target are: dispersion %d, %d days before',
    (dispersion, historyDays, least) => {
      const share = stopShare({ dispersion, perDay: 3, rate: 1 / 3, historyDays, lines: 60 })
      expect(share).toBeGreaterThanOrEqual(least)
    },
  )

  test('where the policy assumes that conversions come one by one, clusters without history stop lines on target', () => {
    const few = { dispersion: 3, perDay: 1, rate: 1, historyDays: 0, lines: 200 }
    expect(stopShare(few, 1)).toBeGreaterThan(stopShare(few) + 0.03)
  })
})
