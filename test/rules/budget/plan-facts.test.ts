import { describe, expect, test } from 'vitest'

import type { NoPlan } from '#rules/budget/optimal-plan.ts'
import { enterPlan, planDecision, planFindings, planTable } from '#rules/budget/plan-facts.ts'
import type { PlanReview } from '#rules/budget/plan-review.ts'
import { budgetContext } from '#test/support/budget-input.ts'

import { entered, figures } from './entered.ts'
import { carriedMove } from './recorded-move.ts'
import { askedOf, FIRST, TAKER } from './root-lines.ts'

const CONTEXT = budgetContext()
const ASKED = askedOf([TAKER, FIRST])

const impact = (delta: number) => ({
  lines: [],
  delta,
  sd: 10,
  low: delta - 16.4,
  high: delta + 16.6,
  probabilityGain: 0.9,
})

type Planned = Extract<PlanReview['outcome'], { readonly status: 'planned' }>

/** A plan that brings 50, costs 20 to switch to, and may be 0.2 short of the best. */
const planned = (changes: Partial<Planned> = {}, moves = [carriedMove()]): PlanReview => ({
  ...ASKED,
  outcome: {
    status: 'planned',
    plan: [11_050, 11_050],
    verdict: {
      gap: 0.2,
      kktResidual: 0.01,
      faults: [],
      certificate: { price: 1.5, turnoverPrice: 0.3, claimedGap: 0.1 },
      isProvenBest: true,
    },
    impact: impact(50),
    simulatedProbability: 0.88,
    switchingCost: 20.4,
    baselines: { proRata: impact(0), averageReturn: impact(30) },
    baselinePlans: { proRata: null, averageReturn: [11_000, 11_100] },
    open: { spendAtHurdle: 900, spendAtTargetReturn: null, spendForSameValue: 800 },
    correlation: 1,
    isAccepted: true,
    ...changes,
  },
  transfers: [],
  moves,
})

/** The limits and curves of those two lines, as evidence. */
const LIMITS = {
  line_ids: ['C1/T', 'C1/F'],
  today_minor: [10_000, 12_100],
  lower_minor: [8000, 9680],
  upper_minor: [12_000, 14_520],
  group: [null, null],
  curve_family: ['power', 'power'],
  curve_scale: [200, 100],
  curve_shape: [0.5, 0.5],
  curve_steepness: [1, 1],
  least_budget_minor: [null, null],
  greatest_budget_minor: [null, null],
  left_to_give_minor: [700, 700],
  barred: [null, null],
  marginal_return: [1.5, 1.5],
  elasticity: [0.5, 0.5],
  elasticity_error: [0, 0],
  response_error: [0.1, 0.1],
  average_return: [3, 3],
  hurdle: CONTEXT.policy.budget.hurdle_marginal_roi,
  max_step_share: 0.2,
  budget_minor: 22_100,
  max_turnover_minor: 22_100,
  least_move_minor: 0,
  group_lower_minor: [],
  group_upper_minor: [],
  step_minor: null,
  max_changed_lines: null,
}

const conflict = (changes: Partial<NoPlan> = {}): PlanReview => ({
  ...ASKED,
  outcome: {
    status: 'conflict',
    cause: 'turnover_too_small',
    conflicts: [],
    turnoverShort: 50,
    ...changes,
  },
  transfers: [],
  moves: [],
})

describe('the facts of a plan', () => {
  test('set it beside the simpler ways, and say what other goals would spend', () => {
    const facts = entered((book) => enterPlan(book, planned(), CONTEXT))
    // Derived from lines that have facts of their own; no data set holds them.
    expect(facts.flatMap(({ source }) => source)).toEqual([])
    expect(figures(facts)).toEqual({
      optimal_low: 34,
      optimal_mid: 50,
      optimal_high: 67,
      optimal_probability: 0.9,
      hold_low: 0,
      hold_mid: 0,
      hold_high: 0,
      hold_probability: 0,
      pro_rata_low: -16,
      pro_rata_mid: 0,
      pro_rata_high: 17,
      pro_rata_probability: 0.9,
      average_return_low: 14,
      average_return_mid: 30,
      average_return_high: 47,
      average_return_probability: 0.9,
      switching_cost: 20,
      gap: 1,
      price: 1.5,
      kkt_residual: 0.01,
      spend_at_hurdle: 900,
      spend_at_target_return: 'no target is set for it, or the bounds do not reach it',
      spend_for_same_value: 800,
    })
  })

  test('name no single price where the proof is a tree of parts', () => {
    const { outcome } = planned()
    if (outcome.status !== 'planned') throw new Error('expected a plan')
    const certificate = { price: 0, proof: { logPrice: 0.5 }, claimedGap: 0.1 }
    const verdict = { ...outcome.verdict, certificate, kktResidual: null }
    const facts = entered((book) => enterPlan(book, planned({ verdict }), CONTEXT))
    const reason = 'lines with an S-curve have no single price: each part of the proof has its own'
    expect(figures(facts)).toMatchObject({ price: reason, kkt_residual: reason })
  })

  test('there are none without one, and no table', () => {
    expect(entered((book) => enterPlan(book, conflict(), CONTEXT))).toEqual([])
    expect(planTable(conflict())).toBeNull()
  })
})

describe('the table of a plan', () => {
  test('has four ways and what each brings', () => {
    const table = planTable(planned())
    expect(table?.columns.map(({ key, numeric }) => [key, numeric])).toEqual([
      ['way', false],
      ['low', true],
      ['mid', true],
      ['high', true],
      ['probability', true],
    ])
    expect(table?.rows).toEqual(
      [
        ['optimal', 'The plan'],
        ['hold', 'Hold: as it is'],
        ['pro_rata', 'Pro rata: in proportion to today, which holds while the budget stays'],
        ['average_return', 'By average return'],
      ].map(([way, text]) => [
        { text },
        ...['low', 'mid', 'high', 'probability'].map((end) => ({
          fact: `budget.plan.${way}_${end}`,
        })),
      ]),
    )
  })

  test('tells the certificate below, and what to ask mo explain for', () => {
    expect(planTable(planned())?.note).toBe(
      'Certificate, found apart from the solver: price λ {{budget.plan.price}}, KKT residual {{budget.plan.kkt_residual}}, bound gap {{budget.plan.gap}}. For mo explain: budget.plan.price, budget.plan.kkt_residual, budget.plan.gap; lines, bounds, curves and prices: budget.plan:lines.',
    )
  })

  test('calls a plan that is not proven the best found', () => {
    const { outcome } = planned()
    if (outcome.status !== 'planned') throw new Error('expected a plan')
    const verdict = { ...outcome.verdict, isProvenBest: false }
    const names = planTable(planned({ verdict }))?.rows.map(([name]) => name)
    expect(names?.slice(0, 2)).toEqual([{ text: 'Best plan found' }, { text: 'Hold: as it is' }])
    expect(planFindings(planned({ verdict }))).toMatchObject([
      {
        id: 'finding.budget.plan_gap',
        ruleId: 'budget.optimal_plan',
        severity: 'info',
        subject: 'budget:lines',
        detail: 'Up to {{budget.plan.gap}} more value may exist within the limits.',
      },
    ])
    expect(planFindings(planned())).toEqual([])
  })
})

describe('whether a plan is proposed', () => {
  test.each<[string, Partial<Planned>, boolean, string]>([
    ['sure enough', {}, true, 'gain_is_sure_enough'],
    ['sure, and nothing moves', {}, false, 'at_its_best'],
    ['not sure', { isAccepted: false }, true, 'gain_is_not_sure'],
    [
      'a gain of what switching costs',
      { isAccepted: false, switchingCost: 50 },
      true,
      'no_gain_net_of_switching',
    ],
    ['a gain of less', { isAccepted: false, switchingCost: 51 }, true, 'no_gain_net_of_switching'],
  ])('%s', (_name, changes, hasMoves, reason) => {
    const { action, reason: found } = planDecision(
      planned(changes, hasMoves ? [carriedMove()] : []),
      CONTEXT,
    )
    expect([action, found]).toEqual([changes.isAccepted === false ? 'hold' : 'propose', reason])
  })

  test('its evidence holds what was compared', () => {
    expect(planDecision(planned(), CONTEXT)).toEqual({
      id: 'budget.plan:lines',
      stage: 'budget',
      subject: 'budget:lines',
      subjectName: 'Lines with a response curve',
      action: 'propose',
      reason: 'gain_is_sure_enough',
      ruleId: 'budget.optimal_plan',
      policyVersion: 'test-1',
      evidence: {
        lines: 2,
        ...LIMITS,
        planned_minor: [11_050, 11_050],
        price: 1.5,
        turnover_price: 0.3,
        group_prices: [],
        proof_line: [],
        proof_at: [],
        kkt_residual: 0.01,
        claimed_gap_minor: 0.1,
        bound_gap_minor: 0.2,
        max_gap_share: 0.001,
        proven_best: true,
        impact_correlation: 1,
        switching_cost_share: CONTEXT.policy.budget.bounds.switching_cost_share,
        delta_minor: 50,
        low_minor: 33.6,
        high_minor: 66.6,
        probability_net_gain: 0.9,
        probability_net_gain_simulated: 0.88,
        probability_required: 0.8,
        switching_cost_minor: 20.4,
        pro_rata_delta_minor: 0,
        average_return_delta_minor: 30,
        pro_rata_minor: null,
        average_return_minor: [11_000, 11_100],
      },
    })
  })

  test('without a plan it says which limits and by how much', () => {
    const found = planDecision(
      conflict({
        cause: 'limits_conflict',
        conflicts: [
          { kind: 'lowers_above_budget', gap: 10, lines: [1, 0], groups: [] },
          { kind: 'group_lower_above_lines', gap: 5, lines: [1, 7], groups: [0] },
        ],
      }),
      CONTEXT,
    )
    expect(found).toMatchObject({ action: 'hold', reason: 'limits_conflict' })
    expect(found.evidence).toEqual({
      lines: 2,
      ...LIMITS,
      turnover_short_minor: 50,
      conflicts: ['lowers_above_budget', 'group_lower_above_lines'],
      conflict_gap_minor: [10, 5],
      conflict_lines: ['C1/F', 'C1/T', 'C1/F'],
    })
    expect(planFindings(conflict())).toEqual([
      {
        ruleId: 'budget.optimal_plan',
        subject: 'budget:lines',
        id: 'finding.budget.plan_not_made',
        severity: 'warning',
        title: 'No plan was made for the lines with a response curve',
        detail: 'the limits force more change than the turnover allows.',
      },
    ])
  })
})
