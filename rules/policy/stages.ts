import { z } from 'zod'

/** What campaign ROI shows and when spend is called reconciled. Shares are of 1. */
export const CampaignRoiPolicy = z.strictObject({
  performers_shown: z.int().positive().default(3),
  reconciliation_tolerance_share: z.number().min(0).max(1).default(0.05),
})

/** When a step of the funnel has enough traffic to be judged. */
export const FunnelPolicy = z.strictObject({
  min_entries: z.int().positive().default(100),
  target_conversion: z.record(z.string(), z.number().min(0).max(1)).default({}),
  window_days: z.int().positive().default(30),
  alpha: z.number().gt(0).lt(1).default(0.05),
})

/** Which credit model decides, and how far back a touch may lie. */
export const AttributionPolicy = z.strictObject({
  model: z
    .enum(['first_touch', 'last_touch', 'linear', 'position_based', 'time_decay', 'markov'])
    .default('position_based'),
  lookback_days: z.int().positive().default(30),
  assignment: z.enum(['split', 'overlap']).default('split'),
  half_life_days: z.number().positive().default(7),
  direct: z.enum(['keep', 'ignore_if_other']).default('keep'),
  include_null_journeys: z.boolean().default(true),
  min_support: z.int().nonnegative().default(30),
})

/** When an experiment may be called. */
export const ExperimentPolicy = z.strictObject({
  alpha: z.number().gt(0).lt(1).default(0.05),
  srm_alarm: z.number().gt(0).lt(1).default(0.001),
  srm_watch: z.number().gt(0).lt(1).default(0.01),
  min_users_per_arm: z.int().positive().default(100),
  min_lift: z.number().nonnegative().default(0.1),
  sequential: z.boolean().default(true),
})

/** When a piece of content is judged, how it is scored, and when it is old. */
export const ContentPolicy = z.strictObject({
  min_views: z.int().positive().default(100),
  score_weights: z
    .strictObject({
      engagement: z.number().nonnegative().default(40),
      search: z.number().nonnegative().default(30),
      conversion: z.number().nonnegative().default(30),
    })
    .prefault({}),
  stale_days: z.int().positive().default(180),
  /** A fall of views of at least this share of the earlier average counts as decay. */
  decay_share: z.number().gt(0).max(1).default(0.3),
  /** A piece in the best quarter by conversion rate and below the median by views is worth promoting. */
  promote_quantile: z.number().gt(0).lt(1).default(0.75),
  /** A query with at least this many impressions is demand. */
  gap_min_impressions: z.int().positive().default(100),
  /** A page that ranks worse than this does not answer a query. */
  gap_position: z.number().positive().default(10),
  /** Content and search history is compared with the average of this many earlier months. */
  history_months: z.int().positive().max(12).default(3),
})
