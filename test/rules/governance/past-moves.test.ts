import { describe, expect, it } from 'vitest'

import {
  linesByCampaign,
  pastMoveFaults,
  risksAt,
  type BudgetAction,
  type MoveBooks,
} from '#rules/governance/past-moves.ts'

import { REFERENCE_ACTIONS, REFERENCE_LINES, REFERENCE_OPEN_RISKS } from './reference-actions.ts'

const books = (changes: Partial<MoveBooks> = {}): MoveBooks => ({
  currency: 'USD',
  usedLines: linesByCampaign(REFERENCE_LINES),
  openRisks: REFERENCE_OPEN_RISKS,
  blocksInflowFrom: 'high',
  ...changes,
})

/** A sound move: paid search to LinkedIn, before any risk on it. */
const move = (changes: Partial<BudgetAction> = {}): BudgetAction => ({
  actionId: 'A',
  createdMs: Date.parse('2026-03-10T10:00:00Z'),
  createdOn: '2026-03-10',
  campaignId: 'CAMP_002',
  fromChannelId: 'CH_02',
  toChannelId: 'CH_03',
  amountMinor: 10_000,
  currency: 'USD',
  reasonCode: 'scale_winner',
  proposedBy: 'orchestrator',
  approver: 'finance',
  decidedMs: Date.parse('2026-03-10T11:00:00Z'),
  status: 'executed',
  ...changes,
})

describe('pastMoveFaults', () => {
  it('finds what is wrong with each move of the reference company', () => {
    const found = Object.fromEntries(
      REFERENCE_ACTIONS.map((action) => [action.actionId, pastMoveFaults(action, books())]),
    )
    expect(found).toEqual({
      BUD_0001: [],
      BUD_0002: ['same_line'],
      BUD_0003: [],
      BUD_0004: ['receiver_under_open_risk'],
      BUD_0005: ['giver_not_used'],
      BUD_0006: ['same_line', 'receiver_under_open_risk'],
    })
  })

  it('finds nothing wrong with a sound move', () => {
    expect(pastMoveFaults(move(), books())).toEqual([])
  })

  it.each(['applied', 'applying', 'verified'])('judges what is %s', (status) => {
    expect(pastMoveFaults(move({ status, toChannelId: 'CH_02' }), books())).toEqual(['same_line'])
  })

  it.each(['proposed', 'approved', 'rejected', 'rolled_back'])('leaves %s alone', (status) => {
    expect(pastMoveFaults(move({ status, toChannelId: 'CH_02' }), books())).toEqual([])
  })

  it('names a receiver that the campaign does not use', () => {
    expect(pastMoveFaults(move({ toChannelId: 'CH_04' }), books())).toEqual(['receiver_not_used'])
  })

  it('does not judge ends where nothing shows what the campaign uses', () => {
    const other = move({ campaignId: 'CAMP_009' })
    expect(pastMoveFaults(other, books())).toEqual([])
  })

  it('accepts the reserve at either end', () => {
    expect(pastMoveFaults(move({ fromChannelId: null }), books())).toEqual([])
    expect(pastMoveFaults(move({ toChannelId: null }), books())).toEqual([])
  })

  it('lets money go back to the reserve under a risk on the whole campaign', () => {
    const late = Date.parse('2026-03-20T00:00:00Z')
    const back = move({ campaignId: 'CAMP_003', fromChannelId: 'CH_04', decidedMs: late })
    expect(risksAt({ ...back, toChannelId: null }, books()).length).toBeGreaterThan(0)
    expect(pastMoveFaults({ ...back, toChannelId: null }, books())).toEqual([])
    expect(pastMoveFaults({ ...back, toChannelId: 'CH_04' }, books())).toContain(
      'receiver_under_open_risk',
    )
  })

  it('names a foreign currency', () => {
    expect(pastMoveFaults(move({ currency: 'EUR' }), books())).toEqual(['foreign_currency'])
  })

  it.each([
    [null, ['approver_missing']],
    ['orchestrator', ['approved_by_proposer']],
    ['finance', []],
  ])('judges the approver %s: %j', (approver, faults) => {
    expect(pastMoveFaults(move({ approver }), books())).toEqual(faults)
  })
})

describe('risksAt', () => {
  const raised = Date.parse('2026-03-15T10:05:00Z')
  const ids = (action: BudgetAction, at: MoveBooks = books()): string[] =>
    risksAt(action, at).map((risk) => risk.riskId)

  it.each([
    // Raised in the very millisecond of the decision counts, one later does not.
    [raised - 1, []],
    [raised, ['RSK_0001']],
  ])('decided at %d: %j', (decidedMs, open) => {
    expect(ids(move({ decidedMs }))).toEqual(open)
  })

  it('takes the filing time where no decision is dated', () => {
    expect(ids(move({ decidedMs: null, createdMs: raised }))).toEqual(['RSK_0001'])
    expect(ids(move({ decidedMs: null, createdMs: raised - 1 }))).toEqual([])
  })

  it('keeps to the campaign and the channel of the risk', () => {
    const late = raised + 10 ** 9
    expect(ids(move({ decidedMs: late, toChannelId: 'CH_02' }))).toEqual([])
    expect(ids(move({ decidedMs: late, campaignId: 'CAMP_001' }))).toEqual([])
  })

  it('takes a risk on the whole campaign for every channel of it', () => {
    const late = raised + 10 ** 9
    expect(ids(move({ decidedMs: late, campaignId: 'CAMP_003', toChannelId: 'CH_04' }))).toEqual([
      'RSK_0002',
    ])
  })

  it('begins at the severity the policy names', () => {
    const late = Date.parse('2026-03-20T00:00:00Z')
    expect(ids(move({ decidedMs: late }), books({ blocksInflowFrom: 'low' }))).toEqual([
      'RSK_0001',
      'RSK_0006',
    ])
    expect(ids(move({ decidedMs: late }), books({ blocksInflowFrom: 'critical' }))).toEqual([])
  })
})

describe('linesByCampaign', () => {
  it('gathers the channels of each campaign', () => {
    expect(linesByCampaign(REFERENCE_LINES).get('CAMP_002')).toEqual(
      new Set(['CAMP_002/CH_02', 'CAMP_002/CH_03']),
    )
    expect(linesByCampaign(REFERENCE_LINES).has('CAMP_009')).toBe(false)
  })
})
