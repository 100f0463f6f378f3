import { z } from 'zod'

const Share = z.number().min(0).max(1)
const Chance = z.number().gt(0).lt(1)

/** When a score is called leaky, spent or miscalibrated. AUC and shares are of 1. */
const LeadModelPolicy = z.strictObject({
  /** A score whose AUC lies below this, its 95 % interval included, no longer ranks leads. */
  min_auc: Share.default(0.6),
  /** A fall of AUC from older to newer outcomes beyond chance and of at least this size asks for a new model. */
  auc_drop: Share.default(0.05),
  /** Above this, its 95 % interval included, a score knows more than anyone could before the outcome. */
  leakage_auc: Share.default(0.95),
  /** How far observed ÷ expected wins may lie from 1, and the mean gap between claimed and observed rates from 0. */
  calibration_gap: z.number().positive().default(0.1),
  max_calibration_error: Share.default(0.05),
  /** Population stability index at which a shift of the scores is worth a warning, if it is beyond chance. */
  drift_alarm: z.number().positive().default(0.25),
})

/** How leads are scored, banded and judged. Amounts are in the company's currency, bands are lower bounds of the score. */
export const LeadPolicy = z.strictObject({
  bands: z
    .strictObject({
      hql: z.number().default(80),
      mql: z.number().default(60),
      mel: z.number().default(40),
    })
    .refine(({ hql, mql, mel }) => hql > mql && mql > mel, {
      message: 'expected hql above mql above mel',
    })
    .prefault({}),
  /** `probability`: score ÷ score_max is the claimed chance to win. `points`: only the order is claimed; the chance is learned from the oldest outcomes. */
  score_meaning: z.enum(['points', 'probability']).default('points'),
  score_max: z.number().positive().default(100),
  acceptance_target: Share.default(0.8),
  mql_to_sql_target: Share.default(0.4),
  value_of_win: z.number().nonnegative().default(500),
  cost_of_contact: z.number().nonnegative().default(60),
  /** Wins and other outcomes each, before a score is judged, and in each half before the halves are compared; below two counts as two. */
  min_outcomes: z.int().positive().default(20),
  /** A lead's outcome counts once this many days have passed since it was created; a later win counts as none. */
  outcome_days: z.int().positive().default(90),
  /** Days an MQL is given to become an SQL; younger MQLs are open, not lost. */
  sales_days: z.int().positive().default(14),
  /** Months of settled leads that the score is judged on. */
  history_months: z.int().positive().default(12),
  alpha: Chance.default(0.05),
  model: LeadModelPolicy.prefault({}),
  /** A new contact threshold is proposed when it gains at least this share of the value at stake, beyond chance. */
  threshold_min_gain: Share.default(0.05),
  /** Rejections and acceptances in each period before reasons and reps are compared. */
  min_feedback: z.int().positive().default(20),
  /** Seed and number of the bootstrap's resamples: the same review gives the same range. */
  bootstrap_seed: z.int().default(20_260_101),
  bootstrap_resamples: z.int().min(100).max(10_000).default(500),
})
export type LeadPolicy = z.infer<typeof LeadPolicy>
