import { describe, expect, test } from 'vitest'

import { createMoveBasis } from '#rules/budget/bound-facts.ts'
import type { BudgetInput, RiskRow } from '#rules/budget/input.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

import { carriedMove, recordedAction } from './recorded-move.ts'

const RUNNING = budgetContext({
  asOfOn: '2026-10-15',
  policy: policyWith({
    targets: [{ id: 'cpa', at_most: 1 }],
    stop_loss: { lag_half_life_days: 0 },
  }),
})

const risk = (riskId: string, changes: Partial<RiskRow> = {}): RiskRow => ({
  riskId,
  raisedMs: 1000,
  campaignId: 'C1',
  riskType: 'low_conversion',
  severity: 'high',
  evidence: '{"channel_id": "B"}',
  status: 'open',
  ...changes,
})

/** A is planned at 1,000, 100 of it committed, 300 spent; B at 2,000; Z spent 100,000 for nothing. */
const books = (changes: Partial<BudgetInput> = {}): BudgetInput =>
  budgetInput({
    plans: [
      planRow({ channelId: 'A', plannedMinor: 1000, committedMinor: 100 }),
      planRow({ channelId: 'B', plannedMinor: 2000 }),
      planRow({ channelId: 'Z', plannedMinor: 200_000, committedMinor: 50 }),
    ],
    delivery: [
      deliveryDay({ channelId: 'A', spendMinor: 300, conversions: 30 }),
      deliveryDay({ channelId: 'B', spendMinor: 500, conversions: 50 }),
      deliveryDay({ channelId: 'Z', spendMinor: 100_000, conversions: 0 }),
    ],
    campaigns: [
      {
        campaignId: 'C1',
        name: 'Spring',
        status: 'paused',
        startOn: null,
        endOn: null,
        budgetMinor: null,
      },
    ],
    actions: [
      recordedAction({ actionId: 'A0', status: 'rejected' }),
      recordedAction({ status: 'pending' }),
    ],
    ...changes,
  })

const basisOf = (changes: Partial<BudgetMove> = {}, input: Partial<BudgetInput> = {}) =>
  createMoveBasis(books(input), RUNNING)(carriedMove(changes))

describe('what a move rests on', () => {
  test('plans and commitments of both lines, and how campaign and proposal stand', () => {
    expect(basisOf()).toEqual({
      facts: {
        giver_planned_minor: 1000,
        giver_committed_minor: 100,
        giver_covers_amount: true,
        giver_stopped: false,
        receiver_planned_minor: 2000,
        receiver_committed_minor: null,
        receiver_stopped: false,
        receiver_under_risk: false,
        receiver_risks: [],
        campaign_status: 'paused',
        proposal_status: 'pending',
      },
      remainderMinor: 600,
      plannedMinor: 1000,
      refusals: [],
    })
  })

  test.each([
    [600, true],
    [601, false],
  ])('600 are left: %i is covered: %s', (minor, covers) => {
    const { facts } = basisOf({ amount: { currency: 'USD', minor } })
    expect(facts.giver_covers_amount).toBe(covers)
  })

  test('a stop of the giver, of the receiver', () => {
    expect(basisOf({ fromLine: 'C1/Z' }).facts).toMatchObject({
      giver_stopped: true,
      giver_planned_minor: 200_000,
      giver_committed_minor: 50,
      receiver_stopped: false,
    })
    expect(basisOf({ toLine: 'C1/Z' }).facts).toMatchObject({
      giver_stopped: false,
      receiver_stopped: true,
      receiver_planned_minor: 200_000,
    })
  })

  test('lines without a plan, the reserve, and records that are not there', () => {
    const nothing = {
      giver_planned_minor: null,
      giver_committed_minor: null,
      giver_covers_amount: null,
      giver_stopped: false,
    }
    expect(basisOf({ fromLine: 'C9/A' }).facts).toMatchObject(nothing)
    expect(basisOf({ fromLine: null })).toMatchObject({ facts: nothing, remainderMinor: null })
    expect(basisOf({ toLine: null }).facts).toMatchObject({
      receiver_planned_minor: null,
      receiver_committed_minor: null,
      receiver_stopped: false,
      receiver_under_risk: false,
      receiver_risks: [],
    })
    expect(basisOf({ campaignId: 'C9', actionId: null }).facts).toMatchObject({
      campaign_status: null,
      proposal_status: null,
    })
  })

  test.each([
    ['C1/A', 'C2/B', 'giver paused, receiver active'],
    ['C1/A', null, 'giver paused'],
    [null, 'C2/B', 'receiver active'],
    ['C1/A', 'C9/B', 'giver paused'],
    ['C8/A', 'C9/B', null],
  ])('between campaigns the status of each that is told: %s to %s', (fromLine, toLine, status) => {
    const campaign = { startOn: null, endOn: null, budgetMinor: null }
    const campaigns = [
      { ...campaign, campaignId: 'C1', name: 'Spring', status: 'paused' },
      { ...campaign, campaignId: 'C2', name: 'Summer', status: 'active' },
    ]
    const { facts } = basisOf({ campaignId: null, fromLine, toLine }, { campaigns })
    expect(facts.campaign_status).toBe(status)
  })

  test('the risks on the receiver, in order; whether they keep the move out is another question', () => {
    const risks = [
      risk('R2'),
      risk('R1', { evidence: null }),
      risk('R3', { evidence: '{"channel_id": "A"}' }),
      risk('R4', { campaignId: 'C2', evidence: null }),
    ]
    expect(basisOf({}, { risks }).facts).toMatchObject({
      receiver_under_risk: true,
      receiver_risks: ['R1', 'R2'],
    })
    // A risk on the whole campaign keeps no money in that stays within it, and money from elsewhere out.
    const whole = { risks: [risk('R1', { evidence: null })] }
    expect(basisOf({}, whole).facts).toMatchObject({
      receiver_under_risk: false,
      receiver_risks: ['R1'],
    })
    expect(basisOf({ fromLine: 'C9/A' }, whole).facts.receiver_under_risk).toBe(true)
    expect(basisOf({ fromLine: null }, whole).facts.receiver_under_risk).toBe(true)
    // A line nobody planned is read from its name.
    expect(basisOf({ toLine: 'C1/Q' }, whole).facts.receiver_risks).toEqual(['R1'])
    expect(basisOf({ toLine: 'C9/Q' }, whole).facts.receiver_risks).toEqual([])
    expect(basisOf({ toLine: null }, whole).facts.receiver_risks).toEqual([])
  })
})

describe('what no person can approve away', () => {
  test.each<[string, Partial<BudgetMove>, Partial<BudgetInput>, readonly string[]]>([
    ['a move from a line to itself', { toLine: 'C1/A' }, {}, ['same_line']],
    ['a move of nothing', { amount: { currency: 'USD', minor: 0 } }, {}, ['amount_not_positive']],
    ['another currency', { amount: { currency: 'EUR', minor: 1 } }, {}, ['foreign_currency']],
    [
      'a unit more than is left',
      { amount: { currency: 'USD', minor: 601 } },
      {},
      ['exceeds_uncommitted_remainder'],
    ],
    ['a receiver under a risk', {}, { risks: [risk('R1')] }, ['receiver_under_open_risk']],
    ['a stopped receiver', { toLine: 'C1/Z' }, {}, ['receiver_under_stop']],
    ['money from the reserve is an increase and typed as one', { fromLine: null }, {}, []],
    ['what the giver has left is not measured', { fromLine: 'C9/A' }, {}, []],
    ['a stopped giver', { fromLine: 'C1/Z' }, {}, []],
    ['money to the reserve', { toLine: null }, { risks: [risk('R1', { evidence: null })] }, []],
  ])('%s', (_name, changes, input, refusals) => {
    expect(basisOf(changes, input).refusals).toEqual(refusals)
  })
})
