import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { totalResponse } from '#rules/allocation/curve-columns.ts'
import { type Curve, marginalAt, responseAt } from '#rules/allocation/curve.ts'
import { planDiscrete } from '#rules/allocation/discrete.ts'
import { envelopeAt, envelopeOf } from '#rules/allocation/envelope.ts'
import {
  fillToHurdle,
  fillToReturn,
  fillToValue,
  priceOf,
  returnGoalGradient,
} from '#rules/allocation/flexible-fill.ts'
import { fillByMarginals } from '#rules/allocation/marginal-fill.ts'
import { fillSCurves } from '#rules/allocation/s-curve-fill.ts'

import {
  concaveCurve,
  curve,
  optimal,
  problemOf,
  sCurve,
  share,
  solvable,
  sumOf,
  type TestLine,
} from './lines.ts'

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
    expect(priceOf(found.logPrice) ?? 0).toBeGreaterThan(2)
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

describe('envelopeOf', () => {
  test('leaves a concave curve alone', () => {
    expect(envelopeOf(curve('log', 5, 5), 3, 9)).toEqual({ knee: 3, logSlope: Number.NaN })
    expect(envelopeOf(curve('hill', 100, 50, 3), 400, 900).knee).toBe(400)
  })

  test('touches an S-curve where the chord from the lower bound is its tangent', () => {
    // For x²/(k² + x²) from 0: f = f′·x where k² + x² = 2k², so x = k and the slope is 1/(2k).
    const { knee, logSlope } = envelopeOf(curve('hill', 1, 50, 2), 0, 1000)
    expect(knee).toBeCloseTo(50, 6)
    expect(Math.exp(logSlope)).toBeCloseTo(1 / 100, 9)
  })

  test('touches it from a lower bound above 0 as well', () => {
    const own = curve('hill', 1, 50, 2)
    const { knee, logSlope } = envelopeOf(own, 20, 1000)
    const rise = (responseAt(own, knee) - responseAt(own, 20)) / (knee - 20)
    expect(Math.exp(logSlope)).toBeCloseTo(rise, 12)
    expect(marginalAt(own, knee)).toBeCloseTo(rise, 9)
    expect(knee).toBeGreaterThan(50 / Math.sqrt(3))
    // Half of the way up the chord.
    const half = envelopeAt(own, { knee, logSlope }, { low: 20, spend: (20 + knee) / 2 })
    expect(half).toBeCloseTo((responseAt(own, 20) + responseAt(own, knee)) / 2, 12)
    expect(envelopeOf(own, 20, 25).knee).toBe(25)
  })

  test('a spend that rounds below the lower bound lies on the curve', () => {
    const own = curve('log', 5, 5)
    const envelope = envelopeOf(own, 3, 9)
    expect(envelopeAt(own, envelope, { low: 3, spend: 3 - 1e-15 })).toBeCloseTo(
      responseAt(own, 3),
      12,
    )
  })

  test('is a chord all the way when the upper bound comes before the tangent', () => {
    const own = curve('hill', 1, 50, 2)
    const { knee, logSlope } = envelopeOf(own, 0, 40)
    expect(knee).toBe(40)
    expect(Math.exp(logSlope)).toBeCloseTo(responseAt(own, 40) / 40, 12)
    expect(envelopeOf(own, 0, 10).knee).toBe(10)
  })

  test('lies on or above the curve, and on it at both ends', () => {
    fc.assert(
      fc.property(
        sCurve,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 4000 }),
        share(),
        (own, low, room, position) => {
          const envelope = envelopeOf(own, low, low + room)
          const at = (spend: number) => envelopeAt(own, envelope, { low, spend })
          const spend = low + position * room
          expect(at(spend)).toBeGreaterThanOrEqual(responseAt(own, spend) * (1 - 1e-9))
          expect(at(low)).toBeCloseTo(responseAt(own, low), 8)
          expect(at(low + room)).toBeCloseTo(responseAt(own, low + room), 8)
        },
      ),
    )
  })
})

describe('fillSCurves', () => {
  test('puts the money where one line gets over its bend, not a little everywhere', () => {
    const lines = [
      { curve: curve('hill', 1000, 500, 3), lower: 0, upper: 1000 },
      { curve: curve('hill', 1000, 500, 3), lower: 0, upper: 1000 },
    ]
    const found = optimal(fillSCurves(problemOf(lines, 700)))
    expect([...found.plan].toSorted((a, b) => a - b)).toEqual([0, 700])
    expect(found.value).toBeCloseTo(1000 / (1 + (5 / 7) ** 3), 8)
    expect(found.envelopeBound).toBeGreaterThan(found.value)
    expect(found.bound).toBeLessThanOrEqual(found.value * (1 + 1e-9))
  })

  test('is never below a search on a grid, and its bound never below its value', () => {
    fc.assert(
      fc.property(solvable(fc.oneof(sCurve, concaveCurve), 3), ({ lines, budget }) => {
        const found = optimal(fillSCurves(problemOf(lines, budget)))
        expect(sumOf(found.plan)).toBeCloseTo(budget, 5)
        expect(found.bound).toBeGreaterThanOrEqual(found.value)
        expect(found.bound).toBeLessThanOrEqual(found.value * (1 + 1e-8) + 1e-9)
        expect(found.value).toBeGreaterThanOrEqual(gridBest(lines, budget) * (1 - 1e-9) - 1e-9)
      }),
      { numRuns: 40 },
    )
  })

  const lines = Array.from({ length: 6 }, (_line, index) => ({
    curve: curve('hill', 1000 + index, 500, 3),
    lower: 0,
    upper: 1000,
  }))

  test('gives 1900 to the best three of six lines, which bring more than two or four would', () => {
    // 1000 ÷ (1 + (500 ÷ x)³): three at 633 bring 2010, two at 950 bring 1745, four at 475 bring 1846.
    const found = optimal(fillSCurves(problemOf(lines, 1900)))
    expect([...found.plan].map((spend) => spend > 0)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ])
    expect(found.value).toBeGreaterThan(2010 * 1.003)
    expect(found.bound / found.value).toBeCloseTo(1, 10)
    expect(found.nodes).toBeLessThan(10)
  })

  test('is content with a plan within its tolerance of the bound', () => {
    // The first plan brings 2010, and the envelope promises 0.43 % more.
    const within = (tolerance: number) =>
      optimal(fillSCurves(problemOf(lines, 1900), { tolerance, maxNodes: 100 }))
    expect(within(0.0043).nodes).toBeGreaterThan(1)
    const { nodes, value, bound } = within(0.0044)
    expect(nodes).toBe(1)
    expect(bound / value).toBeCloseTo(1.0043, 4)
  })

  test('stops at its node limit and owns up to the gap', () => {
    const rough = optimal(fillSCurves(problemOf(lines, 1900), { tolerance: 0, maxNodes: 3 }))
    expect(rough.nodes).toBe(3)
    expect(rough.bound).toBeGreaterThan(rough.value)
  })

  test('passes an infeasible budget on', () => {
    expect(fillSCurves(problemOf([log(1, 1, 10)], 11))).toEqual({
      status: 'caps_below_budget',
      gap: 1,
    })
  })
})

/** Best value over plans on a grid of 40 steps a line, the last line taking what is left. */
function gridBest(lines: readonly TestLine[], budget: number): number {
  const [first, ...rest] = lines
  if (first === undefined) return 0
  if (rest.length === 0) {
    return budget >= first.lower - 1e-9 && budget <= first.upper + 1e-9
      ? responseAt(first.curve, Math.min(first.upper, Math.max(first.lower, budget)))
      : -Infinity
  }
  let best = -Infinity
  for (let step = 0; step <= 40; step++) {
    const spend = first.lower + ((first.upper - first.lower) * step) / 40
    best = Math.max(best, responseAt(first.curve, spend) + gridBest(rest, budget - spend))
  }
  return best
}

describe('planDiscrete', () => {
  const terms = {
    increment: 100,
    maxStepShare: 0.2,
    minMoveShare: 0.05,
    maxChangedLines: 3,
    budget: 6000,
  }
  const lines = [
    { curve: curve('power', 30, 0.6), current: 2000 },
    { curve: curve('power', 10, 0.6), current: 2000 },
    { curve: curve('power', 20, 0.6), current: 2000 },
  ]

  test('moves whole increments from the weakest to the strongest, a fifth at most', () => {
    const found = planDiscrete(lines, terms)
    expect(found).toMatchObject({ status: 'optimal', plan: [2400, 1600, 2000], changed: 2 })
  })

  test('turnover: on the limit a step is taken, one unit below it is not', () => {
    const within = (maxTurnover: number) =>
      optimal(planDiscrete(lines, { ...terms, maxTurnover })).plan
    expect(within(400)).toEqual([2200, 1800, 2000])
    expect(within(399)).toEqual([2100, 1900, 2000])
    expect(within(199)).toEqual([2000, 2000, 2000])
  })

  test('groups: on their bounds kept, and the least move as an amount', () => {
    const grouped = lines.map((line, index) => ({ ...line, group: index === 0 ? 0 : 1 }))
    const within = (upper: number, lower: number) =>
      planDiscrete(grouped, {
        ...terms,
        groups: [
          { lower: 0, upper },
          { lower, upper: 9000 },
        ],
      })
    expect(optimal(within(2300, 0)).plan).toEqual([2300, 1600, 2100])
    expect(optimal(within(2299, 0)).plan[0]).toBe(2200)
    expect(optimal(within(9000, 3800)).plan[0]).toBe(2200)
    expect(within(9000, 4500)).toEqual({ status: 'no_plan' })
    expect(optimal(planDiscrete(lines, { ...terms, minMove: 401 })).plan).toEqual([
      2000, 2000, 2000,
    ])
    expect(optimal(planDiscrete(lines, { ...terms, minMove: 400 })).plan).toEqual([
      2400, 1600, 2000,
    ])
  })

  test('gives up where the steps are too many', () => {
    const many = Array.from(
      { length: 12 },
      () => lines[0] ?? { curve: curve('log', 1, 1), current: 1 },
    )
    const fine = { ...terms, increment: 0.5, maxChangedLines: 12, budget: 24_000 }
    expect(planDiscrete(many, fine)).toEqual({ status: 'too_many_steps' })
  })

  describe('lines 3√x, √x and 2.9√x of 100 each, in steps of 50', () => {
    const rootLine = (scale: number, group?: number) => ({
      curve: curve('power', scale, 0.5),
      current: 100,
      ...(group === undefined ? {} : { group }),
    })
    const fifty = {
      increment: 50,
      maxStepShare: 1,
      minMoveShare: 0,
      maxChangedLines: 3,
      budget: 300,
    }
    const planOf = (changes: object, own = [rootLine(3, 1), rootLine(1, 0), rootLine(2.9, 1)]) => {
      const found = planDiscrete(own, { ...fifty, ...changes })
      return found.status === 'optimal' ? found.plan : found.status
    }
    const free = { lower: 0, upper: 1000 }

    test('the strongest takes a step of the weakest, and no second one', () => {
      // 3√150 + √50 + 29 = 72.8; with the second step 3√150 + 2.9√150 = 72.3.
      expect(planOf({})).toEqual([150, 50, 100])
      expect(planOf({ budget: 400 })).toEqual([200, 50, 150])
    })

    test('a group is bounded wherever its lines stand in the list', () => {
      expect(planOf({ groups: [free, { lower: 0, upper: 200 }] })).toEqual([100, 100, 100])
      expect(planOf({ groups: [{ lower: 0, upper: 0 }, free] })).toEqual([150, 0, 150])
      expect(planOf({ groups: [{ lower: 150, upper: 150 }, free] })).toEqual([100, 150, 50])
    })

    test('a line without a group is bounded by none', () => {
      const own = [rootLine(3), rootLine(1, 0), rootLine(2.9)]
      expect(
        planOf(
          {
            groups: [
              { lower: 0, upper: 0 },
              { lower: 0, upper: 0 },
            ],
          },
          own,
        ),
      ).toEqual([150, 0, 150])
      expect(planOf({ groups: [] }, own)).toEqual([150, 50, 100])
    })

    test('the turnover holds on the step, and what is left of it must bring the net change', () => {
      expect(planOf({ maxTurnover: 100 })).toEqual([150, 50, 100])
      expect(planOf({ maxTurnover: 99 })).toEqual([100, 100, 100])
      expect(planOf({ maxTurnover: 100, budget: 400 })).toEqual([150, 100, 150])
      expect(planOf({ maxTurnover: 99, budget: 400 })).toBe('no_plan')
    })

    test('a group keeps its sum though another line stands between its own', () => {
      // Within a sum of 200, 3√150 + √50 = 43.8 is more than 3√100 + √100 = 40.
      const exact = { lower: 200, upper: 200 }
      const swapped = [150, 100, 50]
      const between = [rootLine(3, 1), rootLine(1, 0), rootLine(1, 1)]
      expect(planOf({ groups: [{ lower: 100, upper: 100 }, exact] }, between)).toEqual(swapped)
      const ungrouped = [rootLine(3, 1), rootLine(1), rootLine(1, 1)]
      expect(planOf({ groups: [free, exact] }, ungrouped)).toEqual(swapped)
      const first = [rootLine(3, 0), rootLine(1), rootLine(1, 0)]
      expect(planOf({ groups: [exact] }, first)).toEqual(swapped)
    })

    test('of two plans that bring as much the one that changes fewer lines stands, and then the later ones', () => {
      const steep = (current: number) => ({
        curve: curve('hill', 8, 200, 4),
        current,
        lower: 100,
        upper: 200,
      })
      const hundreds = { increment: 100, maxStepShare: 1 }
      expect(planOf({ ...hundreds, budget: 300 }, [steep(200), steep(100)])).toEqual([200, 100])
      expect(planOf({ ...hundreds, budget: 300 }, [steep(100), steep(200)])).toEqual([100, 200])
      const even = [rootLine(1), rootLine(1)]
      expect(planOf({ budget: 250 }, even)).toEqual([100, 150])
    })

    test('a line beyond its bounds may stay where it is', () => {
      const own = [
        { ...rootLine(3), upper: 50 },
        { ...rootLine(1), lower: 150 },
      ]
      // 3√100 + √100 = 40 against 3√50 + √150 = 33.5.
      expect(planOf({ budget: 200 }, own)).toEqual([100, 100])
    })
  })

  // Steps of 1 over lines of a million, and of a billion: the lists of moves alone would be too long to handle.
  test.each([1e6, 1e9])(
    'gives up on two lines of %i before it lists their steps of 1',
    (current) => {
      const large = [0, 1].map(() => ({ curve: curve('power', 1, 0.5), current }))
      const tiny = { ...terms, increment: 1, maxStepShare: 0.2, budget: 2 * current }
      expect(planDiscrete(large, tiny)).toEqual({ status: 'too_many_steps' })
      const held = large.map((line) => ({ ...line, lower: current - 1, upper: current + 1 }))
      expect(planDiscrete(held, { ...tiny, minMoveShare: 0 })).toMatchObject({ status: 'optimal' })
    },
  )

  test('is the best of all plans one could list', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(concaveCurve, fc.integer({ min: 5, max: 12 })).map(([own, hundreds]) => ({
            curve: own,
            current: 100 * hundreds,
          })),
          { minLength: 2, maxLength: 3 },
        ),
        fc.constantFrom(0.1, 0.3),
        fc.constantFrom(0, 0.15),
        fc.integer({ min: 0, max: 3 }),
        (own, maxStepShare, minMoveShare, maxChangedLines) => {
          const budget = own.reduce((sum, line) => sum + line.current, 0)
          const limits = { increment: 50, maxStepShare, minMoveShare, maxChangedLines, budget }
          const found = optimal(planDiscrete(own, limits))
          expect(found.plan.reduce((sum, amount) => sum + amount, 0)).toBe(budget)
          expect(found.value).toBeCloseTo(listBest(own, limits), 8)
        },
      ),
      { numRuns: 60 },
    )
  })

  // The greatest step is 400 and the least 100: one increment beside each is refused.
  test.each([
    [0.2, 0.2, 400],
    [0.199, 0.05, 300],
    [0.2, 0.201, 0],
  ])('a step of at most %f and at least %f moves %i', (maxStepShare, minMoveShare, moved) => {
    const found = optimal(planDiscrete(lines, { ...terms, maxStepShare, minMoveShare }))
    expect((found.plan[0] ?? 0) - 2000).toBe(moved)
  })

  test('lets no more lines move than allowed', () => {
    expect(planDiscrete(lines, { ...terms, maxChangedLines: 1 })).toMatchObject({
      plan: [2000, 2000, 2000],
      changed: 0,
    })
    expect(planDiscrete(lines, { ...terms, maxChangedLines: 1, budget: 6100 })).toMatchObject({
      plan: [2100, 2000, 2000],
      changed: 1,
    })
  })

  test('keeps a line within bounds of its own', () => {
    const bounded = [
      { ...lines[0], curve: curve('power', 30, 0.6), current: 2000, upper: 2100 },
      ...lines.slice(1),
    ]
    expect(planDiscrete(bounded, terms)).toMatchObject({ plan: [2100, 1600, 2300] })
    const floored = [
      ...lines.slice(0, 1),
      { curve: curve('power', 10, 0.6), current: 2000, lower: 1900 },
      ...lines.slice(2),
    ]
    expect(planDiscrete(floored, terms)).toMatchObject({ plan: [2400, 1900, 1700] })
  })

  test('never spends below nothing', () => {
    const small = [
      { curve: curve('power', 1, 0.6), current: 100 },
      { curve: curve('power', 90, 0.6), current: 100 },
    ]
    const found = planDiscrete(small, {
      ...terms,
      maxStepShare: 5,
      minMoveShare: 0,
      budget: 200,
    })
    expect(found).toMatchObject({ plan: [0, 200] })
  })

  test('says why there is no plan', () => {
    expect(planDiscrete(lines, { ...terms, budget: 6050 })).toEqual({ status: 'not_a_multiple' })
    expect(planDiscrete(lines, { ...terms, budget: 9000 })).toEqual({ status: 'no_plan' })
    expect(() => planDiscrete(lines, { ...terms, increment: 0 })).toThrow(/increment/)
  })
})

/** The best value over all plans, one by one. */
function listBest(
  lines: readonly { readonly curve: Curve; readonly current: number }[],
  terms: Parameters<typeof planDiscrete>[1],
): number {
  const walk = (index: number, left: number, changes: number): number => {
    const line = lines[index]
    if (line === undefined) return left === 0 ? 0 : -Infinity
    let best = -Infinity
    for (let change = -line.current; change <= line.current; change += terms.increment) {
      const size = Math.abs(change) / line.current
      const isAllowed =
        change === 0 ||
        (size <= terms.maxStepShare + 1e-12 && size >= terms.minMoveShare - 1e-12 && changes > 0)
      if (!isAllowed) continue
      const rest = walk(index + 1, left - change, change === 0 ? changes : changes - 1)
      best = Math.max(best, responseAt(line.curve, line.current + change) + rest)
    }
    return best
  }
  return walk(0, 0, terms.maxChangedLines)
}
