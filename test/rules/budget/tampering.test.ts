import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Curve, responseAt } from '#rules/allocation/curve.ts'
import {
  type Certificate,
  certify,
  type CheckedPlan,
  checkPlan,
  verdictOf,
} from '#rules/budget/certificate.ts'
import { checkedPlan, planAllocation, type PlanRequest } from '#rules/budget/optimal-plan.ts'
import { keepsLimits } from '#rules/budget/plan-limits.ts'
import { share } from '#test/support/share.ts'

import { curve, sumOf } from '../allocation/lines.ts'

/** Ten units at most, so that every plan there is can be looked at. */
const SPENDS = 10

const smallCurve: fc.Arbitrary<Curve> = fc
  .tuple(fc.nat({ max: 3 }), share(), share())
  .map(([kind, height, form]) => {
    const scale = 1 + 9 * height
    if (kind === 0) return curve('power', scale, 0.2 + 0.7 * form)
    if (kind === 1) return curve('saturating', scale, 1 + 5 * form)
    return curve('hill', scale, 1 + 6 * form, 0.5 + 3 * form)
  })

const smallRequest: fc.Arbitrary<PlanRequest> = fc
  .record({
    lines: fc.array(
      fc
        .tuple(smallCurve, fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.nat({ max: 4 }))
        .map(([own, lower, up, more]) => ({
          curve: own,
          lower,
          current: lower + up,
          upper: lower + up + more,
        })),
      { minLength: 3, maxLength: 3 },
    ),
    maxTurnover: fc.nat({ max: 12 }),
    room: fc.option(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })), { nil: null }),
    minMove: fc.nat({ max: 3 }),
    increment: fc.option(fc.integer({ min: 1, max: 2 }), { nil: null, freq: 4 }),
  })
  .map(({ lines, maxTurnover, room, minMove, increment }) => {
    const [first = 0, second = 0] = lines.map((line) => line.current)
    const [down = 0, up = 0] = room ?? []
    return {
      lines: lines.map((line, index) => ({
        ...line,
        id: String(index),
        ...(room === null ? {} : { group: index < 2 ? 0 : 1 }),
      })),
      budget: sumOf(lines.map((line) => line.current)),
      maxTurnover,
      groups:
        room === null
          ? []
          : [
              { lower: first + second - down, upper: first + second + up },
              { lower: 0, upper: 99 },
            ],
      minMove,
      steps: increment === null ? null : { increment, maxLines: 2, maxShare: 1 },
    }
  })

/** Every plan in whole units that keeps the limits. */
function plansOf(request: PlanRequest): readonly (readonly number[])[] {
  const units = Array.from({ length: SPENDS + 1 }, (_unit, spend) => spend)
  return units
    .flatMap((first) =>
      units.map((second) => [first, second, request.budget - first - second] as const),
    )
    .filter((plan) => keepsLimits(request, plan))
}

const valueAt = ({ lines }: PlanRequest, plan: readonly number[]): number =>
  sumOf(lines.map((line, index) => responseAt(line.curve, plan[index] ?? 0)))

/** What the best plan there is brings beyond this one. */
const trueGap = (request: PlanRequest, plan: readonly number[]): number =>
  Math.max(...plansOf(request).map((other) => valueAt(request, other))) - valueAt(request, plan)

const anyPrice = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -4, max: 4, noNaN: true }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, NaN, Infinity, -Infinity, 1e20, -1e20, 1e308, -1e308),
  },
)
const anyGap = fc.oneof(fc.constantFrom(null, 0, NaN, -1, Infinity), share())

/** What a forger may write: prices of either sign or none, a tree whose parts overlap or miss. */
const forged: fc.Arbitrary<Certificate> = fc
  .record({
    price: anyPrice,
    turnoverPrice: anyPrice,
    groupPrices: fc.array(anyPrice, { maxLength: 3 }),
    claimedGap: anyGap,
    tree: fc.option(
      fc.record({ line: fc.nat({ max: 3 }), at: anyPrice, below: anyPrice, above: anyPrice }),
      { nil: null, freq: 1 },
    ),
  })
  .map(({ tree, ...certificate }) =>
    tree === null
      ? certificate
      : {
          ...certificate,
          proof: {
            line: tree.line,
            at: tree.at,
            below: { logPrice: tree.below === 0 ? null : tree.below },
            above: { logPrice: tree.above === 0 ? null : tree.above },
          },
        },
  )

/** The least that is said to be missing: the gap that is shown, accepted or not, or the one that was claimed and accepted. */
function leastBound(checked: CheckedPlan, certificate: Certificate): number {
  const { gap } = certify(checked, certificate)
  const { claimedGap } = certificate
  if (claimedGap === null || checkPlan(checked, certificate).length > 0) return gap
  return Math.min(gap, claimedGap)
}

/** Rounding of values below a hundred, and what a claim may be short of by its tolerance. */
const HAIR = 1e-7

describe('a forged certificate', () => {
  test('is refused or bounds every plan there is', () => {
    fc.assert(
      fc.property(smallRequest, fc.nat(), forged, (request, pick, certificate) => {
        const plans = plansOf(request)
        const plan = plans[pick % plans.length] ?? []
        const bound = leastBound(checkedPlan(request, plan), certificate)
        expect(bound).toBeGreaterThanOrEqual(Math.max(0, trueGap(request, plan) - HAIR))
      }),
      { numRuns: 1500 },
    )
  })

  test('made of an honest one by any single field is refused or leaves a true bound', () => {
    fc.assert(
      fc.property(smallRequest, forged, fc.nat(), (request, { proof, ...forgery }, pick) => {
        const found = planAllocation(request)
        if (found.status !== 'planned') return
        const plans = plansOf(request)
        const shown = [found.plan, plans[pick % plans.length] ?? []]
        const changes = [
          ...Object.entries(forgery).map(([field, value]) => ({ [field]: value })),
          ...(proof === undefined ? [] : [{ proof }]),
        ]
        const tampered = found.certificates.flatMap((honest) =>
          changes.map((change) => ({ ...honest, ...change })),
        )
        for (const plan of shown) {
          const checked = checkedPlan(request, plan)
          const bounds = tampered.map((certificate) => leastBound(checked, certificate))
          expect(Math.min(...bounds)).toBeGreaterThanOrEqual(
            Math.max(0, trueGap(request, plan) - HAIR),
          )
        }
      }),
      { numRuns: 120 },
    )
  })

  test.each<[string, Partial<Certificate>]>([
    ['a turnover price below 0', { turnoverPrice: -1e-9 }],
    ['a turnover price that is no number', { turnoverPrice: NaN }],
    ['an infinite turnover price', { turnoverPrice: Infinity }],
    ['a price that is no number', { price: NaN }],
    ['an infinite price', { price: -Infinity }],
    ['a group price that is no number', { groupPrices: [0.05, NaN] }],
  ])('%s is named, whatever is claimed, and proves nothing', (_name, change) => {
    const plan: CheckedPlan = {
      lines: [1, 2].map((scale) => ({
        curve: curve('power', scale, 0.5),
        lower: 200,
        upper: 1800,
        planned: 1000,
        current: 1000,
      })),
      budget: 2000,
      maxTurnover: 1500,
    }
    for (const claimedGap of [null, 1e9]) {
      const certificate = { price: 0.02, claimedGap, ...change }
      expect(checkPlan(plan, certificate)).toEqual(['price_invalid'])
      expect(verdictOf(plan, [certificate], 1)).toMatchObject({
        faults: ['price_invalid'],
        gap: Infinity,
        isProvenBest: false,
      })
    }
    expect(checkPlan(plan, { price: 0.02, turnoverPrice: 0, claimedGap: 1e9 })).toEqual([])
  })

  test('hides nothing behind prices so large that responses are lost beside them', () => {
    const spend = (scale: number, planned: number) => ({
      curve: curve('power', scale, 0.5),
      lower: 0,
      upper: 1000,
      planned,
      current: 500,
    })
    const sold = { ...spend(1, 480), lower: 480, upper: 480 }
    const plan = { lines: [spend(3, 510), spend(1, 510), sold], budget: 1500, maxTurnover: 40 }
    // Within the turnover the first may take all 20; both have another unit for nothing at these prices.
    const missing = 3 * Math.sqrt(520) + Math.sqrt(500) - 4 * Math.sqrt(510)
    expect(missing).toBeGreaterThan(0.4)
    const { gap } = certify(plan, { price: -1e20, turnoverPrice: 1e20 })
    expect(gap).toBeGreaterThan(missing)
  })

  test('charges nothing in the name of a limit that is not there', () => {
    const lines = [3, 1].map((scale) => ({
      curve: curve('power', scale, 0.5),
      lower: 0,
      upper: 1000,
      planned: 500,
      current: 500,
      group: 1,
    }))
    const plan: CheckedPlan = { lines, budget: 1000 }
    const { gap } = certify(plan, { price: 0.05 })
    expect(gap).toBeGreaterThan(10)
    expect(certify(plan, { price: 0.05, turnoverPrice: 9 }).gap).toBe(gap)
    expect(certify(plan, { price: 0.05, groupPrices: [9, 9] }).gap).toBe(gap)
  })
})

/** Two lines at 500, of which 100 moved, on every limit. */
const held = (changes: Partial<CheckedPlan> = {}): CheckedPlan => ({
  lines: [
    heldLine({ planned: 600, upper: 600, group: 0 }),
    heldLine({ planned: 400, lower: 400, group: 1 }),
  ],
  budget: 1000,
  groups: [
    { lower: 600, upper: 600 },
    { lower: 400, upper: 400 },
  ],
  maxTurnover: 200,
  minMove: 100,
  steps: { increment: 50, maxLines: 2 },
  ...changes,
})

function heldLine(changes: Partial<CheckedPlan['lines'][number]>): CheckedPlan['lines'][number] {
  return {
    curve: curve('power', 1, 0.5),
    lower: 0,
    upper: 1000,
    planned: 500,
    current: 500,
    ...changes,
  }
}

const first = (changes: Partial<CheckedPlan['lines'][number]>): CheckedPlan => {
  const { lines } = held()
  return held({ lines: lines.map((own, index) => (index === 0 ? { ...own, ...changes } : own)) })
}

describe('a tampered limit', () => {
  const claim: Certificate = { price: 0.02, claimedGap: 1e9 }

  test('none: every limit met exactly is kept', () => {
    expect(checkPlan(held(), claim)).toEqual([])
  })

  test.each<[string, CheckedPlan, readonly string[]]>([
    ['a turnover of a unit less', held({ maxTurnover: 199 }), ['turnover_exceeded']],
    ['a turnover below 0', held({ maxTurnover: -1 }), ['turnover_exceeded']],
    ['a least move of a unit more', held({ minMove: 101 }), ['move_below_least']],
    [
      'steps that the moves are no multiple of',
      held({ steps: { increment: 40, maxLines: 2 } }),
      ['not_in_steps'],
    ],
    [
      'a line fewer that may move',
      held({ steps: { increment: 50, maxLines: 1 } }),
      ['not_in_steps'],
    ],
    ['a greatest of a unit less', first({ upper: 599 }), ['line_out_of_bounds']],
    ['a least of a unit more', first({ lower: 601 }), ['line_out_of_bounds']],
    ['a unit more of budget', held({ budget: 1001 }), ['not_balanced']],
    ['half a unit', first({ planned: 599.5 }), ['not_whole', 'not_balanced']],
  ])('%s is refused', (_name, plan, faults) => {
    expect(checkPlan(plan, claim)).toEqual(expect.arrayContaining([...faults]))
  })

  test.each([NaN, Infinity, -Infinity])('%f is no limit, wherever it stands', (broken) => {
    const tampered: readonly CheckedPlan[] = [
      held({ budget: broken }),
      held({ maxTurnover: broken }),
      held({ minMove: broken }),
      held({ steps: { increment: broken, maxLines: 2 } }),
      held({ steps: { increment: 50, maxLines: broken } }),
      held({ groups: [{ lower: broken, upper: 600 }] }),
      held({ groups: [{ lower: 600, upper: broken }] }),
      first({ lower: broken }),
      first({ upper: broken }),
      first({ current: broken }),
    ]
    for (const plan of tampered) expect(checkPlan(plan, claim)).toContain('limit_invalid')
    expect(checkPlan(first({ planned: broken }), claim)).toContain('not_whole')
  })

  test('nor is a spend below 0 or a step of nothing', () => {
    expect(checkPlan(first({ lower: -1 }), claim)).toEqual(['limit_invalid'])
    expect(checkPlan(held({ steps: { increment: 0, maxLines: 2 } }), claim)).toContain(
      'limit_invalid',
    )
  })

  test('the checker keeps the limits that the planner keeps', () => {
    fc.assert(
      fc.property(
        smallRequest,
        fc.array(fc.nat({ max: SPENDS }), { minLength: 2, maxLength: 2 }),
        (request, [one = 0, two = 0]) => {
          const plan = [one, two, request.budget - one - two]
          const faults = checkPlan(checkedPlan(request, plan), { price: 0, claimedGap: null })
          expect(faults.length === 0).toBe(keepsLimits(request, plan))
        },
      ),
      { numRuns: 500 },
    )
  })
})
