import { describe, expect, it } from 'vitest'

import { judgeTarget, targetRate, type TargetRate } from '#rules/leads/targets.ts'

const rate = (changes: Partial<TargetRate> = {}): TargetRate => ({
  topic: 'acceptance',
  name: 'Acceptance by sales',
  reached: 80,
  leads: {},
  base: 100,
  missing: 'nobody answered',
  formula: 'accepted ÷ answered',
  target: 0.8,
  targetKey: 'leads.acceptance_target',
  ...changes,
})
const call = (changes: Partial<TargetRate> = {}): string => {
  const { action, reason } = judgeTarget(rate(changes), 'test-1')
  return `${action}: ${reason}`
}

describe('a target', () => {
  // On and one lead beside 80 of 100.
  it.each([
    [79, 100, 'below_target: rate_below_target'],
    [80, 100, 'on_target: rate_at_least_target'],
    [81, 100, 'on_target: rate_at_least_target'],
    [0, 100, 'below_target: rate_below_target'],
    [0, 0, 'not_assessable: no_base'],
  ])('with %d of %d is %s', (reached, base, expected) => {
    expect(call({ reached, base })).toBe(expected)
  })

  it('is compared as printed: two thirds are below 0.67', () => {
    expect(call({ reached: 2, base: 3, target: 0.67 })).toBe('below_target: rate_below_target')
    expect(call({ reached: 67, base: 100, target: 0.67 })).toBe('on_target: rate_at_least_target')
  })

  it('shows what it compared', () => {
    expect(
      judgeTarget(rate({ topic: 'sales_qualification', name: 'MQL to SQL' }), 'test-1'),
    ).toStrictEqual({
      id: 'lead_scoring.sales_qualification',
      stage: 'lead_scoring',
      subject: 'rate:sales_qualification',
      subjectName: 'MQL to SQL',
      action: 'on_target',
      reason: 'rate_at_least_target',
      ruleId: 'lead_scoring.sales_qualification',
      policyVersion: 'test-1',
      evidence: { reached: 80, base: 100, target: 0.8 },
    })
  })
})

describe('the rate itself', () => {
  it('is reached by base', () => {
    expect(targetRate(rate())).toStrictEqual({ status: 'known', value: 0.8 })
  })

  it('is a true zero when none reached it', () => {
    expect(targetRate(rate({ reached: 0 }))).toStrictEqual({ status: 'zero', value: 0 })
  })

  it('is not measured, never zero, without a base', () => {
    expect(targetRate(rate({ reached: 0, base: 0 }))).toStrictEqual({
      status: 'not_measured',
      reason: 'nobody answered',
    })
  })
})
