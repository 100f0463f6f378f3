import { z } from 'zod'

const Count = z.int().nonnegative()

/** Rows of `budget/campaigns`. */
export const CampaignQueryRow = z.object({
  campaign_id: z.string(),
  name: z.string(),
  status: z.string().nullable(),
  start_on: z.string().nullable(),
  end_on: z.string().nullable(),
  budget_minor: z.int().nullable(),
})

/** Rows of `budget/channels`. */
export const ChannelQueryRow = z.object({
  channel_id: z.string(),
  name: z.string(),
  platform: z.string().nullable(),
})

/** Rows of `budget/plans`. */
export const PlanQueryRow = z.object({
  campaign_id: z.string().nullable(),
  channel_id: z.string().nullable(),
  planned_minor: Count,
  committed_minor: Count.nullable(),
  min_minor: Count.nullable(),
  max_minor: Count.nullable(),
})

/** Rows of `budget/delivery`. */
export const DeliveryQueryRow = z.object({
  delivered_on: z.string(),
  campaign_id: z.string(),
  channel_id: z.string(),
  spend_minor: Count,
  impressions: Count.nullable(),
  clicks: Count.nullable(),
  conversions: Count.nullable(),
  value_minor: z.int().nullable(),
  row_count: Count,
})

/** Rows of `budget/media`. */
export const MediaQueryRow = z.object({
  campaign_id: z.string(),
  month: z.string(),
  amount_minor: z.int(),
  row_count: Count,
})

/** Rows of `budget/actions`. */
export const ActionQueryRow = z.object({
  action_id: z.string(),
  created_ms: z.int(),
  created_on: z.string(),
  answered_ms: z.int().nullable(),
  campaign_id: z.string(),
  from_channel_id: z.string().nullable(),
  to_channel_id: z.string().nullable(),
  amount_minor: Count,
  currency: z.string(),
  reason_code: z.string(),
  standing: z.string(),
})

/** Rows of `budget/risks`. */
export const RiskQueryRow = z.object({
  risk_id: z.string(),
  raised_ms: z.int(),
  campaign_id: z.string().nullable(),
  risk_type: z.string(),
  severity: z.string(),
  evidence: z.string().nullable(),
  status: z.string(),
})

/** Rows of `budget/used-lines`. */
export const UsedLineQueryRow = z.object({ campaign_id: z.string(), channel_id: z.string() })

/** Rows of `intake/rejected`. */
export const RejectedQueryRow = z.object({
  dataset: z.string(),
  dated_on: z.string().nullable(),
  row_count: Count,
})

/** Rows of `budget/deals`. */
export const DealQueryRow = z.object({
  campaign_id: z.string().nullable(),
  channel_id: z.string().nullable(),
  wins: z.int(),
  amount_minor: z.int().nullable(),
})

/** Rows of `budget/values`. */
export const ValueQueryRow = z.object({
  campaign_id: z.string(),
  amount_minor: z.int(),
  row_count: Count,
})
