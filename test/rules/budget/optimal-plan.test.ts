import { describe, expect, test } from 'vitest'

import { verdictOf } from '#rules/budget/certificate.ts'
import {
  alternativeWithin,
  checkedPlan,
  planAllocation,
  type PlanRequest,
} from '#rules/budget/optimal-plan.ts'
import { valueOfPlan } from '#rules/budget/plan-limits.ts'

import { curve } from '../allocation/lines.ts'

/** Lines answering with √scale × √spend. */
const request = (
  scales: readonly number[],
  current: readonly number[],
  changes: Partial<PlanRequest> = {},
): PlanRequest => ({
  lines: scales.map((scale, index) => ({
    id: String(index),
    curve: curve('power', Math.sqrt(scale), 0.5),
    lower: 0,
    upper: 2000,
    current: current[index] ?? 0,
    group: Math.floor(index / 2),
  })),
  budget: current.reduce((sum, amount) => sum + amount, 0),
  maxTurnover: 10_000,
  groups: [],
  minMove: 0,
  steps: null,
  ...changes,
})

describe('of plans that were found in several ways', () => {
  const groups = [
    { lower: 0, upper: 2000 },
    { lower: 0, upper: 2000 },
  ]

  test('today’s stands where it brings more than one rounded group by group', () => {
    // 20.4 and 30.6 each: groups of 40.8 and 61.2 would round to 21, 20, 31 and 30.
    const today = [20, 20, 31, 31]
    const asked = request([2, 2, 3, 3], today, { groups })
    expect(valueOfPlan(asked.lines, today)).toBeGreaterThan(
      valueOfPlan(asked.lines, [21, 20, 31, 30]),
    )
    expect(planAllocation(asked)).toMatchObject({ status: 'planned', plan: today })
  })

  test('one that brings as much takes no other’s place', () => {
    const asked = request([1, 1], [0, 7])
    const alone = planAllocation(asked)
    if (alone.status !== 'planned') throw new Error(alone.cause)
    expect(alone.plan.toSorted((left, right) => left - right)).toEqual([3, 4])
    const mirrored = planAllocation(asked, [alone.plan.toReversed()])
    expect(mirrored).toMatchObject({ plan: alone.plan })
  })
})

test('an alternative that cannot be brought within the limits is none, not today’s plan', () => {
  const asked = request([1, 1], [500, 500])
  const lines = asked.lines.map((line) => ({ ...line, lower: 450, upper: 550 }))
  expect(alternativeWithin({ ...asked, lines }, [550, 450])).toEqual([550, 450])
  expect(alternativeWithin({ ...asked, lines }, [551, 449])).toBeNull()
})

test('a budget that only moves below the least would reach is short of turnover', () => {
  const asked = request([1, 1], [500, 500], { budget: 1010, minMove: 100 })
  expect(planAllocation(asked)).toEqual({
    status: 'conflict',
    cause: 'turnover_too_small',
    conflicts: [],
    turnoverShort: 10,
  })
})

describe('where nothing may move, today’s plan is proven', () => {
  const hill = curve('hill', 1000, 600, 3)
  const verdict = (changes: Partial<PlanRequest>) => {
    const asked = request([9, 1, 4], [500, 500, 500], changes)
    const found = planAllocation(asked)
    if (found.status !== 'planned') throw new Error(found.cause)
    const checked = checkedPlan(asked, found.plan)
    return { plan: found.plan, ...verdictOf(checked, found.certificates, 1e-9) }
  }
  const bent = request([9, 1, 4], [500, 500, 500]).lines.map((line) => ({ ...line, curve: hill }))
  const grouped = [
    { lower: 0, upper: 1100 },
    { lower: 0, upper: 2000 },
  ]

  test.each<[string, Partial<PlanRequest>]>([
    ['no turnover', { maxTurnover: 0 }],
    ['a turnover of one unit, which no two lines can share', { maxTurnover: 1, minMove: 1 }],
    ['a turnover below two least moves', { maxTurnover: 199, minMove: 100 }],
    [
      'a turnover below two steps',
      { maxTurnover: 199, steps: { increment: 100, maxLines: 3, maxShare: 1 } },
    ],
    ['no turnover of S-curves below their bend', { maxTurnover: 0, lines: bent }],
    ['no turnover in groups', { maxTurnover: 0, groups: grouped }],
  ])('%s', (_name, changes) => {
    const found = verdict(changes)
    expect(found).toMatchObject({ plan: [500, 500, 500], faults: [], isProvenBest: true })
    expect(found.gap).toBeLessThan(1e-9)
    expect(found.certificate.turnoverPrice).toBeGreaterThan(0)
    expect(found.certificate.turnoverPrice).toBe(found.certificate.price)
  })

  test('where two least moves fit it is not', () => {
    const found = verdict({ maxTurnover: 200, minMove: 100 })
    expect(found.plan).toEqual([600, 400, 500])
    expect(found.certificate.turnoverPrice).not.toBe(found.certificate.price)
  })

  test('a budget that changes moves lines, whatever today’s plan', () => {
    expect(
      planAllocation(request([9, 1], [500, 500], { budget: 1010, maxTurnover: 0 })),
    ).toMatchObject({ cause: 'turnover_too_small' })
  })
})
