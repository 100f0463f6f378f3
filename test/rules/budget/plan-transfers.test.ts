import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Curve, marginalAt, responseAt } from '#rules/allocation/curve.ts'
import { impactOf } from '#rules/budget/impact.ts'
import { impactLinesFor } from '#rules/budget/plan-impact.ts'
import { planMoves } from '#rules/budget/plan-moves.ts'
import type { MonthLine } from '#rules/budget/plan-review.ts'
import { interactionOf, planTransfers } from '#rules/budget/plan-transfers.ts'

import { concaveCurve } from '../allocation/lines.ts'
import type { LineChanges } from './reviewed-line.ts'
import { CONTEXT, FIRST, monthLine, root, SECOND, TAKER } from './root-lines.ts'

describe('what one transfer brings alone', () => {
  test('the change of its two lines, worked by hand', () => {
    const [only, ...others] = planTransfers([TAKER, FIRST], [12_100, 10_000], CONTEXT)
    expect(others).toEqual([])
    expect(only).toMatchObject({ from: FIRST, to: TAKER, amount: 2100, switchingCost: 42 })
    // The taker: 200 × (110 − 100); the giver: 100 × (100 − 110).
    // The errors a tenth of each, added: 300. Φ((1000 − 42) ÷ 300) = Φ(3.1933).
    expect(only?.impact).toMatchObject({
      lines: [{ delta: expect.closeTo(-1000, 6) }, { delta: expect.closeTo(2000, 6) }],
      delta: expect.closeTo(1000, 6),
      sd: expect.closeTo(300, 6),
      low: expect.closeTo(1000 - 1.644_853_6 * 300, 3),
      high: expect.closeTo(1000 + 1.644_853_6 * 300, 3),
      probabilityGain: expect.closeTo(0.999_297, 5),
    })
  })

  test('a plan of one transfer brings what the transfer does', () => {
    const lines = [TAKER, FIRST]
    const plan = [12_100, 10_000]
    const whole = impactOf(impactLinesFor(lines, plan), 1)
    const transfers = planTransfers(lines, plan, CONTEXT)
    expect(transfers[0]?.impact.delta).toBeCloseTo(whole.delta, 9)
    expect(interactionOf(transfers, whole)).toEqual({ alone: 1000, interaction: 0 })
  })

  test('two that meet on a line bring less together: 2,500 where each alone adds up to 2,681', () => {
    const lines = [TAKER, FIRST, SECOND]
    const plan = [14_400, 10_000, 12_100]
    const transfers = planTransfers(lines, plan, CONTEXT)
    // 200 × (√12,300 − 100) = 2,181.07, less 50 × (120 − 110); 2,000 less 1,000.
    expect(transfers.map(({ amount, impact }) => [amount, Math.round(impact.delta)])).toEqual([
      [2300, 1681],
      [2100, 1000],
    ])
    // 200 × (120 − 100) − 1,000 − 500.
    const whole = impactOf(impactLinesFor(lines, plan), 1)
    expect(whole.delta).toBeCloseTo(2500, 6)
    expect(interactionOf(transfers, whole)).toEqual({ alone: 2681, interaction: -181 })
  })

  test('today’s plan has none', () => {
    expect(planTransfers([TAKER, FIRST], [10_000, 12_100], CONTEXT)).toEqual([])
    const still = impactOf(impactLinesFor([TAKER, FIRST], [10_000, 12_100]), 1)
    expect(interactionOf([], still)).toEqual({ alone: 0, interaction: 0 })
  })
})

describe('of any concave curves', () => {
  const month = fc.record({
    curves: fc.array(concaveCurve, { minLength: 2, maxLength: 6 }),
    shares: fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 6, maxLength: 6 }),
  })
  /** Lines planned at 2,000 each; what the others take, the first line gives, and the other way round. */
  const planOf = ({ curves, shares }: { curves: readonly Curve[]; shares: readonly number[] }) => {
    const lines = curves.map((own, index) => {
      const made = monthLine(`L${index}`, { planned: 2000, curve: own })
      const elasticity = (marginalAt(own, 2000) * 2000) / responseAt(own, 2000)
      return { ...made, response: { ...made.response, elasticity } }
    })
    const changes = lines.slice(1).map((_line, index) => shares[index] ?? 0)
    const rest = changes.reduce((sum, change) => sum + change, 0)
    return { lines, plan: [2000 - rest, ...changes.map((change) => 2000 + change)] }
  }

  test('none brings more than its amount at today’s margins, and together they bring no more than apart', () => {
    fc.assert(
      fc.property(month, (drawn) => {
        const { lines, plan } = planOf(drawn)
        const transfers = planTransfers(lines, plan, CONTEXT)
        for (const { from, to, amount, impact } of transfers) {
          const most = amount * (marginalAt(to.curve, 2000) - marginalAt(from.curve, 2000))
          const scale = responseAt(to.curve, 2000) + responseAt(from.curve, 2000)
          expect(impact.delta).toBeLessThanOrEqual(most + 1e-9 * scale)
          const exact =
            responseAt(to.curve, 2000 + amount) -
            responseAt(to.curve, 2000) +
            responseAt(from.curve, 2000 - amount) -
            responseAt(from.curve, 2000)
          expect(Math.abs(impact.delta - exact)).toBeLessThanOrEqual(1e-9 * scale)
        }
        const whole = impactOf(impactLinesFor(lines, plan), 1)
        const { alone, interaction } = interactionOf(transfers, whole)
        expect(alone + interaction === Math.round(whole.delta)).toBe(true)
        expect(interaction).toBeLessThanOrEqual(1 + transfers.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('the moves of a plan', () => {
  const even = (channelId: string, changes: LineChanges = {}) =>
    monthLine(channelId, { planned: 1000, curve: root(1), changes })
  const lines = [even('A'), even('B'), even('C'), even('D')]
  const movesOf = (
    plan: readonly number[],
    own: readonly MonthLine[] = lines,
    isProvenBest = true,
  ) =>
    planMoves(planTransfers(own, plan, CONTEXT), {
      probability: 0.97,
      isProvenBest,
      context: CONTEXT,
    })

  test('the largest giver serves the largest taker', () => {
    const moves = movesOf([700, 1200, 1250, 850])
    expect(moves.map(({ id, amount }) => [id, amount.minor])).toEqual([
      ['MOVE:C1/A>C1/C', 250],
      ['MOVE:C1/A>C1/B', 50],
      ['MOVE:C1/D>C1/B', 150],
    ])
  })

  test('the largest giver comes first, wherever it stands', () => {
    const moves = movesOf([850, 1200, 1250, 700])
    expect(moves.map(({ id, amount }) => [id, amount.minor])).toEqual([
      ['MOVE:C1/D>C1/C', 250],
      ['MOVE:C1/D>C1/B', 50],
      ['MOVE:C1/A>C1/B', 150],
    ])
  })

  test('says what it rests on and brings by itself', () => {
    const money = (minor: number) => ({ currency: 'USD', minor })
    const [move] = movesOf([12_100, 10_000], [TAKER, FIRST])
    expect(move).toEqual({
      id: 'MOVE:C1/F>C1/T',
      origin: 'proposed',
      actionId: null,
      campaignId: 'C1',
      fromLine: 'C1/F',
      toLine: 'C1/T',
      fromName: 'F in C1',
      toName: 'T in C1',
      amount: money(2100),
      reasonCode: 'optimal_plan',
      basis: {
        evidence_from: 'L1',
        evidence_to: 'L1',
        marginal_return_from: 1.5,
        marginal_return_to: 1.5,
        // 100 ÷ (2 × 110) and 200 ÷ (2 × 100).
        marginal_at_plan_from: expect.closeTo(5 / 11, 9),
        marginal_at_plan_to: expect.closeTo(1, 9),
        delta_minor: expect.closeTo(1000, 6),
        low_minor: expect.closeTo(506.544, 3),
        high_minor: expect.closeTo(1493.456, 3),
        sd_minor: expect.closeTo(300, 6),
        switching_cost_minor: 42,
        probability_net_gain: expect.closeTo(0.999_297, 5),
        plan_probability_net_gain: 0.97,
        probability_required: 0.8,
      },
      expectedImpact: { low: money(507), mid: money(1000), high: money(1493) },
      impactNotMeasured: null,
      concerns: [],
      ruleId: 'budget.optimal_plan',
    })
  })

  test('between campaigns it belongs to none, and of a plan not proven it says so', () => {
    const own = [even('A'), even('B', { line: { campaignId: 'C2' } })]
    expect(movesOf([900, 1100], own, false)).toMatchObject([
      { campaignId: null, reasonCode: 'best_plan_found' },
    ])
  })

  test('a plan that is today’s makes none', () => {
    expect(movesOf([1000, 1000, 1000, 1000])).toEqual([])
  })
})
