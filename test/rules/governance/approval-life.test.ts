import { describe, expect, it } from 'vitest'

import {
  APPROVAL_EVENTS,
  APPROVAL_TRANSITIONS,
  reservesMoney,
  stepOf,
} from '#rules/governance/approval-life.ts'
import { APPROVAL_STATES } from '#rules/schema/approval-state.ts'

describe('stepOf', () => {
  it('goes from the draft to the verified change', () => {
    const events = ['propose', 'ask', 'approve', 'apply', 'confirm', 'verify'] as const
    const states = ['proposed', 'pending', 'approved', 'applying', 'applied', 'verified']
    let state: (typeof APPROVAL_STATES)[number] = 'draft'
    const visited: string[] = []
    for (const event of events) {
      const step = stepOf(state, event)
      if (step.ok) state = step.to
      visited.push(state)
    }
    expect(visited).toEqual(states)
  })

  it.each([
    ['pending', 'reject', 'rejected'],
    ['pending', 'expire', 'expired'],
    ['pending', 'supersede', 'superseded'],
    ['pending', 'withdraw', 'withdrawn'],
    ['proposed', 'pass_by_rule', 'approved'],
    ['proposed', 'supersede', 'superseded'],
    ['proposed', 'withdraw', 'withdrawn'],
    ['draft', 'withdraw', 'withdrawn'],
    ['approved', 'supersede', 'superseded'],
    ['approved', 'withdraw', 'withdrawn'],
    ['applying', 'fail', 'failed'],
    ['applied', 'fail', 'failed'],
    ['applied', 'roll_back', 'rolled_back'],
    ['verified', 'roll_back', 'rolled_back'],
    ['failed', 'apply', 'applying'],
    ['failed', 'roll_back', 'rolled_back'],
  ] as const)('%s, on %s, becomes %s', (from, event, to) => {
    expect(stepOf(from, event)).toEqual({ ok: true, to })
  })

  it.each(['rejected', 'expired', 'superseded', 'withdrawn', 'rolled_back'] as const)(
    '%s has ended: nothing can happen to it any more',
    (state) => {
      for (const event of APPROVAL_EVENTS) {
        expect(stepOf(state, event)).toEqual({ ok: false, reason: 'ended' })
      }
    },
  )

  it.each([
    ['pending', 'pass_by_rule'],
    ['pending', 'apply'],
    ['draft', 'approve'],
    ['proposed', 'approve'],
    ['approved', 'expire'],
    ['applying', 'withdraw'],
    ['applied', 'approve'],
  ] as const)('%s refuses %s', (from, event) => {
    expect(stepOf(from, event)).toEqual({ ok: false, reason: 'not_allowed' })
  })

  it('approves a pending request by a decision only', () => {
    const ways = APPROVAL_TRANSITIONS.filter((way) => way.to === 'approved')
    expect(ways.map((way) => `${way.from} ${way.on}`)).toEqual([
      'proposed pass_by_rule',
      'pending approve',
    ])
  })

  it('has one way per state and event', () => {
    const keys = APPROVAL_TRANSITIONS.map((way) => `${way.from} ${way.on}`)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('reservesMoney', () => {
  it('holds money while a plan may still spend it', () => {
    expect(APPROVAL_STATES.filter((state) => reservesMoney(state))).toEqual([
      'proposed',
      'pending',
      'approved',
      'applying',
      'failed',
    ])
  })
})
