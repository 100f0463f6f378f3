import { describe, expect, test } from 'vitest'

import type { BudgetContext, BudgetInput } from '#rules/budget/input.ts'
import { reviewBudget } from '#rules/budget/review.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { BudgetStageResult } from '#rules/schema/budget-move.ts'
import {
  budgetContext,
  budgetInput,
  deliveryDay,
  type GeneratedLine,
  generatedDelivery,
  planRow,
} from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

import { dangling } from './entered.ts'

const LINES: readonly GeneratedLine[] = [
  { channelId: 'A', daily: 50_000, swing: 2, returns: 4, elasticity: 0.7 },
  { channelId: 'B', daily: 40_000, swing: 2, returns: 2, elasticity: 0.5 },
  { channelId: 'C', daily: 30_000, swing: 2, returns: 3, elasticity: 0.8 },
  { channelId: 'D', daily: 20_000, swing: 1, returns: 2.5, elasticity: 0.8 },
]

function company(changes: Partial<BudgetInput> = {}): BudgetInput {
  return budgetInput({
    delivery: generatedDelivery(LINES, 26),
    plans: LINES.map((line) =>
      planRow({ channelId: line.channelId, plannedMinor: line.daily * 31 }),
    ),
    campaigns: [
      {
        campaignId: 'C1',
        name: 'Spring',
        status: 'active',
        startOn: '2026-01-01',
        endOn: '2026-12-31',
        budgetMinor: 90_000_000,
      },
    ],
    channels: LINES.map(({ channelId }) => ({
      channelId,
      name: `Channel ${channelId}`,
      platform: 'Google Ads',
    })),
    media: [{ campaignId: 'C1', month: '2026-10', amountMinor: 4_000_000, rows: 3 }],
    ...changes,
  })
}

const review = (input: Partial<BudgetInput> = {}, context: Partial<BudgetContext> = {}) =>
  reviewBudget(company(input), budgetContext(context))
const factOf = (result: BudgetStageResult, id: string) =>
  result.facts.find((fact) => fact.id === id)
const money = (minor: number) => ({ currency: 'USD', minor })

const SITUATIONS: readonly (readonly [string, Partial<BudgetInput>, Partial<BudgetContext>])[] = [
  ['a closed month with everything', {}, {}],
  ['a running month', {}, { asOfOn: '2026-10-15' }],
  ['a month that has not begun', {}, { asOfOn: '2026-09-01' }],
  ['no plans', { plans: [] }, {}],
  ['no delivery', { delivery: [] }, {}],
  ['nothing at all', { plans: [], delivery: [], campaigns: [], channels: [], media: [] }, {}],
  ['no names', { campaigns: [], channels: [] }, {}],
  [
    'limits that conflict',
    { plans: [planRow({ channelId: 'A', plannedMinor: 10, minMinor: 20, maxMinor: 15 })] },
    {},
  ],
  [
    'stopped lines',
    {},
    {
      policy: policyWith({
        targets: [
          { id: 'cpa', at_most: 1 },
          { id: 'roas', at_least: 2 },
        ],
      }),
    },
  ],
  [
    'more lines than are shown',
    {
      plans: Array.from({ length: 40 }, (_plan, index) => planRow({ campaignId: `K${index}` })),
      delivery: Array.from({ length: 40 }, (_day, index) =>
        deliveryDay({ campaignId: `K${index}` }),
      ),
    },
    {},
  ],
]

describe('whatever the situation', () => {
  test.each(SITUATIONS)('%s: a valid result with nothing dangling', (_name, input, context) => {
    const result = review(input, context)
    expect(BudgetStageResult.parse(result)).toEqual(result)
    expect(dangling(result)).toEqual([])
    expect(JSON.stringify(result).length).toBeLessThan(80_000)
    expect(result.summary.length).toBeGreaterThan(0)
    expect(result.summary.length).toBeLessThanOrEqual(6)
  })

  test.each(SITUATIONS)(
    '%s: moves are different lines, positive, within what is planned',
    (_name, input, context) => {
      const result = review(input, context)
      for (const move of result.moves) {
        expect(move.fromLine).not.toBe(move.toLine)
        expect(move.amount.minor).toBeGreaterThan(0)
        expect(Number.isSafeInteger(move.amount.minor)).toBe(true)
        expect(move.concerns).toEqual([])
      }
    },
  )

  test.each(SITUATIONS)('%s: the same input gives the same bytes', (_name, input, context) => {
    expect(JSON.stringify(review(input, context))).toBe(JSON.stringify(review(input, context)))
  })

  test('the order of the rows does not matter', () => {
    const forward = company()
    const backward = {
      ...forward,
      plans: forward.plans.toReversed(),
      campaigns: forward.campaigns.toReversed(),
    }
    expect(reviewBudget(backward, budgetContext())).toEqual(reviewBudget(forward, budgetContext()))
  })
})

describe('a closed month', () => {
  test('says what was planned, spent and left', () => {
    const result = review()
    expect(factOf(result, 'budget.total.planned')?.value).toEqual(money(4_340_000))
    const spend = company()
      .delivery.filter((day) => day.date.startsWith('2026-10'))
      .reduce((sum, day) => sum + day.spendMinor, 0)
    expect(factOf(result, 'budget.total.spend')?.value).toEqual(money(spend))
    expect(factOf(result, 'budget.total.available')?.value).toEqual(money(4_340_000 - spend))
    expect(factOf(result, 'budget.total.utilisation')).toMatchObject({
      value: spend / 4_340_000,
      numerator: spend,
      denominator: 4_340_000,
    })
    expect(factOf(result, 'budget.total.committed')?.status).toBe('not_measured')
    expect(factOf(result, 'budget.total.utilisation_with_commitments')?.status).toBe('not_measured')
    expect(result.status).toBe('assessed')
  })

  test('paces as closed, with the days it saw', () => {
    const result = review()
    expect(
      result.decisions.find((decision) => decision.id === 'budget.pacing:total'),
    ).toMatchObject({
      action: 'closed',
      reason: 'month_over',
      evidence: { days_elapsed: 31, days_left: 0 },
    })
  })

  test('proposes a plan that proves itself, beside three simpler ways', () => {
    const result = review()
    const plan = result.decisions.find((decision) => decision.id === 'budget.plan:lines')
    expect(plan).toMatchObject({ action: 'propose', reason: 'gain_is_sure_enough' })
    expect(plan?.evidence['bound_gap_minor']).toBeLessThan(100)
    const mid = (way: string) => {
      const value = factOf(result, `budget.plan.${way}_mid`)?.value
      return typeof value === 'object' && value !== null ? value.minor : Number.NaN
    }
    expect(mid('hold')).toBe(0)
    expect(mid('pro_rata')).toBe(0)
    expect(mid('optimal')).toBeGreaterThan(mid('average_return'))
    expect(result.tables.map((table) => table.id)).toEqual([
      'budget.moves',
      'budget.lines',
      'budget.plan',
      'budget.flights',
    ])
  })

  describe('names a plan for what it is', () => {
    const told = (budget: object) => {
      const found = review({}, { policy: policyWith({ budget }) })
      const plan = found.decisions.find((decision) => decision.id === 'budget.plan:lines')
      return {
        reason: plan?.reason,
        evidence: plan?.evidence,
        findings: found.findings.map((finding) => finding.id),
        way: found.tables.find((table) => table.id === 'budget.plan')?.rows[0]?.[0],
        moves: [...new Set(found.moves.map((move) => move.reasonCode))],
      }
    }

    test('the best, within the share of its value that the policy allows', () => {
      const best = told({})
      expect(best).toMatchObject({ way: { text: 'The plan' }, moves: ['optimal_plan'] })
      expect(best.evidence).toMatchObject({ proven_best: true, max_gap_share: 0.001 })
      expect(best.findings).not.toContain('finding.budget.plan_gap')
    })

    test('the best found, where whole cents alone are too much', () => {
      const found = told({ max_gap_share: 0 })
      expect(found).toMatchObject({ way: { text: 'Best plan found' }, moves: ['best_plan_found'] })
      expect(found.findings).toContain('finding.budget.plan_gap')
    })

    test('none, where the steps are too many to go through', () => {
      const none = told({ bounds: { increment: 1 } })
      expect(none).toMatchObject({ reason: 'too_many_steps', way: undefined, moves: [] })
      expect(none.findings).toContain('finding.budget.plan_not_made')
    })
  })

  test('says what other goals would spend', () => {
    const result = review()
    expect(factOf(result, 'budget.plan.spend_at_hurdle')?.status).toBe('known')
    expect(factOf(result, 'budget.plan.spend_for_same_value')?.status).toBe('known')
    expect(factOf(result, 'budget.plan.spend_at_target_return')).toMatchObject({
      status: 'not_measured',
    })
  })

  test('calls each line by what it does', () => {
    const result = review()
    const call = (id: string) =>
      result.decisions.find((decision) => decision.id === `budget.line:C1/${id}`)
    expect(call('A')).toMatchObject({
      action: 'increase',
      reason: 'optimal_plan',
      ruleId: 'budget.optimal_plan',
    })
    expect(call('B')).toMatchObject({ action: 'decrease', subjectName: 'Channel B in Spring' })
    expect(call('D')).toMatchObject({
      action: 'hold',
      reason: 'no_surer_partner',
      ruleId: 'budget.evidence',
    })
    expect(call('D')?.evidence).toMatchObject({
      evidence_level: 'L1',
      evidence_reason: 'spend_did_not_vary',
    })
  })

  test('tells which spend to vary on purpose', () => {
    const result = review()
    const finding = result.findings.find((entry) => entry.id === 'finding.budget.variation')
    expect(finding?.detail).toContain(
      'Channel D in Spring by {{budget.line.C1.D.alternate_factor}}',
    )
    expect(factOf(result, 'budget.line.C1.D.alternate_factor')).toMatchObject({
      unit: 'ratio',
      status: 'known',
    })
  })

  test('sums up in a sentence each', () => {
    const result = review()
    expect(result.summary[0]).toMatch(
      /^This review proposes \{\{budget.moves.proposed\}\} moves?, /,
    )
    expect(result.summary[1]).toContain(
      '{{budget.total.spend}} of {{budget.total.planned}} planned is spent',
    )
  })
})

describe('a running month', () => {
  const context = { asOfOn: '2026-10-15' }
  const slow = (share: number) =>
    generatedDelivery(LINES, 26)
      .filter((day) => day.date < '2026-10-15')
      .map((day) => ({ ...day, spendMinor: Math.round(day.spendMinor * share) }))

  test.each([
    [1.4, 'critical_over', 'serious', 'The month will land far above plan'],
    [0.6, 'critical_under', 'serious', 'The month will land far below plan'],
  ])('at %f of its pace: %s', (share, status, severity, title) => {
    const result = review({ delivery: slow(share) }, context)
    expect(result.decisions.find((decision) => decision.ruleId === 'budget.pacing')?.action).toBe(
      status,
    )
    expect(result.findings.find((finding) => finding.id === 'finding.budget.pacing')).toMatchObject(
      { severity, title },
    )
    expect(factOf(result, 'budget.total.forecast_low')?.status).toBe('known')
    expect(
      result.summary.some((sentence) => sentence.startsWith('The month is forecast to land at')),
    ).toBe(true)
  })

  test('a line that its platform’s cap keeps from its plan is named', () => {
    const delivery = slow(1).map((day) =>
      day.date >= '2026-10-01' && day.channelId === 'A' ? { ...day, spendMinor: 100 } : day,
    )
    const late = [
      ...delivery,
      ...Array.from({ length: 14 }, (_day, index) =>
        deliveryDay({ channelId: 'A', date: addDays('2026-10-15', index), spendMinor: 100 }),
      ),
    ]
    const result = review({ delivery: late }, { asOfOn: '2026-10-29' })
    expect(result.findings.map((finding) => finding.id)).toContain('finding.budget.room.C1/A')
    const call = result.decisions.find((decision) => decision.id === 'budget.line:C1/A')
    expect(call?.evidence).toMatchObject({ platform: 'google_ads', pace: 'critical_under' })
  })

  test('moves leave what is spent alone', () => {
    const result = review({ delivery: slow(1) }, context)
    for (const move of result.moves) {
      const plan = LINES.find((line) => move.fromLine === `C1/${line.channelId}`)
      const spent = slow(1)
        .filter((day) => day.date >= '2026-10-01' && move.fromLine === `C1/${day.channelId}`)
        .reduce((sum, day) => sum + day.spendMinor, 0)
      expect(move.amount.minor).toBeLessThanOrEqual((plan?.daily ?? 0) * 31 - spent)
    }
  })
})

describe('what is missing', () => {
  test('without budgets nothing is held against a plan, and a finding says what would help', () => {
    const { presence } = budgetInput()
    const result = review({ plans: [], presence: { ...presence, budgets: 'absent' } })
    expect(result.status).toBe('partial')
    expect(factOf(result, 'budget.total.planned')).toMatchObject({
      status: 'not_measured',
      reason: 'no budgets were provided',
      value: null,
    })
    expect(factOf(result, 'budget.total.utilisation')?.value).toBeNull()
    expect(result.findings.map((finding) => finding.id)).toContain('finding.budget.no_plan')
    expect(result.summary[0]).toContain('No monthly budget was provided')
    expect(result.moves).toEqual([])
  })

  test('without delivery spend is not measured, never zero', () => {
    const { presence } = budgetInput()
    const result = review({ delivery: [], presence: { ...presence, ad_performance: 'absent' } })
    expect(factOf(result, 'budget.total.spend')).toMatchObject({
      status: 'not_measured',
      reason: 'no ad performance was provided',
    })
    expect(result.status).toBe('partial')
    expect(review({ delivery: [], plans: [] }).status).toBe('not_measured')
  })

  test('where rows of delivery were rejected no sum of it is one, and no new move is proposed', () => {
    const whole = review(company())
    expect(whole.moves.some((move) => move.origin === 'proposed')).toBe(true)
    const result = review({ ...company(), rejectedDelivery: 1 })
    const unread = { status: 'unreadable', reason: 'rows of the ad performance were rejected' }
    expect(factOf(result, 'budget.total.spend')).toMatchObject({ ...unread, value: null })
    expect(factOf(result, 'budget.total.utilisation')).toMatchObject({ ...unread, value: null })
    const judged = ['pace_index', 'forecast', 'waste_provable', 'waste_estimated']
    expect(judged.map((metric) => factOf(result, `budget.total.${metric}`)?.value)).toEqual(
      judged.map(() => null),
    )
    expect(result.moves.filter((move) => move.origin === 'proposed')).toEqual([])
    // The lines are still named by what was read of them.
    const lines = (found: typeof result) =>
      found.decisions.flatMap(({ subject }) => (subject.startsWith('budget.line') ? [subject] : []))
    expect(lines(result).toSorted()).toEqual(lines(whole).toSorted())
    const ids = result.findings.map((finding) => finding.id)
    expect(ids).toContain('finding.budget.rejected_delivery')
    expect(ids).not.toContain('finding.budget.hold')
    expect(whole.findings.map((finding) => finding.id)).not.toContain(
      'finding.budget.rejected_delivery',
    )
  })

  test('new moves rest on claims that the books contradict, or do not where the policy blocks them', () => {
    const proposed = (of: ReturnType<typeof review>) =>
      of.moves.filter((move) => move.origin === 'proposed')
    const whole = review(company())
    const [first] = proposed(whole)
    const receiver = first?.toLine ?? ''
    const [campaignId = '', channelId = ''] = receiver.split('/')
    const books = { deals: [{ campaignId, channelId, wins: 1, amountMinor: 1 }], values: null }
    const told = review({ ...company(), books })
    expect(proposed(told).map(({ id }) => id)).toEqual(proposed(whole).map(({ id }) => id))
    expect(proposed(told)[0]?.concerns).toEqual(['claims_above_books'])
    expect(proposed(whole)[0]?.concerns).toEqual([])
    const claimsOf = (of: typeof told) =>
      of.findings.filter(({ ruleId }) => ruleId === 'budget.claims')
    expect(claimsOf(told).map(({ subject }) => subject)).toContain(`line:${receiver}`)
    expect(claimsOf(whole)).toEqual([])
    const decision = told.decisions.find(({ id }) => id === `budget.line:${receiver}`)
    expect(decision?.evidence).toMatchObject({ claims_above_books: true, booked_wins: 1 })
    expect(dangling(told)).toEqual([])
    const policy = policyWith({ budget: { contradicted_claims: 'block' } })
    const blocked = review({ ...company(), books }, { policy })
    expect(proposed(blocked).filter(({ toLine }) => toLine === receiver)).toEqual([])
    expect(claimsOf(blocked).map(({ subject }) => subject)).toContain(`line:${receiver}`)
  })

  test('an earlier day that lost a row is no evidence, and the month stands', () => {
    const input = company()
    const earlier = input.delivery.map(({ date }) => date).filter((date) => date < '2026-10-01')
    const lost = earlier.at(-1) ?? ''
    const whole = review(input)
    const result = review({ ...input, rejectedDays: [lost] })
    expect(factOf(result, 'budget.total.spend')).toEqual(factOf(whole, 'budget.total.spend'))
    const weeks = (of: typeof result) =>
      of.decisions.find(({ id }) => id.startsWith('budget.line'))?.evidence['weeks']
    expect(weeks(result)).toBe(Number(weeks(whole)) - 1)
    expect(result.findings.map(({ id }) => id)).toContain('finding.budget.lost_days')
    expect(whole.findings.map(({ id }) => id)).not.toContain('finding.budget.lost_days')
  })

  test('without a target cost no waste is proven nor disproven, also where a curve sees some', () => {
    const result = review(company())
    expect(factOf(result, 'budget.total.waste_provable')).toMatchObject({
      status: 'not_measured',
      reason: 'the policy sets no target cost per acquisition',
    })
    expect(factOf(result, 'budget.total.waste_estimated')?.status).not.toBe('not_measured')
  })

  // 5 % and 10 % of 100,000 are the bounds of the policy.
  test.each([
    [100_000, null],
    [100_001, 'info'],
    [105_000, 'info'],
    [105_001, 'warning'],
    [110_000, 'warning'],
    [110_001, 'serious'],
  ])('of 100,000 planned, %i spent in a month that is over: %s', (spendMinor, severity) => {
    const input = {
      plans: [planRow({ channelId: 'A', plannedMinor: 100_000 })],
      delivery: [deliveryDay({ spendMinor })],
    }
    const severities = (changes: Partial<BudgetContext>) =>
      reviewBudget(budgetInput(input), budgetContext(changes))
        .findings.filter((finding) => finding.ruleId === 'budget.overspend')
        .map((finding) => [finding.subject, finding.severity])
    const expected =
      severity === null ? [] : ['budget:total', 'line:C1/A'].map((id) => [id, severity])
    expect(severities({})).toEqual(expected)
    expect(severities({ asOfOn: '2026-10-31' })).toEqual([])
  })

  test('what is left to give once the month is over is the next month’s plan, and is called so', () => {
    const columns = (asOfOn: string) =>
      reviewBudget(company(), budgetContext({ asOfOn }))
        .tables.find((table) => table.id === 'budget.lines')
        ?.columns.map((column) => column.label)
    expect(columns('2026-11-01')).toContain('Left to give, next month')
    expect(columns('2026-10-31')).toContain('Left to give')
  })

  test('without a target cost waste is not measured, with one it is summed once', () => {
    expect(
      factOf(review({ delivery: [deliveryDay()] }), 'budget.total.waste_provable'),
    ).toMatchObject({
      reason: 'the policy sets no target cost per acquisition',
    })
    const policy = policyWith({
      targets: [{ id: 'cpa', at_most: 10 }],
      stop_loss: { lag_half_life_days: 0, assumed_dispersion: 1 },
    })
    const delivery = [
      deliveryDay({ spendMinor: 50_000, conversions: 0 }),
      deliveryDay({ channelId: 'B', spendMinor: 20_000, conversions: 1 }),
    ]
    const result = review({ delivery }, { policy })
    // Of 50 targets 4.189 are not ruled out by any look, of 20 with one conversion 6.597: by Simpson's rule and bisection.
    expect(factOf(result, 'budget.total.waste_provable')?.value).toEqual(money(45_810 + 13_403))
    expect(result.summary.some((sentence) => sentence.startsWith('Waste of'))).toBe(true)
  })
})

test('limits that conflict are a serious finding with the gap', () => {
  const result = review({ plans: [planRow({ channelId: 'A', plannedMinor: 10, minMinor: 20 })] })
  const finding = result.findings.find((entry) => entry.ruleId === 'budget.limits')
  expect(finding).toMatchObject({ severity: 'serious', subject: 'budget:limits' })
  expect(finding?.detail).toContain(
    'what lines and campaigns must spend is more than the planned total (Channel A in Spring)',
  )
  const gap = /\{\{(budget\.conflict\.lowers_above_budget\.C1-A:\w+)\}\}/.exec(
    finding?.title ?? '',
  )?.[1]
  expect(finding?.id).toBe(`finding.${gap ?? ''}`)
  expect(factOf(result, gap ?? '')?.value).toEqual(money(10))
})

test('a stop is told with its spend and proven waste', () => {
  const policy = policyWith({ targets: [{ id: 'cpa', at_most: 1 }] })
  const result = review({}, { policy })
  const finding = result.findings.find((entry) => entry.id === 'finding.budget.stop.C1/A')
  expect(finding?.title).toBe('Channel A in Spring is to be stopped')
  expect(result.decisions.find((decision) => decision.id === 'budget.line:C1/A')).toMatchObject({
    action: 'stop',
    reason: 'stop_loss',
    ruleId: 'budget.stop_loss',
  })
})

test('of many lines the largest are shown, with every one that moves, and the rest is counted', () => {
  const result = review({
    plans: Array.from({ length: 40 }, (_plan, index) =>
      planRow({ campaignId: `K${index}`, plannedMinor: 1000 + index }),
    ),
    delivery: [],
  })
  const table = result.tables.find((entry) => entry.id === 'budget.lines')
  expect(table?.rows).toHaveLength(12)
  expect(table?.note).toContain('{{budget.evidence.lines}}')
  expect(factOf(result, 'budget.evidence.lines')?.value).toBe(40)
  expect(result.decisions.filter((decision) => decision.subject.startsWith('line:'))).toHaveLength(
    12,
  )
  expect(table?.rows[0]?.[0]).toEqual({ text: 'K39' })
})
