import type { z } from 'zod'

import type { BudgetAction } from '#rules/governance/past-moves.ts'
import type { SegmentDelivery, SegmentRollup } from '#rules/portfolio/rollup.ts'
import type { RiskSignal } from '#rules/risk/signal.ts'
import type { FunnelCell } from '#rules/synthesis/published-drop-offs.ts'
import { parseSubject, type PublishedFigure } from '#rules/synthesis/published-figure.ts'

import { parseEvidence } from './evidence.ts'
import type {
  BudgetActionRow,
  FunnelCellRow,
  PublishedRow,
  RiskQueryRow,
  RollupQueryRow,
  SegmentDeliveryRow,
} from './rows.ts'

const MILLION = 1_000_000

/** A decimal that came in millionths. */
function decimal(millionths: number | null): number | null {
  return millionths === null ? null : millionths / MILLION
}

export function toRisk(row: RiskQueryRow): RiskSignal {
  return {
    riskId: row.risk_id,
    raisedMs: row.raised_ms,
    raisedOn: row.raised_on,
    campaignId: row.campaign_id,
    riskType: row.risk_type,
    severity: row.severity,
    evidence: parseEvidence(row.evidence),
    recommendedAction: row.recommended_action,
    status: row.status,
  }
}

export function toRollup(row: RollupQueryRow): SegmentRollup {
  return {
    windowStart: row.window_start,
    windowEnd: row.window_end,
    campaignId: row.campaign_id,
    segmentId: row.segment_id,
    impressions: row.impressions,
    clicks: row.clicks,
    conversions: row.conversions,
    spendMinor: row.spend_minor,
    valueMinor: row.value_minor,
    primaryKpi: row.primary_kpi,
    kpiValue: decimal(row.kpi_value_e6),
    trend: decimal(row.trend_e6),
    recommendation: row.recommendation,
  }
}

export function toDelivery(row: SegmentDeliveryRow): SegmentDelivery {
  return {
    campaignId: row.campaign_id,
    segmentId: row.segment_id,
    impressions: row.impressions,
    clicks: row.clicks,
    conversions: row.conversions,
    spendMinor: row.spend_minor,
    valueMinor: row.value_minor,
    rows: row.row_count,
  }
}

export function toBudgetAction(row: BudgetActionRow): BudgetAction {
  return {
    actionId: row.action_id,
    createdMs: row.created_ms,
    createdOn: row.created_on,
    campaignId: row.campaign_id,
    fromChannelId: row.from_channel_id,
    toChannelId: row.to_channel_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    reasonCode: row.reason_code,
    proposedBy: row.proposed_by,
    approver: row.answered_by,
    decidedMs: row.answered_ms,
    status: row.standing,
  }
}

export function toFunnelCell(row: z.infer<typeof FunnelCellRow>): FunnelCell {
  return {
    campaignId: row.campaign_id,
    segmentId: row.segment_id,
    channelId: row.channel_id,
    stage: row.stage,
    count: row.stage_count,
    rows: row.row_count,
  }
}

export function toPublished(row: PublishedRow): PublishedFigure {
  return {
    figureId: row.figure_id,
    publishedOn: row.published_on,
    metric: row.metric,
    subject: parseSubject(row.subject),
    printed: row.printed,
    value: decimal(row.value_e6),
  }
}
