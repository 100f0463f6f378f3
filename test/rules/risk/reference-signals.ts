import type { MeasuredSlice } from '#rules/risk/evidence.ts'
import type { EvidenceValue, RiskSignal } from '#rules/risk/signal.ts'

interface Raised {
  readonly at: string
  readonly campaign: string
  readonly type: string
  readonly severity: RiskSignal['severity']
  readonly evidence: Readonly<Record<string, EvidenceValue>>
  readonly action: string
  readonly status: string
}

function signal(riskId: string, raised: Raised): RiskSignal {
  return {
    riskId,
    raisedMs: Date.parse(`${raised.at}:00Z`),
    raisedOn: raised.at.slice(0, 10),
    campaignId: raised.campaign,
    riskType: raised.type,
    severity: raised.severity,
    evidence: new Map(Object.entries(raised.evidence)),
    recommendedAction: raised.action,
    status: raised.status,
  }
}

/** The six risk signals of the reference company. */
export const REFERENCE_SIGNALS: readonly RiskSignal[] = [
  signal('RSK_0001', {
    at: '2026-03-15T10:05',
    campaign: 'CAMP_002',
    type: 'high_clicks_zero_conversions',
    severity: 'high',
    evidence: { impressions: 28_500, clicks: 2140, conversions: 0 },
    action: 'human_review',
    status: 'open',
  }),
  signal('RSK_0002', {
    at: '2026-03-17T13:40',
    campaign: 'CAMP_003',
    type: 'low_conversion',
    severity: 'critical',
    evidence: { visits: 830, feature_clicks: 0 },
    action: 'pause',
    status: 'open',
  }),
  signal('RSK_0003', {
    at: '2026-03-14T16:20',
    campaign: 'CAMP_001',
    type: 'spend_spike',
    severity: 'medium',
    evidence: { prior_daily_spend: 380, current_daily_spend: 640 },
    action: 'investigate_tracking',
    status: 'mitigated',
  }),
  signal('RSK_0004', {
    at: '2026-03-18T09:15',
    campaign: 'CAMP_002',
    type: 'segment_mismatch',
    severity: 'medium',
    evidence: { segment_id: 'SEG_002', expected_demo_rate: 0.015, actual_demo_rate: 0.006 },
    action: 'revise_copy',
    status: 'in_review',
  }),
  signal('RSK_0005', {
    at: '2026-03-19T11:50',
    campaign: 'CAMP_001',
    type: 'brand_safety',
    severity: 'low',
    evidence: { flagged_phrase: 'Cut your monthly bill in half' },
    action: 'human_review',
    status: 'dismissed',
  }),
  signal('RSK_0006', {
    at: '2026-03-19T15:05',
    campaign: 'CAMP_002',
    type: 'data_quality',
    severity: 'low',
    evidence: { missing_events: 42, source: 'web_analytics' },
    action: 'investigate_tracking',
    status: 'open',
  }),
]

function slice(
  channelId: string,
  segmentId: string,
  counts: Readonly<Record<string, number>>,
): MeasuredSlice {
  return { channelId, segmentId, counts: new Map(Object.entries(counts)), rows: 2 }
}

/** What delivery and funnel show of the second campaign. */
export const SAVINGS_SLICES: readonly MeasuredSlice[] = [
  slice('CH_02', 'SEG_002', { impressions: 12_200, clicks: 930, conversions: 98 }),
  slice('CH_03', 'SEG_003', { impressions: 28_500, clicks: 2140, conversions: 0 }),
  slice('CH_02', 'SEG_002', { visit: 620, demo_request: 72 }),
  slice('CH_03', 'SEG_003', { visit: 480, demo_request: 0 }),
]

/** What delivery and funnel show of the third campaign. */
export const LAUNCH_SLICES: readonly MeasuredSlice[] = [
  slice('CH_04', 'SEG_005', { impressions: 8200, clicks: 880, conversions: 0 }),
  slice('CH_04', 'SEG_005', { visit: 410, feature_adopt: 0 }),
]
