import { z } from 'zod'

/**
 * A target, compared exactly as printed with the printed operator. `unit: money` reads the bound in the company's currency. `fact` names
 * the figure of the review it speaks of, where the id is none of the known ones; `label` is how the report calls it.
 */
export const Target = z
  .strictObject({
    id: z.string(),
    at_least: z.number().optional(),
    at_most: z.number().optional(),
    unit: z.enum(['rate', 'money', 'count', 'ratio']).optional(),
    fact: z.string().optional(),
    label: z.string().optional(),
  })
  .refine((target) => (target.at_least === undefined) !== (target.at_most === undefined), {
    message: 'expected exactly one of at_least and at_most',
  })
export type Target = z.infer<typeof Target>

/** Targets with ids of their own; a second bound on the same figure names it by `fact`. */
export const Targets = z
  .array(Target)
  .refine((targets) => new Set(targets.map(({ id }) => id)).size === targets.length, {
    message: 'expected every target to have an id of its own; name the figure by `fact`',
  })
  .default([])

/** How the company's marketing stands, in one word. */
export const Verdict = z.enum(['on_track', 'attention', 'critical', 'not_assessable'])
export type Verdict = z.infer<typeof Verdict>

/** One row of the health table; the first row that matches gives the verdict, so the last must match everything. */
export const HealthRow = z.union([
  z.strictObject({
    when: z.literal('trust_grade_below'),
    than: z.enum(['A', 'B', 'C', 'D', 'E', 'F']),
    verdict: Verdict,
  }),
  z.strictObject({
    when: z.literal('open_risk_severity'),
    at_least: z.enum(['low', 'medium', 'high', 'critical']),
    older_than_days: z.int().nonnegative().default(0),
    verdict: Verdict,
  }),
  z.strictObject({
    when: z.literal('roi_below'),
    than: z.number(),
    for_months: z.int().positive(),
    verdict: Verdict,
  }),
  z.strictObject({
    when: z.literal('any_of'),
    list: z
      .array(z.enum(['open_risk', 'segment_stop', 'pending_reallocation', 'target_missed']))
      .min(1),
    verdict: Verdict,
  }),
  z.strictObject({ otherwise: Verdict }),
])
export type HealthRow = z.infer<typeof HealthRow>

/** Rows from the first to be tried to the last, which matches everything. */
export const HealthTable = z
  .array(HealthRow)
  .min(1)
  .refine(onlyLastIsOtherwise, {
    message: 'expected the last row, and no other, to be { otherwise: VERDICT }',
  })
  .default([
    { when: 'trust_grade_below', than: 'D', verdict: 'not_assessable' },
    { when: 'open_risk_severity', at_least: 'critical', older_than_days: 14, verdict: 'critical' },
    { when: 'roi_below', than: 0, for_months: 2, verdict: 'critical' },
    {
      when: 'any_of',
      list: ['open_risk', 'segment_stop', 'pending_reallocation', 'target_missed'],
      verdict: 'attention',
    },
    { otherwise: 'on_track' },
  ])

/** How far the data may be trusted, and what a bad grade blocks. Shares are of 1. */
export const Trust = z.strictObject({
  max_untraceable_spend_share: z.number().min(0).max(1).default(0.25),
  max_rejected_row_share: z.number().min(0).max(1).default(0.02),
  claim_ratio_warn: z.number().positive().default(1.3),
  withhold_below: z.enum(['A', 'B', 'C', 'D', 'E', 'F']).default('D'),
  block_scale_below: z.enum(['A', 'B', 'C', 'D', 'E', 'F']).default('C'),
})

export type Trust = z.infer<typeof Trust>

const SegmentAction = z.enum(['scale', 'hold', 'revise', 'stop'])
/** One row of the segment table; every condition written in `when` must hold. */
export const PortfolioRow = z.union([
  z.strictObject({
    when: z.strictObject({
      momentum: z.enum(['improving', 'declining', 'stable', 'undecided']).optional(),
      roi_at_least: z.union([z.number(), z.literal('target')]).optional(),
      roi_below: z.union([z.number(), z.literal('target')]).optional(),
      conversions_at_most: z.int().nonnegative().optional(),
      priority: z.string().optional(),
    }),
    action: SegmentAction,
    needs: z.literal('approval').optional(),
  }),
  z.strictObject({ otherwise: SegmentAction }),
])
export type PortfolioRow = z.infer<typeof PortfolioRow>

/** Rows from the first to be tried to the last, which matches everything. */
export const PortfolioTable = z
  .array(PortfolioRow)
  .min(1)
  .refine(onlyLastIsOtherwise, {
    message: 'expected the last row, and no other, to be { otherwise: ACTION }',
  })
  .default([
    { when: { momentum: 'improving', roi_at_least: 'target' }, action: 'scale' },
    { when: { momentum: 'declining', roi_below: 0 }, action: 'stop', needs: 'approval' },
    { when: { momentum: 'declining', conversions_at_most: 0 }, action: 'stop', needs: 'approval' },
    { when: { momentum: 'declining' }, action: 'revise' },
    { otherwise: 'hold' },
  ])

/** A row after one that matches everything would never be tried. */
function onlyLastIsOtherwise(rows: readonly object[]): boolean {
  return rows.every((row, index) => 'otherwise' in row === (index === rows.length - 1))
}
