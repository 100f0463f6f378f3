import { z } from 'zod'

/** When a line is stopped before the month ends. `target_cpa_multiple` is of the target cost per acquisition. */
export const StopLoss = z.strictObject({
  target_cpa_multiple: z.number().positive().default(3),
  alpha: z.number().gt(0).lt(1).default(0.05),
  method: z.enum(['e_value', 'sprt', 'poisson']).default('e_value'),
  hard_cap_share_of_budget: z.number().gt(0).max(1).default(0.5),
  learning_days: z.int().nonnegative().default(7),
})

const Band = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)])

/** Bounds of a plan. Shares are of 1; `min_move` is in the company's currency. */
export const BudgetPolicy = z.strictObject({
  bounds: z
    .strictObject({
      max_step_share: z.number().gt(0).max(1).default(0.2),
      min_move: z.number().nonnegative().default(100),
      turnover_share: z.number().min(0).max(1).default(0.15),
      keep_committed: z.boolean().default(true),
    })
    .prefault({}),
  gate: z.strictObject({ probability_better: z.number().gt(0.5).lt(1).default(0.8) }).prefault({}),
  hurdle_marginal_roi: z.number().default(1),
  mix_guardrails: z.record(z.string(), Band).default({}),
  pacing: z
    .strictObject({
      watch: z.number().positive().default(0.05),
      critical: z.number().positive().default(0.1),
      probability: z.number().gt(0).lt(1).default(0.8),
    })
    .prefault({}),
})

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
})
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>

function isUnbounded(tier: ApprovalTier | undefined): boolean {
  return tier?.max_amount === undefined && tier?.max_share === undefined
}
