import { describe, expect, test } from 'vitest'

import { impactOf } from '#rules/budget/impact.ts'
import { enterMove } from '#rules/budget/move-facts.ts'
import { enterPlan, planDecision, planTable } from '#rules/budget/plan-facts.ts'
import { impactLinesFor } from '#rules/budget/plan-impact.ts'
import { planMoves } from '#rules/budget/plan-moves.ts'
import type { MonthLine, PlanReview } from '#rules/budget/plan-review.ts'
import { planTransfers } from '#rules/budget/plan-transfers.ts'

import { entered, factAt, figures } from './entered.ts'
import { askedOf, CONTEXT, FIRST, monthLine, root, SECOND, TAKER } from './root-lines.ts'

/** A proposed plan of these lines. */
function proposed(lines: readonly MonthLine[], plan: readonly number[]): PlanReview {
  const impact = impactOf(impactLinesFor(lines, plan), 1)
  const transfers = planTransfers(lines, plan, CONTEXT)
  return {
    ...askedOf(lines),
    outcome: {
      status: 'planned',
      plan,
      verdict: {
        gap: 0,
        kktResidual: 0,
        faults: [],
        certificate: { price: 1, turnoverPrice: 0, claimedGap: 0 },
        isProvenBest: true,
      },
      impact,
      simulatedProbability: 0.9,
      switchingCost: 88,
      baselines: { proRata: impact, averageReturn: impact },
      baselinePlans: { proRata: plan, averageReturn: plan },
      open: { spendAtHurdle: null, spendAtTargetReturn: null, spendForSameValue: null },
      correlation: 1,
      isAccepted: true,
    },
    transfers,
    moves: planMoves(transfers, { probability: 0.97, isProvenBest: true, context: CONTEXT }),
  }
}

const TWO = proposed([TAKER, FIRST], [12_100, 10_000])
const THREE = proposed([TAKER, FIRST, SECOND], [14_400, 10_000, 12_100])

const factsOf = (plan: PlanReview, shown = plan.moves) =>
  entered((book) => {
    for (const move of shown) enterMove(book, move)
    enterPlan(book, plan, CONTEXT)
  })

describe('the facts of a plan’s move', () => {
  const facts = factsOf(TWO)
  const of = (prefix: string) => facts.filter(({ id }) => id.startsWith(prefix))
  const move = of('budget.move.')

  test('hold all that its impact is made of', () => {
    expect(figures(move)).toEqual({
      amount: 2100,
      impact_low: 507,
      impact_mid: 1000,
      impact_high: 1493,
      impact_error: 300,
      switching_cost: 42,
      elasticity_from: 0.5,
      change_from: -1000,
      error_from: 100,
      elasticity_to: 0.5,
      change_to: 2000,
      error_to: 200,
    })
    const curves = of('budget.curve.')
    expect(figures(curves.filter(({ id }) => id.includes('C1.F')))).toEqual({
      today: 12_100,
      response: 11_000,
      // 100 ÷ (2 × 110).
      marginal: expect.closeTo(5 / 11, 9),
      response_cv: 0.1,
      elasticity_error: 0,
    })
    expect(figures(curves.filter(({ id }) => id.includes('C1.T')))).toMatchObject({
      today: 10_000,
      response: 20_000,
    })
  })

  test('read a line’s plan from the row of the line in the month', () => {
    const today = of('budget.curve.').filter(({ id }) => id.endsWith('.today'))
    expect(today.map(({ source }) => source)).toEqual(
      ['F', 'T'].map((channel_id) => [
        { dataset: 'budgets', rows: 1, where: { month: '2026-10', campaign_id: 'C1', channel_id } },
      ]),
    )
  })

  test('say of errors where they come from: its own weeks, or the curve that was imported', () => {
    const giver = monthLine('F', {
      planned: 12_100,
      curve: root(100),
      changes: { evidence: { level: 'L4' } },
    })
    const given = (line: string, entries: typeof facts) =>
      entries
        .filter(({ id }) => /\.(?:response_cv|elasticity_error)$/.test(id) && id.includes(line))
        .map(({ formula }) => formula)
    const other = factsOf(proposed([TAKER, giver], [12_100, 10_000]))
    expect(given('C1.F', other)).toEqual([
      'the error that the imported curve states',
      'the error that the imported curve states × elasticity',
    ])
    const own = [
      'the larger of the scatter of its weeks and 1 ÷ √conversions',
      'of the slope over its weeks, of a fitted power curve’s exponent',
    ]
    expect(given('C1.T', other)).toEqual(own)
    expect(given('C1.F', facts)).toEqual(own)
  })

  test('every input of a figure is a figure of the book', () => {
    const known = new Set(facts.map(({ id }) => id))
    const inputs = facts.flatMap((fact) => fact.inputs ?? [])
    expect(inputs.filter((id) => !known.has(id))).toEqual([])
    const derived = move.filter(({ id }) => !/\.(?:amount|elasticity_(?:from|to))$/.test(id))
    expect(derived.filter((fact) => (fact.inputs ?? []).length === 0)).toEqual([])
    expect(derived.filter(({ formula }) => formula === undefined)).toEqual([])
  })

  test('a reader who follows the formulas finds the figures', () => {
    const all = figures(facts)
    const number = (metric: string) => Number(all[metric])
    const curve = (line: string, metric: string) =>
      Number(figures(of(`budget.curve.C1.${line}.`))[metric])
    const after = (curve('T', 'today') + number('amount')) / curve('T', 'today')
    const to = curve('T', 'response') * (Math.sqrt(after) - 1)
    const left = (curve('F', 'today') - number('amount')) / curve('F', 'today')
    const from = curve('F', 'response') * (Math.sqrt(left) - 1)
    expect([to, from].map(Math.round)).toEqual([number('change_to'), number('change_from')])
    expect(number('change_to') + number('change_from')).toBe(number('impact_mid'))
    expect(Math.round(number('impact_mid') - 1.645 * number('impact_error'))).toBe(507)
    expect(number('error_to') + number('error_from')).toBe(number('impact_error'))
    expect(factAt(facts, 'correlation')?.value).toBe(1)
  })

  test('a move that is not shown has none', () => {
    const ids = factsOf(TWO, []).map(({ id }) => id)
    expect(ids.filter((id) => /^budget\.(?:move|curve)\./.test(id))).toEqual([])
  })

  test('a line of two moves is entered once', () => {
    const ids = factsOf(THREE).map(({ id }) => id)
    expect(ids.filter((id) => id === 'budget.curve.C1.T.today')).toHaveLength(1)
    expect(ids.filter((id) => id.endsWith('.change_to'))).toHaveLength(2)
  })
})

describe('what moves bring apart and together', () => {
  test('both figures and their difference are facts, evidence and a note', () => {
    expect(figures(factsOf(THREE))).toMatchObject({
      optimal_mid: 2500,
      moves_mid: 2681,
      interaction_mid: -181,
    })
    expect(factAt(factsOf(THREE), 'interaction_mid')?.inputs).toEqual([
      'budget.plan.optimal_mid',
      'budget.plan.moves_mid',
    ])
    expect(planDecision(THREE, CONTEXT).evidence).toMatchObject({
      moves_minor: 2681,
      interaction_minor: -181,
    })
    const [told, certificate] = planTable(THREE)?.note?.split(' Certificate') ?? []
    expect(told).toBe(
      'The moves, each alone, would bring {{budget.plan.moves_mid}} added up. Made together they bring {{budget.plan.optimal_mid}}, a difference of {{budget.plan.interaction_mid}}, because moves meet on the same lines and returns fall as spend grows.',
    )
    expect(certificate).toBeDefined()
  })

  test('of moves that do not meet nothing is said', () => {
    expect(figures(factsOf(TWO))).toMatchObject({ moves_mid: 1000, interaction_mid: 0 })
    expect(planTable(TWO)?.note).toMatch(/^Certificate/)
  })
})
