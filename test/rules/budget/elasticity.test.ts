import { describe, expect, test } from 'vitest'

import { type OwnSlope, ownSlopes } from '#rules/budget/elasticity.ts'
import type { LineHistory } from '#rules/budget/line-evidence.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { fitPoissonPower } from '#rules/response/poisson-power.ts'

import { reviewedLine } from './reviewed-line.ts'

/** A line with these weeks of spend and value, the first in the week of 7 September. */
const history = (
  weeks: readonly { readonly spend: number; readonly value: number }[],
): LineHistory => ({
  line: reviewedLine('A').line,
  weeks: weeks.map((week, index) => ({
    ...week,
    monday: addDays('2026-09-07', 7 * index),
    conversions: 10,
  })),
  conversions: 10 * weeks.length,
  value: null,
  spend: 0,
  spendRatio: null,
  obstacle: null,
})

/** Spend of 1,000 times 2 to the power of each step; value follows with slope ½ and the errors given, in logarithms. */
const stepped = (steps: readonly number[], errors: readonly number[]) =>
  history(
    steps.map((step, index) => ({
      spend: 1000 * 2 ** step,
      value: 1000 * Math.SQRT2 ** step * Math.exp(errors[index] ?? 0),
    })),
  )

const slopeOf = (slopes: readonly (OwnSlope | null)[], index: number): OwnSlope => {
  const found = slopes[index]
  if (found === undefined || found === null) throw new Error('expected a slope')
  return found
}

describe('three lines together', () => {
  // Steps and errors add up to nothing in every week and every line, and errors go across the steps: means are out already.
  const lines = [
    stepped([1, -1, 1, -1], [0.1, 0.1, -0.1, -0.1]),
    stepped([-1, 1, 1, -1], [0, 0, 0, 0]),
    stepped([0, 0, -2, 2], [-0.1, -0.1, 0.1, 0.1]),
  ]
  const slopes = ownSlopes(lines)

  test('find the slope of each', () => {
    for (const index of [0, 1, 2]) {
      expect(slopeOf(slopes, index)).toMatchObject({ method: 'panel' })
      expect(slopeOf(slopes, index).slope).toBeCloseTo(0.5, 9)
    }
  })

  test('share the loss of one observation a week between them', () => {
    // Of 4 weeks each keeps 4 × (1 − 3 ÷ 12), less two for its level and its slope: 1. Squared errors add up to 4 × 0.01.
    expect(slopeOf(slopes, 0).sigma).toBeCloseTo(0.2, 9)
    expect(slopeOf(slopes, 1).sigma).toBeCloseTo(0, 9)
    expect(slopeOf(slopes, 2).sigma).toBeCloseTo(0.2, 9)
    // Never surer than its own weeks alone would make it.
    expect(slopeOf(slopes, 0).error).toBeGreaterThan(0.2 / Math.sqrt(4 * Math.LN2 ** 2))
    expect(slopeOf(slopes, 2).error).toBeGreaterThan(0.2 / Math.sqrt(8 * Math.LN2 ** 2))
  })

  test('say nothing where two lines only move against each other and the third in other weeks', () => {
    const later = stepped([0, 0, 0, 1, 2, 1, 2, 1, 2], [])
    const found = ownSlopes([
      stepped([1, -1, 0], [0.1, 0.1, -0.2]),
      stepped([-1, 1, 0], [-0.1, -0.1, 0.2]),
      { ...later, weeks: later.weeks.slice(3) },
    ])
    expect(found.map((slope) => slope?.error)).toEqual([Infinity, Infinity, Infinity])
  })

  test('say nothing of a line whose spend never changes', () => {
    const still = stepped([0, 0, 0, 0], [0, 0, 0, 0])
    const found = ownSlopes([...lines.slice(0, 2), still])
    expect(found[2]).toBeNull()
    expect(found[0]?.method).toBe('panel')
  })

  test('say only how unsure it is of a line that moves with all the others', () => {
    const steps = [1, -1, 1, -1]
    const alike = [0, 1, 2].map(() => stepped(steps, [0, 0, 0, 0]))
    const [found] = ownSlopes(alike)
    expect(found?.error).toBe(Infinity)
  })
})

describe('a line alone', () => {
  const spends = [1, 2, 4, 1, 2, 4, 1, 2, 4, 1, 2, 4].map((step) => 1000 * step)
  const weeksOf = (values: readonly number[]) =>
    spends.map((spend, index) => ({ spend, value: values[index] ?? 0 }))
  /** Weeks err by a tenth of their value where spend is low, or where it is high. */
  const erringAt = (place: number) =>
    weeksOf(
      spends.map((spend, index) => {
        const sign = Math.floor(index / 3) % 2 === 0 ? 1 : -1
        return 10 * spend ** 0.5 * (index % 3 === place ? 1 + 0.4 * sign : 1 + 0.02 * sign)
      }),
    )

  test('is as unsure as the larger of two errors says', () => {
    const errors = [0, 1, 2].map((place) => {
      const weeks = erringAt(place)
      const fit = fitPoissonPower(weeks)
      const [found] = ownSlopes([history(weeks)])
      return [
        found?.method,
        found?.error === fit?.slopeError,
        found?.error === fit?.robustSlopeError,
      ]
    })
    expect(errors).toEqual([
      ['poisson', false, true],
      ['poisson', true, false],
      ['poisson', false, true],
    ])
  })

  test('is held against a straight trend over weeks that brought value', () => {
    // Value doubles every week and spend is of no account.
    const weeks = [1, 2, 1, 2, 4, 1, 2].map((step, index) => ({
      spend: 1000 * step,
      value: 100 * 2 ** index,
    }))
    expect(ownSlopes([history(weeks)])[0]?.slopeWithTrend).toBeCloseTo(0, 9)
    // A week that brought nothing has no logarithm; the weeks after it keep their place in time.
    const gap = weeks.map((week, index) => (index === 2 ? { ...week, value: 0 } : week))
    expect(ownSlopes([history(gap)])[0]?.slopeWithTrend).toBeCloseTo(0, 9)
  })

  test('cannot be told from a trend by two weeks', () => {
    const [found] = ownSlopes([stepped([0, 1], [0, 0])])
    expect(found?.slopeWithTrend ?? null).toBeNull()
  })
})
