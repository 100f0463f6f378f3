import { describe, expect, it } from 'vitest'

import { businessHoursOf } from '#rules/governance/business-hours.ts'
import { RiskPolicy } from '#rules/policy/synthesis.ts'
import { respondTo } from '#rules/risk/response.ts'
import type { RiskSignal } from '#rules/risk/signal.ts'
import { policyWith } from '#test/support/policy.ts'

const policy = RiskPolicy.parse({})
/** Tuesday 2026-03-31, working days Monday to Friday. */
const when = { asOfOn: '2026-03-31', calendar: businessHoursOf(policyWith().calendar) }

const risk = (changes: Partial<RiskSignal> = {}): RiskSignal => ({
  riskId: 'R',
  raisedMs: 0,
  raisedOn: '2026-03-01',
  campaignId: 'C',
  riskType: 'spend_spike',
  severity: 'medium',
  evidence: null,
  recommendedAction: 'investigate_tracking',
  status: 'open',
  ...changes,
})

describe('respondTo', () => {
  it.each([
    ['pause', 'pause'],
    ['stop', 'pause'],
    ['human_review', 'review'],
    ['review', 'review'],
    ['investigate_tracking', 'check_tracking'],
    ['check_tracking', 'check_tracking'],
    ['revise_copy', 'revise_copy'],
  ])('follows the recommendation %s: %s', (recommendedAction, action) => {
    expect(respondTo(risk({ recommendedAction }), policy, when)).toMatchObject({
      action,
      reason: 'recommended',
    })
  })

  it.each([
    [null, 'high', 'review', 'no_recommendation'],
    ['call grandma', 'low', 'review', 'no_recommendation'],
    [null, 'critical', 'pause', 'grave_without_recommendation'],
  ] as const)('%s at %s severity', (...[recommendedAction, severity, action, reason]) => {
    expect(respondTo(risk({ recommendedAction, severity }), policy, when)).toMatchObject({
      action,
      reason,
    })
  })

  it.each([
    ['critical', '2026-04-01'],
    ['high', '2026-04-02'],
    ['medium', '2026-04-07'],
    ['low', '2026-04-14'],
  ] as const)('gives a %s risk until %s', (severity, dueOn) => {
    expect(respondTo(risk({ severity }), policy, when).dueOn).toBe(dueOn)
  })

  it.each([
    ['spend_spike', 'budget'],
    ['brand_safety', 'content'],
    ['never_heard_of', 'campaigns'],
  ])('gives %s to the area %s', (riskType, area) => {
    expect(respondTo(risk({ riskType }), policy, when).area).toBe(area)
  })
})
