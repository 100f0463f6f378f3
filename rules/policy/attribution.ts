import { z } from 'zod'

import { LocalDate } from './organisation.ts'

/** What a controlled test found a channel to cause; shares are of the credit the deciding model gives it, `low` and `high` its 95 % interval. */
export const LiftTest = z
  .strictObject({
    channel: z.string().min(1),
    incremental_share: z.number().nonnegative(),
    low: z.number(),
    high: z.number(),
    measured_on: LocalDate,
  })
  .refine((test) => test.low <= test.incremental_share && test.incremental_share <= test.high, {
    message: 'expected low ≤ incremental_share ≤ high',
  })
export type LiftTest = z.infer<typeof LiftTest>

/** Which credit model decides, how far back a touch may lie, and when a channel's credit may be relied on. Shares are of 1. */
export const AttributionPolicy = z.strictObject({
  model: z
    .enum([
      'first_touch',
      'last_touch',
      'last_non_direct',
      'linear',
      'linear_unique_channels',
      'position_based',
      'time_decay',
      'markov',
    ])
    .default('position_based'),
  lookback_days: z.int().positive().default(30),
  /** `split`: an earlier conversion of the same person closes the journey. `overlap`: every conversion looks back past it. */
  assignment: z.enum(['split', 'overlap']).default('split'),
  half_life_days: z.number().positive().default(7),
  /** Share of the first and of the last touch in the position-based model; 0.4 gives 40/20/40. */
  position_end_share: z.number().gt(0).max(0.5).default(0.4),
  /** How many channels the chain of the Markov model remembers. */
  markov_order: z.int().min(1).max(3).default(1),
  direct: z.enum(['keep', 'ignore_if_other']).default('keep'),
  /** Names under which visits without a known source are stored. */
  direct_channels: z.array(z.string()).default(['Direct', 'direct', '(direct)', 'Direct Traffic']),
  include_null_journeys: z.boolean().default(true),
  /** A channel on the paths of fewer conversions is directional at most. */
  min_support: z.int().nonnegative().default(30),
  /** A channel is directional when models, or the order of simultaneous touches, move its credit by more than this share of it. */
  max_swing_share: z.number().nonnegative().default(0.5),
  /** Above these shares of the conversions a reader is warned. */
  unattributed_warn_share: z.number().min(0).max(1).default(0.2),
  truncated_warn_share: z.number().min(0).max(1).default(0.2),
  one_touch_warn_share: z.number().min(0).max(1).default(0.8),
  /** Channels shown by name; the others are summed in one line. */
  channels_shown: z.int().positive().default(8),
  lift_tests: z.array(LiftTest).default([]),
})
export type AttributionPolicy = z.infer<typeof AttributionPolicy>
