import { z } from 'zod'

import { LocalDate } from './organisation.ts'

/**
 * When a line is stopped before the month ends. `target_cpa_multiple` is of the target cost per acquisition (target `cpa`, else `cac`).
 * `alpha` is the share of wrong stops among the stops of a review; `beta` the chance of missing a line at the multiple (SPRT).
 */
export const StopLoss = z.strictObject({
  target_cpa_multiple: z.number().gt(1).default(3),
  alpha: z.number().gt(0).lt(1).default(0.05),
  beta: z.number().gt(0).lt(1).default(0.2),
  method: z.enum(['e_value', 'sprt', 'poisson']).default('e_value'),
  /** A line without any conversion stops at this share of its monthly budget, proven or not. */
  hard_cap_share_of_budget: z.number().gt(0).max(1).default(0.5),
  /** A line that first spent fewer days ago is learning: it is neither stopped nor moved. */
  learning_days: z.int().nonnegative().default(7),
  /** A line whose weekly return fell this many weeks in a row, and by this share, takes no more money. */
  decline_weeks: z.int().min(2).default(3),
  decline_min_drop: z.number().gt(0).lt(1).default(0.15),
  /**
   * Variance ÷ mean of a line's daily conversions before its own days tell; counts as a fortnight of them. 1: they come one by one.
   * Stops are as rare as promised where conversions cluster no more than this.
   */
  assumed_dispersion: z.number().min(1).default(3),
  /** Days until half of a day's conversions are reported; 0 takes every conversion as reported. */
  lag_half_life_days: z.number().nonnegative().default(2),
})

/** Least and most share of the budget, of 1. */
const Band = z
  .tuple([z.number().min(0).max(1), z.number().min(0).max(1)])
  .refine(([least, most]) => least <= most, { message: 'expected the lower share first' })

/** What the history of a line must show before a rung of the evidence ladder may be used. */
export const EvidencePolicy = z.strictObject({
  history_weeks: z.int().positive().default(26),
  /** Weeks with spend, and conversions in them, below which a line is only held. */
  min_weeks: z.int().min(3).default(8),
  min_conversions: z.int().positive().default(20),
  /** Weeks, and highest ÷ lowest weekly spend, from which the shape of the curve may be chosen among families. */
  min_weeks_family: z.int().min(6).default(16),
  min_spend_ratio_family: z.number().gt(1).default(3),
  /** Highest ÷ lowest weekly spend below which the slope is not read from the data. */
  min_spend_ratio: z.number().gt(1).default(1.5),
  /** Standard error of the slope above which the slope is not read from the data. */
  max_slope_se: z.number().positive().default(0.25),
  /** What is believed of d ln(value) ÷ d ln(spend) before the data speak; used alone on the second rung. */
  prior_elasticity: z
    .strictObject({
      mean: z.number().gt(0).lt(1).default(0.6),
      sd: z.number().positive().default(0.15),
    })
    .prefault({}),
})
export type EvidencePolicy = z.infer<typeof EvidencePolicy>

/**
 * A response curve estimated elsewhere (a mix model, a lift test), per week of spend in the company's currency; the top rung of the ladder.
 * `log_sd` is the standard deviation of ln(marginal return).
 */
export const ImportedCurve = z.strictObject({
  campaign_id: z.string().optional(),
  channel_id: z.string().optional(),
  family: z.enum(['power', 'log', 'saturating', 'exponential', 'hill']),
  scale: z.number().positive(),
  shape: z.number().positive(),
  steepness: z.number().positive().default(1),
  log_sd: z.number().positive(),
  source: z.string().min(1),
})
export type ImportedCurve = z.infer<typeof ImportedCurve>

/** Bounds of a plan. Shares are of 1; `min_move` is in the company's currency. */
export const BudgetPolicy = z.strictObject({
  bounds: z
    .strictObject({
      max_step_share: z.number().gt(0).max(1).default(0.2),
      min_move: z.number().nonnegative().default(100),
      turnover_share: z.number().min(0).max(1).default(0.15),
      keep_committed: z.boolean().default(true),
      /** Moves in whole steps of this amount, on at most so many lines; without it a plan moves to the cent. */
      increment: z.number().positive().optional(),
      max_changed_lines: z.int().positive().default(10),
      /** Share of a moved amount that is lost while the receiving line learns. */
      switching_cost_share: z.number().min(0).max(1).default(0.02),
    })
    .prefault({}),
  gate: z.strictObject({ probability_better: z.number().gt(0.5).lt(1).default(0.8) }).prefault({}),
  /** Share of a plan's value by which a better plan may exist and it still be called the best; beyond, the review says how much may be missing. */
  max_gap_share: z.number().nonnegative().lt(1).default(0.001),
  /** Least return on the next unit of spend. */
  hurdle_marginal_roi: z.number().positive().default(1),
  /** Share of conversion value that is kept: break-even is where the next unit of spend returns 1 ÷ margin. */
  margin: z.number().gt(0).max(1).default(1),
  /** How far the errors of two lines' estimates go together, when a plan's impact is judged. */
  impact_correlation: z.number().min(0).max(1).default(0.2),
  response_curves: z.array(ImportedCurve).default([]),
  mix_guardrails: z.record(z.string(), Band).default({}),
  evidence: EvidencePolicy.prefault({}),
  pacing: z
    .strictObject({
      watch: z.number().positive().default(0.05),
      critical: z.number().positive().default(0.1),
      probability: z.number().gt(0).lt(1).default(0.8),
      /** Share of the elapsed days that must be reported before a landing is forecast. */
      min_day_coverage: z.number().gt(0).max(1).default(0.8),
      /** Factor of a date against its usual weekday, such as 2026-11-27: 1.6. */
      day_factors: z.record(LocalDate, z.number().nonnegative()).default({}),
    })
    .prefault({}),
  /**
   * What becomes of advice that rests on claims of a platform above the books by more than `trust.claim_ratio_warn`: it is told with the move,
   * or no money flows into the line.
   */
  contradicted_claims: z.enum(['tell', 'block']).default('tell'),
  /** A risk of these severities, in one of these states, lets no money into its line. */
  blocking_risk: z
    .strictObject({
      severities: z
        .array(z.enum(['low', 'medium', 'high', 'critical']))
        .default(['high', 'critical']),
      statuses: z.array(z.string()).default(['open', 'in_review', 'acknowledged', 'escalated']),
    })
    .prefault({}),
})
export type BudgetPolicy = z.infer<typeof BudgetPolicy>

/**
 * One approval tier; a tier without `max_amount` or `max_share` has no upper end there. Amounts are in the company's currency, shares of
 * the line's budget. A tier without approvers passes by rule, inside `monthly_cap` and `monthly_cap_share` (of the whole budget).
 */
export const ApprovalTier = z.strictObject({
  id: z.string(),
  max_amount: z.number().positive().optional(),
  max_share: z.number().gt(0).max(1).optional(),
  approvers: z.int().nonnegative(),
  roles: z.array(z.string()).default([]),
  monthly_cap: z.number().nonnegative().optional(),
  monthly_cap_share: z.number().min(0).max(1).optional(),
})
export type ApprovalTier = z.infer<typeof ApprovalTier>

/** Tiers from the lowest up, what lifts a move to a higher tier, and how long a request lives (business hours). */
export const ApprovalPolicy = z.strictObject({
  tiers: z
    .array(ApprovalTier)
    .min(1)
    .refine((tiers) => new Set(tiers.map((tier) => tier.id)).size === tiers.length, {
      message: 'expected every tier to have an id of its own',
    })
    .refine((tiers) => isUnbounded(tiers.at(-1)), {
      message: 'expected the last tier to have neither max_amount nor max_share',
    })
    .default([
      { id: 'low', max_amount: 500, max_share: 0.05, approvers: 0, roles: [], monthly_cap: 2000 },
      {
        id: 'medium',
        max_amount: 5000,
        max_share: 0.2,
        approvers: 1,
        roles: ['finance', 'executive'],
      },
      { id: 'high', approvers: 2, roles: ['finance', 'executive'] },
    ]),
  window_days: z.int().positive().default(30),
  bump: z.record(z.string(), z.int().nonnegative()).default({
    out_of_envelope: 2,
    stop_loss_override: 2,
    new_line: 1,
    thin_evidence: 1,
    committed: 1,
  }),
  /** A move passes by rule only when the lower end of its expected impact is above zero. */
  auto_needs_impact_above_zero: z.boolean().default(true),
  expires_business_hours: z
    .record(z.string(), z.number().positive())
    .default({ medium: 24, high: 40 }),
  /** Days after its approval in which an applied move may be undone as the approval foresaw; 0: never without a new request. */
  rollback_days: z.int().nonnegative().max(90).default(14),
})
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>

/** Where change orders are sent besides files: an https URL on one of these hosts, or nowhere. */
export const ChangesPolicy = z.strictObject({
  webhook_url: z.url().optional(),
  webhook_hosts: z
    .array(z.string().regex(/^[a-z0-9.-]+$/, 'expected a host such as hooks.example.com'))
    .default([]),
  /** People with one of these roles, and whoever may approve moves, send change orders, confirm them and import a platform's history. */
  roles: z.array(z.string()).default(['operator']),
})
export type ChangesPolicy = z.infer<typeof ChangesPolicy>

function isUnbounded(tier: ApprovalTier | undefined): boolean {
  return tier?.max_amount === undefined && tier?.max_share === undefined
}
