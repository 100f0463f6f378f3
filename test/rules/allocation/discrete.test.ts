import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Curve, responseAt } from '#rules/allocation/curve.ts'
import { movesOf } from '#rules/allocation/discrete-moves.ts'
import { planDiscrete } from '#rules/allocation/discrete.ts'

import { concaveCurve, curve, optimal } from './lines.ts'

describe('the moves of one line', () => {
  const line = { curve: curve('power', 1, 0.5), current: 100 }
  const tens = { increment: 10, maxStepShare: 0.5, minMoveShare: 0.2 }
  const sorted = (own: object) =>
    movesOf({ ...line, ...own }, tens).toSorted((left, right) => left - right)

  test('are none, or from a fifth to a half, up and down', () => {
    expect(sorted({})).toEqual([-5, -4, -3, -2, 0, 2, 3, 4, 5])
  })

  test('end at a bound of its own', () => {
    expect(sorted({ upper: 130 })).toEqual([-5, -4, -3, -2, 0, 2, 3])
  })
})

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

  // One line changes, so that the ways are counted and hardly followed: 1 999 + 1 999² for 999 steps to either side, 2 001 + 2 001² for 1 000.
  test.each([
    [999, 'optimal'],
    [1000, 'too_many_steps'],
  ])('with %i steps to either side two lines are %s', (most, status) => {
    const line = { curve: curve('power', 1, 0.5), current: 1e6 }
    const single = { ...terms, increment: 1, maxStepShare: most / 1e6, minMoveShare: 0 }
    const found = planDiscrete([line, line], { ...single, maxChangedLines: 1, budget: 2e6 })
    expect(found.status).toBe(status)
  })

  test('a turnover that cannot bind is not counted: counted, the ways would be too many', () => {
    // Ten lines of twenty steps of 10 to either side turn over 2 000 at most.
    const own = Array.from({ length: 10 }, () => ({
      curve: curve('power', 1, 0.5),
      current: 1000,
    }))
    const free = { increment: 10, maxStepShare: 0.2, minMoveShare: 0, maxChangedLines: 10 }
    const found = planDiscrete(own, { ...free, budget: 10_000, maxTurnover: 2000 })
    expect(found.status).toBe('optimal')
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

    test('fewer lines change also when their plan is found later', () => {
      // 3·x ÷ (200 + x) from 200 to 400 brings ½ more, and so do two steps of 1.5·x ÷ (100 + x) from 100 to 200.
      const own = [
        { curve: curve('saturating', 3, 200), current: 200 },
        { curve: curve('saturating', 1.5, 100), current: 100 },
        { curve: curve('saturating', 1.5, 100), current: 100 },
      ]
      const wide = { increment: 100, maxStepShare: 1, minMoveShare: 1, budget: 600 }
      expect(planOf(wide, own)).toEqual([400, 100, 100])
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

  test('gives up on two lines of a billion before it lists their steps of 1', () => {
    const large = [0, 1].map(() => ({ curve: curve('power', 1, 0.5), current: 1e9 }))
    const tiny = { ...terms, increment: 1, budget: 2e9 }
    expect(planDiscrete(large, tiny)).toEqual({ status: 'too_many_steps' })
    const held = large.map((line) => ({ ...line, lower: 1e9 - 1, upper: 1e9 + 1 }))
    expect(planDiscrete(held, { ...tiny, minMoveShare: 0 })).toMatchObject({ status: 'optimal' })
  })

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
    // Little room above does not keep a line from giving as much as its step allows, nor little room below from taking it.
    const free = { plan: [2400, 1600, 2000] }
    const capped = lines.map((line, index) => (index === 1 ? { ...line, upper: 2100 } : line))
    expect(planDiscrete(capped, terms)).toMatchObject(free)
    const kept = lines.map((line, index) => (index === 0 ? { ...line, lower: 1900 } : line))
    expect(planDiscrete(kept, terms)).toMatchObject(free)
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
