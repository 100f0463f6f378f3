import { describe, expect, it } from 'vitest'

import { approvalStatistics, isExecuted, outcomeOf } from '#rules/governance/approval-statistics.ts'

import { REFERENCE_ACTIONS } from './reference-actions.ts'

const filed = (status: string, minutes: number | null = null) => ({
  status,
  createdMs: 1_000_000,
  decidedMs: minutes === null ? null : 1_000_000 + minutes * 60_000,
})

describe('approvalStatistics', () => {
  it('counts five approvals of six moves of the reference company, 44.4 minutes on average', () => {
    // (55 + 40 + 75 + 32 + 20) ÷ 5 = 222 ÷ 5
    expect(approvalStatistics(REFERENCE_ACTIONS)).toEqual({
      total: 6,
      approved: 5,
      rejected: 0,
      pending: 1,
      lapsed: 0,
      decided: 5,
      latencyMinutes: 222,
      latencies: 5,
      meanLatency: { status: 'known', value: 44.4 },
    })
  })

  it('counts rejections as decisions and lapses as neither', () => {
    const actions = [filed('approved', 10), filed('rejected', 30), filed('expired'), filed('draft')]
    expect(approvalStatistics(actions)).toMatchObject({
      total: 4,
      approved: 1,
      rejected: 1,
      pending: 1,
      lapsed: 1,
      decided: 2,
      meanLatency: { status: 'known', value: 20 },
    })
  })

  it('takes waiting times from decisions only, and only from dated ones', () => {
    const actions = [filed('approved', 10), filed('approved'), filed('withdrawn', 999)]
    expect(approvalStatistics(actions)).toMatchObject({ latencyMinutes: 10, latencies: 1 })
  })

  it('tells a decision at once from no dated decision', () => {
    expect(approvalStatistics([filed('approved', 0)]).meanLatency).toEqual({
      status: 'zero',
      value: 0,
    })
    expect(approvalStatistics([]).meanLatency).toEqual({
      status: 'not_measured',
      reason: 'no decision is dated',
    })
  })
})

describe('outcomeOf', () => {
  it.each([
    [
      'approved',
      ['approved', 'executed', 'applying', 'applied', 'verified', 'failed', 'rolled_back'],
    ],
    ['rejected', ['rejected']],
    ['pending', ['draft', 'proposed', 'pending']],
    ['lapsed', ['expired', 'superseded', 'withdrawn', 'cancelled', 'who_knows']],
  ] as const)('%s: %j', (outcome, statuses) => {
    for (const status of statuses) expect(outcomeOf(status)).toBe(outcome)
  })
})

describe('isExecuted', () => {
  it.each(['executed', 'applying', 'applied', 'verified'])('%s moved money', (status) => {
    expect(isExecuted(status)).toBe(true)
  })

  it.each(['approved', 'proposed', 'rejected', 'failed', 'rolled_back'])('%s did not', (status) => {
    expect(isExecuted(status)).toBe(false)
  })
})
