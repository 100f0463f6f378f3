import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { conflictsOf } from '#rules/allocation/conflicts.ts'
import { logMarginalAt, responseAt } from '#rules/allocation/curve.ts'
import { fill } from '#rules/allocation/fill.ts'
import { fillGroups, type GroupedProblem, groupRanges } from '#rules/allocation/group-fill.ts'
import { fillTurnover, turnoverOf } from '#rules/allocation/turnover-fill.ts'
import { share } from '#test/support/share.ts'

import { concaveCurve, curve, optimal, problemOf, solvable, sumOf, type TestLine } from './lines.ts'

function valueOf(lines: readonly TestLine[], plan: Float64Array): number {
  return lines.reduce((sum, line, index) => sum + responseAt(line.curve, plan[index] ?? 0), 0)
}

const root = (scale: number, lower: number, upper: number): TestLine => ({
  curve: curve('power', scale, 0.5),
  lower,
  upper,
})

describe('fillGroups', () => {
  const lines = [root(3, 0, 1000), root(1, 0, 1000), root(2, 0, 1000)]
  const grouped = (changes: Partial<GroupedProblem> = {}): GroupedProblem => ({
    ...problemOf(lines, 1400),
    group: Int32Array.of(0, 0, 1),
    groupLower: [0, 0],
    groupUpper: [5000, 5000],
    ...changes,
  })

  test('without a bound that binds is plain water-filling: 9 : 1 : 4', () => {
    const { plan, groupLogPrices, logPrice } = fillGroups(grouped())
    expect(plan[0]).toBeCloseTo(900, 6)
    expect(plan[1]).toBeCloseTo(100, 6)
    expect(plan[2]).toBeCloseTo(400, 6)
    expect(groupLogPrices).toEqual([logPrice, logPrice])
  })

  test('a group held at its upper bound splits it at a dearer price of its own', () => {
    const { plan, groupLogPrices, logPrice } = fillGroups(grouped({ groupUpper: [600, 5000] }))
    expect(plan[0]).toBeCloseTo(540, 6)
    expect(plan[1]).toBeCloseTo(60, 6)
    expect(plan[2]).toBeCloseTo(800, 6)
    expect(logPrice).toBeCloseTo(logMarginalAt(curve('power', 2, 0.5), 800), 8)
    expect(groupLogPrices[0]).toBeCloseTo(logMarginalAt(curve('power', 3, 0.5), 540), 8)
    expect(groupLogPrices[0] ?? 0).toBeGreaterThan(groupLogPrices[1] ?? 0)
  })

  test('a group held at its lower bound splits it at a cheaper price of its own', () => {
    const { plan, groupLogPrices } = fillGroups(grouped({ groupLower: [0, 800] }))
    expect(plan[2]).toBeCloseTo(800, 6)
    expect(plan[0]).toBeCloseTo(540, 6)
    expect(groupLogPrices[1] ?? 0).toBeLessThan(groupLogPrices[0] ?? 0)
  })

  test('all groups held leave no price of the budget', () => {
    const held = fillGroups(grouped({ groupLower: [600, 800], groupUpper: [600, 800] }))
    expect(sumOf(held.plan)).toBeCloseTo(1400, 6)
    expect(held.logPrice).toBeNull()
    expect(held.groupLogPrices.every((price) => price !== null)).toBe(true)
  })

  test('knows the range of a group from its own bounds and its lines', () => {
    expect(groupRanges(grouped({ groupLower: [100, 0], groupUpper: [5000, 700] }))).toEqual([
      { low: 100, high: 2000 },
      { low: 0, high: 700 },
    ])
    expect(
      groupRanges({
        ...grouped(),
        lower: Float64Array.of(200, 100, 50),
      })[0],
    ).toEqual({ low: 300, high: 2000 })
  })

  test('always keeps every bound and spends the budget', () => {
    fc.assert(
      fc.property(
        solvable(concaveCurve),
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 8 }),
        share(),
        ({ lines: own, budget }, groups, tight) => {
          const problem = problemOf(own, budget)
          const group = Int32Array.from(own, (_line, index) => groups[index] ?? 0)
          const found = optimal(fill(problem))
          const sums = [0, 1, 2].map((index) =>
            found.plan.reduce((sum, x, line) => (group[line] === index ? sum + x : sum), 0),
          )
          // Bounds around what the groups get without bounds, so that a plan exists and some bind.
          const groupLower = sums.map((sum, index) => sum * (index === 0 ? tight : 0))
          const groupUpper = sums.map((sum, index) => sum * (index === 1 ? 1 : 2) + 1)
          const { plan } = fillGroups({ ...problem, group, groupLower, groupUpper })
          expect(sumOf(plan)).toBeCloseTo(budget, 5)
          expect(valueOf(own, plan)).toBeCloseTo(valueOf(own, found.plan), 4)
        },
      ),
    )
  })
})

describe('fillTurnover', () => {
  const lines = [root(3, 0, 2000), root(1, 0, 2000), root(2, 0, 2000)]
  const current = Float64Array.of(400, 400, 600)
  const problem = { ...problemOf(lines, 1400), current }

  test('without a limit that binds is plain water-filling', () => {
    const found = optimal(fillTurnover({ ...problem, maxTurnover: 1001 }))
    expect(found.turnover).toBeCloseTo(1000, 6)
    expect(found.buyLogPrice).toBe(found.sellLogPrice)
  })

  test('a limit just as large as the turnover does not bind', () => {
    // Two lines that both stand at their bounds: 100 is sold and 100 bought, to the last digit.
    const bounded = [root(3, 0, 500), root(1, 300, 2000)]
    const two = { ...problemOf(bounded, 800), current: Float64Array.of(400, 400) }
    const found = optimal(fillTurnover({ ...two, maxTurnover: 200 }))
    expect(found.turnover).toBe(200)
    expect(found.buyLogPrice).toBe(found.sellLogPrice)
    expect([...found.plan]).toEqual([500, 300])
  })

  test('a turnover of 0 keeps today to the last digit', () => {
    const found = optimal(fillTurnover({ ...problem, maxTurnover: 0 }))
    expect(found).toMatchObject({ status: 'optimal', plan: current, turnover: 0 })
  })

  test('a limit that binds is used up, half of it to buy and half to sell', () => {
    const found = optimal(fillTurnover({ ...problem, maxTurnover: 400 }))
    expect(found.plan[0]).toBeCloseTo(600, 6)
    expect(found.plan[1]).toBeCloseTo(400 - 200, 6)
    expect(found.plan[2]).toBeCloseTo(600, 6)
    expect(found.turnover).toBeCloseTo(400, 6)
    expect(found.buyLogPrice ?? 0).toBeGreaterThan(found.sellLogPrice ?? 0)
  })

  test('a budget that grows buys more than it sells', () => {
    const found = optimal(fillTurnover({ ...problem, budget: 1500, maxTurnover: 300 }))
    expect(sumOf(found.plan)).toBeCloseTo(1500, 6)
    expect(found.plan[0]).toBeCloseTo(600, 6)
    expect(found.plan[1]).toBeCloseTo(300, 6)
    expect(found.turnover).toBeCloseTo(300, 6)
  })

  // The budget moves by 100, so a turnover of 100 is the least that can do it.
  test.each([
    [100, 'optimal'],
    [99, 'turnover_too_small'],
  ])('a turnover of %i for a budget that grows by 100: %s', (maxTurnover, status) => {
    expect(fillTurnover({ ...problem, budget: 1500, maxTurnover }).status).toBe(status)
  })

  // 1e-12 of a budget of a billion is what sums may miss.
  test.each([
    [5e-4, 'optimal'],
    [2e-3, 'turnover_too_small'],
  ])('a budget that grows by %f beyond a turnover of 0: %s', (growth, status) => {
    const large = [root(3, 0, 2e9), root(1, 0, 2e9)]
    const start = Float64Array.of(5e8, 5e8)
    const grown = { ...problemOf(large, 1e9 + growth), current: start, maxTurnover: 0 }
    expect(fillTurnover(grown).status).toBe(status)
  })

  test('says by how much the turnover is too small', () => {
    expect(fillTurnover({ ...problem, budget: 1300, maxTurnover: 60 })).toEqual({
      status: 'turnover_too_small',
      gap: 40,
    })
  })

  test('the way into a line’s bounds is forced and counts', () => {
    const outside = { ...problem, lower: Float64Array.of(0, 0, 700), maxTurnover: 200 }
    const found = optimal(fillTurnover(outside))
    expect(found.plan[2]).toBeCloseTo(700, 6)
    expect(found.turnover).toBeCloseTo(200, 6)
    expect(fillTurnover({ ...outside, maxTurnover: 199 })).toMatchObject({
      status: 'turnover_too_small',
      gap: 1,
    })
  })

  test('no plan within the bounds is no plan within the turnover', () => {
    expect(fillTurnover({ ...problem, budget: 6001, maxTurnover: 1e6 })).toEqual({
      status: 'caps_below_budget',
      gap: 1,
    })
  })

  test('more turnover never brings less, and never turns over more than allowed', () => {
    fc.assert(
      fc.property(
        solvable(concaveCurve),
        share(),
        share(),
        ({ lines: own, budget }, position, limit) => {
          const base = problemOf(own, budget)
          const start = Float64Array.from(
            own,
            (line) => line.lower + position * (line.upper - line.lower),
          )
          const change = Math.abs(sumOf(start) - budget)
          const within = (turnover: number) =>
            optimal(fillTurnover({ ...base, current: start, maxTurnover: turnover }))
          const less = within(change + limit * 500)
          const more = within(change + limit * 500 + 200)
          expect(turnoverOf(start, less.plan)).toBeLessThanOrEqual(change + limit * 500 + 1e-5)
          expect(sumOf(less.plan)).toBeCloseTo(budget, 5)
          expect(valueOf(own, more.plan)).toBeGreaterThanOrEqual(
            valueOf(own, less.plan) * (1 - 1e-9),
          )
        },
      ),
    )
  })
})

describe('conflictsOf', () => {
  const grouped = (changes: Partial<GroupedProblem>): GroupedProblem => ({
    ...problemOf([root(1, 10, 50), root(1, 20, 60), root(1, 30, 70)], 100),
    group: Int32Array.of(0, 0, 1),
    groupLower: [0, 0],
    groupUpper: [1000, 1000],
    ...changes,
  })

  test('is empty when a plan exists, on every edge', () => {
    expect(conflictsOf(grouped({}))).toEqual([])
    expect(conflictsOf(grouped({ budget: 60 }))).toEqual([])
    expect(conflictsOf(grouped({ budget: 180 }))).toEqual([])
    expect(conflictsOf(grouped({ groupLower: [110, 0], budget: 140 }))).toEqual([])
    expect(conflictsOf(grouped({ groupUpper: [30, 1000] }))).toEqual([])
  })

  test('nothing to spend, nothing required and no room is no conflict', () => {
    const nothing = {
      lower: Float64Array.of(0, 0, 0),
      upper: Float64Array.of(0, 0, 0),
      groupUpper: [0, 0],
      budget: 0,
    }
    expect(conflictsOf(grouped(nothing))).toEqual([])
  })

  test('what the rounding of a large sum can feign is none', () => {
    const billion = (lower: number, upper: number, changes: Partial<GroupedProblem>) =>
      conflictsOf({
        ...problemOf([root(1, lower, upper)], 1e9),
        group: Int32Array.of(0),
        groupLower: [0],
        groupUpper: [2e9],
        ...changes,
      }).map(({ kind }) => kind)
    expect(billion(0, 1e9, { groupLower: [1e9 + 0.0005] })).toEqual([])
    expect(billion(0, 1e9, { groupLower: [1e9 + 0.002] })).toEqual(['group_lower_above_lines'])
    expect(billion(1e9, 2e9, { groupUpper: [1e9 - 0.0005] })).toEqual([])
    expect(billion(1e9, 2e9, { groupUpper: [1e9 - 0.002] })).toEqual(['group_upper_below_lines'])
    expect(billion(1e9 + 0.0005, 2e9, {})).toEqual([])
    expect(billion(1e9 + 0.002, 2e9, {})).toEqual(['lowers_above_budget'])
    expect(billion(0, 1e9 - 0.0005, {})).toEqual([])
    expect(billion(0, 1e9 - 0.002, {})).toEqual(['uppers_below_budget'])
  })

  test('names lines in their order, a group only where it is tighter than its lines', () => {
    const crossed = { group: Int32Array.of(1, 0, 1), budget: 59 }
    expect(conflictsOf(grouped(crossed))[0]?.lines).toEqual([0, 1, 2])
    const asTight = { groupLower: [30, 0], budget: 59 }
    expect(conflictsOf(grouped(asTight))[0]).toMatchObject({ lines: [0, 1, 2], groups: [] })
    const asLoose = { groupUpper: [110, 1000], budget: 181 }
    expect(conflictsOf(grouped(asLoose))[0]).toMatchObject({ lines: [0, 1, 2], groups: [] })
  })

  test('a line that may spend nothing is one of those that cannot hold the budget', () => {
    const shut = {
      lower: Float64Array.of(0, 0, 0),
      upper: Float64Array.of(50, 0, 70),
      budget: 121,
    }
    expect(conflictsOf(grouped(shut))[0]).toMatchObject({ gap: 1, lines: [0, 1, 2] })
    const idle = { lower: Float64Array.of(10, 0, 30), budget: 39 }
    expect(conflictsOf(grouped(idle))[0]).toMatchObject({ gap: 1, lines: [0, 2] })
  })

  test.each<[string, Partial<GroupedProblem>, object]>([
    [
      'a line',
      { lower: Float64Array.of(10, 61, 30) },
      { kind: 'line_lower_above_upper', gap: 1, lines: [1], groups: [] },
    ],
    [
      'a group that must spend more than its lines may',
      { groupLower: [111, 0] },
      { kind: 'group_lower_above_lines', gap: 1, lines: [0, 1], groups: [0] },
    ],
    [
      'a group that may spend less than its lines must',
      { groupUpper: [29, 1000] },
      { kind: 'group_upper_below_lines', gap: 1, lines: [0, 1], groups: [0] },
    ],
    [
      'the lines’ lower bounds with the budget',
      { budget: 59 },
      { kind: 'lowers_above_budget', gap: 1, lines: [0, 1, 2], groups: [] },
    ],
    [
      'the lines’ upper bounds with the budget',
      { budget: 181 },
      { kind: 'uppers_below_budget', gap: 1, lines: [0, 1, 2], groups: [] },
    ],
    [
      'a group’s lower bound with the budget, naming the group instead of its lines',
      { groupLower: [80, 0], budget: 109 },
      { kind: 'lowers_above_budget', gap: 1, lines: [2], groups: [0] },
    ],
    [
      'a group’s upper bound with the budget',
      { groupUpper: [1000, 40], budget: 151 },
      { kind: 'uppers_below_budget', gap: 1, lines: [0, 1], groups: [1] },
    ],
  ])('names %s', (_name, changes, expected) => {
    expect(conflictsOf(grouped(changes))).toEqual([expected])
  })

  test('leaves lines without a lower bound out of a conflict of lower bounds', () => {
    const conflict = conflictsOf(grouped({ lower: Float64Array.of(0, 60, 50), budget: 100 }))[0]
    expect(conflict).toMatchObject({ lines: [1, 2], gap: 10 })
  })

  test('loosening a named limit by the gap resolves the conflict', () => {
    const problem = grouped({ groupLower: [80, 0], budget: 100 })
    const [conflict] = conflictsOf(problem)
    expect(conflict?.groups).toEqual([0])
    expect(conflictsOf({ ...problem, groupLower: [80 - (conflict?.gap ?? 0), 0] })).toEqual([])
  })
})
