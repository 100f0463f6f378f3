import { z } from 'zod'

/** When a change between two periods counts as real. Shares are of 1. */
export const Momentum = z.strictObject({
  alpha: z.number().gt(0).lt(1).default(0.05),
  correction: z.enum(['benjamini_hochberg', 'holm', 'none']).default('benjamini_hochberg'),
  /** Smallest relative change worth acting on. */
  business_minimum: z.number().nonnegative().default(0.05),
  /** Conversions (events, deals; of a ratio such as CTR its units, the ads) in both periods together; fewer are too few to speak of a trend. */
  min_conversions: z.int().nonnegative().default(20),
  /** An expected count below this calls for Fisher's exact test. */
  thin_below: z.number().nonnegative().default(5),
  /** Past months needed before the current one is called unusual. */
  min_history_months: z.int().min(3).default(5),
  /** Seed and number of the bootstrap's resamples: the same review gives the same range. */
  bootstrap_seed: z.int().default(20_260_101),
  bootstrap_resamples: z.int().min(100).max(10_000).default(1000),
})
export type Momentum = z.infer<typeof Momentum>
