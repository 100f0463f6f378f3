import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { totalResponse } from '#rules/allocation/curve-columns.ts'
import { type Curve, marginalAt } from '#rules/allocation/curve.ts'
import {
  fillToHurdle,
  fillToReturn,
  fillToValue,
  priceOf,
  returnGoalGradient,
} from '#rules/allocation/flexible-fill.ts'
import { fillByMarginals } from '#rules/allocation/marginal-fill.ts'

import { concaveCurve, curve, optimal, problemOf, solvable, type TestLine } from './lines.ts'

const log = (scale: number, shape: number, upper = 10_000): TestLine => ({
  curve: curve('log', scale, shape),
  lower: 0,
  upper,
})

describe('fillToHurdle', () => {
  const lines = [log(1000, 100), log(600, 100)]

  test('spends until the next unit brings the hurdle: 1000/(100 + x) = 2 gives 400, 600/(100 + y) = 2 gives 200', () => {
    const found = optimal(fillToHurdle(problemOf(lines, 0), { hurdle: 2, cap: 601 }))
    expect(found).toMatchObject({ binding: 'hurdle' })
    expect(found.plan[0]).toBeCloseTo(400, 8)
    expect(found.plan[1]).toBeCloseTo(200, 8)
    expect(found.spend).toBeCloseTo(600, 8)
    expect(priceOf(found.logPrice)).toBeCloseTo(2, 12)
    expect(found.value).toBeCloseTo(1000 * Math.log(5) + 600 * Math.log(3), 8)
  })

  test('stops at the cap when that comes first', () => {
    const found = optimal(fillToHurdle(problemOf(lines, 0), { hurdle: 2, cap: 500 }))
    expect(found).toMatchObject({ binding: 'cap' })
    expect(found.spend).toBeCloseTo(500, 8)
    expect(found.plan[0]).toBeCloseTo(337.5, 8)
    expect(priceOf(found.logPrice)).toBeCloseTo(1600 / 700, 8)
  })

  test('a cap that the hurdle just reaches does not bind', () => {
    // At a marginal response of 2 both lines would go on beyond their upper bounds.
    const short = problemOf([log(1000, 100, 50), log(600, 100, 50)], 0)
    expect(fillToHurdle(short, { hurdle: 2, cap: 100 })).toMatchObject({
      binding: 'hurdle',
      spend: 100,
    })
    expect(fillToHurdle(short, { hurdle: 2, cap: 99 })).toMatchObject({ binding: 'cap', spend: 99 })
  })

  test('a cap below the lines’ floors has no plan', () => {
    const floored = [{ ...log(1000, 100), lower: 300 }]
    expect(fillToHurdle(problemOf(floored, 0), { hurdle: 1e6, cap: 299 })).toEqual({
      status: 'floors_above_budget',
      gap: 1,
    })
  })
})

describe('fillToReturn', () => {
  test('goes on until the average return is the target', () => {
    const lines = [log(1000, 100), log(600, 100)]
    const found = optimal(fillToReturn(problemOf(lines, 0), 3))
    expect(found).toMatchObject({ binding: 'target' })
    expect(found.value / found.spend).toBeCloseTo(3, 9)
    expect(priceOf(found.logPrice) ?? 9).toBeLessThan(3)
  })

  test('stands at the price it names, also where that is below 1', () => {
    // Log lines with as much below the line: 1000 ÷ (100 + x) is the price, a tenth of it with a tenth of the scale.
    for (const scale of [1000, 100]) {
      const { plan, logPrice } = optimal(
        fillToReturn(problemOf([log(scale, 100), log(0.6 * scale, 100)], 0), (3 * scale) / 1000),
      )
      const price = priceOf(logPrice) ?? 0
      expect(price).toBeLessThan((3 * scale) / 1000)
      expect(plan[0]).toBeCloseTo(scale / price - 100, 8)
      expect(plan[1]).toBeCloseTo((0.6 * scale) / price - 100, 8)
    }
  })

  test('spends nothing where the first unit returns less than the target', () => {
    const found = fillToReturn(problemOf([log(100, 100)], 0), 3)
    expect(found).toMatchObject({ status: 'optimal', binding: 'target', spend: 0 })
  })

  test('lines that cannot move stand at their bounds', () => {
    const fixed = { ...log(1000, 100, 50), lower: 50 }
    expect(fillToReturn(problemOf([fixed], 0), 3)).toMatchObject({ binding: 'bounds', spend: 50 })
    const shut = log(1000, 100, 0)
    expect(fillToReturn(problemOf([shut], 0), 3)).toMatchObject({ binding: 'bounds', spend: 0 })
  })

  test('stands at the bounds when even they return more', () => {
    const found = fillToReturn(problemOf([log(1000, 100, 50)], 0), 3)
    expect(found).toMatchObject({ status: 'optimal', binding: 'bounds', spend: 50, logPrice: null })
  })

  test('says how near the bounds come to a target out of reach', () => {
    const found = fillToReturn(problemOf([{ ...log(100, 100), lower: 100 }], 0), 3)
    expect(found).toEqual({ status: 'out_of_reach', best: expect.closeTo(Math.LN2, 9) })
  })

  test('more spend than the plan returns less than the target', () => {
    fc.assert(
      fc.property(
        solvable(concaveCurve, 4),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        ({ lines }, target) => {
          const found = fillToReturn(problemOf(lines, 0), target)
          fc.pre(found.status === 'optimal' && found.binding === 'target')
          const { value, spend, plan } = optimal(found)
          // Where the target is the very return of the first cent, the plan may be to spend nothing, which returns nothing per cent.
          fc.pre(spend > 0)
          expect(value / spend).toBeCloseTo(target, 7)
          const open = lines.filter((line, index) => (plan[index] ?? 0) < line.upper)
          const steepest = open.map((line) =>
            marginalAt(line.curve, plan[lines.indexOf(line)] ?? 0),
          )
          expect(Math.max(0, ...steepest)).toBeLessThan(target * (1 + 1e-6))
        },
      ),
    )
  })
})

describe('fillToValue', () => {
  const lines = [log(1000, 100), log(600, 100)]

  test('brings the value with the least spend', () => {
    const value = 1000 * Math.log(5) + 600 * Math.log(3)
    const found = optimal(fillToValue(problemOf(lines, 0), value))
    expect(found).toMatchObject({ binding: 'target' })
    expect(found.spend).toBeCloseTo(600, 6)
    expect(found.value).toBeCloseTo(value, 8)
  })

  test('stands at the price it names, also where that is below 1', () => {
    for (const scale of [1000, 100]) {
      const problem = problemOf([log(scale, 100), log(0.6 * scale, 100)], 0)
      const value = scale * Math.log(5) + 0.6 * scale * Math.log(3)
      const { plan, logPrice } = optimal(fillToValue(problem, value))
      const price = priceOf(logPrice) ?? 0
      expect(plan[0]).toBeCloseTo(scale / price - 100, 8)
      expect(plan[0]).toBeCloseTo(400, 6)
    }
  })

  test('a value the floors or the caps just bring is brought', () => {
    const problem = problemOf([{ ...log(1000, 100, 100) }], 0)
    const least = fillToValue(problem, 0)
    expect(least).toMatchObject({ binding: 'bounds', spend: 0, logPrice: null })
    expect(optimal(least).plan).not.toBe(problem.lower)
    const most = totalResponse(problem.curves, problem.upper)
    expect(optimal(fillToValue(problem, most)).spend).toBeCloseTo(100, 6)
  })

  test('a value that another order of adding makes a hair more than all bring is brought, and more is not', () => {
    const short = [log(1000, 100, 100), log(600, 100, 50)]
    const problem = problemOf(short, 0)
    const most = totalResponse(problem.curves, problem.upper)
    for (const value of [most, most * (1 + 5e-13)]) {
      const found = fillToValue(problem, value)
      expect(found).toMatchObject({ status: 'optimal', binding: 'bounds', logPrice: null })
      expect(optimal(found).spend).toBe(150)
    }
    const beyond = most * (1 + 2e-12)
    expect(fillToValue(problem, beyond)).toMatchObject({ status: 'out_of_reach' })
  })

  test('lines that cannot move bring what they bring', () => {
    const fixed = { ...log(1000, 100, 100), lower: 100 }
    expect(fillToValue(problemOf([fixed], 0), 1000)).toMatchObject({ status: 'out_of_reach' })
  })

  test('ends although the floors add up to a hair more than they are', () => {
    const from = (lower: number): TestLine => ({ curve: curve('power', 5, 0.5), lower, upper: 100 })
    expect(0.1 + 0.2 + 0.3).toBeGreaterThan(0.6)
    // Four equal lines that bring 20 together spend 1 each: 4 · 5·√1.
    const found = optimal(fillToValue(problemOf([from(0), from(0.1), from(0.2), from(0.3)], 0), 20))
    expect(found.spend).toBeCloseTo(4, 9)
  })

  test('floors that bring it already are the plan', () => {
    const found = fillToValue(
      problemOf([{ ...log(1000, 100), lower: 100 }], 0),
      1000 * Math.LN2 - 1,
    )
    expect(found).toMatchObject({ status: 'optimal', binding: 'bounds', spend: 100 })
  })

  test('says what the caps bring of a value out of reach', () => {
    const found = fillToValue(problemOf([log(1000, 100, 100)], 0), 1000)
    expect(found).toEqual({ status: 'out_of_reach', best: expect.closeTo(1000 * Math.LN2, 8) })
  })
})

test('returnGoalGradient is 1 − marginal ÷ target: above 0 a line uses room up, below it makes room', () => {
  const { curves } = problemOf([log(1000, 100), log(600, 100)], 0)
  const gradient = returnGoalGradient(curves, Float64Array.of(100, 500), 2)
  expect(gradient[0]).toBeCloseTo(1 - 5 / 2, 12)
  expect(gradient[1]).toBeCloseTo(1 - 1 / 2, 12)
})

test('priceOf a plan without a price is null', () => {
  expect(priceOf(null)).toBeNull()
})

describe('fillByMarginals', () => {
  const marginal = (own: Curve) => (x: number) => marginalAt(own, x)

  test('finds the plan of water-filling', () => {
    const [first, second] = [curve('log', 300, 100), curve('log', 100, 50)]
    const found = fillByMarginals(
      [
        { marginalAt: marginal(first), lower: 0, upper: 1000 },
        { marginalAt: marginal(second), lower: 0, upper: 1000 },
      ],
      550,
    )
    expect(found?.plan[0]).toBeCloseTo(425, 8)
    expect(found?.plan[1]).toBeCloseTo(125, 8)
    expect(found?.price).toBeCloseTo(300 / 525, 10)
  })

  test('keeps bounds, and refuses a budget that they cannot hold', () => {
    const line = { marginalAt: marginal(curve('log', 300, 100)), lower: 10, upper: 20 }
    expect(fillByMarginals([line, line], 40)?.plan).toEqual([20, 20])
    expect(fillByMarginals([line, line], 20)?.plan).toEqual([10, 10])
    expect(fillByMarginals([line, line], 41)).toBeNull()
    expect(fillByMarginals([line, line], 19)).toBeNull()
    expect(fillByMarginals([], 0)).toBeNull()
  })

  test('a line too weak for the price keeps its lower bound, one too strong its upper', () => {
    const line = (scale: number, shape: number, upper: number) => ({
      marginalAt: marginal(curve('log', scale, shape)),
      lower: 0,
      upper,
    })
    // 300 ÷ 150 = 2 against 10 ÷ 50 at the start; 300 ÷ 150 = 2 at the end against 100 ÷ 150.
    expect(fillByMarginals([line(300, 100, 1000), line(10, 50, 1000)], 50)).toEqual({
      plan: [expect.closeTo(50, 9), 0],
      price: expect.closeTo(2, 9),
    })
    expect(fillByMarginals([line(300, 100, 50), line(100, 50, 1000)], 150)).toEqual({
      plan: [50, expect.closeTo(100, 9)],
      price: expect.closeTo(2 / 3, 9),
    })
  })

  test('lines of one constant marginal have one price', () => {
    const flat = { marginalAt: () => 2, lower: 10, upper: 10 }
    expect(fillByMarginals([flat], 10)).toEqual({ plan: [10], price: 2 })
  })
})
