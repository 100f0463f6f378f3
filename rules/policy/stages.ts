import { z } from 'zod'

/** What campaign ROI shows and when spend is called reconciled. Shares are of 1. */
export const CampaignRoiPolicy = z.strictObject({
  performers_shown: z.int().positive().default(3),
  reconciliation_tolerance_share: z.number().min(0).max(1).default(0.05),
})

/** When a step of the funnel has enough traffic to be judged. Shares are of 1. */
export const FunnelPolicy = z.strictObject({
  /** A step with fewer entries is shown but is neither a bottleneck nor held against its target. */
  min_entries: z.int().positive().default(100),
  /** Target share of a step, by `from>to`, such as `visit>signup: 0.12`. */
  target_conversion: z
    .record(
      z.string().regex(/^[^>\s]+>[^>\s]+$/, 'expected FROM>TO, such as visit>signup'),
      z.number().min(0).max(1),
    )
    .default({}),
  /** Days a person has from entry to goal; also the horizon of matured rates. */
  window_days: z.int().positive().default(30),
  alpha: z.number().gt(0).lt(1).default(0.05),
  /** The least share of people a working step carries on. A zero with fewer than three other cells to compare with is held against it. */
  floor_conversion: z.number().gt(0).lt(1).default(0.01),
  /** Share of a month's entrants who must have had the whole window before their rate is compared with another month. */
  min_matured_share: z.number().gt(0).max(1).default(0.9),
  /** Which source counts where two report the same stage on the same day; sources that are not listed follow by name. */
  source_order: z.array(z.string()).default([]),
  /** How persons are followed: through any attempt, from their first entry only, step upon step with nothing between, or in any order. */
  order: z
    .enum(['any_attempt', 'first_entry', 'strict', 'strict_repeats', 'unordered'])
    .default('any_attempt'),
  /** Stages that end an attempt when they come between two others. */
  exclusions: z
    .array(z.strictObject({ stage: z.string(), from: z.string(), to: z.string() }))
    .default([]),
  /** What such a stage does to a person without a clean attempt: out of the funnel, or no further than before it. */
  excluded: z.enum(['leaves', 'keeps_steps']).default('leaves'),
  /** Which event says in which cell a person counts: that of the entry, or the first or last that names one. */
  breakdown: z.enum(['entry', 'first_touch', 'last_touch']).default('entry'),
})
export type FunnelPolicy = z.infer<typeof FunnelPolicy>

/** When an experiment may be called. Shares are of 1. */
export const ExperimentPolicy = z
  .strictObject({
    /** Error rate of a two-sided test; intervals are of level 1 − alpha. Above a half nothing would be tested. */
    alpha: z.number().gt(0).max(0.5).default(0.05),
    /** Traffic split: below the alarm nothing can be read, between alarm and watch someone should look. */
    srm_alarm: z.number().gt(0).lt(1).default(0.001),
    srm_watch: z.number().gt(0).lt(1).default(0.01),
    /** Largest share of users in arms that were planned to get none. */
    max_leaked_share: z.number().min(0).max(1).default(0.01),
    min_users_per_arm: z.int().positive().default(100),
    /** A running test is not read before it has seen each weekday. */
    min_days: z.int().nonnegative().default(7),
    /** With fewer conversions, or fewer users who did not convert, in an arm the exact test decides. */
    exact_below: z.int().nonnegative().default(10),
    /** Smallest relative change worth acting on; an interval of the lift inside ± this shows that nothing matters. */
    min_lift: z.number().nonnegative().default(0.1),
    /** Chance to see a change of `min_lift`, for the users an arm would need. */
    power: z.number().gt(0).lt(1).default(0.8),
    /** Whether running tests may be called by an interval that holds at every look, and for how many users it is tuned. */
    sequential: z.boolean().default(true),
    sequential_tuned_to_users: z.int().positive().default(5000),
    /** For the comparisons of one experiment: several treatments or metrics. */
    correction: z.enum(['holm', 'benjamini_hochberg', 'none']).default('holm'),
    /** Metrics, by name, of which less is better, and metrics that must not get worse. */
    lower_is_better: z.array(z.string()).default([]),
    guardrail_metrics: z.array(z.string()).default([]),
  })
  .refine((policy) => policy.srm_alarm <= policy.srm_watch, {
    message: 'expected srm_alarm not above srm_watch',
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
