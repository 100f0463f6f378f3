import type { SegmentDelivery, SegmentRollup } from '#rules/portfolio/rollup.ts'

type Stated = readonly [
  key: string,
  counts: readonly [impressions: number, clicks: number, conversions: number],
  money: readonly [spend: number, value: number],
  kpi: readonly [name: string, value: number],
  call: readonly [trend: number, recommendation: string],
]

/** The six rollups of the reference company, as they are published. */
export const REFERENCE_ROLLUPS: readonly SegmentRollup[] = (
  [
    [
      'SEG_001@CAMP_001',
      [16_200, 1040, 122],
      [324, 6400],
      ['conversion_rate', 0.0075],
      [0.08, 'hold'],
    ],
    [
      'SEG_002@CAMP_001',
      [18_100, 1150, 156],
      [346, 7850],
      ['conversion_rate', 0.0086],
      [0.12, 'scale'],
    ],
    [
      'SEG_002@CAMP_002',
      [9200, 610, 52],
      [915, 2600],
      ['demo_request_rate', 0.0057],
      [-0.05, 'revise'],
    ],
    ['SEG_003@CAMP_002', [15_200, 990, 0], [228, 0], ['demo_request_rate', 0], [-0.22, 'stop']],
    ['SEG_005@CAMP_003', [8600, 640, 0], [0, 0], ['feature_click_through_rate', 0], [-0.3, 'stop']],
    [
      'SEG_001@CAMP_002',
      [5100, 290, 18],
      [410, 900],
      ['demo_request_rate', 0.0035],
      [0.02, 'hold'],
    ],
  ] satisfies readonly Stated[]
).map(([key, [impressions, clicks, conversions], [spend, value], [kpi, kpiValue], call]) => ({
  windowStart: '2026-03-10',
  windowEnd: '2026-03-16',
  ...idsOf(key),
  impressions,
  clicks,
  conversions,
  spendMinor: spend * 100,
  valueMinor: value * 100,
  primaryKpi: kpi,
  kpiValue,
  trend: call[0],
  recommendation: call[1],
}))

/** What the platforms delivered to each segment in March, summed over creatives. */
export const REFERENCE_DELIVERY: readonly SegmentDelivery[] = (
  [
    ['SEG_001@CAMP_001', [16_200, 1190, 122], [324, 6100]],
    ['SEG_002@CAMP_001', [18_100, 1150, 145], [362, 7250]],
    ['SEG_002@CAMP_002', [12_200, 930, 98], [1830, 9800]],
    ['SEG_003@CAMP_002', [28_500, 2140, 0], [228, 0]],
    ['SEG_005@CAMP_003', [8200, 880, 0], [0, 0]],
  ] as const
).map(([key, [impressions, clicks, conversions], [spend, value]]) => ({
  ...idsOf(key),
  impressions,
  clicks,
  conversions,
  spendMinor: spend * 100,
  valueMinor: value * 100,
  rows: 2,
}))

export const REFERENCE_SEGMENT_NAMES = {
  campaigns: new Map([
    ['CAMP_001', 'Spring Promo Awareness'],
    ['CAMP_002', 'SMB Cost Savings Campaign'],
    ['CAMP_003', 'Feature Launch Announcement'],
  ]),
  segments: new Map([
    ['SEG_001', { name: 'Early-Stage Startups', priority: 'medium' }],
    ['SEG_002', { name: 'Price-Sensitive SMBs', priority: 'high' }],
    ['SEG_003', { name: 'Operations-Focused Teams', priority: 'high' }],
    ['SEG_005', { name: 'Existing Customers', priority: 'medium' }],
  ]),
}

/** Scales priority segments only, as the reference company does. */
export const REFERENCE_PORTFOLIO = [
  { when: { momentum: 'improving', roi_at_least: 'target', priority: 'high' }, action: 'scale' },
  { when: { momentum: 'declining', roi_below: 0 }, action: 'stop', needs: 'approval' },
  { when: { momentum: 'declining', conversions_at_most: 0 }, action: 'stop', needs: 'approval' },
  { when: { momentum: 'declining' }, action: 'revise' },
  { otherwise: 'hold' },
]

function idsOf(key: string): { segmentId: string; campaignId: string } {
  const [segmentId = '', campaignId = ''] = key.split('@')
  return { segmentId, campaignId }
}
