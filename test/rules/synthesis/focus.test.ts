import { describe, expect, it } from 'vitest'

import { standingOf } from '#rules/governance/campaign-standing.ts'
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
  standings: new Map(),
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

  it('leaves to the work above the targets that follow from it', () => {
    const following = [target('open_risks'), target('pending_reallocations')]
    expect(focusOf(sources({ targets: following }), 9)).toEqual([])
  })

  it('keeps a name within a label as it is written', () => {
    const sales = target('sales', { label: 'CAC of Sales' })
    expect(focusOf(sources({ targets: [sales] }), 9)).toEqual([
      'Bring CAC of Sales from {{a}} to at least {{b}}',
    ])
  })

  it('keeps the capitals of an abbreviation, and says at most of a ceiling', () => {
    const cac = target('cac', { label: 'CAC of all', operator: 'at_most' })
    expect(focusOf(sources({ targets: [cac] }), 9)).toEqual([
      'Bring CAC of all from {{a}} to at most {{b}}',
    ])
  })

  it('says when a segment can be scaled whose flight is over', () => {
    const [flight, when] = [
      { status: 'active', endOn: '2026-03-31' },
      { month: '2026-03', asOfOn: '2026-03-31' },
    ] as const
    const scaled = segment('scale', 'B')
    const standings = new Map([[scaled.campaignId, standingOf('C', flight, when)]])
    expect(focusOf(sources({ segments: [scaled], standings }), 9)).toEqual([
      'Scale B in the next flight: the present one ended {{synthesis.campaign.C.flight_end}}',
    ])
    const open = new Map([
      [scaled.campaignId, standingOf('C', { ...flight, endOn: '2026-04-01' }, when)],
    ])
    expect(focusOf(sources({ segments: [scaled], standings: open }), 9)).toEqual([
      'Scale B while it improves',
    ])
  })

  it('says a missed share in counts where they are known', () => {
    const facts = new Map([['synthesis.target.segments_on_target.needed', share('known')]])
    const [focus] = focusOf(sources({ targets: [target('segments_on_target')], facts }), 9)
    expect(focus).toMatch(
      /: \{\{synthesis\.target\.segments_on_target\.needed\}\} of .* instead of .*reached\}\} of /,
    )
  })

  it('takes a high risk for a grave one', () => {
    expect(focusOf(sources({ risks: [risk('low'), risk('high', 'H')] }), 9)).toEqual([
      'Close the risk of H',
    ])
  })
})
