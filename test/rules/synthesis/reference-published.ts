import type { FunnelCell } from '#rules/synthesis/published-drop-offs.ts'
import { parseSubject, type PublishedFigure } from '#rules/synthesis/published-figure.ts'

function figure(
  figureId: string,
  metric: string,
  [printed, subject]: readonly [string, string],
): PublishedFigure {
  return {
    figureId,
    publishedOn: '2026-03-01',
    metric,
    subject: parseSubject(`month:2026-03 ${subject}`),
    printed,
    value: null,
  }
}

/** What the published report of the reference company printed, as far as it was wrong. */
export const REFERENCE_PUBLISHED: readonly PublishedFigure[] = [
  figure('PUB_APPROVALS', 'approval_rate', ['83%', '']),
  figure('PUB_DROP_1', 'drop_off', [
    '0',
    'campaign:CAMP_001 segment:SEG_001 channel:CH_01 from:signup to:demo_request',
  ]),
  figure('PUB_DROP_2', 'drop_off', [
    '0',
    'campaign:CAMP_001 segment:SEG_002 channel:CH_01 from:signup to:demo_request',
  ]),
  figure('PUB_DROP_3', 'drop_off', [
    '0',
    'campaign:CAMP_002 segment:SEG_002 channel:CH_02 from:visit to:signup',
  ]),
  figure('PUB_DROP_4', 'drop_off', [
    '0',
    'campaign:CAMP_002 segment:SEG_002 channel:CH_02 from:demo_request to:feature_adopt',
  ]),
  figure('PUB_DROP_5', 'drop_off', [
    '0',
    'campaign:CAMP_002 segment:SEG_003 channel:CH_03 from:visit to:signup',
  ]),
  figure('PUB_DROP_6', 'drop_off', [
    '0',
    'campaign:CAMP_003 segment:SEG_005 channel:CH_04 from:visit to:signup',
  ]),
  figure('PUB_KPI', 'kpi', ['0.0000', 'segment:SEG_005 campaign:CAMP_003']),
  figure('PUB_LIFT', 'average_lift', ['+39.3%', 'experiment:EXP_001 experiment:EXP_002']),
  figure('PUB_MEDIA', 'media_spend', ['$10,500.00', '']),
  figure('PUB_TARGET', 'segments_on_target', ['66.7%', '']),
]

/** The ten funnel rows of the reference company. */
export const REFERENCE_CELLS: readonly FunnelCell[] = (
  [
    ['CAMP_001', 'SEG_001', 'CH_01', { visit: 1200, signup: 180 }],
    ['CAMP_001', 'SEG_002', 'CH_01', { visit: 950, signup: 140 }],
    ['CAMP_002', 'SEG_002', 'CH_02', { visit: 620, demo_request: 72 }],
    ['CAMP_002', 'SEG_003', 'CH_03', { visit: 480, demo_request: 0 }],
    ['CAMP_003', 'SEG_005', 'CH_04', { visit: 410, feature_adopt: 0 }],
  ] as const
).flatMap(([campaignId, segmentId, channelId, counts]) =>
  Object.entries(counts).map(([stage, count]) => ({
    campaignId,
    segmentId,
    channelId,
    stage,
    count,
    rows: 1,
  })),
)

export const REFERENCE_STAGES = ['visit', 'signup', 'demo_request', 'feature_adopt']

export const REFERENCE_EXPERIMENTS = [
  { experimentId: 'EXP_001', status: 'running' },
  { experimentId: 'EXP_002', status: 'completed' },
  { experimentId: 'EXP_003', status: 'running' },
  { experimentId: 'EXP_004', status: 'completed' },
  { experimentId: 'EXP_005', status: 'running' },
]
