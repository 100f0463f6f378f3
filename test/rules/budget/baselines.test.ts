import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { averageReturnPlan, type BaselineLine, proRataPlan } from '#rules/budget/baselines.ts'
import { alternativeWithin, type PlanRequest } from '#rules/budget/optimal-plan.ts'
import { enterPlan, planDecision } from '#rules/budget/plan-facts.ts'
import { keepsLimits } from '#rules/budget/plan-limits.ts'
import { planLines } from '#rules/budget/plan-review.ts'
import { budgetContext } from '#test/support/budget-input.ts'
import { share } from '#test/support/share.ts'

import { curve, farthest, sumOf } from '../allocation/lines.ts'
import { entered, figures } from './entered.ts'
import { candidate } from './reviewed-line.ts'

const line = (current: number, lower: number, upper: number): BaselineLine => ({
  current,
  lower,
  upper,
})

describe('a proportional split within bounds', () => {
  test.each<[string, readonly BaselineLine[], number, readonly number[] | null]>([
    // 900 : 90 of 500 are 455 and 45; raised to its least the second leaves 400, not 455, to the first.
    ['a floor is paid by the others', [line(900, 0, 900), line(90, 100, 200)], 500, [400, 100]],
    // 8 : 1 : 1 of 1,000 are 800, 100 and 100: the cap frees 500, and the floor of 350 is no floor any more at 350 each.
    [
      'a cap that frees as much as a floor asks for',
      [line(800, 0, 300), line(100, 350, 900), line(100, 0, 900)],
      1000,
      [300, 350, 350],
    ],
    [
      'a floor that a cap lifts the line above',
      [line(800, 0, 300), line(100, 150, 900), line(100, 0, 900)],
      1000,
      [300, 350, 350],
    ],
    ['all at their least', [line(3, 2, 9), line(5, 4, 9)], 6, [2, 4]],
    ['all at their greatest', [line(3, 2, 9), line(5, 4, 8)], 17, [9, 8]],
    // 3 ÷ 47 × 47 is a hair below 3.
    [
      'their greatest, that a multiplier rounds below',
      [line(47, 0, 3), line(470, 0, 20)],
      23,
      [3, 20],
    ],
    ['a line with nothing and the least of the other', [line(0, 0, 9), line(5, 4, 9)], 4, [0, 4]],
    ['a unit below that', [line(0, 0, 9), line(5, 4, 9)], 3, null],
    ['a unit below their least', [line(3, 2, 9), line(5, 4, 9)], 5, null],
    ['a unit above their greatest', [line(3, 2, 9), line(5, 4, 8)], 18, null],
    ['a line without weight has its least', [line(0, 2, 9), line(5, 0, 9)], 8, [2, 6]],
    ['and takes nothing that the others cannot', [line(0, 2, 9), line(5, 0, 9)], 12, null],
    ['without any weight there is no proportion', [line(0, 0, 9), line(0, 0, 9)], 0, null],
    ['the unit left goes to the largest remainder', [line(2, 0, 9), line(1, 0, 9)], 4, [3, 1]],
  ])('%s', (_name, lines, budget, expected) => {
    expect(proRataPlan(lines, budget)).toEqual(expected)
  })

  test('one multiplier explains every line, to the unit', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: 1, max: 1000 }),
            fc.nat({ max: 1000 }),
            fc.nat({ max: 1000 }),
            share(),
          ),
          { minLength: 1, maxLength: 8 },
        ),
        share(),
        (specs, position) => {
          const lines = specs.map(([current, lower, room]) => line(current, lower, lower + room))
          const returns = specs.map(([, , , own]) => 0.1 + own)
          const [least, most] = [
            sumOf(lines.map((own) => own.lower)),
            sumOf(lines.map((own) => own.upper)),
          ]
          const budget = Math.round(least + position * (most - least))
          const plan = averageReturnPlan(lines, returns, budget) ?? []
          expect(sumOf(plan)).toBe(budget)
          // A line above its least asks for a multiplier of no less, one below its greatest for no more, up to a unit each.
          const parts = lines.map((own, index) => {
            const weight = own.current * (returns[index] ?? 0)
            const amount = plan[index] ?? NaN
            expect(amount).toBeGreaterThanOrEqual(own.lower)
            expect(amount).toBeLessThanOrEqual(own.upper)
            return {
              atLeast: amount > own.lower ? (amount - 1) / weight : 0,
              atMost: amount < own.upper ? (amount + 1) / weight : Infinity,
            }
          })
          expect(Math.max(...parts.map((part) => part.atLeast))).toBeLessThanOrEqual(
            Math.min(...parts.map((part) => part.atMost)) + 1e-9,
          )
        },
      ),
    )
  })
})

/** Five lines by average return, each within a fifth of today, under a turnover and a least move; `scale` minor units to one. */
function requestAt(scale: number, turnoverShare = 0.15): PlanRequest {
  const today = [930_000, 775_000, 620_000, 465_000, 310_000].map((amount) => amount * scale)
  const budget = sumOf(today)
  return {
    lines: today.map((current, index) => ({
      id: String(index),
      curve: curve('power', 1, 0.5),
      current,
      lower: Math.round(current * 0.8),
      upper: Math.round(current * 1.2),
    })),
    budget,
    groups: [],
    maxTurnover: Math.floor(turnoverShare * budget),
    minMove: 60_000 * scale,
    steps: null,
  }
}

/** How all baselines of a request move away from today, in units of its scale. */
function movesAt(scale: number, returns: readonly number[], turnoverShare?: number) {
  const request = requestAt(scale, turnoverShare)
  const { lines, budget } = request
  return [proRataPlan(lines, budget), averageReturnPlan(lines, returns, budget)].map((plan) => {
    const within = plan && alternativeWithin(request, plan)
    if (within === null) return null
    expect(keepsLimits(request, within)).toBe(true)
    return within.map((amount, index) => (amount - (lines[index]?.current ?? 0)) / scale)
  })
}

describe('the unit in which a currency counts', () => {
  test.each([10, 100, 1_000_000])('changes no baseline: × %i', (scale) => {
    // The least move holds two lines of which 51,667 each were asked: more than 100,000 units are left to be given.
    const returns = [9.04, 2.01, 3.46, 5.94, 2.67]
    const [proRata, averageReturn] = movesAt(1, returns)
    expect(proRata).toEqual([0, 0, 0, 0, 0])
    expect(averageReturn?.filter((move) => move === 0)).toHaveLength(2)
    expect(sumOf(averageReturn?.map(Math.abs) ?? [])).toBeGreaterThan(200_000)
    const [held, scaled] = movesAt(scale, returns)
    expect(held).toEqual(proRata)
    expect(farthest(scaled ?? [], averageReturn ?? [])).toBeLessThanOrEqual(2)
  })

  test('whatever the returns and the turnover', () => {
    fc.assert(
      fc.property(
        fc.array(share(), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 2, max: 30 }),
        fc.constantFrom(10, 100),
        (shares, turnover, scale) => {
          const returns = shares.map((own) => 0.5 + 9 * own)
          const [, once] = movesAt(1, returns, turnover / 100)
          const [, scaled] = movesAt(scale, returns, turnover / 100)
          // A move on the very edge of the least one may fall to either side.
          const nearEdge = (once ?? []).some((move) => Math.abs(Math.abs(move) - 60_000) < 100)
          fc.pre(!nearEdge)
          expect(scaled === null).toBe(once === null)
          expect(farthest(scaled ?? [], once ?? [])).toBeLessThanOrEqual(2)
        },
      ),
      { numRuns: 200 },
    )
  })
})

test('a way that knows no plan is not measured, beside one that does', () => {
  const planned = (channelId: string) =>
    candidate(channelId, {
      response: { averageReturn: 0, elasticity: 0.5, curve: curve('power', 9, 0.5) },
    })
  const lines = ['A', 'B'].map(planned)
  const review = planLines(lines, {
    lines,
    plans: [],
    risks: [],
    carried: [],
    context: budgetContext(),
    minorPerUnit: 100,
  })
  if (review === null) throw new Error('expected a plan')
  expect(review.outcome).toMatchObject({
    status: 'planned',
    baselines: { proRata: { delta: 0 }, averageReturn: null },
  })
  const facts = figures(entered((book) => enterPlan(book, review, budgetContext())))
  expect(facts).toMatchObject({
    pro_rata_mid: 0,
    average_return_low: 'this way knows no plan within the limits',
    average_return_mid: 'this way knows no plan within the limits',
    average_return_high: 'this way knows no plan within the limits',
    average_return_probability: 'this way knows no plan within the limits',
  })
  expect(planDecision(review, budgetContext()).evidence).toMatchObject({
    average_return_delta_minor: null,
  })
})
