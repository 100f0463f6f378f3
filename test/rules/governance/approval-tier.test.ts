import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { tierOfPlan, type TierRequest } from '#rules/governance/approval-tier.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { ApprovalPolicy } from '#rules/policy/money-moves.ts'

const policy = ApprovalPolicy.parse({})

/** A balanced move of $400 (0.4 % and 0.5 % of the lines) with a proven gain. */
function request(changes: Partial<TierRequest> = {}): TierRequest {
  return {
    currency: 'USD',
    changes: [
      { line: 'C1/search', currentMinor: 10_000_000, deltaMinor: -40_000 },
      { line: 'C1/social', currentMinor: 8_000_000, deltaMinor: 40_000 },
    ],
    history: [],
    flags: [],
    limits: {
      impactLow: measured(1),
      automaticThisMonthMinor: 0,
      portfolio: measured(50_000_000),
    },
    ...changes,
  }
}

function moving(minor: number, lineMinor = 1_000_000_000): Partial<TierRequest> {
  return {
    changes: [
      { line: 'a', currentMinor: lineMinor, deltaMinor: -minor },
      { line: 'b', currentMinor: lineMinor, deltaMinor: minor },
    ],
  }
}

function rank(input: TierRequest): number {
  return ['low', 'medium', 'high'].indexOf(tierOfPlan(input, policy).tierId)
}

describe('tierOfPlan', () => {
  it.each([
    // $500 is the upper end of low, $5,000 of medium.
    [50_000, 'low'],
    [50_001, 'medium'],
    [500_000, 'medium'],
    [500_001, 'high'],
  ])('puts %d cents into %s', (minor, tier) => {
    expect(tierOfPlan(request(moving(minor)), policy).tierId).toBe(tier)
  })

  it.each([
    // 5 % and 20 % of a line of $1,000 are the upper ends.
    [5000, 'low'],
    [5001, 'medium'],
    [20_000, 'medium'],
    [20_001, 'high'],
  ])('puts %d cents of a line of $1,000 into %s', (minor, tier) => {
    expect(tierOfPlan(request(moving(minor, 100_000)), policy).tierId).toBe(tier)
  })

  it('takes the largest share, whichever line it is on', () => {
    const changes = [
      { line: 'a', currentMinor: 100_000, deltaMinor: -10_000 },
      { line: 'b', currentMinor: 1_000_000, deltaMinor: 10_000 },
    ]
    const share = { numerator: 10_000, denominator: 100_000 }
    expect(tierOfPlan(request({ changes }), policy).share).toEqual(share)
    expect(tierOfPlan(request({ changes: changes.toReversed() }), policy).share).toEqual(share)
  })

  it('puts a line without a budget into the highest tier: no share can express it', () => {
    const ruling = tierOfPlan(
      request({
        changes: [
          { line: 'a', currentMinor: 1_000_000, deltaMinor: -100 },
          { line: 'new', currentMinor: 0, deltaMinor: 100 },
        ],
      }),
      policy,
    )
    expect(ruling).toMatchObject({ tierId: 'high', share: null, amountMinor: 100 })
  })

  it('counts the inflow of a balanced plan and every change of one that does not balance', () => {
    expect(tierOfPlan(request(), policy).amountMinor).toBe(40_000)
    const unbalanced = request({
      changes: [
        { line: 'a', currentMinor: 10_000_000, deltaMinor: -10_000 },
        { line: 'b', currentMinor: 10_000_000, deltaMinor: 15_000 },
      ],
    })
    expect(tierOfPlan(unbalanced, policy).amountMinor).toBe(25_000)
  })

  describe('the sum of the line', () => {
    const past = { line: 'C1/social', deltaMinor: 20_000, ageDays: 30, state: 'pending' }

    it('lifts a move that was split, and says by which line', () => {
      const ruling = tierOfPlan(request({ history: [past] }), policy)
      expect(ruling.tierId).toBe('medium')
      expect(ruling.reasons).toEqual([
        { kind: 'single', tierId: 'low' },
        { kind: 'cumulative', tierId: 'medium', line: 'C1/social', sumMinor: 60_000 },
      ])
    })

    it.each(['pending', 'approved', 'applying', 'applied', 'verified'])('counts %s', (state) => {
      expect(tierOfPlan(request({ history: [{ ...past, state }] }), policy).tierId).toBe('medium')
    })

    it.each(['rejected', 'expired', 'withdrawn', 'superseded', 'rolled_back'])(
      'does not count %s',
      (state) => {
        expect(tierOfPlan(request({ history: [{ ...past, state }] }), policy).tierId).toBe('low')
      },
    )

    it('ends after the window: the thirtieth day counts, the next does not', () => {
      expect(tierOfPlan(request({ history: [{ ...past, ageDays: 31 }] }), policy).tierId).toBe(
        'low',
      )
    })

    it('adds absolute amounts, so that moving back and forth does not hide', () => {
      const back = { ...past, deltaMinor: -20_000 }
      expect(tierOfPlan(request({ history: [back] }), policy).tierId).toBe('medium')
    })

    it('compares the sum with the share of the line too', () => {
      const small = request({
        changes: [
          { line: 'a', currentMinor: 100_000, deltaMinor: -4000 },
          { line: 'b', currentMinor: 100_000, deltaMinor: 4000 },
        ],
        history: [{ line: 'b', deltaMinor: 1001, ageDays: 1, state: 'applied' }],
      })
      expect(tierOfPlan(small, policy).reasons[1]).toEqual({
        kind: 'cumulative',
        tierId: 'medium',
        line: 'b',
        sumMinor: 5001,
      })
    })

    it('names the first line by name where several are lifted as far', () => {
      const history = ['C1/search', 'C1/social'].map((line) => ({ ...past, line }))
      for (const changes of [request().changes, request().changes.toReversed()]) {
        expect(tierOfPlan(request({ changes, history }), policy).reasons[1]).toMatchObject({
          kind: 'cumulative',
          line: 'C1/search',
        })
      }
    })

    it('does not mix lines', () => {
      const other = { ...past, line: 'C1/email' }
      expect(tierOfPlan(request({ history: [other] }), policy).tierId).toBe('low')
    })
  })

  describe('bumps', () => {
    it.each([
      [['thin_evidence'], 'medium'],
      [['thin_evidence', 'new_line'], 'medium'],
      [['out_of_envelope'], 'high'],
      [['out_of_envelope', 'stop_loss_override'], 'high'],
      [['not_in_the_policy'], 'low'],
    ])('%j lifts to %s: the largest counts, they do not add up', (flags, tier) => {
      expect(tierOfPlan(request({ flags }), policy).tierId).toBe(tier)
    })

    it('names each flag once, by name, with its steps', () => {
      const flags = ['thin_evidence', 'out_of_envelope', 'thin_evidence', 'unknown']
      expect(tierOfPlan(request({ flags }), policy).reasons.slice(1)).toEqual([
        { kind: 'flag', flag: 'out_of_envelope', steps: 2 },
        { kind: 'flag', flag: 'thin_evidence', steps: 1 },
        { kind: 'flag', flag: 'unknown', steps: 0 },
      ])
    })

    it('lifts no further than the last tier', () => {
      const ruling = tierOfPlan(request({ ...moving(600_000), flags: ['out_of_envelope'] }), policy)
      expect(ruling.tierId).toBe('high')
    })

    it('starts from the sum of the line when that is higher', () => {
      const ruling = tierOfPlan(
        request({
          history: [{ line: 'C1/social', deltaMinor: 20_000, ageDays: 0, state: 'applied' }],
          flags: ['committed'],
        }),
        policy,
      )
      expect(ruling.tierId).toBe('high')
    })
  })

  describe('passing by rule', () => {
    it('needs no approver in the low tier', () => {
      expect(tierOfPlan(request(), policy)).toMatchObject({
        tierId: 'low',
        approvers: 0,
        roles: [],
        expiresBusinessHours: null,
        reasons: [{ kind: 'single', tierId: 'low' }],
      })
    })

    it('gives a refused move to the first tier with approvers, with the reason', () => {
      const limits = { ...request().limits, impactLow: measured(0) }
      expect(tierOfPlan(request({ limits }), policy)).toMatchObject({
        tierId: 'medium',
        approvers: 1,
        roles: ['finance', 'executive'],
        expiresBusinessHours: 24,
        reasons: [
          { kind: 'single', tierId: 'low' },
          { kind: 'automatic_refused', why: 'impact_not_above_zero' },
        ],
      })
    })

    it('skips further tiers without approvers', () => {
      const layered = ApprovalPolicy.parse({
        tiers: [
          { id: 'a', max_amount: 500, approvers: 0 },
          { id: 'b', max_amount: 900, approvers: 0 },
          { id: 'c', approvers: 1 },
        ],
      })
      const limits = { ...request().limits, impactLow: notMeasured('no model') }
      expect(tierOfPlan(request({ limits }), layered).tierId).toBe('c')
    })

    it('is a fault of the policy when nobody stands above an automatic tier', () => {
      const open = ApprovalPolicy.parse({ tiers: [{ id: 'all', approvers: 0 }] })
      const limits = { ...request().limits, impactLow: measured(-1) }
      expect(() => tierOfPlan(request({ limits }), open)).toThrow(
        'a tier with approvers above an automatic one is missing',
      )
    })

    it('never sends a refused move down to a tier with approvers', () => {
      const odd = ApprovalPolicy.parse({
        tiers: [
          { id: 'clerks', max_amount: 1, approvers: 1 },
          { id: 'by_rule', max_amount: 500, approvers: 0 },
          { id: 'board', approvers: 2 },
        ],
      })
      const limits = { ...request().limits, impactLow: measured(-1) }
      expect(tierOfPlan(request({ limits }), odd).tierId).toBe('board')
    })

    it('does not ask a manned tier for proof of impact', () => {
      const limits = { ...request().limits, impactLow: measured(-100) }
      expect(tierOfPlan(request({ ...moving(50_001), limits }), policy).reasons).toEqual([
        { kind: 'single', tierId: 'medium' },
      ])
    })
  })

  it('refuses a plan without a change, and a line named twice', () => {
    expect(() => tierOfPlan(request({ changes: [] }), policy)).toThrow(
      'expected at least one change',
    )
    const twice = { line: 'a', currentMinor: 100, deltaMinor: 1 }
    expect(() => tierOfPlan(request({ changes: [twice, twice] }), policy)).toThrow(InvariantError)
  })

  it('never falls to a lower tier when the amount, the history or a flag grows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.boolean(),
        (minor, more, flagged) => {
          const base = request(moving(minor, 3_000_000))
          const grown = request({
            ...moving(minor + more, 3_000_000),
            history: [{ line: 'a', deltaMinor: more, ageDays: 3, state: 'pending' }],
            flags: flagged ? ['thin_evidence'] : [],
          })
          expect(rank(grown)).toBeGreaterThanOrEqual(rank(base))
        },
      ),
    )
  })

  it('rules the same whatever the order of lines, history and flags', () => {
    const input = request({
      history: [
        { line: 'C1/social', deltaMinor: 5000, ageDays: 2, state: 'applied' },
        { line: 'C1/search', deltaMinor: 9000, ageDays: 2, state: 'pending' },
      ],
      flags: ['new_line', 'committed'],
    })
    const turned = {
      ...input,
      changes: input.changes.toReversed(),
      history: input.history.toReversed(),
      flags: input.flags.toReversed(),
    }
    expect(tierOfPlan(turned, policy)).toEqual(tierOfPlan(input, policy))
  })
})
