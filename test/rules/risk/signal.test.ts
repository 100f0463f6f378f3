import { describe, expect, it } from 'vitest'

import { ageDays, byGravity, presenceOf, presentStatuses } from '#rules/risk/signal.ts'
import { policyWith } from '#test/support/policy.ts'

import { REFERENCE_SIGNALS } from './reference-signals.ts'

const POLICY = policyWith()

describe('presenceOf', () => {
  it('finds three of the reference company’s signals open and one in hand', () => {
    const found = REFERENCE_SIGNALS.map(({ riskId, status }) => [
      riskId,
      presenceOf({ status }, POLICY),
    ])
    expect(found.filter(([, presence]) => presence !== 'gone')).toEqual([
      ['RSK_0001', 'open'],
      ['RSK_0002', 'open'],
      ['RSK_0004', 'in_hand'],
      ['RSK_0006', 'open'],
    ])
  })

  it.each([
    ['open', 'open'],
    ['escalated', 'open'],
    ['in_review', 'in_hand'],
    ['acknowledged', 'in_hand'],
    ['monitoring', 'gone'],
    ['mitigated', 'gone'],
    ['dismissed', 'gone'],
  ])('%s: %s', (status, presence) => {
    expect(presenceOf({ status }, POLICY)).toBe(presence)
  })

  // What the policy counts as open is open, whether it keeps money out or not; what keeps money out is there.
  it.each([
    ['acknowledged', 'open'],
    ['open', 'gone'],
    ['escalated', 'in_hand'],
  ])('follows the policy: %s is %s', (status, presence) => {
    const policy = policyWith({
      risk: { open_statuses: ['acknowledged'] },
      budget: { blocking_risk: { statuses: ['acknowledged', 'escalated'] } },
    })
    expect(presenceOf({ status }, policy)).toBe(presence)
    expect(presentStatuses(policy)).toEqual(['acknowledged', 'escalated'])
  })
})

describe('ageDays', () => {
  it.each([
    ['2026-03-17', '2026-03-20', 3],
    ['2026-03-17', '2026-03-31', 14],
    // Beyond the month the age stands still, so that a late review of March says the same.
    ['2026-03-17', '2026-04-01', 14],
    ['2026-03-17', '2026-11-21', 14],
    ['2026-03-17', '2026-03-17', 0],
    ['2026-04-02', '2026-04-10', 0],
    ['2026-02-27', '2026-03-01', 2],
  ])('raised on %s, reviewed on %s: %d days', (raisedOn, asOfOn, days) => {
    expect(ageDays(raisedOn, { month: '2026-03', asOfOn })).toBe(days)
  })
})

describe('byGravity', () => {
  const [template] = REFERENCE_SIGNALS

  it('puts the gravest first, then the oldest, then by id', () => {
    const make = (
      riskId: string,
      severity: 'low' | 'medium' | 'high' | 'critical',
      raisedMs: number,
    ) => (template === undefined ? [] : [{ ...template, riskId, severity, raisedMs }])
    const signals = [
      ...make('d', 'low', 1),
      ...make('c', 'high', 9),
      ...make('b', 'high', 5),
      ...make('a', 'high', 9),
      ...make('f', 'medium', 1),
      ...make('e', 'critical', 9),
    ]
    expect(signals.toSorted(byGravity).map((signal) => signal.riskId)).toEqual([
      'e',
      'b',
      'a',
      'c',
      'f',
      'd',
    ])
  })
})
