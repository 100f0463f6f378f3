import type { FunnelContext, FunnelInput, StageCountRow } from '#rules/funnel/input.ts'
import type { StageResult } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'
import { policyWith } from '#test/support/policy.ts'

/** The review month and the month before. */
export const MONTH = '2026-03'
export const BEFORE = '2026-02'

/** A count of a cell as a test writes it. */
export function count(
  cell: string,
  stage: string,
  people: number,
  changes: Partial<StageCountRow> = {},
): StageCountRow {
  const [segmentId = null, channelId = null, campaignId = null] = cell.split(' ')
  return {
    month: MONTH,
    campaignId,
    segmentId,
    channelId,
    stage,
    source: 'web',
    count: people,
    rows: 1,
    sharedDays: 0,
    ...changes,
  }
}

/** An input without data, with the given changes. */
export function facts(changes: Partial<FunnelInput> = {}): FunnelInput {
  return {
    counts: [],
    people: { motions: [], cellKeys: [], events: new Map() },
    claims: [],
    campaigns: new Map(),
    segments: new Map(),
    channels: new Map(),
    presence: { funnel_counts: 'present', funnel_events: 'absent' },
    ...changes,
  }
}

/** March 2026 under a policy with the given funnel section and operating model. */
export function contextWith(
  funnel: Readonly<Record<string, unknown>> = {},
  operating_model: Readonly<Record<string, unknown>> = {},
): FunnelContext {
  return { month: MONTH, policy: policyWith({ funnel, operating_model }) }
}

/** The ten rows of the reference company. */
export const REFERENCE: FunnelInput = facts({
  counts: [
    count('SEG_001 CH_01 CAMP_001', 'visit', 1200),
    count('SEG_001 CH_01 CAMP_001', 'signup', 180, { source: 'crm' }),
    count('SEG_002 CH_01 CAMP_001', 'visit', 950),
    count('SEG_002 CH_01 CAMP_001', 'signup', 140, { source: 'crm' }),
    count('SEG_002 CH_02 CAMP_002', 'visit', 620),
    count('SEG_002 CH_02 CAMP_002', 'demo_request', 72, { source: 'crm' }),
    count('SEG_003 CH_03 CAMP_002', 'visit', 480),
    count('SEG_003 CH_03 CAMP_002', 'demo_request', 0, { source: 'crm' }),
    count('SEG_005 CH_04 CAMP_003', 'visit', 410),
    count('SEG_005 CH_04 CAMP_003', 'feature_adopt', 0),
  ],
  campaigns: new Map([
    ['CAMP_001', { name: 'Spring Promo', goalText: 'Increase trial signups conversion_rate' }],
    ['CAMP_002', { name: 'SMB Savings', goalText: 'Increase demo requests demo_request_rate' }],
    ['CAMP_003', { name: 'Feature Launch', goalText: 'Drive feature adoption' }],
  ]),
  segments: new Map([['SEG_003', 'Operations Teams']]),
  channels: new Map([['CH_03', 'LinkedIn']]),
  claims: (
    [
      ['SEG_001', 'CH_01', 'signup', 'demo_request'],
      ['SEG_002', 'CH_01', 'signup', 'demo_request'],
      ['SEG_002', 'CH_02', 'visit', 'signup'],
      ['SEG_002', 'CH_02', 'demo_request', 'feature_adopt'],
      ['SEG_003', 'CH_03', 'visit', 'signup'],
      ['SEG_005', 'CH_04', 'visit', 'signup'],
    ] as const
  ).map(([segmentId, channelId, fromStage, stage]) => ({
    segmentId,
    channelId,
    campaignId: null,
    fromStage,
    stage,
  })),
})

/** Every fact id that a text, a table or a chart of a stage refers to. */
export function referredFacts(result: StageResult): string[] {
  const texts = [
    ...result.summary,
    ...result.findings.flatMap(({ title, detail }) => [title, detail]),
    ...result.tables.flatMap(({ note }) => note ?? []),
    ...result.charts.map(({ summary }) => summary),
  ]
  const cells = result.tables.flatMap(({ rows }) => rows.flat())
  return [
    ...texts.flatMap(tokensOf),
    ...cells.flatMap((cell) => ('fact' in cell ? cell.fact : [])),
    ...result.charts.flatMap(({ series }) => series.flatMap(({ values }) => values)).filter(isText),
  ]
}

function isText(value: string | null): value is string {
  return value !== null
}

/** The value of a fact, or its status where it has none. */
export function valueOf(result: StageResult, id: string): unknown {
  const fact = result.facts.find((entry) => entry.id === id)
  return fact?.value ?? fact?.status
}
