/** A row of `segment_rollups`: what somebody stated of a segment for a window of days. Money in minor units, null where not stated. */
export interface SegmentRollup {
  readonly windowStart: string
  readonly windowEnd: string
  readonly campaignId: string
  readonly segmentId: string
  readonly impressions: number | null
  readonly clicks: number | null
  readonly conversions: number | null
  readonly spendMinor: number | null
  readonly valueMinor: number | null
  readonly primaryKpi: string | null
  readonly kpiValue: number | null
  /** Relative change against the window before. */
  readonly trend: number | null
  readonly recommendation: string | null
}

/** What platforms delivered to a segment of a campaign in one month; null where any row left the measure out. */
export interface SegmentDelivery {
  readonly campaignId: string
  readonly segmentId: string
  readonly impressions: number | null
  readonly clicks: number | null
  readonly conversions: number | null
  readonly spendMinor: number
  readonly valueMinor: number | null
  readonly rows: number
}

/** The name of a segment within a campaign: `SEG_002@CAMP_001`. */
export function segmentKey(row: {
  readonly segmentId: string
  readonly campaignId: string
}): string {
  return `${row.segmentId}@${row.campaignId}`
}

/** The last rollup of each segment within a campaign; of two that end on one day, the one that starts later. */
export function latestRollups(rollups: readonly SegmentRollup[]): SegmentRollup[] {
  const latest = new Map<string, SegmentRollup>()
  for (const rollup of rollups) {
    const known = latest.get(segmentKey(rollup))
    if (known === undefined || windowOf(known) < windowOf(rollup)) {
      latest.set(segmentKey(rollup), rollup)
    }
  }
  return [...latest.values()]
}

function windowOf({ windowEnd, windowStart }: SegmentRollup): string {
  return `${windowEnd} ${windowStart}`
}
