import { describe, expect, it } from 'vitest'

import { automaticRefusal, type AutomaticLimits } from '#rules/governance/automatic.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { ApprovalTier } from '#rules/policy/money-moves.ts'

const limits = (changes: Partial<AutomaticLimits> = {}): AutomaticLimits => ({
  impactLow: measured(100),
  automaticThisMonthMinor: 150_000,
  portfolio: measured(10_000_000),
  ...changes,
})

/** A move of $500 in a tier with the given caps. */
const move = (caps: object = {}) => ({
  tier: ApprovalTier.parse({ id: 'low', approvers: 0, ...caps }),
  amountMinor: 50_000,
  currency: 'USD',
  needsImpactAboveZero: true,
})

describe('automaticRefusal', () => {
  it('lets a move with a proven gain pass', () => {
    expect(automaticRefusal(limits(), move())).toEqual([])
  })

  it.each([
    [measured(1), []],
    [measured(0), ['impact_not_above_zero']],
    [measured(-1), ['impact_not_above_zero']],
    [notMeasured('no model'), ['impact_not_measured']],
  ])('judges the lower end of the impact %j: %j', (impactLow, refusals) => {
    expect(automaticRefusal(limits({ impactLow }), move())).toEqual(refusals)
  })

  it('does not ask for impact when the policy does not', () => {
    const lax = { ...move(), needsImpactAboveZero: false }
    expect(automaticRefusal(limits({ impactLow: measured(-1) }), lax)).toEqual([])
  })

  it.each([
    // The month holds $1,500 before and $2,000 with the move.
    [2000, []],
    [1999.99, ['monthly_cap']],
  ])('holds a monthly cap of %d: %j', (cap, refusals) => {
    expect(automaticRefusal(limits(), move({ monthly_cap: cap }))).toEqual(refusals)
  })

  it.each([
    // $2,000 of $100,000 is 2 %.
    [0.02, []],
    [0.0199, ['monthly_cap']],
  ])('holds a monthly cap of %d of the budget: %j', (share, refusals) => {
    expect(automaticRefusal(limits(), move({ monthly_cap_share: share }))).toEqual(refusals)
  })

  it.each([notMeasured('no budgets'), measured(0)])(
    'refuses when the budget that a share speaks of is %j',
    (portfolio) => {
      expect(automaticRefusal(limits({ portfolio }), move({ monthly_cap_share: 0.5 }))).toEqual([
        'portfolio_not_measured',
      ])
    },
  )

  it('names the cap once when both are broken, after the impact', () => {
    const both = move({ monthly_cap: 10, monthly_cap_share: 0.001 })
    expect(automaticRefusal(limits({ impactLow: measured(0) }), both)).toEqual([
      'impact_not_above_zero',
      'monthly_cap',
    ])
  })
})
