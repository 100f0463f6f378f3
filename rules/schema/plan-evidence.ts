import { z } from 'zod'

const Numbers = z.array(z.number())

/**
 * A plan with its limits, curves and prices as its decision holds them: one list per quantity, one entry per line, in the order of `line_ids`.
 * Amounts in minor units; curves are of the whole month.
 */
export const PlanEvidence = z.object({
  line_ids: z.array(z.string()),
  planned_minor: Numbers,
  today_minor: Numbers,
  lower_minor: Numbers,
  upper_minor: Numbers,
  /** Index into the bounds of groups; null where no campaign is bounded as a whole. */
  group: z.array(z.number().nullable()),
  curve_family: z.array(z.enum(['power', 'log', 'saturating', 'exponential', 'hill'])),
  curve_scale: Numbers,
  curve_shape: Numbers,
  curve_steepness: Numbers,
  budget_minor: z.number(),
  max_turnover_minor: z.number(),
  least_move_minor: z.number(),
  group_lower_minor: Numbers,
  group_upper_minor: Numbers,
  /** Both null where moves are to the unit; in steps no line moves where it is not said how many may. */
  step_minor: z.number().nullable(),
  max_changed_lines: z.number().nullable(),
  price: z.number(),
  turnover_price: z.number(),
  group_prices: Numbers,
  /** The proof tree of S-curves from its root, the part below a split before the part above: the line split, null of a leaf; empty without a tree. */
  proof_line: z.array(z.number().nullable()),
  /** The spend at which the line is split; of a leaf ln of its price, null where a leaf has none. */
  proof_at: z.array(z.number().nullable()),
  claimed_gap_minor: z.number().nullable(),
})
export type PlanEvidence = z.infer<typeof PlanEvidence>
