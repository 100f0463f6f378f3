import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Curve, responseAt } from '#rules/allocation/curve.ts'
import { averageReturnPlan, proRataPlan } from '#rules/budget/baselines.ts'
import {
  type Certificate,
  certify,
  checkPlan,
  type CheckedPlan,
  verdictOf,
} from '#rules/budget/certificate.ts'
import { drawBack } from '#rules/budget/draw-back.ts'
import { gatedSteps, type StepLine } from '#rules/budget/gated-step.ts'
import { openBudget } from '#rules/budget/open-budget.ts'
import {
  alternativeWithin,
  checkedPlan,
  planAllocation,
  type PlanRequest,
} from '#rules/budget/optimal-plan.ts'
import { exchangePairs } from '#rules/budget/pair-exchange.ts'
import { keepsLimits, valueOfPlan } from '#rules/budget/plan-limits.ts'
import { boundOfProof, mostNet } from '#rules/budget/proof-check.ts'
import { wholePlan } from '#rules/budget/whole-plan.ts'

import { concaveCurve, curve, sCurve, sumOf } from '../allocation/lines.ts'

const root = (scale: number): Curve => curve('power', scale, 0.5)

/** Two square roots at their optimum: 3√900 and 1√100, price 3 ÷ (2·30) = 0.05. */
function rootPlan(
  planned: readonly [number, number],
  changes: Partial<CheckedPlan> = {},
): CheckedPlan {
  return {
    lines: [
      { curve: root(3), lower: 0, upper: 1000, planned: planned[0], current: 800 },
      { curve: root(1), lower: 0, upper: 1000, planned: planned[1], current: 200 },
    ],
    budget: 1000,
    ...changes,
  }
}

describe('certify', () => {
  test('the optimum has no gap and no residual at its price', () => {
    const { gap, kktResidual } = certify(rootPlan([900, 100]), { price: 0.05 })
    expect(gap).toBeCloseTo(0, 9)
    expect(kktResidual).toBeCloseTo(0, 12)
  })

  test('a plan beside it lacks what the lines would gain, net of the price', () => {
    // At the price 0.05 the lines want 900 and 100: 100 in all, against 3√800 + √200.
    const { gap, kktResidual } = certify(rootPlan([800, 200]), { price: 0.05 })
    const down = 0.05 - 1 / (2 * Math.sqrt(200))
    expect(gap).toBeCloseTo(100 - 3 * Math.sqrt(800) - Math.sqrt(200), 9)
    expect(kktResidual).toBeCloseTo(down / 0.05, 9)
  })

  test('a wrong price proves less, never more', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.2, noNaN: true }), (price) => {
        const { gap } = certify(rootPlan([800, 200]), { price })
        expect(gap).toBeGreaterThanOrEqual(100 - 3 * Math.sqrt(800) - Math.sqrt(200) - 1e-9)
      }),
    )
  })

  test('turnover has a price: a line between buying and selling is where it should be', () => {
    const plan = rootPlan([800, 200], { maxTurnover: 0 })
    const { gap, kktResidual } = certify(plan, { price: 0.0442, turnoverPrice: 0.0089 })
    expect(gap).toBeCloseTo(0, 9)
    expect(kktResidual).toBe(0)
    expect(
      certify(rootPlan([800, 200], { maxTurnover: 10 }), { price: 0.0442, turnoverPrice: 0.0089 })
        .gap,
    ).toBeCloseTo(0.089, 9)
  })

  test('lines that bought pay the buying price on both sides', () => {
    // 850 bought 50, 150 sold 50: marginals 0.05145 and 0.04082, price ± turnover price on top of them.
    const plan = rootPlan([850, 150], { maxTurnover: 100 })
    const [buy, sell] = [3 / (2 * Math.sqrt(850)), 1 / (2 * Math.sqrt(150))]
    const claim = { price: (buy + sell) / 2, turnoverPrice: (buy - sell) / 2 }
    expect(certify(plan, claim).gap).toBeCloseTo(0, 9)
    expect(certify(plan, claim).kktResidual).toBeCloseTo(0, 9)
  })

  test('a group dearer than the budget pays for slack below its upper bound, a cheaper one above its lower', () => {
    const grouped: CheckedPlan = {
      ...rootPlan([900, 100]),
      lines: rootPlan([900, 100]).lines.map((line, group) => ({ ...line, group })),
      groups: [
        { lower: 0, upper: 910 },
        { lower: 80, upper: 1000 },
      ],
    }
    expect(certify(grouped, { price: 0.05, groupPrices: [0.05, 0.05] }).gap).toBeCloseTo(0, 9)
    const dear = certify(grouped, { price: 0.05, groupPrices: [0.06, 0.05] }).gap
    const cheap = certify(grouped, { price: 0.05, groupPrices: [0.05, 0.04] }).gap
    // At 0.06 three roots want 625 and net 37.5 against 36; at 0.04 one wants 156.25 and nets 6.25 against 6. Slack costs 0.01 a unit.
    expect(dear).toBeCloseTo(1.5 + 10 * 0.01, 9)
    expect(cheap).toBeCloseTo(0.25 + 20 * 0.01, 9)
  })

  test('an S-curve is bounded over its whole range, not by its tangent', () => {
    const lines = [{ curve: curve('hill', 100, 50, 3), lower: 0, upper: 200, planned: 10 }]
    const { gap } = certify({ lines, budget: 10 }, { price: 0.5 })
    const net = (x: number) => 100 / (1 + (50 / x) ** 3) - 0.5 * x
    const best = Math.max(...Array.from({ length: 20_000 }, (_x, step) => net((step + 1) / 100)))
    expect(gap).toBeCloseTo(best - net(10), 3)
  })
})

describe('what turnover charges a single line', () => {
  /** 10√x: value 100, marginal response ½ at a plan of 100. At a price p it wants 25 ÷ p² and is worth 25 ÷ p net there. */
  const alone = (changes: Partial<CheckedPlan['lines'][number]>): CheckedPlan => ({
    lines: [{ curve: root(10), lower: 0, upper: 1000, planned: 100, ...changes }],
    budget: 100,
    // All of it is used, so that none is left to be paid for.
    maxTurnover: Math.abs(100 - (changes.current ?? 100)),
  })

  test.each<[string, Partial<CheckedPlan['lines'][number]>, number, number, number]>([
    ['where it is, its response between selling and buying', { current: 100 }, 0.5, 0, 0],
    // It pays 0.4 for more and wants 156.25: 62.5 − 40 + 0.1 × 100 against 100 − 30 as it is.
    ['where it is, worth more', { current: 100 }, 0.3, 0.25, 2.5],
    // It gets 0.7 for less and wants 51.02.
    ['where it is, worth less', { current: 100 }, 0.8, 0.2 / 0.7, 25 / 0.7 - 10 - 20],
    ['bought, worth more', { current: 25 }, 0.3, 0.25, 2.5],
    ['bought, worth less', { current: 25 }, 0.8, 0.4 / 0.9, 25 / 0.9 + 2.5 - 12.5],
    // Beyond 400 it would have to buy.
    ['sold, worth more', { current: 400 }, 0.3, 1.5, 40],
    ['sold, worth less', { current: 400 }, 0.8, 0.2 / 0.7, 25 / 0.7 - 40 + 10],
    ['never had a plan: no turnover', {}, 0.4, 0.25, 2.5],
    ['at its upper bound, worth more', { current: 100, upper: 100 }, 0.3, 0, 0],
    ['at its lower bound, worth less', { current: 100, lower: 100 }, 0.8, 0, 0],
    ['brought up to its lower bound', { current: 25, lower: 100 }, 0.8, 0, 0],
    ['brought down to its upper bound', { current: 400, upper: 100 }, 0.3, 0, 0],
  ])('%s', (_name, changes, price, residual, gain) => {
    const { gap, kktResidual } = certify(alone(changes), { price, turnoverPrice: 0.1 })
    expect(kktResidual).toBeCloseTo(residual, 12)
    expect(gap).toBeCloseTo(gain, 9)
  })
})

describe('checkPlan', () => {
  const honest: Certificate = { price: 0.05, claimedGap: 1e-9 }

  test('accepts the optimum with an honest certificate', () => {
    expect(checkPlan(rootPlan([900, 100]), honest)).toEqual([])
  })

  test.each<[string, CheckedPlan, Certificate, readonly string[]]>([
    [
      'half a unit',
      rootPlan([900.5, 99], { budget: 999.5 }),
      { ...honest, claimedGap: 1 },
      ['not_whole'],
    ],
    ['a unit too much', rootPlan([901, 100]), { ...honest, claimedGap: 1 }, ['not_balanced']],
    [
      'a line above its bound',
      rootPlan([1001, 0], { budget: 1001 }),
      { ...honest, claimedGap: 99 },
      ['line_out_of_bounds'],
    ],
    [
      'a line below its bound',
      rootPlan([900, -1], { budget: 899 }),
      { ...honest, claimedGap: 99 },
      ['line_out_of_bounds'],
    ],
    [
      'too much turnover by one',
      rootPlan([900, 100], { maxTurnover: 199 }),
      honest,
      ['turnover_exceeded'],
    ],
    ['a better plan beside it', rootPlan([890, 110]), honest, ['gap_understated']],
  ])('refuses %s', (_name, plan, certificate, faults) => {
    expect(checkPlan(plan, certificate)).toEqual(faults)
  })

  test('a claim is true up to its tolerance, and prices that claim nothing are never false', () => {
    const plan = rootPlan([890, 110])
    const gap = 100 - 3 * Math.sqrt(890) - Math.sqrt(110)
    const own = 3 * Math.sqrt(890) + Math.sqrt(110)
    const claim = (share: number): Certificate => ({ price: 0.05, claimedGap: gap - share * own })
    expect(checkPlan(plan, claim(0.9e-9))).toEqual([])
    expect(checkPlan(plan, claim(1.1e-9))).toEqual(['gap_understated'])
    expect(checkPlan(plan, { price: 0.05, claimedGap: null })).toEqual([])
  })

  test('turnover and groups on their bounds are kept', () => {
    expect(checkPlan(rootPlan([900, 100], { maxTurnover: 200 }), honest)).toEqual([])
    const grouped = (lower: number, upper: number): CheckedPlan => ({
      ...rootPlan([900, 100]),
      lines: rootPlan([900, 100]).lines.map((line) => ({ ...line, group: 0 })),
      groups: [{ lower, upper }],
    })
    expect(checkPlan(grouped(1000, 1000), honest)).toEqual([])
    expect(checkPlan(grouped(1001, 2000), honest)).toContain('group_out_of_bounds')
    expect(checkPlan(grouped(0, 999), honest)).toContain('group_out_of_bounds')
  })
})

describe('verdictOf', () => {
  const plan = rootPlan([890, 110])
  const value = 3 * Math.sqrt(890) + Math.sqrt(110)
  const share = (100 - value) / value

  test('a plan is called the best up to the share of its value that the policy allows', () => {
    const claims = [{ price: 0.05, claimedGap: null }]
    expect(verdictOf(plan, claims, share * 1.0001).isProvenBest).toBe(true)
    expect(verdictOf(plan, claims, share * 0.9999).isProvenBest).toBe(false)
  })

  test('the certificate that proves most speaks, and a false one is not forgotten', () => {
    const verdict = verdictOf(
      plan,
      [
        { price: 0.06, claimedGap: 0 },
        { price: 0.05, claimedGap: null },
        { price: 0.04, claimedGap: null },
      ],
      0.01,
    )
    expect(verdict.certificate.price).toBe(0.05)
    expect(verdict.gap).toBeCloseTo(100 - value, 9)
    expect(verdict.faults).toEqual(['gap_understated'])
  })

  test('nothing is proven without a certificate', () => {
    expect(verdictOf(plan, [], 0.5)).toEqual({
      faults: [],
      certificate: { price: 0, claimedGap: null },
      gap: Infinity,
      kktResidual: Infinity,
      isProvenBest: false,
    })
  })

  test('lines without any room are at their best, whatever the share', () => {
    const lines = plan.lines.map((line) => ({ ...line, lower: line.planned, upper: line.planned }))
    const claim = { price: 0.05, claimedGap: 0 }
    expect(verdictOf({ ...plan, lines }, [claim], 0)).toMatchObject({ gap: 0, isProvenBest: true })
    expect(checkPlan({ ...plan, lines }, claim, 0)).toEqual([])
  })

  test('of a plan that breaks its limits no claim is judged', () => {
    const broken = rootPlan([900, 101])
    const claim = { price: 0.05, turnoverPrice: -1, claimedGap: 0 }
    expect(verdictOf(broken, [claim], 1).faults).toEqual(['not_balanced'])
    expect(verdictOf(plan, [claim], 1).faults).toEqual(['price_invalid'])
  })

  test('of two certificates that prove as much the first speaks', () => {
    const claims = [50, 60].map((claimedGap) => ({ price: 0.05, claimedGap }))
    expect(verdictOf(plan, claims, 0.5).certificate.claimedGap).toBe(50)
  })
})

describe('boundOfProof', () => {
  const problem = {
    lines: [
      { curve: root(3), lower: 0, upper: 1000 },
      { curve: root(1), lower: 0, upper: 1000 },
    ],
    budget: 1000,
  }

  test('a leaf at the right price bounds by the optimum itself', () => {
    expect(boundOfProof(problem, { logPrice: Math.log(0.05) })).toBeCloseTo(100, 6)
    expect(boundOfProof(problem, { logPrice: Math.log(0.06) })).toBeGreaterThan(100)
  })

  test('a split is as good as its better part; a part that cannot hold the budget has none', () => {
    const leaf = { logPrice: Math.log(0.05) }
    const split = { line: 0, at: 500, below: leaf, above: leaf }
    expect(boundOfProof(problem, split)).toBeCloseTo(100, 6)
    const never = { ...problem, budget: 2001 }
    expect(boundOfProof(never, leaf)).toBe(-Infinity)
    expect(boundOfProof({ ...problem, budget: -1 }, leaf)).toBe(-Infinity)
  })

  test('without a price the box is a point', () => {
    expect(boundOfProof({ ...problem, budget: 2000 }, { logPrice: null })).toBeCloseTo(
      4 * Math.sqrt(1000),
      9,
    )
    expect(boundOfProof({ ...problem, budget: 0 }, { logPrice: null })).toBe(0)
  })

  test('mostNet looks at both ends and at the slope inside', () => {
    const hill = { curve: curve('hill', 100, 50, 3), lower: 0, upper: 200 }
    const net = (x: number) => responseAt(hill.curve, x) - 0.5 * x
    const best = Math.max(...Array.from({ length: 20_001 }, (_x, step) => net(step / 100)))
    expect(mostNet(hill, 0.5)).toBeCloseTo(best, 3)
    expect(mostNet(hill, 99)).toBe(0)
    expect(mostNet({ ...hill, lower: 10, upper: 20 }, 99)).toBeCloseTo(
      responseAt(hill.curve, 10) - 990,
      9,
    )
    expect(mostNet({ ...hill, lower: 10, upper: 20 }, 1e-9)).toBeCloseTo(
      responseAt(hill.curve, 20),
      6,
    )
  })
})

const request = (changes: Partial<PlanRequest> = {}): PlanRequest => ({
  lines: [
    { id: 'a', curve: root(3), lower: 0, upper: 2000, current: 500 },
    { id: 'b', curve: root(1), lower: 0, upper: 2000, current: 500 },
  ],
  budget: 1000,
  maxTurnover: 10_000,
  groups: [],
  minMove: 0,
  steps: null,
  ...changes,
})

describe('planAllocation', () => {
  const planOf = (changes: Partial<PlanRequest>) => {
    const found = planAllocation(request(changes))
    if (found.status !== 'planned') throw new Error(`expected a plan, got ${found.status}`)
    const verdict = verdictOf(checkedPlan(request(changes), found.plan), found.certificates, 0.001)
    expect(verdict.faults).toEqual([])
    return { plan: found.plan, certificate: verdict.certificate, verdict }
  }

  test('finds the optimum to the unit and proves it', () => {
    const { plan, certificate, verdict } = planOf({})
    expect(plan).toEqual([900, 100])
    expect(certificate.price).toBeCloseTo(0.05, 9)
    expect(verdict.gap).toBeLessThan(1e-6)
    expect(verdict.isProvenBest).toBe(true)
  })

  test('keeps turnover, with prices for buying and selling', () => {
    const { plan, certificate } = planOf({ maxTurnover: 200 })
    expect(plan).toEqual([600, 400])
    expect(certificate.turnoverPrice ?? 0).toBeGreaterThan(0)
  })

  test('no turnover at all keeps today', () => {
    expect(planOf({ maxTurnover: 0 }).plan).toEqual([500, 500])
  })

  test('a line that would move by too little stays, and so does the one that would serve it', () => {
    expect(planOf({ minMove: 400 }).plan).toEqual([900, 100])
    expect(planOf({ minMove: 401 }).plan).toEqual([500, 500])
  })

  test('holds the small mover only', () => {
    const lines = [
      { id: 'a', curve: root(3), lower: 0, upper: 2000, current: 500 },
      { id: 'b', curve: root(1), lower: 0, upper: 2000, current: 500 },
      { id: 'c', curve: root(2), lower: 0, upper: 2000, current: 405 },
    ]
    const { plan } = planOf({ lines, budget: 1405, minMove: 10 })
    expect(plan[2]).toBe(405)
    expect(plan[0] ?? 0).toBeGreaterThan(890)
    expect(sumOf(plan)).toBe(1405)
  })

  test('groups keep their sums, each at its own price', () => {
    const lines = request().lines.map((line, group) => ({ ...line, group }))
    const { plan, certificate, verdict } = planOf({
      lines,
      groups: [
        { lower: 0, upper: 700 },
        { lower: 0, upper: 2000 },
      ],
    })
    expect(plan).toEqual([700, 300])
    expect(certificate.groupPrices?.[0] ?? 0).toBeGreaterThan(certificate.groupPrices?.[1] ?? 0)
    expect(verdict.gap).toBeLessThan(1e-6)
  })

  test('groups under a turnover: where the group does not bind, the turnover’s prices prove the plan', () => {
    const lines = request().lines.map((line) => ({ ...line, group: 0 }))
    const found = planOf({ lines, groups: [{ lower: 0, upper: 2000 }], maxTurnover: 400 })
    expect(found.plan).toEqual([700, 300])
    expect(found.verdict.gap).toBeLessThan(1e-6)
  })

  test('groups and a turnover that both bind: the best found, and what may be missing is named', () => {
    const lines = [
      { id: 'a', curve: root(30), lower: 0, upper: 2000, current: 500, group: 0 },
      { id: 'b', curve: root(10), lower: 0, upper: 2000, current: 500, group: 0 },
      { id: 'c', curve: root(20), lower: 0, upper: 2000, current: 500, group: 1 },
      { id: 'd', curve: root(5), lower: 0, upper: 2000, current: 500, group: 1 },
    ]
    const limits = {
      lines,
      budget: 2000,
      maxTurnover: 400,
      groups: [
        { lower: 0, upper: 1050 },
        { lower: 0, upper: 2000 },
      ],
    }
    const found = planOf(limits)
    expect(keepsLimits(request(limits), found.plan)).toBe(true)
    // By hand: b and d sell 200 between them, a and c buy them, and the first group may grow by 50.
    const best = Math.max(
      ...Array.from({ length: 201 }, (_b, b) =>
        Math.max(
          ...Array.from({ length: 201 }, (_a, a) =>
            a - b > 50 ? -Infinity : valueOfPlan(lines, [500 + a, 500 - b, 700 - a, 300 + b]),
          ),
        ),
      ),
    )
    const missing = best - valueOfPlan(lines, found.plan)
    expect(missing).toBeLessThan(0.0005 * best)
    expect(found.verdict.gap).toBeGreaterThan(missing - 1e-6)
  })

  test('an S-curve is proven by a tree', () => {
    const lines = [
      { id: 'a', curve: curve('hill', 1000, 500, 3), lower: 0, upper: 1000, current: 350 },
      { id: 'b', curve: curve('hill', 1000, 500, 3), lower: 0, upper: 1000, current: 350 },
    ]
    const { plan, certificate, verdict } = planOf({ lines, budget: 700 })
    expect(plan.toSorted((left, right) => left - right)).toEqual([0, 700])
    expect(certificate.proof).toBeDefined()
    expect(verdict.gap).toBeLessThan(1e-6)
    // Its parts have prices of their own, so there is no residual, and none is claimed.
    expect(verdict.kktResidual).toBeNull()
    const limited = planOf({ lines, budget: 700, maxTurnover: 100 })
    expect(limited.plan.toSorted((left, right) => left - right)).toEqual([300, 400])
    expect(limited.verdict.isProvenBest).toBe(false)
  })

  test('whole steps: the certificate says what they cost', () => {
    const steps = { increment: 250, maxLines: 2, maxShare: 1 }
    const { plan, verdict } = planOf({ steps })
    expect(plan).toEqual([750, 250])
    expect(verdict.gap).toBeCloseTo(100 - 3 * Math.sqrt(750) - Math.sqrt(250), 6)
  })

  test('limits that conflict are named instead of planned', () => {
    const short = request({ lines: request().lines.map((line) => ({ ...line, upper: 400 })) })
    expect(planAllocation(short)).toMatchObject({
      status: 'conflict',
      cause: 'limits_conflict',
      conflicts: [{ kind: 'uppers_below_budget', gap: 200, lines: [0, 1] }],
    })
    const rigid = request({ budget: 1100, maxTurnover: 50 })
    expect(planAllocation(rigid)).toMatchObject({
      cause: 'turnover_too_small',
      turnoverShort: 50,
    })
    const odd = request({ budget: 1010, steps: { increment: 250, maxLines: 2, maxShare: 1 } })
    expect(planAllocation(odd)).toMatchObject({
      cause: 'no_plan_in_whole_steps',
      turnoverShort: null,
    })
    const jammed = request({ budget: 1010, minMove: 5000 })
    expect(planAllocation(jammed)).toMatchObject({ status: 'conflict', turnoverShort: 10 })
  })

  test('every plan passes the checker, whatever the lines', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .tuple(
              fc.oneof(concaveCurve, sCurve),
              fc.nat({ max: 900 }),
              fc.nat({ max: 900 }),
              fc.nat({ max: 900 }),
            )
            .map(([own, lower, up, more]) => ({
              curve: own,
              lower,
              current: lower + up,
              upper: lower + up + more,
            })),
          { minLength: 1, maxLength: 4 },
        ),
        fc.nat({ max: 2000 }),
        fc.nat({ max: 50 }),
        (own, maxTurnover, minMove) => {
          const lines = own.map((line, index) => ({ ...line, id: String(index) }))
          const budget = lines.reduce((sum, line) => sum + line.current, 0)
          const asked = request({ lines, budget, maxTurnover, minMove })
          const found = planAllocation(asked)
          if (found.status !== 'planned') throw new Error(`expected a plan, got ${found.cause}`)
          const verdict = verdictOf(checkedPlan(asked, found.plan), found.certificates, 0.001)
          expect(verdict.faults).toEqual([])
          expect(keepsLimits(asked, found.plan)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('openBudget', () => {
  test('says what other goals would spend', () => {
    const open = openBudget(request(), { hurdle: 0.06, targetReturn: 0.12 })
    // 3/(2√x) = 0.06 at x = 625; 1/(2√y) = 0.06 at y = 69.4.
    expect(open.spendAtHurdle).toBe(694)
    // A root returns twice its marginal response on average, so 0.12 on average is met at the same spend.
    expect(open.spendAtTargetReturn).toBe(694)
    // 4√500 = 89.44 today; 9y and y bring 10√y, as much at y = 80.
    expect(open.spendForSameValue).toBe(800)
  })

  test('keeps the greatest plan of each line', () => {
    const capped = request({ lines: request().lines.map((line) => ({ ...line, upper: 300 })) })
    expect(openBudget(capped, { hurdle: 0.01, targetReturn: null }).spendAtHurdle).toBe(600)
  })

  test('is silent about a target nobody set, a goal out of reach, and S-curves', () => {
    expect(
      openBudget(request(), { hurdle: 0.06, targetReturn: null }).spendAtTargetReturn,
    ).toBeNull()
    const floored = request({ lines: request().lines.map((line) => ({ ...line, lower: 400 })) })
    expect(openBudget(floored, { hurdle: 1, targetReturn: 9 })).toMatchObject({
      spendAtTargetReturn: null,
      spendAtHurdle: 800,
    })
    const steep = request({
      lines: [
        { id: 'a', curve: curve('hill', 9, 9, 2), lower: 0, upper: 9, current: 9 },
        { id: 'b', curve: root(1), lower: 0, upper: 9, current: 9 },
      ],
    })
    expect(openBudget(steep, { hurdle: 1, targetReturn: 1 })).toEqual({
      spendAtHurdle: null,
      spendAtTargetReturn: null,
      spendForSameValue: null,
    })
  })
})

describe('baselines', () => {
  const lines = [
    { current: 600, lower: 500, upper: 700 },
    { current: 300, lower: 0, upper: 1000 },
    { current: 100, lower: 0, upper: 1000 },
  ]

  test('pro rata keeps proportions, within bounds', () => {
    expect(proRataPlan(lines, 1000)).toEqual([600, 300, 100])
    expect(proRataPlan(lines, 2000)).toEqual([700, 975, 325])
    expect(proRataPlan(lines, 500)).toEqual([500, 0, 0])
  })

  test('average return goes by spend × return', () => {
    expect(averageReturnPlan(lines, [1, 1, 1], 1000)).toEqual([600, 300, 100])
    expect(averageReturnPlan(lines, [1, 2, 6], 1000)).toEqual([500, 250, 250])
    expect(averageReturnPlan(lines, [0, 0, 0], 1000)).toBeNull()
    // 857, 0 and 143; the first stops at 700 and the third takes the rest.
    expect(averageReturnPlan(lines, [1, 0, 1], 1000)).toEqual([700, 0, 300])
  })

  test('are brought within the limits of the plan, to the unit and balanced', () => {
    const asked = request({
      lines: lines.map((line, index) => ({ ...line, id: String(index), curve: root(1) })),
    })
    const within = (plan: readonly number[], changes: Partial<PlanRequest>) =>
      alternativeWithin({ ...asked, ...changes }, plan)
    expect(within([500, 250, 250], { maxTurnover: 300 })).toEqual([500, 250, 250])
    expect(within([500, 250, 250], { maxTurnover: 150 })).toEqual([550, 275, 175])
    expect(within([500, 250, 250], { maxTurnover: 0 })).toEqual([600, 300, 100])
    // 101 ÷ 300 of the way: −33.67, −16.83 and +50.5.
    expect(within([500, 250, 250], { maxTurnover: 101 })).toEqual([567, 283, 150])
    // The 50 of the second line are too little to move; the third takes so much less.
    expect(within([500, 250, 250], { minMove: 60 })).toEqual([500, 300, 200])
    expect(within([500, 250, 250], { minMove: 160 })).toEqual([600, 300, 100])
  })
})

describe('wholePlan', () => {
  const three = [
    { id: 'a', curve: root(3), lower: 0, upper: 1000, current: 300, group: 0 },
    { id: 'b', curve: root(2), lower: 0, upper: 1000, current: 300, group: 0 },
    { id: 'c', curve: root(1), lower: 0, upper: 1000, current: 300, group: 1 },
  ]
  const asked = (changes: Partial<PlanRequest> = {}) =>
    request({ lines: three, budget: 900, maxTurnover: 100, ...changes })

  test('uses the whole turnover when it can be split in two, and one unit less when not', () => {
    expect(wholePlan(asked(), [350, 350, 200])).toBeNull()
    expect(wholePlan(asked(), [325.5, 324.5, 250])).toEqual([326, 324, 250])
    expect(wholePlan(asked({ maxTurnover: 99 }), [325, 324.5, 250.5])).toEqual([325, 324, 251])
  })

  test('units are not given where a group is full', () => {
    const groups = [
      { lower: 0, upper: 649 },
      { lower: 0, upper: 900 },
    ]
    expect(wholePlan(asked({ groups }), [324.6, 324.4, 251])).toEqual([325, 324, 251])
    expect(wholePlan(asked({ groups }), [325.5, 324.5, 250])).toEqual([325, 324, 251])
  })

  test.each<[string, Partial<PlanRequest>, readonly number[], boolean]>([
    ['on every limit', {}, [350, 300, 250], true],
    ['a unit over the turnover', {}, [351, 300, 249], false],
    ['out of balance', {}, [350, 300, 251], false],
    ['on the least move', { minMove: 50 }, [350, 300, 250], true],
    ['below the least move', { minMove: 51 }, [350, 300, 250], false],
    ['on a group’s bound', { groups: [{ lower: 0, upper: 650 }] }, [350, 300, 250], true],
    ['over a group’s bound', { groups: [{ lower: 0, upper: 649 }] }, [350, 300, 250], false],
    ['under a group’s bound', { groups: [{ lower: 651, upper: 900 }] }, [350, 300, 250], false],
    [
      'in whole steps',
      { steps: { increment: 25, maxLines: 2, maxShare: 1 } },
      [350, 300, 250],
      true,
    ],
    [
      'off the steps',
      { steps: { increment: 20, maxLines: 2, maxShare: 1 } },
      [350, 300, 250],
      false,
    ],
    [
      'too many lines changed',
      { steps: { increment: 25, maxLines: 2, maxShare: 1 } },
      [325, 325, 250],
      false,
    ],
  ])('keepsLimits: %s', (_name, changes, plan, keeps) => {
    expect(keepsLimits(asked(changes), plan)).toBe(keeps)
  })

  test('draws back to the tighter of turnover and groups', () => {
    expect(drawBack(asked(), [400, 300, 200])).toEqual([350, 300, 250])
    const groups = [
      { lower: 0, upper: 625 },
      { lower: 0, upper: 900 },
    ]
    expect(drawBack(asked({ groups }), [400, 300, 200])).toEqual([325, 300, 275])
    expect(drawBack(asked({ maxTurnover: 200 }), [400, 300, 200])).toEqual([400, 300, 200])
  })

  test('exchanges pairs until none gains, within the limits', () => {
    const best = exchangePairs(asked({ maxTurnover: 10_000 }), [300, 300, 300])
    // 3 : 2 : 1 on roots splits by squares, 9 : 4 : 1 of 900.
    expect(best).toEqual([579, 257, 64])
    expect(exchangePairs(asked({ maxTurnover: 0 }), [300, 300, 300])).toEqual([300, 300, 300])
  })
})

describe('a plan and its alternatives', () => {
  test('takes an alternative that keeps the limits and brings more', () => {
    const steep = [
      { id: 'a', curve: curve('hill', 1000, 500, 3), lower: 0, upper: 1000, current: 350 },
      { id: 'b', curve: curve('hill', 1000, 500, 3), lower: 0, upper: 1000, current: 350 },
    ]
    const asked = request({ lines: steep, budget: 700, minMove: 400 })
    const alone = planAllocation(asked)
    expect(alone).toMatchObject({ plan: [350, 350] })
    const small = request({ lines: request().lines, minMove: 401 })
    expect(planAllocation(small)).toMatchObject({ plan: [500, 500] })
    expect(planAllocation(small, [[901, 99]])).toMatchObject({ plan: [901, 99] })
    expect(planAllocation(small, [[900, 100]])).toMatchObject({ plan: [500, 500] })
  })
})

describe('gatedSteps', () => {
  const line = (id: string, marginalReturn: number, changes: Partial<StepLine> = {}): StepLine => ({
    id,
    spend: 1000,
    lower: 0,
    upper: 10_000,
    marginalReturn,
    marginalSd: 0.1,
    fixed: false,
    ...changes,
  })
  const terms = { step: 0.2, probability: 0.8, minMove: 10, maxTurnover: 1e9 }

  test('the surest pair trades a step: z = ln 4 ÷ √0.02', () => {
    const [move] = gatedSteps([line('weak', 1), line('strong', 4)], terms)
    expect(move).toMatchObject({ from: 'weak', to: 'strong', amount: 200, expectedGain: 600 })
    expect(move?.z).toBeCloseTo(Math.log(4) / Math.sqrt(0.02), 12)
    expect(move?.gainSd).toBeCloseTo(200 * Math.hypot(0.4, 0.1), 9)
  })

  test('a pair exactly as sure as asked for trades', () => {
    const lines = [line('a', 1), line('b', 1.2)]
    const [move] = gatedSteps(lines, terms)
    const probability = move?.probability ?? 0
    expect(gatedSteps(lines, { ...terms, probability })).toHaveLength(1)
  })

  test('returns known without error trade when they differ at all, and not when they do not', () => {
    const exact = (id: string, marginalReturn: number) =>
      line(id, marginalReturn, { marginalSd: 0 })
    expect(gatedSteps([exact('a', 1), exact('b', 1.001)], terms)).toMatchObject([
      { from: 'a', to: 'b', probability: 1 },
    ])
    expect(gatedSteps([exact('a', 1), exact('b', 1)], terms)).toEqual([])
  })

  // z of 0.8416 is a probability of 0.8: returns of e^(0.8416·√0.02) = 1.1264 to 1.
  test.each([
    [1.1265, 1],
    [1.1263, 0],
    [1, 0],
  ])('a return of %f to 1 makes %i moves', (marginalReturn, count) => {
    expect(gatedSteps([line('a', 1), line('b', marginalReturn)], terms)).toHaveLength(count)
  })

  test.each<[string, StepLine, StepLine, number]>([
    ['a fixed giver', line('a', 1, { fixed: true }), line('b', 2), 0],
    ['a fixed taker', line('a', 1), line('b', 2, { fixed: true }), 0],
    ['the giver’s slack', line('a', 1, { lower: 950 }), line('b', 2), 50],
    ['the taker’s room', line('a', 1), line('b', 2, { upper: 1030 }), 30],
    ['the smaller step of the two', line('a', 1), line('b', 2, { spend: 400 }), 80],
    ['the least move: one below', line('a', 1, { lower: 991 }), line('b', 2), 0],
    ['the least move itself', line('a', 1, { lower: 990 }), line('b', 2), 10],
    ['a giver below its bound', line('a', 1, { lower: 1100 }), line('b', 2), 0],
  ])('%s bounds the move', (_name, giver, taker, amount) => {
    const moves = gatedSteps([giver, taker], terms)
    expect(sumOf(moves.map((move) => move.amount))).toBe(amount)
  })

  test('half of the turnover is what may move, and it is used up', () => {
    const lines = [line('a', 1), line('b', 1.1), line('c', 3), line('d', 4)]
    const moves = gatedSteps(lines, { ...terms, maxTurnover: 500 })
    expect(sumOf(moves.map((move) => move.amount))).toBe(250)
    expect(moves[0]).toMatchObject({ from: 'a', to: 'd', amount: 200 })
    expect(moves[1]).toMatchObject({ amount: 50 })
  })

  test('ties go by the taker’s id, then the giver’s', () => {
    const lines = [line('g2', 1), line('g1', 1), line('t2', 2), line('t1', 2)]
    const moves = gatedSteps(lines, terms)
    expect(moves.map((move) => [move.from, move.to])).toEqual([
      ['g1', 't1'],
      ['g2', 't2'],
    ])
  })

  test('a step that misses a whole unit by rounding is that unit', () => {
    const lines = [line('a', 1, { spend: 1450 }), line('b', 2, { spend: 1450 })]
    expect(gatedSteps(lines, { ...terms, step: 0.02 })[0]?.amount).toBe(29)
  })

  test('no line gives more than its step, and everything given arrives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 5000 }), fc.double({ min: 0.2, max: 5, noNaN: true })), {
          minLength: 2,
          maxLength: 7,
        }),
        (specs) => {
          const lines = specs.map(([spend, marginal], index) =>
            line(`l${index}`, marginal, { spend }),
          )
          const moves = gatedSteps(lines, { ...terms, minMove: 0 })
          for (const { id, spend } of lines) {
            const out = sumOf(moves.filter((move) => move.from === id).map((move) => move.amount))
            const into = sumOf(moves.filter((move) => move.to === id).map((move) => move.amount))
            expect(out).toBeLessThanOrEqual(spend * 0.2 + 1e-5)
            expect(into).toBeLessThanOrEqual(spend * 0.2 + 1e-5)
          }
          expect(moves.every((move) => move.from !== move.to && move.probability >= 0.8)).toBe(true)
          expect(moves.every((move) => move.amount > 0)).toBe(true)
        },
      ),
    )
  })
})
