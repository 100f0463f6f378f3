import { describe, expect, it } from 'vitest'

import type { ReviewContext } from '#agents/ports.ts'
import { synthesisAgent } from '#agents/synthesis/agent.ts'
import { SynthesisStageResult } from '#rules/schema/synthesis.ts'
import type { EarlierStages } from '#rules/synthesis/input.ts'
import { loadPolicy } from '#src/policy/load.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseOf, warehouseWith } from '#test/support/workspace.ts'

const REFERENCE = new URL('../../../examples/reference-company', import.meta.url).pathname

const alone: EarlierStages = { stages: [], moves: [], approvals: [], grade: 'B' }

const contextWith = (policy: ReviewContext['policy'], month = '2026-03'): ReviewContext => ({
  reviewId: 'review',
  month,
  asOf: '2026-04-03T12:00:00Z',
  asOfOn: '2026-04-03',
  endOfDay: (on) => `${on}T23:59:59Z`,
  policy,
  earlierReadings: [],
})

describe('the synthesis agent on the reference workspace', () => {
  it('comes to the reference figures from the files', async () => {
    const { policy } = await loadPolicy(`${REFERENCE}/policy.yaml`)
    const { warehouse } = await warehouseOf(REFERENCE, {
      company: { currency: 'USD', timeZone: 'UTC' },
    })
    const review = await synthesisAgent.run(contextWith(policy), { warehouse }, alone)
    SynthesisStageResult.parse(review)
    const value = (id: string) => review.facts.find((fact) => fact.id === id)?.value
    expect(review.health.verdict).toBe('attention')
    expect(review.health.reasons.slice(0, 3).map(({ code, count }) => [code, count])).toEqual([
      ['open_risk', 3],
      ['segment_stop', 2],
      ['pending_reallocation', 1],
    ])
    expect(value('synthesis.risks.total')).toBe(6)
    expect([
      value('synthesis.segments.improving'),
      value('synthesis.segments.declining'),
      value('synthesis.segments.stable'),
    ]).toEqual([3, 3, 0])
    expect(review.segments.map(({ action, published }) => action === published)).toEqual(
      review.segments.map(() => true),
    )
    expect(value('synthesis.approvals.mean_latency')).toBe(44.4)
    expect(value('synthesis.past_moves.same_line.amount')).toEqual({
      currency: 'USD',
      minor: 280_000,
    })
    expect(value('synthesis.past_moves.receiver_under_open_risk.amount')).toEqual({
      currency: 'USD',
      minor: 130_000,
    })
    expect(value('synthesis.risk.RSK_0002.stated.visits')).toBe(830)
    expect(value('synthesis.risk.RSK_0002.measured.visits')).toBe(410)
    expect(value('synthesis.published_drop_offs.missing')).toBe(6)
    expect(value('synthesis.published_drop_offs.unreported')).toBe(2)
    expect(value('synthesis.published_report.data_end.ad_performance')).toBe('2026-03-16')
    expect(value('synthesis.published_report.data_end.budget_actions')).toBe('2026-03-19')
    expect(value('synthesis.published_report.data_end.conversions')).toBe('2026-03-31')
    expect(
      review.facts.find((fact) => fact.id === 'synthesis.segment.SEG_005:CAMP_003.kpi.delivered'),
    ).toMatchObject({
      numerator: 880,
      denominator: 8200,
    })
  })
})

describe('the synthesis agent on other workspaces', () => {
  it('measures nothing in an empty one', async () => {
    const { warehouse } = await warehouseWith({ 'data/campaigns.csv': 'campaign_id,name\n' })
    const review = await synthesisAgent.run(contextWith(policyWith()), { warehouse }, alone)
    SynthesisStageResult.parse(review)
    const open = review.facts.find((fact) => fact.id === 'synthesis.risks.open')
    expect(open?.status).toBe('not_measured')
    expect(review.findings).toEqual([])
  })

  it('compares the segments of two months where the platforms count both', async () => {
    const day = (date: string, conversions: number): string =>
      `${date},C,H,S,USD,100.00,10000,2000,${conversions},900.00`
    const { warehouse } = await warehouseWith({
      'data/campaigns.csv': 'campaign_id,name\nC,Campaign\n',
      'data/channels.csv': 'channel_id,name\nH,Channel\n',
      'data/segments.csv': 'segment_id,name,priority\nS,Segment,high\n',
      'data/ad_performance.csv': [
        'date,campaign_id,channel_id,segment_id,currency,spend,impressions,clicks,conversions,conversion_value',
        day('2026-02-10', 100),
        day('2026-03-10', 200),
        '',
      ].join('\n'),
    })
    const review = await synthesisAgent.run(contextWith(policyWith()), { warehouse }, alone)
    expect(review.segments).toEqual([
      {
        decisionId: 'portfolio.segment_call:S@C',
        campaignId: 'C',
        segmentId: 'S',
        name: 'Segment in Campaign',
        momentum: 'improving',
        basis: 'measured',
        action: 'scale',
        published: null,
        needsApproval: false,
      },
    ])
  })

  it('keeps moves and risks of earlier months that still wait, and drops those that do not', async () => {
    const { warehouse } = await warehouseWith({
      'data/campaigns.csv': 'campaign_id,name\nC,Campaign\n',
      'data/risk_signals.csv': [
        'risk_id,raised_at,campaign_id,risk_type,severity,status',
        'OLD_OPEN,2026-01-10T10:00:00Z,C,spend_spike,low,open',
        'OLD_CLOSED,2026-01-10T10:00:00Z,C,spend_spike,low,resolved',
        'NEW_CLOSED,2026-03-10T10:00:00Z,C,spend_spike,low,resolved',
        'FUTURE,2026-04-10T10:00:00Z,C,spend_spike,low,open',
        '',
      ].join('\n'),
      'data/budget_actions.csv': [
        'action_id,created_at,campaign_id,amount,currency,reason_code,proposed_by,approver,decided_at,status',
        'OLD_WAITS,2026-01-10T10:00:00Z,C,1.00,USD,x,p,,,pending',
        'OLD_DONE,2026-01-10T10:00:00Z,C,1.00,USD,x,p,a,2026-01-10T11:00:00Z,executed',
        'NEW_DONE,2026-03-10T10:00:00Z,C,1.00,USD,x,p,a,2026-03-10T11:00:00Z,executed',
        '',
      ].join('\n'),
    })
    const review = await synthesisAgent.run(contextWith(policyWith()), { warehouse }, alone)
    const value = (id: string) => review.facts.find((fact) => fact.id === id)?.value
    expect([value('synthesis.risks.total'), value('synthesis.risks.open')]).toEqual([2, 1])
    expect([value('synthesis.approvals.total'), value('synthesis.approvals.pending')]).toEqual([
      2, 1,
    ])
  })
})
