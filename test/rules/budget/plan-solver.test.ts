import { describe, expect, test } from 'vitest'

import type { Certificate } from '#rules/budget/certificate.ts'
import { drawBack } from '#rules/budget/draw-back.ts'
import { planAllocation, type PlanLine, type PlanRequest } from '#rules/budget/optimal-plan.ts'
import { exchangePairs } from '#rules/budget/pair-exchange.ts'
import { keepsLimits, valueOfPlan } from '#rules/budget/plan-limits.ts'
import { solvePlan, type Solved } from '#rules/budget/plan-solver.ts'
import { saturationOf } from '#rules/budget/saturation.ts'
import { wholePlan } from '#rules/budget/whole-plan.ts'

import { curve } from '../allocation/lines.ts'

/** A line answering with scale × √spend, 500 today, anything from 0 to 2,000. */
const line = (id: string, scale: number, changes: Partial<PlanLine> = {}): PlanLine => ({
  id,
  curve: curve('power', scale, 0.5),
  lower: 0,
  upper: 2000,
  current: 500,
  ...changes,
})

const hill = (id: string, changes: Partial<PlanLine> = {}): PlanLine =>
  line(id, 1, { curve: curve('hill', 1000, 500, 3), upper: 1000, current: 350, ...changes })

const request = (changes: Partial<PlanRequest> = {}): PlanRequest => ({
  lines: [line('a', 3), line('b', 1)],
  budget: 1000,
  maxTurnover: 10_000,
  groups: [],
  minMove: 0,
  steps: null,
  ...changes,
})

const solved = (changes: Partial<PlanRequest>): Solved => {
  const found = solvePlan(request(changes))
  if ('status' in found) throw new Error(`expected a plan, got ${found.cause}`)
  return found
}

const certificatesOf = (changes: Partial<PlanRequest>): readonly Certificate[] => {
  const found = planAllocation(request(changes))
  if (found.status !== 'planned') throw new Error(`expected a plan, got ${found.cause}`)
  return found.certificates
}

/** What one more unit brings on scale × √spend. */
const marginal = (scale: number, spend: number) => scale / (2 * Math.sqrt(spend))

describe('what the solver claims', () => {
  test('3√x and √y share 1,000 at the price 0.05 and bring 100', () => {
    const { plan, claims } = solved({})
    expect(plan).toEqual([900, 100])
    expect(claims).toEqual([
      {
        price: expect.closeTo(0.05, 9),
        turnoverPrice: 0,
        groupPrices: [],
        valueBound: expect.closeTo(100, 9),
      },
    ])
  })

  test('under a turnover of 200: the middle of buying and selling, and half of what lies between', () => {
    const [buy, sell] = [marginal(3, 600), marginal(1, 400)]
    const { plan, claims } = solved({ maxTurnover: 200 })
    expect(plan).toEqual([600, 400])
    expect(claims).toEqual([
      {
        price: expect.closeTo((buy + sell) / 2, 9),
        turnoverPrice: expect.closeTo((buy - sell) / 2, 9),
        groupPrices: [],
        valueBound: expect.closeTo(3 * Math.sqrt(600) + 20, 9),
      },
    ])
  })

  test('where no line is free no price is named', () => {
    const lines = [line('a', 3), line('b', 1)].map((own) => ({ ...own, lower: 500, upper: 500 }))
    expect(solved({ lines }).claims).toEqual([
      {
        price: null,
        turnoverPrice: 0,
        groupPrices: [],
        valueBound: expect.closeTo(4 * Math.sqrt(500), 9),
      },
    ])
  })

  test('a group held at 700 has a price of its own; the turnover’s claim stands beside', () => {
    const groups = [
      { lower: 0, upper: 700 },
      { lower: 0, upper: 2000 },
    ]
    const lines = [line('a', 3, { group: 0 }), line('b', 1, { group: 1 })]
    const { plan, claims } = solved({ lines, groups })
    expect(plan).toEqual([700, 300])
    expect(claims).toEqual([
      {
        price: expect.closeTo(marginal(1, 300), 9),
        turnoverPrice: 0,
        groupPrices: [expect.closeTo(marginal(3, 700), 9), expect.closeTo(marginal(1, 300), 9)],
        valueBound: expect.closeTo(3 * Math.sqrt(700) + Math.sqrt(300), 9),
      },
      {
        price: expect.closeTo(0.05, 9),
        turnoverPrice: 0,
        groupPrices: [],
        valueBound: expect.closeTo(100, 9),
      },
    ])
  })

  test('a group without a free line has the budget’s price; where no line is free there is none', () => {
    const groups = [
      { lower: 0, upper: 900 },
      { lower: 0, upper: 2000 },
    ]
    const held = { lower: 500, upper: 500 }
    const lines = [line('a', 3, { group: 0, ...held }), line('b', 1, { group: 1 })]
    const [claim] = solved({
      lines: [...lines, line('c', 1, { group: 1 })],
      budget: 1500,
      groups,
    }).claims
    expect(claim?.groupPrices).toEqual([0, 1].map(() => expect.closeTo(marginal(1, 500), 9)))
    const none = lines.map((own) => ({ ...own, ...held }))
    expect(solved({ lines: none, groups }).claims[0]).toMatchObject({
      price: null,
      groupPrices: [null, null],
    })
  })

  test('one S-curve among the lines is enough for a proof tree; the turnover’s prices claim nothing then', () => {
    const { claims } = solved({ lines: [hill('a'), line('b', 1)], budget: 850 })
    expect(claims).toHaveLength(2)
    expect(claims[0]).toMatchObject({ price: null, turnoverPrice: 0, groupPrices: [] })
    expect(claims[0]?.proof).toBeDefined()
    expect(claims[0]?.valueBound ?? 0).toBeGreaterThan(0)
    expect(claims[1]).toMatchObject({ valueBound: null })
    expect(claims[1]?.proof).toBeUndefined()
  })

  test('whole steps keep the claims of the plan to the unit', () => {
    const steps = { increment: 250, maxLines: 2, maxShare: 1 }
    const stepped = solved({ steps })
    expect(stepped.plan).toEqual([750, 250])
    expect(stepped.claims).toEqual(solved({}).claims)
  })
})

describe('why the solver has no plan', () => {
  const none = { status: 'conflict', conflicts: [] }

  test.each<[string, Partial<PlanRequest>, object]>([
    [
      'a budget 100 above today’s lines under a turnover of 50',
      { budget: 1100, maxTurnover: 50 },
      { ...none, cause: 'turnover_too_small', turnoverShort: 50 },
    ],
    [
      'S-curves that cannot hold the budget',
      { lines: [hill('a'), hill('b')], budget: 2200 },
      { ...none, cause: 'limits_conflict', turnoverShort: 200 },
    ],
    [
      'groups and a budget that a turnover of 50 does not reach',
      {
        lines: [line('a', 3, { group: 0 }), line('b', 1, { group: 1 })],
        groups: [
          { lower: 0, upper: 2000 },
          { lower: 0, upper: 2000 },
        ],
        budget: 1100,
        maxTurnover: 50,
      },
      { ...none, cause: 'limits_not_solved', turnoverShort: null },
    ],
    [
      'a budget that no steps reach',
      { budget: 1010, steps: { increment: 250, maxLines: 2, maxShare: 1 } },
      { ...none, cause: 'no_plan_in_whole_steps', turnoverShort: null },
    ],
    [
      'more steps than one can go through',
      {
        lines: [
          line('a', 3, { upper: 2e9, current: 5e8 }),
          line('b', 1, { upper: 2e9, current: 5e8 }),
        ],
        budget: 1e9,
        maxTurnover: 1e10,
        steps: { increment: 1, maxLines: 2, maxShare: 1 },
      },
      { ...none, cause: 'too_many_steps', turnoverShort: null },
    ],
  ])('%s', (_name, changes, expected) => {
    expect(solvePlan(request(changes))).toEqual(expected)
  })
})

describe('whole units in groups', () => {
  test('a group’s sum is rounded first, then shared by its lines', () => {
    const lines = [
      line('a', 1, { group: 0, current: 40 }),
      line('b', 1, { group: 0, current: 30 }),
      line('c', 1, { group: 0, current: 30 }),
      line('d', 1, { group: 1, current: 100 }),
    ]
    const groups = [
      { lower: 0, upper: 100 },
      { lower: 0, upper: 2000 },
    ]
    const { plan } = solved({ lines, groups, budget: 200 })
    // A third of 100 each: one of them has the unit left over.
    expect(plan.slice(0, 3).toSorted((left, right) => left - right)).toEqual([33, 33, 34])
    expect(plan[3]).toBe(100)
  })

  test('by largest remainder of the groups, then of their lines', () => {
    // 2 : 2 : 3 : 3 of 102 are 20.4, 20.4, 30.6 and 30.6: the groups have 40.8 and 61.2, so each line but one of each is cut.
    const scales = [Math.sqrt(2), Math.sqrt(2), Math.sqrt(3), Math.sqrt(3)]
    const lines = scales.map((scale, index) =>
      line(String(index), scale, { group: Math.floor(index / 2), current: 25 }),
    )
    const groups = [
      { lower: 0, upper: 2000 },
      { lower: 0, upper: 2000 },
    ]
    expect(solved({ lines, groups, budget: 102 }).plan).toEqual([21, 20, 31, 30])
  })

  // The groups' optimum without turnover has either bound; the turnover's without groups puts 19,200 into the first group.
  test.each([
    [16_800, 'groups'],
    [19_500, 'turnover'],
  ])(
    'too many lines for exchanges, and a group up to %i: the way back from %s',
    (upper, better) => {
      const lines = Array.from({ length: 64 }, (_line, index) =>
        line(String(index), [30, 10, 20, 5][index % 4] ?? 0, { group: Math.floor(index / 2) % 2 }),
      )
      const groups = [
        { lower: 0, upper },
        { lower: 0, upper: 100_000 },
      ]
      const asked = request({ lines, groups, budget: 32_000, maxTurnover: 6400 })
      const back = (changes: Partial<PlanRequest>) =>
        wholePlan(asked, drawBack(asked, solved({ ...asked, ...changes }).plan)) ?? []
      const value = {
        groups: valueOfPlan(lines, back({ maxTurnover: 1e6 })),
        turnover: valueOfPlan(lines, back({ groups: [] })),
      }
      expect(value.turnover > value.groups).toBe(better === 'turnover')
      const { plan } = solved(asked)
      expect(keepsLimits(asked, plan)).toBe(true)
      expect(valueOfPlan(lines, plan)).toBeCloseTo(Math.max(value.groups, value.turnover), 1)
    },
  )

  test('groups and a turnover that both bind: the better of two ways back', () => {
    const lines = [
      line('a', 30, { group: 0 }),
      line('b', 10, { group: 0 }),
      line('c', 20, { group: 1 }),
      line('d', 5, { group: 1 }),
    ]
    const groups = [
      { lower: 0, upper: 1050 },
      { lower: 0, upper: 2000 },
    ]
    const asked = request({ lines, groups, budget: 2000, maxTurnover: 400 })
    const found = solvePlan(asked)
    const plan = 'status' in found ? [] : found.plan
    expect(keepsLimits(asked, plan)).toBe(true)
    // 125 to a of b's money and 75 to c of d's, less what pairs better: nothing a unit could improve is left.
    expect(exchangePairs(asked, plan)).toEqual(plan)
    expect(valueOfPlan(lines, plan)).toBeGreaterThan(valueOfPlan(lines, [600, 400, 600, 400]))
  })
})

describe('certificates', () => {
  test('claim what rounding costs and name nothing that is not there', () => {
    const [certificate, ...others] = certificatesOf({ budget: 1001 })
    expect(others).toEqual([])
    // The optimum brings √10 · √1001; whole units bring 3√901 + √100.
    const claimedGap = Math.sqrt(10_010) - 3 * Math.sqrt(901) - 10
    expect(certificate).toEqual({
      price: expect.closeTo(Math.sqrt(10_010) / 2002, 9),
      turnoverPrice: 0,
      claimedGap: expect.closeTo(claimedGap, 12),
    })
    expect(claimedGap).toBeGreaterThan(0)
  })

  test('without a price the lines’ own marginal responses are tried, and claim nothing', () => {
    const lines = [line('a', 3), line('b', 1, { current: 0 })].map((own) => ({
      ...own,
      lower: own.current,
      upper: own.current,
    }))
    expect(certificatesOf({ lines, budget: 500 })).toEqual([
      { price: expect.closeTo(marginal(3, 500), 12), turnoverPrice: 0, claimedGap: null },
      // At no spend at all a root answers without bound; the first unit's response stands in.
      { price: expect.closeTo(0.5, 12), turnoverPrice: 0, claimedGap: null },
    ])
  })

  test('a group without a free line has the budget’s price', () => {
    const groups = [
      { lower: 0, upper: 900 },
      { lower: 0, upper: 2000 },
    ]
    const lines = [
      line('a', 3, { group: 0, lower: 500, upper: 500 }),
      line('b', 1, { group: 1 }),
      line('c', 1, { group: 1 }),
    ]
    const [own] = certificatesOf({ lines, groups, budget: 1500 })
    const price = marginal(1, 500)
    expect(own?.price).toBeCloseTo(price, 9)
    expect(own?.groupPrices?.map((named) => named.toFixed(9))).toEqual([
      price.toFixed(9),
      price.toFixed(9),
    ])
  })

  test('of S-curves the tree claims a gap and the prices beside it none', () => {
    const [tree, prices] = certificatesOf({ lines: [hill('a'), hill('b')], budget: 700 })
    expect(tree).toMatchObject({ price: 0, claimedGap: expect.closeTo(0, 6) })
    expect(tree?.proof).toBeDefined()
    expect(prices?.claimedGap).toBeNull()
    expect(prices).not.toHaveProperty('proof')
  })

  test('today’s plan stands where the search finds nothing better in whole units', () => {
    // The optimum of 10 over two even lines and one of 1 is today's; what is left after rounding must not be worse.
    const lines = [1, 1, 1].map((scale, index) =>
      line(String(index), scale, { current: [4, 3, 3][index] ?? 0 }),
    )
    const found = planAllocation(request({ lines, budget: 10, maxTurnover: 0 }))
    expect(found).toMatchObject({ status: 'planned', plan: [4, 3, 3] })
  })
})

describe('exchanges between pairs', () => {
  const three = [
    line('a', 3, { current: 300 }),
    line('b', 2, { current: 300 }),
    line('c', 1, { current: 300 }),
  ]

  test('the pair that gains most goes first, as far as the turnover lets it', () => {
    const asked = request({ lines: three, budget: 900, maxTurnover: 2 })
    expect(exchangePairs(asked, [300, 300, 300])).toEqual([301, 300, 299])
  })

  test('bounds hold on both sides', () => {
    const lines = three.map((own) => ({ ...own, lower: 290, upper: 305 }))
    const asked = request({ lines, budget: 900 })
    expect(exchangePairs(asked, [300, 300, 300])).toEqual([305, 305, 290])
  })

  test('in whole steps', () => {
    const steps = { increment: 100, maxLines: 3, maxShare: 1 }
    const asked = request({ lines: three, budget: 900, steps })
    expect(exchangePairs(asked, [300, 300, 300])).toEqual([600, 200, 100])
  })

  test('lines that answer to nothing are left as they are', () => {
    const lines = three.map((own) => ({ ...own, curve: curve('power', 0, 0.5) }))
    const asked = request({ lines, budget: 900 })
    expect(exchangePairs(asked, [300, 300, 300])).toEqual([300, 300, 300])
  })

  test('whatever the unit in which responses are counted', () => {
    for (const unit of [1e-8, 1, 1e8]) {
      const lines = [3, 2, 1].map((scale, index) =>
        line(String(index), scale * unit, { current: 300 }),
      )
      const asked = request({ lines, budget: 900 })
      expect(exchangePairs(asked, [300, 300, 300])).toEqual([579, 257, 64])
    }
  })

  test('an exchange of all that a line may move, where the least move asks for it', () => {
    const lines = [line('a', 3, { current: 0, upper: 4 }), line('b', 1, { current: 4, upper: 4 })]
    const asked = request({ lines, budget: 4, minMove: 4 })
    expect(exchangePairs(asked, [0, 4])).toEqual([4, 0])
  })

  test('those that gain most come first: of one amount there are forty at most', () => {
    // 41 lines want one unit each, the first least; one giver loses a hundredth of what the other does.
    const takers = Array.from({ length: 41 }, (_line, index) =>
      line(String(index), 1 + index / 10, { current: 0, upper: 1 }),
    )
    const givers = [line('dear', 10, { upper: 500 }), line('cheap', 0.1, { upper: 500 })]
    const lines = [...givers, ...takers]
    const asked = request({ lines, budget: 1000 })
    const plan = exchangePairs(
      asked,
      lines.map((own) => own.current),
    )
    expect(plan.slice(0, 3)).toEqual([500, 460, 0])
    expect(plan.slice(3)).toEqual(Array.from({ length: 40 }, () => 1))
  })

  test('more than sixty lines are left as they are', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_line, index) =>
        line(String(index), index === 0 ? 3 : 1, { current: 1, upper: 3 }),
      )
    const today = (count: number) => Array.from({ length: count }, () => 1)
    const of = (count: number) =>
      exchangePairs(request({ lines: many(count), budget: count }), today(count))
    // A second unit brings 3(√2 − 1) = 1.24 and costs 1; a third would bring 0.95.
    expect(of(60)[0]).toBe(2)
    expect(of(61)).toEqual(today(61))
  })
})

describe('saturationOf', () => {
  test.each([
    // margin × slope = 1: a root of 10 at 25 · 2²; s·c ÷ (c + x)² at x = √(s·c) − c; (s/c)·e^(−x/c) at c·ln(s/c); s ÷ (c + x) at s − c.
    ['power', curve('power', 10, 0.5), 2, 100],
    ['saturating', curve('saturating', 900, 100), 1, 200],
    ['exponential', curve('exponential', 271.828_182_845_904_5, 100), 1, 100],
    ['log', curve('log', 500, 100), 1, 400],
  ])('a %s breaks even where the next unit brings itself', (_name, own, margin, breakEven) => {
    const found = saturationOf(own, 5 * breakEven, margin)
    expect(found.breakEvenSpend).toBeCloseTo(breakEven, 6)
    expect(found.overSpend).toBeCloseTo(4 * breakEven, 6)
  })

  test('a hill steep at no spend breaks even too', () => {
    // Slope of 4√x ÷ (1 + √x): 2 ÷ (√x·(1 + √x)²), which is ½ at 1.
    const own = curve('hill', 4, 1, 0.5)
    const { breakEvenSpend } = saturationOf(own, 5, 1)
    const root = Math.sqrt(breakEvenSpend)
    expect(2 / (root * (1 + root) ** 2)).toBeCloseTo(1, 9)
    expect(saturationOf(own, 1, 1).marginalReturn).toBeCloseTo(0.5, 12)
  })

  test('a first unit that only just pays is worth nothing more', () => {
    // 100 ÷ 100 at no spend: the slope is 1 and falls.
    expect(saturationOf(curve('saturating', 100, 100), 50, 1)).toMatchObject({
      breakEvenSpend: 0,
      overSpend: 50,
    })
  })
})
