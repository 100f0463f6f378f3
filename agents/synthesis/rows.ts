import { z } from 'zod'

import { Severity } from '#rules/policy/synthesis.ts'

const Id = z.string()
const Count = z.int().nonnegative()
const OptionalCount = Count.nullable()
const OptionalMinor = z.int().nullable()
/** Decimals come in millionths. */
const OptionalMillionths = z.int().nullable()

/** Rows of `synthesis/risks`. */
export const RiskQueryRow = z.object({
  risk_id: Id,
  raised_ms: z.int(),
  raised_on: z.string(),
  campaign_id: Id.nullable(),
  risk_type: z.string(),
  severity: Severity,
  evidence: z.string().nullable(),
  recommended_action: z.string().nullable(),
  status: z.string(),
})
export type RiskQueryRow = z.infer<typeof RiskQueryRow>

/** Rows of `synthesis/risk-delivery`. */
export const RiskDeliveryRow = z.object({
  risk_id: Id,
  channel_id: Id.nullable(),
  segment_id: Id.nullable(),
  impressions: OptionalCount,
  clicks: OptionalCount,
  conversions: OptionalCount,
  row_count: Count,
})
export type RiskDeliveryRow = z.infer<typeof RiskDeliveryRow>

/** Rows of `synthesis/risk-funnel`. */
export const RiskFunnelRow = z.object({
  risk_id: Id,
  channel_id: Id.nullable(),
  segment_id: Id.nullable(),
  stage: z.string(),
  stage_count: Count,
  row_count: Count,
})
export type RiskFunnelRow = z.infer<typeof RiskFunnelRow>

/** Rows of `synthesis/rollups`. */
export const RollupQueryRow = z.object({
  window_start: z.string(),
  window_end: z.string(),
  campaign_id: Id,
  segment_id: Id,
  impressions: OptionalCount,
  clicks: OptionalCount,
  conversions: OptionalCount,
  spend_minor: OptionalMinor,
  value_minor: OptionalMinor,
  primary_kpi: z.string().nullable(),
  kpi_value_e6: OptionalMillionths,
  trend_e6: OptionalMillionths,
  recommendation: z.string().nullable(),
})
export type RollupQueryRow = z.infer<typeof RollupQueryRow>

/** Rows of `synthesis/segment-delivery`. */
export const SegmentDeliveryRow = z.object({
  campaign_id: Id,
  segment_id: Id,
  impressions: OptionalCount,
  clicks: OptionalCount,
  conversions: OptionalCount,
  spend_minor: z.int(),
  value_minor: OptionalMinor,
  row_count: Count,
})
export type SegmentDeliveryRow = z.infer<typeof SegmentDeliveryRow>

/** Rows of `synthesis/segments`. */
export const SegmentNameRow = z.object({
  segment_id: Id,
  name: z.string(),
  priority: z.string().nullable(),
})

/** Rows of `synthesis/channels`. */
export const NameRow = z.object({ id: Id, name: z.string() })

/** Rows of `synthesis/campaigns`. */
export const CampaignRow = z.object({
  id: Id,
  name: z.string(),
  status: z.string().nullable(),
  end_on: z.string().nullable(),
})

/** Rows of `synthesis/budget-actions`. */
export const BudgetActionRow = z.object({
  action_id: Id,
  created_ms: z.int(),
  created_on: z.string(),
  campaign_id: Id,
  from_channel_id: Id.nullable(),
  to_channel_id: Id.nullable(),
  amount_minor: z.int(),
  currency: z.string(),
  reason_code: z.string(),
  proposed_by: z.string(),
  answered_by: z.string().nullable(),
  answered_ms: z.int().nullable(),
  standing: z.string(),
})
export type BudgetActionRow = z.infer<typeof BudgetActionRow>

/** Rows of `synthesis/used-lines`. */
export const UsedLineRow = z.object({ campaign_id: Id, channel_id: Id })

/** Rows of `synthesis/funnel-cells`. */
export const FunnelCellRow = z.object({
  campaign_id: Id.nullable(),
  segment_id: Id.nullable(),
  channel_id: Id.nullable(),
  stage: z.string(),
  stage_count: Count,
  row_count: Count,
})

/** Rows of `synthesis/experiments`. */
export const ExperimentRow = z.object({ experiment_id: Id, standing: z.string() })

/** Rows of `synthesis/published`. */
export const PublishedRow = z.object({
  figure_id: Id,
  published_on: z.string().nullable(),
  metric: z.string(),
  subject: z.string().nullable(),
  printed: z.string(),
  value_e6: OptionalMillionths,
})
export type PublishedRow = z.infer<typeof PublishedRow>

/** Rows of `synthesis/actions-taken`. */
export const ActionTakenRow = z.object({ action_id: Id, status: z.string() })

/** Rows of `synthesis/months`. */
export const MonthRow = z.object({
  side: z.enum(['cost', 'value']),
  month: z.string(),
  amount_minor: z.int(),
})
export type MonthRow = z.infer<typeof MonthRow>

/** Rows of `synthesis/data-end`. */
export const DataEndRow = z.object({ dataset: z.string(), last_on: z.string() })
