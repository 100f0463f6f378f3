import { describe, expect, test } from 'vitest'

import { lineDecision, paceDecision } from '#rules/budget/decisions.ts'
import {
  carriedFinding,
  conflictFinding,
  madeFinding,
  missingFindings,
  paceFindings,
  roomFindings,
  variationFinding,
} from '#rules/budget/findings.ts'
import type { ActionRow } from '#rules/budget/input.ts'
import { enterConflict, enterFaultGroup, enterMove, faultGroups } from '#rules/budget/move-facts.ts'
import type { Reallocation } from '#rules/budget/reallocation.ts'
import { stopFindings } from '#rules/budget/stop-findings.ts'
import { stopLossEvidence } from '#rules/budget/stop-loss.ts'
import { notMeasured } from '#rules/kernel/quantity.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import { createFactBook, type FactBook } from '#rules/schema/fact-book.ts'
import { budgetContext } from '#test/support/budget-input.ts'

import { carriedMove, recordedAction } from './recorded-move.ts'
import { LANDING, type LineChanges, reviewedLine, reviewedTotal } from './reviewed-line.ts'

const CONTEXT = budgetContext()

const proposed = (changes: Partial<BudgetMove> = {}) =>
  carriedMove({ id: 'MOVE:C1/A>C1/B', origin: 'proposed', actionId: null, ...changes })

const total = reviewedTotal

const listed = (enter: (book: FactBook) => void) => {
  const book = createFactBook()
  enter(book)
  return book.list()
}

describe('a proposal that waits', () => {
  test('is a warning when nothing speaks against it', () => {
    expect(carriedFinding(carriedMove())).toEqual({
      id: 'finding.budget.carried.A1',
      ruleId: 'budget.carried_move',
      severity: 'warning',
      subject: 'move:MOVE:A1',
      title: expect.stringMatching(
        /^A move of \{\{budget\.move\..*\.amount\}\} waits for a decision$/,
      ),
      detail:
        'A in C1 would give to B in C1 (scale winner). Nothing in the books speaks against it.',
    })
  })

  test('is serious with a concern, which is told with the risks behind it', () => {
    const found = carriedFinding(
      carriedMove({
        actionId: null,
        concerns: ['same_line', 'receiver_under_open_risk'],
        basis: { open_risks: 'R1 (high)' },
      }),
    )
    expect(found).toMatchObject({ id: 'finding.budget.carried.MOVE:A1', severity: 'serious' })
    expect(found.detail).toBe(
      'A in C1 would give to B in C1 (scale winner). Before anyone approves it: it goes from a line to itself; the receiving line is under a grave open risk. Open on it: R1 (high).',
    )
    expect(carriedFinding(carriedMove({ basis: { open_risks: '' } })).detail).not.toContain(
      'Open on it',
    )
  })
})

describe('moves that were made and should not have been', () => {
  const action = (changes: Partial<ActionRow> = {}) =>
    recordedAction({ amountMinor: 100, status: 'executed', ...changes })
  const groups = faultGroups([
    { action: action(), faults: ['receiver_under_open_risk', 'giver_not_used'] },
    { action: action({ actionId: 'A2', amountMinor: 50 }), faults: ['receiver_under_open_risk'] },
    { action: action({ actionId: 'A3', toChannelId: 'A' }), faults: ['same_line'] },
    { action: action({ actionId: 'A4', toChannelId: 'Z' }), faults: ['receiver_not_used'] },
    { action: action({ actionId: 'A5' }), faults: [] },
  ])
  const names = { campaigns: new Map([['C1', 'Spring']]), channels: new Map<string, string>() }

  test('are grouped by fault and by the line it lies on', () => {
    expect(
      groups.map(({ fault, lineId, campaignId, channelId, actions }) => [
        fault,
        lineId,
        campaignId,
        channelId,
        actions.map(({ actionId }) => actionId),
      ]),
    ).toEqual([
      ['giver_not_used', 'C1/A', 'C1', 'A', ['A1']],
      ['receiver_not_used', 'C1/Z', 'C1', 'Z', ['A4']],
      ['receiver_under_open_risk', 'C1/B', 'C1', 'B', ['A1', 'A2']],
      ['same_line', null, null, null, ['A3']],
    ])
  })

  test('are told by amount, line and ids', () => {
    const [giver, receiver, risky, same] = groups.map((group) => madeFinding(group, names))
    expect([giver, receiver, same].map((finding) => finding?.title.split('}} ')[1])).toEqual([
      'was taken from a channel its campaign does not use',
      'was given to a channel its campaign does not use',
      'went from a channel to itself',
    ])
    expect(receiver?.detail).toMatch(
      /^Z in Spring\. No delivery, funnel, creative or plan shows the campaign in this channel \(/,
    )
    expect(risky).toMatchObject({
      ruleId: 'budget.made_move',
      severity: 'serious',
      subject: 'line:C1/B',
      title: `{{${groups[2]?.prefix}.amount}} went into a line under a grave open risk`,
      detail: `B in Spring. The risk had been raised before the money moved and is still open ({{${groups[2]?.prefix}.count}} moves: A1, A2).`,
    })
    expect(giver?.detail).toContain('.count}} move: A1)')
    expect(same).toMatchObject({
      id: 'finding.budget.made.same_line',
      subject: 'budget:moves',
      detail:
        'Such a move changes nothing and is booked as if it did ({{budget.made.same_line.count}} move: A3).',
    })
  })

  test('a fault without words of its own is told by its name', () => {
    const group = { ...groups[3], fault: 'foreign_currency', prefix: 'budget.made.x' }
    const told = madeFinding(
      { lineId: null, campaignId: null, channelId: null, actions: [], ...group },
      names,
    )
    expect(told.title).toBe('{{budget.made.x.amount}} foreign currency')
    expect(told.detail).toMatch(/^ \(/)
  })

  test('add up in their facts', () => {
    const facts = listed((book) => {
      for (const group of groups) enterFaultGroup(book, group)
    })
    const source = [{ dataset: 'budget_actions', rows: 2 }]
    expect(facts.filter(({ id }) => id.includes('under_open_risk'))).toMatchObject([
      { unit: 'money', value: { currency: 'USD', minor: 150 }, source },
      { unit: 'count', value: 2, source },
    ])
  })
})

describe('the facts of a move', () => {
  test('a carried one has its source, and no impact that nobody stated', () => {
    const facts = listed((book) => enterMove(book, carriedMove()))
    expect(facts.map(({ value }) => value)).toEqual([
      { currency: 'USD', minor: 600 },
      null,
      null,
      null,
    ])
    expect(facts[0]?.source).toEqual([
      { dataset: 'budget_actions', rows: 1, where: { action_id: 'A1' } },
    ])
    expect(facts[1]).toMatchObject({ status: 'not_measured', reason: 'nobody said' })
  })

  test('a proposed one has its expected impact', () => {
    const impact = (minor: number) => ({ currency: 'USD', minor })
    const expectedImpact = { low: impact(1), mid: impact(2), high: impact(3) }
    const facts = listed((book) => enterMove(book, proposed({ expectedImpact })))
    expect(facts.map(({ value }) => value)).toEqual([impact(600), impact(1), impact(2), impact(3)])
    expect(facts[0]?.source).toEqual([])
    const unsaid = listed((book) => enterMove(book, carriedMove({ impactNotMeasured: null })))
    expect(unsaid[1]).toMatchObject({ reason: 'no impact is known' })
  })
})

describe('findings of lines', () => {
  test('a stop says whether the cost is proven or the cap reached', () => {
    const stop = (reason: 'cpa_proven_above_target' | 'no_conversion_at_hard_cap') =>
      stopFindings([
        reviewedLine('A'),
        reviewedLine('B', { stop: { action: 'stop', reason } }),
      ]).map(({ subject, detail }) => [
        subject,
        detail.includes('hard cap'),
        detail.includes('proven to be above'),
      ])
    expect(stop('cpa_proven_above_target')).toEqual([['line:C1/B', false, true]])
    expect(stop('no_conversion_at_hard_cap')).toEqual([['line:C1/B', true, false]])
  })

  test('a conflict names five limits and says that there are others', () => {
    const conflict = (count: number) =>
      conflictFinding({
        kind: 'lowers_above_budget',
        gapMinor: 10,
        ids: [],
        names: ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, count),
      }).detail
    expect(conflict(5)).toBe(
      'No plan can keep them: what lines and campaigns must spend is more than the planned total (a, b, c, d, e). Loosening any of these limits by that amount resolves it.',
    )
    expect(conflict(6)).toContain('(a, b, c, d, e and others). Loosening')
    const limits = { ids: ['C1/A', 'C1/B'], names: ['a', 'b'] }
    const named = { kind: 'lowers_above_budget', gapMinor: 10, ...limits } as const
    expect(listed((book) => enterConflict(book, named, 'USD'))).toMatchObject([
      { value: { currency: 'USD', minor: 10 }, source: [{ dataset: 'budgets', rows: 2 }] },
    ])
  })

  test.each([
    ['exhausted', 'serious'],
    ['critical_over', 'serious'],
    ['critical_under', 'serious'],
    ['over', 'warning'],
    ['under', 'warning'],
    ['watch', 'info'],
  ] as const)('a month that is %s is %s', (status, severity) => {
    const pace = { ...reviewedLine('A').pace, status }
    expect(paceFindings(total({ pace }))).toMatchObject([
      {
        id: 'finding.budget.pacing',
        severity,
        subject: 'budget:total',
        detail:
          'Forecast {{budget.total.forecast}} ({{budget.total.forecast_low}} to {{budget.total.forecast_high}}) against {{budget.total.planned}} planned.',
      },
    ])
  })

  test.each(['closed', 'on_track', 'unknown'] as const)(
    'a month that is %s is no finding',
    (status) => {
      expect(paceFindings(total({ pace: { ...reviewedLine('A').pace, status } }))).toEqual([])
    },
  )

  test('without a plan the budget itself is what is missing', () => {
    expect(missingFindings(total())).toEqual([])
    expect(missingFindings(total({ planned: notMeasured('none') }))).toMatchObject([
      { id: 'finding.budget.no_plan', severity: 'warning', subject: 'budget:total' },
    ])
  })

  test('three lines at most are named for variation', () => {
    const needs = (channelId: string, alternateBy: number | null) =>
      reviewedLine(channelId, {
        evidence: { needed: { weeksMissing: 0, conversionsMissing: 0, alternateBy } },
      })
    const lines = ['A', 'B', 'C', 'D', 'E'].map((id) => needs(id, id === 'B' ? null : 0.3))
    const [finding] = variationFinding(lines)
    expect(finding?.detail).toMatch(/A in C1 by .*; C in C1 by .*; D in C1 by [^;]*\.$/)
    expect(variationFinding([needs('B', null)])).toEqual([])
  })

  test('a line behind its plan that its platform cannot let catch up', () => {
    const of = (canCatchUp: boolean | null, status: 'under' | 'critical_under' | 'over') =>
      roomFindings([
        reviewedLine('A', {
          pace: { status },
          review: {
            room:
              canCatchUp === null
                ? null
                : { platform: 'google_ads', maxDay: 20, requiredDay: 30, canCatchUp },
          },
        }),
      ]).map(({ id, severity }) => [id, severity])
    const told = [['finding.budget.room.C1/A', 'warning']]
    expect(of(false, 'critical_under')).toEqual(told)
    expect(of(false, 'under')).toEqual(told)
    expect(of(false, 'over')).toEqual([])
    expect(of(true, 'under')).toEqual([])
    expect(of(null, 'under')).toEqual([])
  })
})

describe('what a line is to do', () => {
  const call = (changes: LineChanges, reallocation: Partial<Reallocation> = {}) => {
    const review = reviewedLine('A', changes)
    const { action, reason, ruleId } = lineDecision(
      review,
      { moves: [], plan: null, blocked: [], ...reallocation },
      CONTEXT,
    )
    return [action, reason, ruleId]
  }
  const blocked = (reason: Reallocation['blocked'][number]['reason']) => ({
    blocked: [{ lineId: 'C1/A', reason }],
  })

  test.each<[string, Partial<Reallocation>, readonly string[]]>([
    [
      'gives everything under a stop',
      { moves: [proposed({ toLine: null, reasonCode: 'stop_loss', ruleId: 'budget.stop_loss' })] },
      ['stop', 'stop_loss', 'budget.stop_loss'],
    ],
    [
      'takes',
      { moves: [proposed({ fromLine: 'C1/B', toLine: 'C1/A', ruleId: 'budget.gated_step' })] },
      ['increase', 'scale_winner', 'budget.gated_step'],
    ],
    ['gives', { moves: [proposed()] }, ['decrease', 'scale_winner', 'budget.carried_move']],
    ['is stopped with nothing left', blocked('stopped'), ['stop', 'stopped', 'budget.stop_loss']],
    ['is held', blocked('thin_evidence'), ['hold', 'thin_evidence', 'budget.evidence']],
    ['has no partner', {}, ['hold', 'no_surer_partner', 'budget.evidence']],
    [
      'is not held for the reason of another line, nor moved with it',
      {
        moves: [proposed({ fromLine: 'C1/X', toLine: 'C1/Y' })],
        blocked: [{ lineId: 'C1/Z', reason: 'stopped' }],
      },
      ['hold', 'no_surer_partner', 'budget.evidence'],
    ],
  ])('%s', (_name, reallocation, expected) => {
    expect(call({}, reallocation)).toEqual(expected)
  })

  test('its evidence holds what was compared', () => {
    const evidence = stopLossEvidence(
      { spend: 700, conversions: 1 },
      { targetCpa: 100, alpha: 0.05, beta: 0.2, multiple: 2, clusterSize: null, dispersion: 1 },
    )
    const review = reviewedLine('A', {
      stop: { evidence, matured: 700 },
      review: { room: { platform: 'meta', maxDay: 20, requiredDay: 30, canCatchUp: false } },
    })
    const none = { moves: [], plan: null, blocked: [] }
    expect(lineDecision(review, none, CONTEXT)).toMatchObject({
      id: 'budget.line:C1/A',
      stage: 'budget',
      subject: 'line:C1/A',
      subjectName: 'A in C1',
      policyVersion: 'test-1',
    })
    expect(lineDecision(review, none, CONTEXT).evidence).toEqual({
      evidence_level: 'L1',
      evidence_reason: 'spend_did_not_vary',
      spent_ever: true,
      weeks: 0,
      weeks_required: 8,
      conversions_in_weeks: 50,
      conversions_required: 20,
      spend_ratio: 1.1,
      alternate_spend_by: null,
      evidence_return: 3,
      evidence_return_error: 0.1,
      elasticity: 0.5,
      elasticity_error: 0.1,
      marginal_return: 1.5,
      marginal_return_error: 0.2,
      hurdle: CONTEXT.policy.budget.hurdle_marginal_roi,
      stop_loss: 'not_proven',
      pace: 'closed',
      pace_days_left: 0,
      platform: 'meta',
      required_day_minor: 30,
      platform_max_day_minor: 20,
      decline_weeks: 3,
      spend_minor: 300,
      conversions: 5,
      conversion_value_minor: 900,
      days_since_first_spend: 30,
      learning_days: 7,
      spend_by_day_minor: [300],
      spend_age_days: [30.5],
      lag_half_life_days: 2,
      matured_spend_minor: 700,
      matured_cpa_minor: 700,
      cpa_minor: 60,
      target_cpa_minor: null,
      target_cpa_from: null,
      average_return: null,
      return_target: null,
      conversions_expected_at_target: 7,
      conversion_dispersion: 1,
      conversion_dispersion_from: 'own_days',
      conversion_dispersion_days: 31,
      conversion_dispersion_squares: 30,
      conversion_dispersion_due: 30,
      conversion_dispersion_assumed: 1,
      conversion_dispersion_assumed_days: 14,
      log_e_value: evidence.logEValue,
      p_value: evidence.pValue,
      stop_loss_method: 'e_value',
      alpha: 0.05,
      lines_tested: 1,
      lines_proven: 0,
      lines_stopped: 0,
      log_bound: expect.closeTo(Math.log(20), 12),
      line_planned_minor: 1000,
      hard_cap_share: 0.5,
      proven_waste_minor: null,
    })
    const silent = reviewedLine('A', { evidence: { response: null } })
    expect(lineDecision(silent, none, CONTEXT).evidence).toMatchObject({
      elasticity: null,
      marginal_return: null,
    })
  })
})

describe('how the month is pacing', () => {
  test.each([
    [{ status: 'closed' }, 'month_over'],
    [{ status: 'unknown', budget: null }, 'not_measured'],
    [{ status: 'unknown', budget: 1000 }, 'no_forecast'],
    [{ status: 'over' }, 'landing_against_plan'],
  ] as const)('%j: %s', (changes, reason) => {
    const pace = { ...reviewedLine('A').pace, ...changes }
    expect(paceDecision(total({ pace }), CONTEXT)).toMatchObject({ reason, action: pace.status })
  })

  test('its evidence holds what was compared', () => {
    const pace = { ...reviewedLine('A').pace, landing: LANDING, deviation: 0.2 }
    expect(paceDecision(total({ pace }), CONTEXT).evidence).toEqual({
      planned_minor: 1000,
      spend_minor: 300,
      seen_spend_minor: 300,
      committed_minor: 0,
      available_minor: 700,
      days_elapsed: 31,
      days_reported: 31,
      days_left: 0,
      days_covered: 31,
      min_day_coverage: 0.8,
      method: 'drift',
      level_minor: 10,
      level_days: 10,
      level_half_life_days: 7,
      sigma_minor: 1,
      daily_drift: 0,
      weekday_weights: [1, 1, 1, 1, 1, 1, 1],
      unseen_dates: [],
      unseen_factors: [],
      forecast_minor: 1200,
      forecast_sd_minor: 50,
      degrees_of_freedom: null,
      forecast_low_minor: 1100,
      forecast_high_minor: 1300,
      deviation: 0.2,
      probability_over: 0.9,
      probability_under: 0.01,
      watch: 0.05,
      critical: 0.1,
      probability: 0.8,
    })
  })
})
