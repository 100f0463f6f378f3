import { z } from 'zod'

const Month = z.string()
const Count = z.int().nonnegative()

/** Rows of `campaign-roi/costs`. */
export const CostQueryRow = z.object({
  month: Month,
  campaign_id: z.string(),
  cost_type: z.string(),
  amount_minor: z.int(),
  row_count: Count,
})

/** Rows of `campaign-roi/values`. */
export const ValueQueryRow = z.object({
  month: Month,
  campaign_id: z.string(),
  value_source: z.string(),
  amount_minor: z.int(),
  row_count: Count,
})

/** Rows of `campaign-roi/delivery`. */
export const DeliveryQueryRow = z.object({
  month: Month,
  campaign_id: z.string(),
  channel_id: z.string(),
  segment_id: z.string().nullable(),
  spend_minor: z.int(),
  impressions: z.int().nullable(),
  clicks: z.int().nullable(),
  conversions: z.int().nullable(),
  conversion_value_minor: z.int().nullable(),
  row_count: Count,
})

/** Rows of `campaign-roi/won`. */
export const WonQueryRow = z.object({
  month: Month,
  campaign_id: z.string().nullable(),
  wins: Count,
  amount_minor: z.int().nullable(),
})

/** Rows of `campaign-roi/ads`. */
export const AdQueryRow = z.object({
  month: Month,
  campaign_id: z.string().nullable(),
  channel_id: z.string().nullable(),
  segment_id: z.string().nullable(),
  creative_id: z.string().nullable(),
  spend_minor: z.int(),
  impressions: z.int().nullable(),
  clicks: z.int().nullable(),
  conversions: z.int().nullable(),
  row_count: Count,
})

/** Rows of `campaign-roi/deal-amounts`. */
export const DealAmountQueryRow = z.object({ month: Month, amount_minor: z.int().nullable() })

/** Rows of `intake/rejected`. */
export const RejectedQueryRow = z.object({
  dataset: z.string(),
  dated_on: z.string().nullable(),
  row_count: Count,
})

/** Rows of the three name queries. */
export const NameQueryRow = z.object({ id: z.string(), name: z.string() })
