import { describe, expect, it } from 'vitest'

import { tierOfMove, type MoveBooks } from '#rules/governance/move-request.ts'
import { ApprovalPolicy } from '#rules/policy/money-moves.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'

const policy = ApprovalPolicy.parse({})
const usd = (minor: number) => ({ currency: 'USD', minor })
const impact = (low: number) => ({ low: usd(low), mid: usd(50_000), high: usd(90_000) })

/** $400 from search to social, proven to gain. */
const move = (changes: Partial<BudgetMove> = {}): BudgetMove => ({
  id: 'MOVE:C/search>C/social',
  origin: 'proposed',
  actionId: null,
  campaignId: 'C',
  fromLine: 'C/search',
  toLine: 'C/social',
  fromName: 'Search',
  toName: 'Social',
  amount: usd(40_000),
  reasonCode: 'scale_winner',
  basis: {},
  expectedImpact: impact(1),
  impactNotMeasured: null,
  concerns: [],
  ruleId: 'budget.reallocation',
  ...changes,
})

/** Lines of $100,000 and $10,000 in a budget of $500,000. */
const books = (changes: Partial<MoveBooks> = {}): MoveBooks => ({
  budgetByLine: new Map([
    ['C/search', 10_000_000],
    ['C/social', 1_000_000],
  ]),
  history: [],
  automaticThisMonthMinor: 0,
  portfolioMinor: 50_000_000,
  ...changes,
})

describe('tierOfMove', () => {
  it('lets a small proven move pass by rule, its share read on the smaller line', () => {
    expect(tierOfMove(move(), books(), policy)).toStrictEqual({
      tierId: 'low',
      approvers: 0,
      roles: [],
      expiresBusinessHours: null,
      amountMinor: 40_000,
      share: { numerator: 40_000, denominator: 1_000_000 },
      reasons: [{ kind: 'single', tierId: 'low' }],
    })
  })

  it.each([
    // 5 % of the receiver's $10,000 is $500, and so is the upper end of the tier.
    [50_000, 'low'],
    [50_001, 'medium'],
  ])('puts a move of %d cents into %s', (minor, tierId) => {
    expect(tierOfMove(move({ amount: usd(minor) }), books(), policy).tierId).toBe(tierId)
  })

  it.each([
    // to the reserve, from it, and from a line to itself: one line changes, by the whole amount
    [{ toLine: null }, { numerator: 40_000, denominator: 10_000_000 }],
    [{ fromLine: null }, { numerator: 40_000, denominator: 1_000_000 }],
    [{ toLine: 'C/search' }, { numerator: 40_000, denominator: 10_000_000 }],
  ])('counts one line where only one changes: %j', (ends, share) => {
    expect(tierOfMove(move(ends), books(), policy)).toMatchObject({ amountMinor: 40_000, share })
  })

  it('asks the highest tier where a line has no budget: no share is small enough', () => {
    const budgetByLine = new Map([['C/search', 10_000_000]])
    expect(tierOfMove(move(), books({ budgetByLine }), policy)).toMatchObject({
      tierId: 'high',
      share: null,
    })
  })

  it('adds what changed a line before', () => {
    const history = [{ line: 'C/search', deltaMinor: -10_001, ageDays: 1, state: 'applied' }]
    expect(tierOfMove(move(), books({ history }), policy).reasons).toStrictEqual([
      { kind: 'single', tierId: 'low' },
      { kind: 'cumulative', tierId: 'medium', line: 'C/search', sumMinor: 50_001 },
    ])
  })

  it.each([
    ['receiver_not_used', 'new_line', 1, 'medium'],
    ['giver_not_used', 'out_of_envelope', 2, 'high'],
    ['exceeds_uncommitted_remainder', 'out_of_envelope', 2, 'high'],
    ['receiver_under_stop', 'stop_loss_override', 2, 'high'],
    ['claims_above_books', 'thin_evidence', 1, 'medium'],
  ] as const)('lifts a move of which %s', (concern, flag, steps, tierId) => {
    expect(tierOfMove(move({ concerns: [concern] }), books(), policy)).toMatchObject({
      tierId,
      reasons: [
        { kind: 'single', tierId: 'low' },
        { kind: 'flag', flag, steps },
      ],
    })
  })

  it.each([
    'same_line',
    'remainder_not_measured',
    'receiver_under_open_risk',
    'campaign_under_open_risk',
    'campaign_not_running',
    'foreign_currency',
  ] as const)('shows %s to people without lifting the move', (concern) => {
    expect(tierOfMove(move({ concerns: [concern] }), books(), policy).reasons).toStrictEqual([
      { kind: 'single', tierId: 'low' },
    ])
  })

  it('calls a move without a measured impact thin', () => {
    const thin = move({ expectedImpact: null, impactNotMeasured: 'thin history' })
    expect(tierOfMove(thin, books(), policy)).toMatchObject({
      tierId: 'medium',
      reasons: [
        { kind: 'single', tierId: 'low' },
        { kind: 'flag', flag: 'thin_evidence', steps: 1 },
      ],
    })
    const alone = ApprovalPolicy.parse({ bump: {} })
    expect(tierOfMove(thin, books(), alone).reasons).toContainEqual({
      kind: 'automatic_refused',
      why: 'impact_not_measured',
    })
  })

  it.each([
    [0, 'impact_not_above_zero'],
    [-1, 'impact_not_above_zero'],
  ])('lets no move pass by rule whose impact may be %d', (low, why) => {
    expect(tierOfMove(move({ expectedImpact: impact(low) }), books(), policy)).toMatchObject({
      tierId: 'medium',
      reasons: [
        { kind: 'single', tierId: 'low' },
        { kind: 'automatic_refused', why },
      ],
    })
  })

  it('holds what passes by rule to its caps', () => {
    // $2,000 a month: 160,000 cents before leave room for just this move.
    expect(tierOfMove(move(), books({ automaticThisMonthMinor: 160_000 }), policy).tierId).toBe(
      'low',
    )
    expect(tierOfMove(move(), books({ automaticThisMonthMinor: 160_001 }), policy).tierId).toBe(
      'medium',
    )
    const capped = ApprovalPolicy.parse({
      tiers: [
        { id: 'low', max_amount: 500, approvers: 0, monthly_cap_share: 0.001 },
        { id: 'high', approvers: 2 },
      ],
    })
    // A thousandth of $400,000 is this move; of one cent less it is not, and of an unknown budget nothing is.
    expect(tierOfMove(move(), books({ portfolioMinor: 40_000_000 }), capped).tierId).toBe('low')
    expect(tierOfMove(move(), books({ portfolioMinor: 39_999_999 }), capped).tierId).toBe('high')
    expect(tierOfMove(move(), books({ portfolioMinor: null }), capped).tierId).toBe('high')
  })
})
