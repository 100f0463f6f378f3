import { describe, expect, test } from 'vitest'

import type { BudgetContext, BudgetInput } from '#rules/budget/input.ts'
import { reviewBudget } from '#rules/budget/review.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

import { dangling, factAt, figures } from './entered.ts'
import { recordedAction } from './recorded-move.ts'

/** Two lines of a campaign with a few days of delivery, a move that waits and one that should not have been made. */
const small = (changes: Partial<BudgetInput> = {}, context: Partial<BudgetContext> = {}) =>
  reviewBudget(
    budgetInput({
      plans: [
        planRow({ channelId: 'A', plannedMinor: 1000 }),
        planRow({ channelId: 'B', plannedMinor: 2000 }),
      ],
      delivery: [
        deliveryDay({ channelId: 'A', spendMinor: 300 }),
        deliveryDay({ channelId: 'B', spendMinor: 2100 }),
      ],
      campaigns: [
        {
          campaignId: 'C1',
          name: 'Spring',
          status: 'active',
          startOn: '2026-10-01',
          endOn: '2026-12-31',
          budgetMinor: 9000,
        },
      ],
      usedLines: [
        { campaignId: 'C1', channelId: 'A' },
        { campaignId: 'C1', channelId: 'B' },
      ],
      actions: [
        recordedAction({ amountMinor: 100 }),
        recordedAction({ actionId: 'A2', amountMinor: 50, status: 'executed', toChannelId: 'Z' }),
      ],
      ...changes,
    }),
    budgetContext(context),
  )

const counts = (result: ReturnType<typeof small>) =>
  figures(
    result.facts.filter(({ id }) => id.startsWith('budget.evidence') || /\.moves\./u.test(id)),
  )

describe('a small review', () => {
  test('says everything once, in its order', () => {
    const result = small()
    const { stage, status, decisions, findings, tables, summary, moves, charts } = result
    expect(dangling(result)).toEqual([])
    expect({ stage, status, charts }).toEqual({ stage: 'budget', status: 'assessed', charts: [] })
    expect(decisions.map(({ id, action, reason }) => [id, action, reason])).toEqual([
      ['budget.pacing:total', 'closed', 'month_over'],
      ['budget.line:C1/B', 'hold', 'thin_evidence'],
      ['budget.line:C1/A', 'hold', 'thin_evidence'],
    ])
    expect(findings.map(({ id }) => id)).toEqual([
      'finding.budget.carried.A1',
      'finding.budget.overspend.C1/B',
      'finding.budget.made.receiver_not_used.C1.Z',
      'finding.budget.hold',
    ])
    expect(tables.map(({ id, rows }) => [id, rows.length])).toEqual([
      ['budget.moves', 1],
      ['budget.lines', 2],
      ['budget.flights', 1],
    ])
    expect(summary).toHaveLength(3)
    expect(moves.map(({ id }) => id)).toEqual(['MOVE:A1'])
  })

  test('counts its lines and moves', () => {
    expect(counts(small())).toEqual({
      lines: 2,
      held_lines: 2,
      min_weeks: 8,
      min_conversions: 20,
      carried: 1,
      carried_amount: 100,
      proposed: 0,
      proposed_amount: 0,
    })
    const two = { actions: ['A1', 'A2'].map((actionId) => recordedAction({ actionId })) }
    expect(counts(small(two))).toMatchObject({ carried: 2, carried_amount: 1200 })
    expect(factAt(small(two).facts, 'min_weeks')?.source).toEqual([])
    expect(factAt(small(two).facts, 'carried')).toMatchObject({
      label: 'Moves that wait',
      source: [{ dataset: 'budget_actions', rows: 2 }],
    })
    expect(factAt(small(two).facts, 'proposed_amount')).toMatchObject({
      label: 'Moves proposed, amount',
      source: [{ dataset: 'budget_actions', rows: 0 }],
    })
  })

  test('adds up only moves in the company’s currency', () => {
    const actions = [recordedAction(), recordedAction({ actionId: 'A2', currency: 'EUR' })]
    expect(counts(small({ actions }))).toMatchObject({ carried: 1, carried_amount: 600 })
  })

  test.each([
    ['absent', 'not_measured', 'no budget actions were provided'],
    ['empty', 'not_measured', 'the budget actions hold no row'],
    ['unreadable', 'unreadable', 'the budget actions could not be read'],
  ] as const)('moves of a record that is %s are not counted', (state, status, reason) => {
    const { presence } = budgetInput()
    const { facts } = small({ actions: [], presence: { ...presence, budget_actions: state } })
    expect(factAt(facts, 'carried')).toMatchObject({ status, reason, value: null })
    expect(factAt(facts, 'proposed')).toMatchObject({ status: 'zero', value: 0 })
  })

  test('is partial with half of what it needs, and says nothing of nothing', () => {
    expect(small({ plans: [] }).status).toBe('partial')
    expect(small({ delivery: [] }).status).toBe('partial')
    const nothing = small({ plans: [], delivery: [], actions: [], campaigns: [] })
    expect(nothing.status).toBe('not_measured')
    expect(nothing.tables).toEqual([])
    expect(counts(nothing)).toMatchObject({
      lines: 'neither a plan nor delivery names a line',
      held_lines: 'neither a plan nor delivery names a line',
      min_weeks: 8,
    })
  })

  test('a move into a line that stops waits with that concern', () => {
    const policy = policyWith({
      targets: [{ id: 'cpa', at_most: 10 }],
      stop_loss: { lag_half_life_days: 0 },
    })
    const delivery = [
      deliveryDay({ channelId: 'A', spendMinor: 300, conversions: 30 }),
      deliveryDay({ channelId: 'B', spendMinor: 50_000, conversions: 0 }),
    ]
    const concerns = (toChannelId: string, fromChannelId: string) =>
      small(
        { delivery, actions: [recordedAction({ toChannelId, fromChannelId, amountMinor: 1 })] },
        {
          policy,
        },
      ).moves.find((move) => move.origin === 'carried')?.concerns
    expect(concerns('B', 'A')).toEqual(['receiver_under_stop'])
    expect(concerns('A', 'B')).toEqual([])
  })

  test('plans lines with a curve, and says which others to vary', () => {
    const curves = ['A', 'B'].map((channel_id, index) => ({
      campaign_id: 'C1',
      channel_id,
      family: 'power' as const,
      scale: 100 * (2 - index),
      shape: 0.5,
      log_sd: 0.05,
      source: 'mix model',
    }))
    // Ten weeks up to the end of the month: A and B as their curves have it, D even.
    const delivery = Array.from({ length: 70 }, (_day, index) =>
      addDays('2026-08-24', index),
    ).flatMap((date) =>
      ['A', 'B', 'D'].map((channelId) => deliveryDay({ date, channelId, spendMinor: 10_000 })),
    )
    const result = small(
      {
        delivery,
        plans: ['A', 'B', 'D'].map((channelId) => planRow({ channelId, plannedMinor: 310_000 })),
        actions: [],
      },
      { policy: policyWith({ budget: { response_curves: curves, max_gap_share: 0 } }) },
    )
    expect(dangling(result)).toEqual([])
    expect(result.decisions.map(({ id }) => id).slice(0, 2)).toEqual([
      'budget.pacing:total',
      'budget.plan:lines',
    ])
    expect(result.tables.map(({ id }) => id)).toContain('budget.plan')
    expect(result.findings.map(({ id }) => id)).toEqual([
      'finding.budget.plan_gap',
      'finding.budget.variation',
    ])
    expect(factAt(result.facts, 'gap')).toMatchObject({ id: 'budget.plan.gap' })
    expect(factAt(result.facts, 'alternate_factor')?.id).toBe('budget.line.C1.D.alternate_factor')
  })

  test('tells by how much limits conflict', () => {
    const { findings, facts } = small({
      plans: [planRow({ channelId: 'A', plannedMinor: 10, minMinor: 20 })],
    })
    const conflict = findings.find(({ ruleId }) => ruleId === 'budget.limits')
    const gap = facts.find(({ id }) => conflict?.id === `finding.${id}`)
    expect(gap?.value).toEqual({ currency: 'USD', minor: 10 })
  })

  test('has facts and findings of 24 moves at most', () => {
    const actions = Array.from({ length: 25 }, (_action, index) =>
      recordedAction({ actionId: `A${index}`, amountMinor: 1 }),
    )
    const { facts, findings, moves } = small({ actions })
    expect(moves).toHaveLength(25)
    expect(facts.filter(({ id }) => id.startsWith('budget.move.'))).toHaveLength(24 * 4)
    expect(findings.filter(({ ruleId }) => ruleId === 'budget.carried_move')).toHaveLength(24)
  })
})
