import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { curveColumns, curveOf } from '#rules/allocation/curve-columns.ts'
import { logMarginalAt, responseAt } from '#rules/allocation/curve.ts'
import { fill, type Filled, type FillProblem, subProblem } from '#rules/allocation/fill.ts'
import { roundPlan } from '#rules/allocation/round-plan.ts'
import { scaleLines } from '#test/support/scale-lines.ts'

import {
  concaveCurve,
  curve,
  farthest,
  optimal,
  problemOf,
  solvable,
  sumOf,
  type TestLine,
  worstFault,
} from './lines.ts'

function filled(problem: FillProblem): Filled {
  return optimal(fill(problem))
}

function valueOf(lines: readonly TestLine[], plan: Float64Array): number {
  return lines.reduce((sum, line, index) => sum + responseAt(line.curve, plan[index] ?? 0), 0)
}

describe('fill, worked by hand', () => {
  test('two logarithms: 300/(100 + x) = 100/(50 + y) with x + y = 550 gives x = 425, y = 125', () => {
    // 300·(50 + y) = 100·(100 + x) and x = 550 − y: 15 000 + 300y = 10 000 + 55 000 − 100y, y = 125.
    const lines = [
      { curve: curve('log', 300, 100), lower: 0, upper: 1000 },
      { curve: curve('log', 100, 50), lower: 0, upper: 1000 },
    ]
    const { plan, logPrice } = filled(problemOf(lines, 550))
    expect(plan[0]).toBeCloseTo(425, 9)
    expect(plan[1]).toBeCloseTo(125, 9)
    expect(Math.exp(logPrice ?? 0)).toBeCloseTo(300 / 525, 12)
  })

  test('two square roots: spend goes by the square of their scales', () => {
    const lines = [
      { curve: curve('power', 3, 0.5), lower: 0, upper: 1e6 },
      { curve: curve('power', 1, 0.5), lower: 0, upper: 1e6 },
    ]
    const { plan, logPrice } = filled(problemOf(lines, 1000))
    expect(plan[0]).toBeCloseTo(900, 8)
    expect(plan[1]).toBeCloseTo(100, 8)
    expect(Math.exp(logPrice ?? 0)).toBeCloseTo(0.05, 12)
  })

  test('a bound that binds leaves the rest to the others', () => {
    const lines = [
      { curve: curve('power', 3, 0.5), lower: 0, upper: 600 },
      { curve: curve('power', 1, 0.5), lower: 0, upper: 1e6 },
    ]
    const { plan, logPrice } = filled(problemOf(lines, 1000))
    expect([...plan]).toEqual([600, 400])
    expect(logPrice).toBeCloseTo(logMarginalAt(curve('power', 1, 0.5), 400), 9)
  })
})

describe('fill at the edges', () => {
  const lines = [
    { curve: curve('log', 300, 100), lower: 100, upper: 500 },
    { curve: curve('log', 100, 50), lower: 50, upper: 200 },
  ]

  // Floors add up to 150, caps to 700: one unit beside each and on it.
  test.each([
    [149, 'floors_above_budget', 1],
    [701, 'caps_below_budget', 1],
  ])('a budget of %i has no plan', (budget, status, gap) => {
    expect(fill(problemOf(lines, budget))).toEqual({ status, gap })
  })

  test('the floors and the caps themselves are plans without a price', () => {
    expect(fill(problemOf(lines, 150))).toEqual({
      status: 'optimal',
      plan: Float64Array.of(100, 50),
      logPrice: null,
      looks: 0,
    })
    expect(fill(problemOf(lines, 700))).toEqual({
      status: 'optimal',
      plan: Float64Array.of(500, 200),
      logPrice: null,
      looks: 0,
    })
    expect(filled(problemOf(lines, 151)).logPrice).not.toBeNull()
    expect(filled(problemOf(lines, 699)).logPrice).not.toBeNull()
  })

  test('lines that cannot move keep their spend', () => {
    const fixed = { curve: curve('power', 9, 0.5), lower: 77, upper: 77 }
    const { plan } = filled(problemOf([...lines, fixed], 377))
    expect(plan[2]).toBe(77)
    expect(sumOf(plan)).toBeCloseTo(377, 9)
  })

  test('a plan is never the bounds themselves', () => {
    const least = problemOf(lines, 150)
    expect(filled(least).plan).not.toBe(least.lower)
    const most = problemOf(lines, 700)
    expect(filled(most).plan).not.toBe(most.upper)
  })

  // The sums of many doubles miss the last digits of a budget: 1e-12 of it is no gap, more is.
  test.each([
    [1e9 + 5e-4, 2e9, 'optimal'],
    [1e9 + 2e-3, 2e9, 'floors_above_budget'],
    [0, 1e9 - 5e-4, 'optimal'],
    [0, 1e9 - 2e-3, 'caps_below_budget'],
  ])('bounds of %f and %f for a budget of a billion: %s', (lower, upper, status) => {
    const large = { curve: curve('log', 300, 100), lower, upper }
    expect(fill(problemOf([large], 1e9)).status).toBe(status)
  })

  test('a budget of nothing is the floors of lines that need nothing', () => {
    const idle = { curve: curve('log', 300, 100), lower: 0, upper: 9 }
    expect(filled(problemOf([idle], 0))).toMatchObject({ plan: Float64Array.of(0), logPrice: null })
  })

  test('an S-curve still on its chord at its upper bound takes what the budget leaves it, not all of it', () => {
    const steep = { curve: curve('hill', 500, 200, 2), lower: 0, upper: 100 }
    expect([...filled(problemOf([steep], 50)).plan]).toEqual([50])
    const flat = { curve: curve('log', 10, 200), lower: 10, upper: 100 }
    expect([...filled(problemOf([steep, flat], 50)).plan]).toEqual([40, 10])
  })

  test('no line at all is a plan for nothing', () => {
    expect(fill(problemOf([], 0))).toMatchObject({ status: 'optimal' })
  })

  test('a power that may spend nothing gets its first unit at any price', () => {
    const open = [
      { curve: curve('power', 0.001, 0.5), lower: 0, upper: 100 },
      { curve: curve('log', 1e6, 10), lower: 0, upper: 1e9 },
    ]
    const { plan } = filled(problemOf(open, 1000))
    expect(plan[0]).toBeGreaterThan(0)
    expect(sumOf(plan)).toBeCloseTo(1000, 9)
  })
})

describe('fill, always', () => {
  test('keeps the bounds, spends the budget and leaves no marginal response beside the price', () => {
    fc.assert(
      fc.property(solvable(concaveCurve), ({ lines, budget }) => {
        const { plan, logPrice } = filled(problemOf(lines, budget))
        expect(sumOf(plan)).toBeCloseTo(budget, 6)
        expect(worstFault(lines, plan, logPrice)).toBeLessThan(1e-6)
      }),
    )
  })

  test('no shift between two lines brings more', () => {
    fc.assert(
      fc.property(
        solvable(concaveCurve),
        fc.nat(),
        fc.nat(),
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        ({ lines, budget }, first, second, amount) => {
          const { plan } = filled(problemOf(lines, budget))
          const [from, to] = [first % lines.length, second % lines.length]
          const shifted = plan.slice()
          shifted[from] = Math.max(lines[from]?.lower ?? 0, (plan[from] ?? 0) - amount)
          const moved = (plan[from] ?? 0) - shifted[from]
          shifted[to] = (shifted[to] ?? 0) + moved
          fc.pre((shifted[to] ?? 0) <= (lines[to]?.upper ?? 0))
          const best = valueOf(lines, plan)
          expect(valueOf(lines, shifted)).toBeLessThanOrEqual(best * (1 + 1e-12))
        },
      ),
    )
  })
})

describe('fill, metamorphic', () => {
  test('in cents the plan is a hundred times the plan in units', () => {
    fc.assert(
      fc.property(solvable(concaveCurve), ({ lines, budget }) => {
        const cents = lines.map((line) => ({
          curve:
            line.curve.family === 'power'
              ? { ...line.curve, scale: line.curve.scale * 100 ** (1 - line.curve.shape) }
              : { ...line.curve, scale: line.curve.scale * 100, shape: line.curve.shape * 100 },
          lower: line.lower * 100,
          upper: line.upper * 100,
        }))
        const units = filled(problemOf(lines, budget)).plan
        const hundredths = filled(problemOf(cents, budget * 100)).plan.map((x) => x / 100)
        expect(farthest(hundredths, [...units])).toBeLessThan(1e-4)
      }),
    )
  })

  test('the order of the lines does not matter', () => {
    fc.assert(
      fc.property(solvable(concaveCurve), ({ lines, budget }) => {
        const forward = filled(problemOf(lines, budget)).plan
        const backward = filled(problemOf(lines.toReversed(), budget)).plan
        expect(farthest(backward, [...forward].toReversed())).toBeLessThan(1e-4)
      }),
    )
  })

  test('a line split in two equal halves gets the same in all', () => {
    fc.assert(
      fc.property(solvable(concaveCurve), ({ lines, budget }) => {
        const [first = lines[0], ...rest] = lines
        fc.pre(first !== undefined)
        const { family, scale, shape, steepness } = first.curve
        const half = {
          curve: {
            family,
            steepness,
            scale: family === 'power' ? scale * 2 ** (shape - 1) : scale / 2,
            shape: family === 'power' ? shape : shape / 2,
          },
          lower: first.lower / 2,
          upper: first.upper / 2,
        }
        const whole = filled(problemOf(lines, budget)).plan
        const split = filled(problemOf([half, half, ...rest], budget)).plan
        expect((split[0] ?? 0) + (split[1] ?? 0)).toBeCloseTo(whole[0] ?? 0, 4)
      }),
    )
  })

  test('a wider bound never brings less', () => {
    fc.assert(
      fc.property(solvable(concaveCurve), fc.nat(), ({ lines, budget }, pick) => {
        const wider = lines.map((line, index) =>
          index === pick % lines.length ? { ...line, upper: line.upper + 500 } : line,
        )
        const before = valueOf(lines, filled(problemOf(lines, budget)).plan)
        const after = valueOf(wider, filled(problemOf(wider, budget)).plan)
        expect(after).toBeGreaterThanOrEqual(before * (1 - 1e-12))
      }),
    )
  })
})

describe('fill of very many lines', () => {
  const lines = scaleLines(40_000, 5)

  test('asks but a few of them at each price that it tries', () => {
    // Without the sample each is asked four times.
    expect(filled(lines).looks).toBeLessThan(40_000)
    const scarce = sumOf(lines.lower) * 0.9 + sumOf(lines.upper) * 0.1
    expect(filled({ ...lines, budget: scarce }).looks).toBeLessThan(40_000)
  })

  test.each([
    [32_768, false],
    [32_769, true],
  ])('of %i lines a sample is worth its cost: %s', (size, isSampled) => {
    const { looks } = filled(scaleLines(size, 5))
    expect(looks < size).toBe(isSampled)
  })

  test('does not rely on its sample having room at all', () => {
    const fixed = lines.upper.map((x, line) => (line % 3 === 0 ? (lines.lower[line] ?? 0) : x))
    const budget = (sumOf(lines.lower) + sumOf(fixed)) / 2
    const { plan } = filled({ ...lines, upper: fixed, budget })
    expect(sumOf(plan) / budget).toBeCloseTo(1, 12)
  })

  test('leaves no line beside the price', () => {
    const { plan, logPrice } = filled(lines)
    const all = Array.from({ length: 40_000 }, (_line, index) => ({
      curve: curveOf(lines.curves, index),
      lower: lines.lower[index] ?? 0,
      upper: lines.upper[index] ?? 0,
    }))
    expect(sumOf(plan) / lines.budget).toBeCloseTo(1, 12)
    expect(worstFault(all, plan, logPrice)).toBeLessThan(1e-8)
  })

  test('does not rely on its sample being typical', () => {
    // Every third line, which is what the sample takes, is worth a thousand times as much as the others.
    const { curves } = lines
    const skewed = {
      ...lines,
      curves: {
        ...curves,
        scale: curves.scale.map((scale, line) => (line % 3 === 0 ? scale * 1000 : scale)),
      },
    }
    const { plan, logPrice } = filled(skewed)
    const all = Array.from({ length: 40_000 }, (_line, index) => ({
      curve: curveOf(skewed.curves, index),
      lower: lines.lower[index] ?? 0,
      upper: lines.upper[index] ?? 0,
    }))
    expect(sumOf(plan) / lines.budget).toBeCloseTo(1, 12)
    expect(worstFault(all, plan, logPrice)).toBeLessThan(1e-8)
  })
})

describe('roundPlan', () => {
  const bounds = (lower: readonly number[], upper: readonly number[]) => ({
    lower: Float64Array.from(lower),
    upper: Float64Array.from(upper),
  })

  test('gives the units left to the largest fractions, ties to the earlier line', () => {
    const plan = Float64Array.of(10.5, 20.9, 30.5, 38.1)
    const whole = roundPlan(plan, bounds([0, 0, 0, 0], [99, 99, 99, 99]), 100)
    expect([...whole]).toEqual([11, 21, 30, 38])
  })

  test('passes over a line at its bound', () => {
    const plan = Float64Array.of(10.4, 20.9, 30.7)
    expect([...roundPlan(plan, bounds([0, 0, 0], [99, 20, 99]), 62)]).toEqual([11, 20, 31])
  })

  test('takes units back from the smallest fractions when whole parts come to too much', () => {
    const plan = Float64Array.of(10.2, 20.6, 30.2)
    expect([...roundPlan(plan, bounds([11, 0, 0], [99, 99, 99]), 60)]).toEqual([11, 20, 29])
  })

  test('serves all of a larger fraction before any of a smaller one', () => {
    const plan = Float64Array.of(20.9, 10.5, 30.5, 38.1)
    const whole = roundPlan(plan, bounds([0, 0, 0, 0], [99, 99, 99, 99]), 100)
    expect([...whole]).toEqual([21, 11, 30, 38])
    const even = Float64Array.of(10.5, 20.5, 30.5, 38.5)
    expect([...roundPlan(even, bounds([0, 0, 0, 0], [99, 99, 99, 99]), 100)]).toEqual([
      11, 21, 30, 38,
    ])
  })

  test('counts a hair below a whole unit as that unit', () => {
    const plan = Float64Array.of(9.999_999_9, 20)
    expect([...roundPlan(plan, bounds([0, 0], [99, 99]), 30)]).toEqual([10, 20])
  })

  test('goes round more than once when there are more units than lines', () => {
    const plan = Float64Array.of(1, 1)
    expect([...roundPlan(plan, bounds([0, 0], [99, 3]), 10)]).toEqual([7, 3])
  })

  test('refuses bounds that cannot hold the budget', () => {
    expect(() => roundPlan(Float64Array.of(1, 1), bounds([0, 0], [1, 1]), 3)).toThrow(
      /cannot hold the budget/,
    )
    expect(() => roundPlan(Float64Array.of(1, 1), bounds([1, 1], [5, 5]), 1)).toThrow(
      /cannot hold the budget/,
    )
  })

  test('always sums to the budget, within bounds, less than one unit away where bounds are wide', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (amounts) => {
          const budget = Math.round(sumOf(amounts))
          const plan = Float64Array.from(amounts)
          const whole = roundPlan(
            plan,
            bounds(
              amounts.map(() => 0),
              amounts.map(() => 2e6),
            ),
            budget,
          )
          expect(sumOf(whole)).toBe(budget)
          for (const [index, amount] of whole.entries()) {
            expect(Number.isInteger(amount)).toBe(true)
            expect(Math.abs(amount - (amounts[index] ?? 0))).toBeLessThan(1.001)
          }
        },
      ),
    )
  })
})

test('subProblem picks lines with everything they have', () => {
  const lines = [
    { curve: curve('log', 300, 100), lower: 1, upper: 2 },
    { curve: curve('power', 100, 0.5), lower: 3, upper: 4 },
    { curve: curve('hill', 100, 50, 3), lower: 5, upper: 6 },
  ]
  const part = subProblem(problemOf(lines, 9), (line) => line !== 0, 7)
  expect(part.lines).toEqual([1, 2])
  expect(part.budget).toBe(7)
  expect([...part.lower, ...part.upper]).toEqual([3, 5, 4, 6])
  expect(part.curves).toEqual(curveColumns(lines.slice(1).map((line) => line.curve)))
})
