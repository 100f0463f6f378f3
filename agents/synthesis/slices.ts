import type { MeasuredSlice } from '#rules/risk/evidence.ts'

import type { RiskDeliveryRow, RiskFunnelRow } from './rows.ts'

const MEASURES = ['impressions', 'clicks', 'conversions'] as const

/** What was measured of each risk's campaign, by risk. A measure that any part left out is left out of all: half a sum is not a sum. */
export function slicesByRisk(
  delivery: readonly RiskDeliveryRow[],
  funnel: readonly RiskFunnelRow[],
): ReadonlyMap<string, readonly MeasuredSlice[]> {
  const slices = new Map<string, MeasuredSlice[]>()
  const add = (riskId: string, slice: MeasuredSlice): void => {
    slices.set(riskId, [...(slices.get(riskId) ?? []), slice])
  }
  for (const row of delivery) {
    const own = delivery.filter((other) => other.risk_id === row.risk_id)
    const complete = MEASURES.filter((measure) => own.every((other) => other[measure] !== null))
    const counts = new Map(complete.map((measure) => [measure, row[measure] ?? 0] as const))
    add(row.risk_id, { ...placeOf(row), counts })
  }
  for (const row of funnel) {
    add(row.risk_id, { ...placeOf(row), counts: new Map([[row.stage, row.stage_count]]) })
  }
  return slices
}

function placeOf(row: RiskDeliveryRow | RiskFunnelRow): Omit<MeasuredSlice, 'counts'> {
  return { channelId: row.channel_id, segmentId: row.segment_id, rows: row.row_count }
}
