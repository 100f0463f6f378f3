import { groupByText } from '#rules/kernel/order.ts'
import type { MeasuredSlice } from '#rules/risk/evidence.ts'

import type { RiskDeliveryRow, RiskFunnelRow } from './rows.ts'

const MEASURES = ['impressions', 'clicks', 'conversions'] as const

/** What was measured of each risk's campaign, by risk. A measure that any part left out is left out of all: half a sum is not a sum. */
export function slicesByRisk(
  delivery: readonly RiskDeliveryRow[],
  funnel: readonly RiskFunnelRow[],
): ReadonlyMap<string, readonly MeasuredSlice[]> {
  const delivered = groupByText(delivery, (row) => row.risk_id)
  const counted = groupByText(funnel, (row) => row.risk_id)
  const riskIds = new Set([...delivered.keys(), ...counted.keys()])
  return new Map(
    Array.from(riskIds, (riskId) => [
      riskId,
      [...fromDelivery(delivered.get(riskId) ?? []), ...fromFunnel(counted.get(riskId) ?? [])],
    ]),
  )
}

function fromDelivery(rows: readonly RiskDeliveryRow[]): MeasuredSlice[] {
  const complete = MEASURES.filter((measure) => rows.every((row) => row[measure] !== null))
  return rows.map((row) => ({
    ...placeOf(row),
    counts: new Map(complete.map((measure) => [measure, row[measure] ?? 0] as const)),
  }))
}

function fromFunnel(rows: readonly RiskFunnelRow[]): MeasuredSlice[] {
  return rows.map((row) => ({
    ...placeOf(row),
    counts: new Map([[row.stage, row.stage_count]]),
  }))
}

function placeOf(row: RiskDeliveryRow | RiskFunnelRow): Omit<MeasuredSlice, 'counts'> {
  return { channelId: row.channel_id, segmentId: row.segment_id, rows: row.row_count }
}
