import { describe, expect, it } from 'vitest'

import { ageDays, byGravity, isOpen } from '#rules/risk/signal.ts'

import { REFERENCE_SIGNALS } from './reference-signals.ts'

describe('isOpen', () => {
  it('finds three of the reference company’s six signals open', () => {
    expect(REFERENCE_SIGNALS.filter(isOpen).map((signal) => signal.riskId)).toEqual([
      'RSK_0001',
      'RSK_0002',
      'RSK_0006',
    ])
  })

  it.each([
    ['open', true],
    ['escalated', true],
    ['in_review', false],
    ['acknowledged', false],
    ['mitigated', false],
    ['dismissed', false],
  ])('%s: %s', (status, open) => {
    expect(isOpen({ status })).toBe(open)
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
