import { describe, expect, test } from 'vitest'

import { drawBack } from '#rules/budget/draw-back.ts'
import type { PlanLine } from '#rules/budget/optimal-plan.ts'
import { keepsLimits, type PlanLimits } from '#rules/budget/plan-limits.ts'
import { wholePlan } from '#rules/budget/whole-plan.ts'

import { curve } from '../allocation/lines.ts'

/** A line at 500 that may have anything from 400 to 700. */
const line = (id: string, changes: Partial<PlanLine> = {}): PlanLine => ({
  id,
  curve: curve('power', 1, 0.5),
  lower: 400,
  upper: 700,
  current: 500,
  ...changes,
})

/** Two lines of the first group and one of the second, 1,500 in all. */
const limits = (changes: Partial<PlanLimits> = {}): PlanLimits => ({
  lines: [line('a', { group: 0 }), line('b', { group: 0 }), line('c', { group: 1 })],
  budget: 1500,
  groups: [],
  maxTurnover: 10_000,
  minMove: 0,
  steps: null,
  ...changes,
})

const group = (lower: number, upper: number) => [
  { lower, upper },
  { lower: 0, upper: 10_000 },
]

const steps = (increment: number, maxLines = 3) => ({ increment, maxLines, maxShare: 1 })

describe('keepsLimits', () => {
  // Each limit is met exactly and missed by one unit.
  test.each<[string, Partial<PlanLimits>, readonly number[], boolean]>([
    ['today', {}, [500, 500, 500], true],
    ['the greatest of one line and the least of another', {}, [700, 400, 400], true],
    ['a unit above the greatest', {}, [701, 400, 399], false],
    ['a unit above the greatest, the others within', {}, [701, 400, 400], false],
    ['above the greatest in balance', { budget: 1501 }, [701, 400, 400], false],
    ['below the least in balance', { budget: 1499 }, [700, 400, 399], false],
    ['a unit more than the budget', {}, [501, 500, 500], false],
    ['a unit less than the budget', {}, [499, 500, 500], false],
    ['the whole turnover', { maxTurnover: 200 }, [600, 400, 500], true],
    ['more than the turnover', { maxTurnover: 199 }, [600, 400, 500], false],
    ['the least move both ways', { minMove: 100 }, [600, 400, 500], true],
    ['less than the least move', { minMove: 101 }, [600, 400, 500], false],
    ['a group at its greatest', { groups: group(0, 1050) }, [550, 500, 450], true],
    ['a group above it', { groups: group(0, 1049) }, [550, 500, 450], false],
    ['a group at its least', { groups: group(950, 2000) }, [450, 500, 550], true],
    ['a group below it', { groups: group(951, 2000) }, [450, 500, 550], false],
    ['whole steps', { steps: steps(50) }, [600, 450, 450], true],
    ['a step that is not whole', { steps: steps(100) }, [600, 450, 450], false],
    ['as many lines as may change', { steps: steps(50, 2) }, [600, 400, 500], true],
    ['a line more', { steps: steps(50, 2) }, [600, 450, 450], false],
  ])('%s', (_name, changes, plan, keeps) => {
    expect(keepsLimits(limits(changes), plan)).toBe(keeps)
  })
})

describe('drawBack', () => {
  const plan = [700, 400, 400]

  test('a plan within its limits comes back as it is', () => {
    expect(drawBack(limits({ maxTurnover: 400 }), plan)).toBe(plan)
    expect(drawBack(limits({ groups: group(900, 1100) }), plan)).toBe(plan)
  })

  test.each<[string, Partial<PlanLimits>, readonly number[], readonly number[]]>([
    ['half the turnover is half the way', { maxTurnover: 200 }, plan, [600, 450, 450]],
    [
      'a group that may take half of what it should',
      { groups: group(0, 1050) },
      plan,
      [600, 450, 450],
    ],
    [
      'a group that may give a quarter of what it should',
      { groups: group(950, 2000) },
      [400, 400, 700],
      [475, 475, 550],
    ],
    ['the tighter of both', { groups: group(0, 1050), maxTurnover: 100 }, plan, [550, 475, 475]],
    [
      'a group beyond its bound moves no further away',
      { groups: group(0, 990) },
      plan,
      [500, 500, 500],
    ],
    [
      'a group that is held exactly where it is binds nothing within it',
      { groups: group(1000, 1000) },
      [600, 400, 500],
      [600, 400, 500],
    ],
  ])('%s', (_name, changes, target, expected) => {
    expect(drawBack(limits(changes), target)).toEqual(expected)
  })
})

describe('wholePlan', () => {
  test.each<[string, Partial<PlanLimits>, readonly number[], readonly number[] | null]>([
    ['a hair below a whole unit is that unit', {}, [510 - 1e-7, 490 + 1e-7, 500], [510, 490, 500]],
    ['the unit left goes where most was cut off', {}, [510.4, 489.7, 499.9], [510, 490, 500]],
    [
      'two units, each where most is wanting',
      { budget: 1502 },
      [500.9, 500.3, 500.8],
      [501, 500, 501],
    ],
    // 730 and 360 are cut to 700 and 400, so 100 too much is given: it is taken where it is missed least.
    [
      'in steps of a hundred',
      {
        lines: limits().lines.map((own) => ({ ...own, lower: 0, upper: 1000 })),
        steps: steps(100),
      },
      [730, 360, 410],
      [700, 400, 400],
    ],
    [
      'two steps at once go to two lines',
      {
        lines: limits().lines.map((own) => ({ ...own, lower: 0, upper: 1000 })),
        steps: steps(100),
      },
      [730, 730, 40],
      [700, 700, 100],
    ],
    [
      'what no step reaches has no plan',
      { budget: 1550, steps: steps(100) },
      [550, 500, 500],
      null,
    ],
    ['a move as large as the least stays', { minMove: 100 }, [600, 400, 500], [600, 400, 500]],
    ['a smaller one goes', { minMove: 101 }, [600, 400, 500], [500, 500, 500]],
    [
      'a unit goes to a line that moves, not to one that would move by less than the least',
      { minMove: 100, budget: 1501 },
      [600.6, 399.6, 500.8],
      [601, 400, 500],
    ],
    ['units that fit nowhere have no plan', { budget: 2101 }, [700, 700, 700], null],
    ['nor those below the least', { budget: 1199 }, [400, 400, 400], null],
  ])('%s', (_name, changes, plan, expected) => {
    expect(wholePlan(limits(changes), plan)).toEqual(expected)
  })

  test('of a line that wants a unit and is full, the next in want takes it', () => {
    const lines = [line('a', { upper: 510 }), line('b'), line('c')]
    expect(wholePlan(limits({ lines }), [510.8, 494.7, 494.5])).toEqual([510, 495, 495])
  })

  test('however much is left, it is given in parts', () => {
    const lines = [line('a', { lower: 0, upper: 1e13, current: 0 })]
    const asked = (left: number, upper = 1e13) =>
      wholePlan(
        limits({
          lines: lines.map((own) => ({ ...own, upper })),
          budget: left,
          maxTurnover: 1e13,
          steps: steps(100, 1),
        }),
        [0],
      )
    expect(asked(100_100)).toEqual([100_100])
    expect(asked(9_999_999_999_900)).toEqual([9_999_999_999_900])
    expect(asked(100_100, 100_000)).toBeNull()
  })

  test('what a least move leaves is shared evenly by the lines that move, as single units would', () => {
    const lines = ['a', 'b', 'c', 'd'].map((id) => line(id, { lower: 0, upper: 2e9, current: 1e9 }))
    const asked = limits({ lines, budget: 4e9, maxTurnover: 4e9, minMove: 5e8 })
    // 100 millions are too little for d to move: a and b take 50 each off its way. Nothing turns around, and c starts no move.
    expect(wholePlan(asked, [1.6e9, 0.5e9, 1e9, 0.9e9])).toEqual([1.55e9, 0.45e9, 1e9, 1e9])
    expect(wholePlan(asked, [1.52e9, 0.5e9, 1e9, 0.98e9])).toEqual([1.51e9, 0.49e9, 1e9, 1e9])
    expect(wholePlan(asked, [1.51e9, 0.49e9 - 1e8, 1.04e9, 1.06e9])).toEqual([
      1.56e9, 0.44e9, 1e9, 1e9,
    ])
  })
})
