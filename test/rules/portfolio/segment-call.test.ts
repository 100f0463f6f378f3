import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { PortfolioTable } from '#rules/policy/verdict.ts'
import {
  callSegment,
  compareRoi,
  type PortfolioPolicy,
  type SegmentFacts,
} from '#rules/portfolio/segment-call.ts'

/** An improving segment at a target ROI of 50 %. */
const facts = (changes: Partial<SegmentFacts> = {}): SegmentFacts => ({
  momentum: 'improving',
  costMinor: 10_000,
  valueMinor: 15_000,
  conversions: 20,
  priority: 'high',
  ...changes,
})

const policy = (table?: unknown, changes: Partial<PortfolioPolicy> = {}): PortfolioPolicy => ({
  table: PortfolioTable.parse(table),
  targetRoi: 0.5,
  scalingBarred: false,
  ...changes,
})

describe('callSegment under the default table', () => {
  it.each([
    // On the target, and one cent short of it.
    [{}, 'scale', 0],
    [{ valueMinor: 14_999 }, 'hold', 4],
    // A declining segment that loses money, just earns its cost, or has no conversion.
    [{ momentum: 'declining', valueMinor: 9999 }, 'stop', 1],
    [{ momentum: 'declining', valueMinor: 10_000 }, 'revise', 3],
    [{ momentum: 'declining', valueMinor: null, conversions: 0 }, 'stop', 2],
    [{ momentum: 'declining', valueMinor: null, conversions: 1 }, 'revise', 3],
    [{ momentum: 'declining', valueMinor: null, conversions: null }, 'revise', 3],
    [{ momentum: 'stable' }, 'hold', 4],
    [{ momentum: 'unknown', valueMinor: 0, conversions: 0 }, 'hold', 4],
  ] as const)('%j: %s', (changes, action, row) => {
    expect(callSegment(facts(changes), policy())).toMatchObject({ action, row })
  })

  it('asks for approval of a stop, and of nothing else', () => {
    const stopped = callSegment(facts({ momentum: 'declining', valueMinor: 0 }), policy())
    expect(stopped).toEqual({
      action: 'stop',
      needsApproval: true,
      row: 1,
      reason: 'declining_and_roi_below_bound',
    })
    expect(callSegment(facts(), policy()).needsApproval).toBe(false)
    expect(callSegment(facts({ momentum: 'stable' }), policy())).toEqual({
      action: 'hold',
      needsApproval: false,
      row: 4,
      reason: 'no_row_matched',
    })
  })

  it.each([
    [{ when: { momentum: 'stable' }, action: 'revise' }, 'stable'],
    [{ when: { roi_at_least: 'target' }, action: 'revise' }, 'roi_at_target'],
    [{ when: { roi_at_least: 0.1 }, action: 'revise' }, 'roi_at_bound'],
    [{ when: { roi_below: 'target' }, action: 'revise' }, 'roi_below_target'],
    [{ when: { roi_below: 9 }, action: 'revise' }, 'roi_below_bound'],
    [{ when: { conversions_at_most: 0 }, action: 'revise' }, 'no_conversions'],
    [{ when: { conversions_at_most: 9 }, action: 'revise' }, 'few_conversions'],
    [{ when: { priority: 'high' }, action: 'revise' }, 'priority_segment'],
    [{ when: {}, action: 'revise' }, 'row_without_condition'],
    [
      {
        when: { momentum: 'stable', roi_at_least: -1, conversions_at_most: 0, priority: 'high' },
        action: 'revise',
      },
      'stable_and_roi_at_bound_and_no_conversions_and_priority_segment',
    ],
  ])('says what the row asked for: %j', (row, reason) => {
    const low = facts({ momentum: 'stable', conversions: 0, costMinor: 100, valueMinor: 150 })
    const below = 'roi_below' in row.when ? { ...low, valueMinor: 120 } : low
    expect(callSegment(below, policy([row, { otherwise: 'hold' }])).reason).toBe(reason)
  })

  it('does not scale without an ROI', () => {
    expect(callSegment(facts({ costMinor: null }), policy()).action).toBe('hold')
    expect(callSegment(facts({ costMinor: 0 }), policy()).action).toBe('hold')
  })

  it('holds what it would scale when the grade of the data bars it', () => {
    expect(callSegment(facts(), policy(undefined, { scalingBarred: true }))).toEqual({
      action: 'hold',
      needsApproval: false,
      row: 0,
      reason: 'data_grade_bars_scaling',
    })
    const declining = facts({ momentum: 'declining', valueMinor: 0 })
    expect(callSegment(declining, policy(undefined, { scalingBarred: true })).action).toBe('stop')
  })
})

describe('callSegment under a table of one’s own', () => {
  const priority = [
    { when: { momentum: 'improving', roi_at_least: 'target', priority: 'high' }, action: 'scale' },
    { otherwise: 'hold' },
  ]

  it.each([
    ['high', 'scale'],
    ['medium', 'hold'],
    [null, 'hold'],
  ])('scales only priority segments: %s is %s', (given, action) => {
    expect(callSegment(facts({ priority: given }), policy(priority)).action).toBe(action)
  })

  it('reads a bound of its own beside the target', () => {
    const table = [
      { when: { roi_below: 'target', roi_at_least: 0.2 }, action: 'revise' },
      { otherwise: 'hold' },
    ]
    expect(callSegment(facts({ valueMinor: 12_000 }), policy(table)).action).toBe('revise')
    expect(callSegment(facts({ valueMinor: 11_999 }), policy(table)).action).toBe('hold')
    expect(callSegment(facts({ valueMinor: 15_000 }), policy(table)).action).toBe('hold')
    expect(callSegment(facts({ valueMinor: null }), policy(table)).action).toBe('hold')
  })

  it('takes the first row that holds; an empty condition always does', () => {
    const table = [{ when: {}, action: 'revise' }, { otherwise: 'hold' }]
    expect(callSegment(facts(), policy(table))).toMatchObject({ action: 'revise', row: 0 })
  })

  it('counts conversions up to the bound', () => {
    const table = [{ when: { conversions_at_most: 5 }, action: 'stop' }, { otherwise: 'hold' }]
    expect(callSegment(facts({ conversions: 5 }), policy(table)).action).toBe('stop')
    expect(callSegment(facts({ conversions: 6 }), policy(table)).action).toBe('hold')
  })

  it('refuses a table without a last row', () => {
    expect(() => callSegment(facts(), { ...policy(), table: [] })).toThrow(InvariantError)
  })
})

describe('compareRoi', () => {
  it.each([
    [100, 150, 0],
    [100, 149, -1],
    [100, 151, 1],
    [0, 5, null],
    [null, 5, null],
    [5, null, null],
  ])('cost %s, value %s against 50 %%: %s', (costMinor, valueMinor, order) => {
    expect(compareRoi({ costMinor, valueMinor }, 0.5)).toBe(order)
  })
})
