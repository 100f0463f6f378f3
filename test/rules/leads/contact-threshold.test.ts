import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { bestPlan, breakEvenProbability, planAt } from '#rules/leads/contact-threshold.ts'
import { scoreLevels } from '#rules/leads/score-levels.ts'

const economics = { valueOfWin: 100, costOfContact: 30 }
/** 90: 1 of 1; 70: 1 of 2; 50: 0 of 2; 30: 1 of 5. */
const levels = [
  { score: 90, total: 1, converted: 1 },
  { score: 70, total: 2, converted: 1 },
  { score: 50, total: 2, converted: 0 },
  { score: 30, total: 5, converted: 1 },
]

describe('contacting every lead from a score up', () => {
  it.each([
    [91, 0, 0, 0],
    [90, 1, 1, 70],
    [89, 1, 1, 70],
    [70, 3, 2, 110],
    [50, 5, 2, 50],
    [30, 10, 3, 0],
    [-Infinity, 10, 3, 0],
  ])('from %d contacts %d, wins %d and is worth %d', (threshold, contacted, converted, worth) => {
    expect(planAt(levels, economics, threshold)).toStrictEqual({
      threshold,
      contacted,
      converted,
      expectedValue: worth,
    })
  })
})

describe('the best threshold', () => {
  it('is where the sum is largest', () => {
    expect(bestPlan(levels, economics)).toStrictEqual({
      threshold: 70,
      contacted: 3,
      converted: 2,
      expectedValue: 110,
    })
  })

  it('is the higher of two that are worth the same', () => {
    const tied = [
      { score: 2, total: 1, converted: 1 },
      { score: 1, total: 2, converted: 1 },
    ]
    // 70 at two; 70 + 100 − 60 = 110 at one. With cost 50: 50, then 50 + 100 − 100 = 50.
    expect(bestPlan(tied, { valueOfWin: 100, costOfContact: 50 })).toMatchObject({ threshold: 2 })
  })

  it('is nobody when every contact loses', () => {
    expect(bestPlan(levels, { valueOfWin: 100, costOfContact: 101 })).toStrictEqual({
      threshold: null,
      contacted: 0,
      converted: 0,
      expectedValue: 0,
    })
  })

  it('is nobody when the best contact just pays for itself', () => {
    expect(bestPlan(levels, { valueOfWin: 100, costOfContact: 100 }).threshold).toBeNull()
  })

  it('may cross a loss to reach a gain', () => {
    const late = [
      { score: 3, total: 1, converted: 0 },
      { score: 2, total: 1, converted: 1 },
    ]
    expect(bestPlan(late, economics)).toMatchObject({ threshold: 2, expectedValue: 40 })
  })

  it('is nobody without leads', () => {
    expect(bestPlan([], economics).threshold).toBeNull()
  })

  it('beats every other threshold', () => {
    const sample = fc.array(
      fc.record({ score: fc.integer({ min: 0, max: 20 }), converted: fc.boolean() }),
      { minLength: 1, maxLength: 60 },
    )
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 120 }), (leads, costOfContact) => {
        const given = scoreLevels(leads)
        const chosen = { valueOfWin: 100, costOfContact }
        const best = bestPlan(given, chosen)
        for (let threshold = 0; threshold <= 21; threshold++) {
          expect(best.expectedValue).toBeGreaterThanOrEqual(
            planAt(given, chosen, threshold).expectedValue,
          )
        }
        const again = planAt(given, chosen, best.threshold ?? Infinity)
        expect(again).toMatchObject({
          contacted: best.contacted,
          expectedValue: best.expectedValue,
        })
      }),
    )
  })
})

describe('the chance at which a contact pays', () => {
  it('is cost by value', () => {
    expect(breakEvenProbability(economics)).toBe(0.3)
  })

  it('does not exist when a win is worth nothing', () => {
    expect(() => breakEvenProbability({ valueOfWin: 0, costOfContact: 1 })).toThrow(InvariantError)
  })
})
