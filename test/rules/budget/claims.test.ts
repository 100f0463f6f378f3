import { describe, expect, test } from 'vitest'

import { toCandidate } from '#rules/budget/candidate.ts'
import {
  claimEvidence,
  claimFindings,
  enterClaims,
  linesToldByClaims,
  restsOnContradictedClaims,
  withClaims,
} from '#rules/budget/claim-finding.ts'
import { type ClaimCheck, createClaimCheck, type SalesBooks } from '#rules/budget/claims.ts'
import type { BudgetInput } from '#rules/budget/input.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'
import { tokensOf } from '#rules/schema/template.ts'
import { budgetContext, budgetInput, deliveryDay } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

import { carriedMove } from './recorded-move.ts'
import { reviewedLine } from './reviewed-line.ts'

const CHANNELS = [
  { channelId: 'A', name: 'Search', platform: 'ads' },
  { channelId: 'B', name: 'Video', platform: 'ads' },
  { channelId: 'Z', name: 'Mail', platform: null },
]
/** 13 conversions worth 1,300.00 of A in C1; 5 worth 500.00 of B in C2; a day of another month beside them. */
const DELIVERY = [
  deliveryDay({ conversions: 10, valueMinor: 100_000 }),
  deliveryDay({ date: '2026-10-02', conversions: 3, valueMinor: 30_000 }),
  deliveryDay({ campaignId: 'C2', channelId: 'B', conversions: 5, valueMinor: 50_000 }),
  deliveryDay({ date: '2026-09-30', conversions: 900, valueMinor: 9_000_000 }),
]
const deal = (campaignId: string | null, channelId: string | null, wins = 10, minor = 100_000) => ({
  campaignId,
  channelId,
  wins,
  amountMinor: minor,
})

function check(
  books: Partial<SalesBooks>,
  {
    line = { campaignId: 'C1', channelId: 'A' },
    ...changes
  }: Partial<BudgetInput> & {
    readonly line?: { readonly campaignId: string | null; readonly channelId: string | null }
  } = {},
): ClaimCheck | null {
  const input = budgetInput({
    channels: CHANNELS,
    delivery: DELIVERY,
    books: { deals: null, values: null, ...books },
    ...changes,
  })
  return createClaimCheck(input, { month: '2026-10', bound: 1.3 })(line)
}

describe('claims of a platform', () => {
  test('are held against the books of the line', () => {
    expect(check({ deals: [deal('C1', 'A'), deal('C1', 'Z', 1), deal('C2', 'A', 1)] })).toEqual({
      scope: 'line',
      claimedConversions: 13,
      bookedWins: 10,
      claimedValueMinor: 130_000,
      bookedValueMinor: 100_000,
      isContradicted: false,
    })
  })

  // 13 for 10 is at 1.3, the policy's bound as printed; one more or one fewer booked is above it.
  test.each([
    [10, 100_000, false],
    [9, 100_000, true],
    [10, 99_999, true],
    [0, 0, false],
    [0, 99_999, true],
  ])('%i deals of %i minor units contradict them: %s', (wins, minor, isContradicted) => {
    expect(check({ deals: [deal('C1', 'A', wins, minor)] })?.isContradicted).toBe(isContradicted)
  })

  test('what either side does not say contradicts nothing', () => {
    const deals = [{ ...deal('C1', 'A', 10), amountMinor: null }]
    expect(check({ deals })).toMatchObject({ bookedValueMinor: null, isContradicted: false })
    const delivery = [...DELIVERY, deliveryDay({ conversions: null, valueMinor: null })]
    expect(check({ deals: [deal('C1', 'A', 1, 1)] }, { delivery })).toMatchObject({
      claimedConversions: null,
      claimedValueMinor: null,
      isContradicted: false,
    })
  })

  test('are read of the campaign, then of the platform, where the books do not name the line', () => {
    const deals = [deal('C1', 'Z', 3, 20_000), deal('C9', 'B', 4, 40_000), deal(null, null, 99)]
    // All of the campaign: its ledger speaks before its deals.
    expect(check({ deals, values: [{ campaignId: 'C1', amountMinor: 90_000 }] })).toMatchObject({
      scope: 'campaign',
      bookedWins: 3,
      bookedValueMinor: 90_000,
      claimedValueMinor: 130_000,
      isContradicted: true,
    })
    expect(check({ deals })).toMatchObject({ scope: 'campaign', bookedValueMinor: 20_000 })
    expect(check({ values: [{ campaignId: 'C2', amountMinor: 1 }] })).toBeNull()
    expect(check({ values: [{ campaignId: 'C1', amountMinor: 90_000 }] })).toMatchObject({
      scope: 'campaign',
      bookedWins: null,
      bookedValueMinor: 90_000,
    })
    // A and B are of one platform: 18 claimed, 4 won.
    expect(check({ deals: deals.slice(1) })).toMatchObject({
      scope: 'platform',
      claimedConversions: 18,
      claimedValueMinor: 180_000,
      bookedWins: 4,
      bookedValueMinor: 40_000,
    })
    const mail = { campaignId: 'C1', channelId: 'Z' }
    expect(check({ deals: deals.slice(1) }, { line: mail })).toBeNull()
  })

  test('of a campaign without a channel, and of a channel without a campaign', () => {
    const deals = [
      deal('C1', 'Z', 3, 20_000),
      deal('C9', 'A', 4, 40_000),
      deal('C1', null, 1),
      deal(null, null, 1),
    ]
    expect(check({ deals }, { line: { campaignId: 'C1', channelId: null } })?.scope).toBe(
      'campaign',
    )
    expect(check({ deals }, { line: { campaignId: null, channelId: 'A' } })?.scope).toBe('platform')
    expect(check({ deals }, { line: { campaignId: null, channelId: null } })).toBeNull()
  })

  test('are nowhere where delivery lost a row of the month', () => {
    expect(check({ deals: [deal('C1', 'A', 1, 1)] }, { rejectedDelivery: 1 })).toMatchObject({
      claimedConversions: 0,
      isContradicted: false,
    })
  })
})

const CLAIMS: ClaimCheck = {
  scope: 'platform',
  claimedConversions: 18,
  bookedWins: 4,
  claimedValueMinor: 180_000,
  bookedValueMinor: 40_000,
  isContradicted: true,
}
const above = (channelId: string, claims: Partial<ClaimCheck> = {}) =>
  reviewedLine(channelId, { review: { claims: { ...CLAIMS, ...claims } } })
const context = (contradicted_claims: 'tell' | 'block' = 'tell') =>
  budgetContext({ policy: policyWith({ budget: { contradicted_claims } }) })
const advised = carriedMove({
  fromLine: 'C1/A',
  toLine: 'C1/B',
  concerns: [],
  ruleId: 'budget.gated_step',
  basis: { z: 2 },
})

describe('a move advised on claims above the books', () => {
  test('carries them as a concern, with the lines and the bound', () => {
    const [move] = withClaims([advised], [reviewedLine('A'), above('B')], context())
    expect(move?.concerns).toEqual(['claims_above_books'])
    expect(move?.basis).toEqual({ z: 2, claims_above_books: ['C1/B'], claim_ratio_warn: 1.3 })
    const [both] = withClaims([advised], [above('A'), above('B')], context())
    expect(both?.basis['claims_above_books']).toEqual(['C1/A', 'C1/B'])
  })

  test.each([
    ['the books bear them', above('B', { isContradicted: false })],
    ['the books do not speak', reviewedLine('B')],
    ['its line is no part of the move', above('Z')],
    [
      'its curve was estimated elsewhere',
      reviewedLine('B', { evidence: { level: 'L4' }, review: { claims: CLAIMS } }),
    ],
  ])('and none where %s', (_why, line) => {
    expect(withClaims([advised], [line], context())).toEqual([advised])
  })

  test('is told of each of its lines, with claims and books side by side', () => {
    const lines = [reviewedLine('A'), above('B'), above('Z')]
    const moves = withClaims([advised], lines, context())
    const told = linesToldByClaims(lines, moves, context())
    expect(told.map(({ line }) => line.channelId)).toEqual(['B'])
    const book = createFactBook()
    enterClaims(book, told, context())
    const facts = new Map(book.list().map((fact) => [fact.id, fact]))
    const prefix = 'budget.line.C1.B.claims'
    expect(
      ['conversions_claimed', 'conversions_booked', 'conversions_ratio', 'value_ratio'].map(
        (metric) => facts.get(`${prefix}.${metric}`)?.value,
      ),
    ).toEqual([18, 4, 4.5, 4.5])
    expect(facts.get(`${prefix}.value_ratio`)).toMatchObject({
      numerator: 180_000,
      denominator: 40_000,
      inputs: [`${prefix}.value_claimed`, `${prefix}.value_booked`],
    })
    expect(facts.get('budget.claims.bound')?.value).toBe(1.3)
    const [finding] = claimFindings(told, context())
    expect(finding).toMatchObject({
      id: 'finding.budget.claims.C1/B',
      severity: 'warning',
      detail: `Of all channels of its platform the platform claims {{${prefix}.conversions_claimed}} conversions against {{${prefix}.conversions_booked}} won deals, {{${prefix}.conversions_ratio}}; {{${prefix}.value_claimed}} of value against {{${prefix}.value_booked}} booked, {{${prefix}.value_ratio}}, where the policy allows {{budget.claims.bound}}. Moves from and to it carry this as a concern: hold its return against the books before one is approved.`,
    })
    expect(tokensOf(finding?.detail ?? '').filter((id) => !facts.has(id))).toEqual([])
    const some = claimFindings([above('B', { bookedWins: null })], context())
    expect(some[0]?.detail).toContain('claims {{budget.line.C1.B.claims.value_claimed}} of value')
    const none = claimFindings([above('B', { bookedValueMinor: 0 })], context())
    expect(none[0]?.detail).not.toContain('of value')
    const empty = createFactBook()
    enterClaims(empty, [], context())
    expect(empty.list()).toEqual([])
  })

  test('does not exist where the policy lets no money in, and the line is told for that', () => {
    const basis = (mode: 'tell' | 'block') => ({ risks: [], carried: [], context: context(mode) })
    expect(toCandidate(above('B'), basis('tell')).barred).toBeNull()
    expect(toCandidate(above('B'), basis('block')).barred).toBe('claims_above_books')
    expect(toCandidate(reviewedLine('B'), basis('block')).barred).toBeNull()
    const told = linesToldByClaims([reviewedLine('A'), above('B')], [], context('block'))
    expect(told.map(({ line }) => line.channelId)).toEqual(['B'])
    expect(claimFindings(told, context('block'))[0]?.detail).toMatch(
      /The policy lets no money into it until they agree\.$/,
    )
    expect(linesToldByClaims([above('B')], [], context())).toEqual([])
  })

  test('rests on no claim where its curve comes from elsewhere', () => {
    expect(restsOnContradictedClaims(above('B'))).toBe(true)
    expect(
      restsOnContradictedClaims({
        ...above('B'),
        evidence: { ...above('B').evidence, level: 'L4' },
      }),
    ).toBe(false)
  })

  test('gives the decision about its line the quantities compared', () => {
    expect(claimEvidence(reviewedLine('B'), context())).toEqual({})
    expect(claimEvidence(above('B'), context())).toEqual({
      claims_read_of: 'platform',
      claimed_conversions: 18,
      booked_wins: 4,
      claimed_value_minor: 180_000,
      booked_value_minor: 40_000,
      claim_ratio_warn: 1.3,
      claims_above_books: true,
      contradicted_claims: 'tell',
    })
  })
})
