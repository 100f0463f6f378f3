import { describe, expect, test } from 'vitest'

import { type Curve, responseAt } from '#rules/allocation/curve.ts'
import type { Candidate } from '#rules/budget/candidate.ts'
import { planLines, type PlanReview } from '#rules/budget/plan-review.ts'
import type { ReallocationBasis } from '#rules/budget/reallocation.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { budgetContext, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

import { curve } from '../allocation/lines.ts'
import { candidate, type LineChanges } from './reviewed-line.ts'

/** Weeks of October. */
const WEEKS = 31 / 7

/** A curve per week that brings `scale` × √spend over the month. */
const root = (scale: number): Curve => curve('power', scale / Math.sqrt(WEEKS), 0.5)

/** A line planned at 1,000 whose next unit is worth one at 1,100 (A) or 850 (B) a month; its response is known to a thousandth. */
const planned = (
  channelId: string,
  best: number,
  changes: LineChanges & { readonly candidate?: Partial<Candidate> } = {},
): Candidate => ({
  ...candidate(channelId, {
    ...changes,
    response: {
      averageReturn: 2,
      averageSd: 0.001,
      elasticity: 0.5,
      elasticitySd: 0.001,
      curve: root(2 * Math.sqrt(best)),
      ...changes.response,
    },
  }),
  ...changes.candidate,
})

const A = planned('A', 1100)
const B = planned('B', 850)

interface Changes {
  readonly budget?: object
  readonly targets?: readonly object[]
  readonly plans?: ReallocationBasis['plans']
}

const FREE = { max_step_share: 0.2, turnover_share: 1, min_move: 0, switching_cost_share: 0.02 }

const review = (lines: readonly Candidate[], changes: Changes = {}): PlanReview | null =>
  planLines(lines, {
    lines,
    plans: changes.plans ?? [],
    risks: [],
    carried: [],
    context: budgetContext({
      policy: policyWith({
        budget: { hurdle_marginal_roi: 1, bounds: FREE, ...changes.budget },
        ...(changes.targets === undefined ? {} : { targets: changes.targets }),
      }),
    }),
    minorPerUnit: 100,
  })

/** What A gets of B's money. */
const moved = (lines: readonly Candidate[], changes: Changes = {}) =>
  review(lines, changes)?.moves.map(({ toLine, amount }) => [toLine, amount.minor])

const outcomeOf = (lines: readonly Candidate[], changes: Changes = {}) => {
  const outcome = review(lines, changes)?.outcome
  if (outcome?.status !== 'planned') throw new Error('expected a plan')
  return outcome
}

const toA = (amount: number) => [['C1/A', amount]]

describe('which lines are planned together', () => {
  test('two lines with a curve share 2,000 as 1,100 to 850', () => {
    expect(review([A, B])?.lineIds).toEqual(['C1/A', 'C1/B'])
    expect(moved([A, B])).toEqual(toA(128))
  })

  test.each<[string, Candidate]>([
    ['no known response', planned('B', 850, { evidence: { response: null } })],
    ['no curve', planned('B', 850, { response: { curve: null } })],
    ['no plan', planned('B', 850, { line: { planned: notMeasured('?') } })],
    ['a plan of nothing', planned('B', 850, { line: { planned: measured(0) } })],
    ['a line that learns', planned('B', 850, { stop: { reason: 'learning' } })],
    [
      'nothing known of what is left',
      planned('B', 850, { candidate: { remainder: notMeasured('?') } }),
    ],
  ])('a line with %s is not, and one alone is no plan', (_name, line) => {
    expect(review([A, line])).toBeNull()
    expect(review([A, B, line])?.lineIds).toEqual(['C1/A', 'C1/B'])
  })
})

describe('how far a plan may go', () => {
  test.each<[string, Candidate, Candidate, Changes, readonly unknown[]]>([
    ['a step of a tenth', A, B, { budget: { bounds: { ...FREE, max_step_share: 0.1 } } }, toA(100)],
    ['down to the least plan', A, planned('B', 850, { line: { minMinor: 950 } }), {}, toA(50)],
    [
      'a least plan above today’s is today’s',
      A,
      planned('B', 850, { line: { minMinor: 1100 } }),
      {},
      [],
    ],
    ['up to the greatest plan', planned('A', 1100, { line: { maxMinor: 1060 } }), B, {}, toA(60)],
    [
      'a greatest plan below today’s is today’s',
      planned('A', 1100, { line: { maxMinor: 900 } }),
      B,
      {},
      [],
    ],
    [
      'no more than is left to give',
      A,
      planned('B', 850, { candidate: { remainder: measured(70) } }),
      {},
      toA(70),
    ],
    [
      'an overdrawn line gives nothing',
      A,
      planned('B', 850, { candidate: { remainder: measured(-5) } }),
      {},
      [],
    ],
    [
      'nothing into a line that is barred',
      planned('A', 1100, { candidate: { barred: 'declining' } }),
      B,
      {},
      [],
    ],
    [
      'half of the turnover',
      A,
      B,
      { budget: { bounds: { ...FREE, turnover_share: 0.1 } } },
      toA(100),
    ],
    // 1 and 1.01 of the currency are 100 and 101 minor units.
    [
      'on the least move',
      A,
      B,
      { budget: { bounds: { ...FREE, turnover_share: 0.1, min_move: 1 } } },
      toA(100),
    ],
    [
      'below the least move',
      A,
      B,
      { budget: { bounds: { ...FREE, turnover_share: 0.1, min_move: 1.01 } } },
      [],
    ],
    ['whole steps', A, B, { budget: { bounds: { ...FREE, increment: 0.5 } } }, toA(150)],
    [
      'the bounds of a campaign',
      A,
      planned('B', 850, { line: { campaignId: 'C2' } }),
      { plans: [planRow({ plannedMinor: 1000, maxMinor: 1090 })] },
      toA(90),
    ],
  ])('%s', (_name, taker, giver, changes, moves) => {
    expect(moved([taker, giver], changes)).toEqual(moves)
  })

  test('a share that misses a whole unit by rounding is that unit', () => {
    const fifty = { line: { planned: measured(50) } }
    const bounds = { ...FREE, max_step_share: 1, turnover_share: 0.58 }
    // 0.58 × 100 is 57.99999999999999 in floating point.
    const lines = [planned('A', 1100, fifty), planned('B', 50, fifty)]
    expect(moved(lines, { budget: { bounds } })).toEqual(toA(29))
  })

  test('too many steps to go through are said, and nothing moves', () => {
    const large = { line: { planned: measured(1e9) } }
    const found = review([planned('A', 1.1e9, large), planned('B', 0.85e9, large)], {
      budget: { bounds: { ...FREE, increment: 0.01 } },
    })
    expect(found).toMatchObject({
      lineIds: ['C1/A', 'C1/B'],
      outcome: { status: 'conflict', cause: 'too_many_steps' },
      moves: [],
    })
  })
})

describe('what a plan is worth', () => {
  const value = (best: number, spend: number) => 2 * Math.sqrt(best) * Math.sqrt(spend)

  test('is what its curves bring, less what switching costs', () => {
    const { impact, switchingCost, baselines, isAccepted } = outcomeOf([A, B])
    const gain = value(1100, 1128) - value(1100, 1000) + value(850, 872) - value(850, 1000)
    expect(impact.delta).toBeCloseTo(gain, 6)
    expect(switchingCost).toBeCloseTo(0.02 * 128, 9)
    expect(baselines.proRata?.delta).toBe(0)
    expect(isAccepted).toBe(true)
  })

  test('beside it stands the split by average return', () => {
    const better = planned('A', 1100, { response: { averageReturn: 2.2 } })
    // 2,000 in proportion to 2,200 and 2,000.
    const gain = value(1100, 1048) - value(1100, 1000) + value(850, 952) - value(850, 1000)
    expect(outcomeOf([better, B]).baselines.averageReturn?.delta).toBeCloseTo(gain, 0)
    expect(outcomeOf([A, B]).baselines.averageReturn?.delta).toBe(0)
  })

  test('is read off the curves that it was made with, whatever slope stands beside them', () => {
    const flatter = planned('A', 1100, { response: { elasticity: 0.4 } })
    const { impact } = outcomeOf([flatter, B])
    const gain = value(1100, 1128) - value(1100, 1000) + value(850, 872) - value(850, 1000)
    expect(impact.delta).toBeCloseTo(gain, 6)
    // 2·√1100·0.5 ÷ √1000 for A, 2·√850·0.5 ÷ √1000 for B.
    const [first] = review([flatter, B])?.moves ?? []
    expect(first?.basis['marginal_at_plan_to']).toBeCloseTo(Math.sqrt(1.1), 12)
    expect(first?.basis['marginal_at_plan_from']).toBeCloseTo(Math.sqrt(0.85), 12)
    const bent = (scale: number) => curve('saturating', scale, 1000)
    const over = (scale: number, spend: number) => WEEKS * responseAt(bent(scale), spend / WEEKS)
    const lines = [
      planned('A', 1, { response: { curve: bent(2000), elasticity: 0.1 } }),
      planned('B', 1, { response: { curve: bent(1700), elasticity: 0.1 } }),
      planned('C', 1, {
        response: { curve: bent(1800), elasticity: 0.1 },
        candidate: { barred: 'declining', remainder: measured(0) },
      }),
    ]
    const [amount = 0] = review(lines)?.moves.map((move) => move.amount.minor) ?? []
    expect(amount).toBeGreaterThan(0)
    expect(outcomeOf(lines).impact.delta).toBeCloseTo(
      over(2000, 1000 + amount) - over(2000, 1000) + over(1700, 1000 - amount) - over(1700, 1000),
      6,
    )
  })

  test('is proposed from the probability on that the policy asks for, by the lower of two', () => {
    const lines = ['A', 'B'].map((id, index) =>
      planned(id, index === 0 ? 1100 : 850, {
        response: { averageSd: 0.02, elasticitySd: 0.02 },
      }),
    )
    const { impact, simulatedProbability } = outcomeOf(lines)
    const both = [impact.probabilityGain, simulatedProbability]
    const [lower, higher] = [Math.min(...both), Math.max(...both)]
    expect(lower).toBeGreaterThan(0.5)
    expect(higher).toBeLessThan(1)
    expect(lower).toBeLessThan(higher)
    const acceptedAt = (probability_better: number) =>
      outcomeOf(lines, { budget: { gate: { probability_better } } }).isAccepted
    expect(acceptedAt(lower)).toBe(true)
    expect(acceptedAt((lower + higher) / 2)).toBe(false)
    expect(review(lines, { budget: { gate: { probability_better: higher } } })?.moves).toEqual([])
  })

  test('is not proposed where switching costs more than it brings', () => {
    const { isAccepted, switchingCost } = outcomeOf([A, B], {
      budget: { bounds: { ...FREE, switching_cost_share: 1 } },
    })
    expect(switchingCost).toBe(128)
    expect(isAccepted).toBe(false)
  })
})

test('other goals: the last unit that pays for itself, and a return that the policy targets', () => {
  expect(outcomeOf([A, B]).open).toMatchObject({
    spendAtHurdle: expect.closeTo(1950, -1),
    spendAtTargetReturn: null,
  })
  const targets = [
    { id: 'cpa', at_least: 9 },
    { id: 'roas', at_least: 1.9 },
  ]
  expect(outcomeOf([A, B], { targets }).open.spendAtTargetReturn).not.toBeNull()
})
