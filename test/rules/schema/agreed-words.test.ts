import { describe, expect, it } from 'vitest'

import { BoundFacts } from '#rules/schema/bound-facts.ts'
import { SchedulePlan } from '#rules/schema/schedule-plan.ts'
import { TokenScope } from '#rules/schema/token-scope.ts'

describe('when reviews start by themselves', () => {
  const after = (businessDay: number, minute = 420) => ({
    day: { kind: 'after_month_end', businessDay },
    minute,
  })
  const before = (businessDays: number) => ({
    day: { kind: 'before_meeting', businessDays },
    minute: 0,
  })

  it.each([
    ['the first business day', after(1), true],
    ['none', after(0), false],
    ['the twentieth', after(20), true],
    ['the twenty-first', after(21), false],
    ['half a day', after(1.5), false],
    ['one before the meeting', before(1), true],
    ['none before it', before(0), false],
    ['twenty before it', before(20), true],
    ['twenty-one before it', before(21), false],
    ['midnight', after(1, 0), true],
    ['before midnight', after(1, -1), false],
    ['the last minute', after(1, 1439), true],
    ['the minute after', after(1, 1440), false],
    ['another way of counting', { day: { kind: 'full_moon' }, minute: 0 }, false],
    ['a key too many', { ...after(1), zone: 'UTC' }, false],
    ['a key too many of the day', { ...after(1), day: { ...after(1).day, at: 1 } }, false],
  ])('%s', (_name, plan, valid) => {
    const { success, data } = SchedulePlan.safeParse(plan)
    expect({ success, data }).toStrictEqual({ success: valid, data: valid ? plan : undefined })
  })
})

it('a token may be used for what is agreed, and for nothing else', () => {
  for (const scope of [
    'read',
    'approve',
    'amend',
    'change',
    'schedule',
    'operate',
    'issue',
    'admit',
  ]) {
    expect(TokenScope.parse(scope)).toBe(scope)
  }
  expect(TokenScope.safeParse('own').success).toBe(false)
})

it('what a request rests on is read as it was written', () => {
  const bound = {
    giver_planned_minor: 500_000,
    giver_committed_minor: null,
    giver_covers_amount: true,
    giver_stopped: false,
    receiver_planned_minor: null,
    receiver_committed_minor: 0,
    receiver_stopped: false,
    receiver_under_risk: true,
    receiver_risks: ['RSK_0001'],
    campaign_status: null,
    proposal_status: 'proposed',
  }
  expect(BoundFacts.parse(bound)).toStrictEqual(bound)
  expect(BoundFacts.safeParse({ ...bound, giver_planned_minor: 0.5 }).success).toBe(false)
  expect(BoundFacts.safeParse({ ...bound, spend_today: 1 }).success).toBe(false)
})
