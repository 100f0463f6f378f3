import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  isBalanced,
  moveFaults,
  uncommittedRemainder,
  type MoveEntry,
  type MoveScope,
} from '#rules/governance/double-entry.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'

const entry = (changes: Partial<MoveEntry> = {}): MoveEntry => ({
  fromLine: 'C1/search',
  toLine: 'C1/social',
  amount: { currency: 'USD', minor: 100_000 },
  kind: 'reallocation',
  ...changes,
})

const scope = (changes: Partial<MoveScope> = {}): MoveScope => ({
  currency: 'USD',
  usedLines: new Set(['C1/search', 'C1/social']),
  remainders: new Map([['C1/search', measured(100_000)]]),
  atRisk: new Set(),
  stopped: new Set(),
  campaignRuns: true,
  ...changes,
})

const change = (deltaMinor: number, index: number) => ({
  line: `l${index}`,
  currentMinor: 0,
  deltaMinor,
})

const usd = (minor: number) => ({ currency: 'USD', minor })

describe('moveFaults', () => {
  it('finds nothing wrong with a move within one campaign that the giver can pay in full', () => {
    expect(moveFaults(entry(), scope())).toEqual([])
  })

  it('refuses a line that gives to itself', () => {
    expect(moveFaults(entry({ toLine: 'C1/search' }), scope())).toEqual(['same_line'])
  })

  it.each([
    [1, []],
    [0, ['amount_not_positive']],
    [-1, ['amount_not_positive']],
  ])('judges an amount of %d: %j', (minor, faults) => {
    expect(moveFaults(entry({ amount: usd(minor) }), scope())).toEqual(faults)
  })

  it.each([
    [100_000, []],
    [100_001, ['exceeds_uncommitted_remainder']],
  ])('lets the giver give %d of 100,000: %j', (minor, faults) => {
    expect(moveFaults(entry({ amount: usd(minor) }), scope())).toEqual(faults)
  })

  it('refuses to guess a remainder', () => {
    const unknown = scope({ remainders: new Map([['C1/search', notMeasured('no budgets')]]) })
    expect(moveFaults(entry(), unknown)).toEqual(['remainder_not_measured'])
    expect(moveFaults(entry(), scope({ remainders: new Map() }))).toEqual([
      'remainder_not_measured',
    ])
  })

  it('refuses another currency, and compares no amount with it', () => {
    expect(moveFaults(entry({ amount: { currency: 'EUR', minor: 999_999 } }), scope())).toEqual([
      'foreign_currency',
    ])
  })

  it('refuses ends the campaign does not use', () => {
    expect(moveFaults(entry(), scope({ usedLines: new Set(['C1/social']) }))).toEqual([
      'giver_not_used',
    ])
    expect(moveFaults(entry(), scope({ usedLines: new Set(['C1/search']) }))).toEqual([
      'receiver_not_used',
    ])
  })

  it('refuses no end where nobody measured which lines the campaign uses', () => {
    expect(moveFaults(entry(), scope({ usedLines: null }))).toEqual([])
  })

  it('lets nothing flow into a risk, a stop or a campaign that does not run', () => {
    const blocked = scope({
      atRisk: new Set(['C1/social']),
      stopped: new Set(['C1/social']),
      campaignRuns: false,
    })
    expect(moveFaults(entry(), blocked)).toEqual([
      'receiver_under_open_risk',
      'receiver_under_stop',
      'campaign_not_running',
    ])
  })

  it.each([
    [true, ['campaign_under_open_risk']],
    [false, []],
  ])('names a risk on the whole campaign: %s', (isCampaignAtRisk, faults) => {
    expect(moveFaults(entry(), scope({ isCampaignAtRisk }))).toEqual(faults)
  })

  it('lets a risky line give', () => {
    const risky = scope({ atRisk: new Set(['C1/search']), stopped: new Set(['C1/search']) })
    expect(moveFaults(entry(), risky)).toEqual([])
  })

  it('lets money go back to the reserve, whatever runs', () => {
    expect(moveFaults(entry({ toLine: null }), scope({ campaignRuns: false }))).toEqual([])
  })

  it('lets new money in only as an increase', () => {
    expect(moveFaults(entry({ fromLine: null }), scope())).toEqual(['undeclared_increase'])
    expect(moveFaults(entry({ fromLine: null, kind: 'increase' }), scope())).toEqual([])
  })

  it('names every fault', () => {
    const bad = entry({ fromLine: 'x', toLine: 'x', amount: usd(0) })
    expect(moveFaults(bad, scope())).toEqual([
      'same_line',
      'giver_not_used',
      'receiver_not_used',
      'amount_not_positive',
      'remainder_not_measured',
    ])
  })
})

describe('uncommittedRemainder', () => {
  it('takes what is committed and what other plans reserve from the plan', () => {
    expect(
      uncommittedRemainder({
        planned: measured(1000),
        committed: measured(300),
        reserved: measured(200),
      }),
    ).toEqual(measured(500))
  })

  it('is not measured when a part is not', () => {
    const missing = notMeasured('no commitments')
    expect(
      uncommittedRemainder({ planned: measured(1), committed: missing, reserved: measured(0) }),
    ).toEqual(missing)
  })
})

describe('isBalanced', () => {
  it('holds for any moves between lines and breaks with one cent', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10 ** 9 }), { minLength: 1 }), (amounts) => {
        const moves = amounts.flatMap((amount) => [-amount, amount]).map(change)
        expect(isBalanced(moves, 0)).toBe(true)
        expect(isBalanced([...moves, change(1, -1)], 0)).toBe(false)
        expect(isBalanced([...moves, change(1, -1)], 1)).toBe(true)
      }),
    )
  })
})
