import { describe, expect, it } from 'vitest'

import type { Fact } from '#rules/schema/review.ts'
import type { RiskItem, SegmentCall, TargetStatus } from '#rules/schema/synthesis.ts'
import { focusOf, type FocusSources } from '#rules/synthesis/focus.ts'

const risk = (severity: RiskItem['severity'], title = 'low conversion, X'): RiskItem => ({
  riskId: 'R',
  decisionId: 'd',
  riskType: 'low_conversion',
  severity,
  campaignId: null,
  status: 'open',
  title,
  subject: 'X',
  raisedOn: '2026-03-01',
  ageDays: 1,
  action: 'review',
  whatToDo: 'Do.',
  owner: null,
  ownerName: 'n',
  dueOn: '2026-04-01',
  evidence: 'agrees',
})

const target = (id: string, changes: Partial<TargetStatus> = {}): TargetStatus => ({
  id,
  label: 'Segments at the target ROI',
  operator: 'at_least',
  target: 'b',
  actual: 'a',
  status: 'missed',
  decisionId: 'd',
  ...changes,
})

const segment = (action: SegmentCall['action'], name: string): SegmentCall => ({
  decisionId: 'd',
  campaignId: 'C',
  segmentId: 'S',
  name,
  momentum: 'improving',
  basis: 'stated',
  action,
  published: null,
  needsApproval: false,
})

const share = (status: Fact['status']): Fact => ({
  id: 'campaign_roi.spend_trace.untraceable_share',
  label: 'x',
  unit: 'rate',
  status,
  value: status === 'known' ? 0.7 : 0,
  source: [],
})

const sources = (changes: Partial<FocusSources> = {}): FocusSources => ({
  risks: [],
  targets: [],
  segments: [],
  unmeasured: [],
  facts: new Map(),
  ...changes,
})

const all = sources({
  risks: [risk('critical'), risk('high', 'another')],
  targets: [target('open_risks'), target('pending_reallocations'), target('segments_on_target')],
  segments: [segment('hold', 'A'), segment('scale', 'B'), segment('scale', 'C')],
  unmeasured: ['content', 'attribution'],
  facts: new Map([['campaign_roi.spend_trace.untraceable_share', share('known')]]),
})

describe('focusOf', () => {
  it('goes from grave risks over targets and scaling to the data', () => {
    expect(focusOf(all, 9)).toEqual([
      'Close the risk of low conversion, X',
      'Bring segments at the target ROI from {{a}} to at least {{b}}',
      'Scale B while it improves',
      'Trace the {{campaign_roi.spend_trace.untraceable_share}} of media spend that has no row behind it',
      'Provide the data for content, attribution',
    ])
  })

  it('shows as many as are asked for', () => {
    expect(focusOf(all, 3)).toHaveLength(3)
  })

  it('is empty where there is nothing to attend to', () => {
    const quiet = sources({
      risks: [risk('medium'), risk('low')],
      targets: [target('roi', { status: 'met' }), target('cac', { status: 'not_assessable' })],
      segments: [segment('hold', 'A')],
      facts: new Map([['campaign_roi.spend_trace.untraceable_share', share('zero')]]),
    })
    expect(focusOf(quiet, 9)).toEqual([])
  })

  it('keeps the capitals of an abbreviation, and says at most of a ceiling', () => {
    const cac = target('cac', { label: 'CAC of all', operator: 'at_most' })
    expect(focusOf(sources({ targets: [cac] }), 9)).toEqual([
      'Bring CAC of all from {{a}} to at most {{b}}',
    ])
  })

  it('takes a high risk for a grave one', () => {
    expect(focusOf(sources({ risks: [risk('low'), risk('high', 'H')] }), 9)).toEqual([
      'Close the risk of H',
    ])
  })
})
