import { z } from 'zod'

/** How grave a risk is, the gravest last. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const
export const Severity = z.enum(SEVERITIES)
export type Severity = z.infer<typeof Severity>

const BusinessDays = z.int().nonnegative()

/** What is done about an open risk: by whom (an area of `operating_model.owners`, by risk type) and within how many business days. */
export const RiskPolicy = z.strictObject({
  due_business_days: z
    .strictObject({
      critical: BusinessDays.default(1),
      high: BusinessDays.default(2),
      medium: BusinessDays.default(5),
      low: BusinessDays.default(10),
    })
    .prefault({}),
  owner_areas: z.record(z.string(), z.string()).default({
    high_clicks_zero_conversions: 'tracking',
    low_conversion: 'campaigns',
    spend_spike: 'budget',
    segment_mismatch: 'campaigns',
    brand_safety: 'content',
    data_quality: 'tracking',
  }),
  /** Whose a risk is when its type has no area of its own. */
  default_area: z.string().default('campaigns'),
  /** Money may not flow into a line under an open risk of this severity or graver. */
  blocks_inflow_from: Severity.default('high'),
  /** States in which nobody has taken a risk in hand: it counts for the verdict and asks for an action. */
  open_statuses: z.array(z.string()).default(['open', 'escalated']),
})
export type RiskPolicy = z.infer<typeof RiskPolicy>

/** How many actions and points of focus the executive page names, and how soon each kind of action is due (business days). */
export const SynthesisPolicy = z.strictObject({
  actions_shown: z.int().positive().default(5),
  focus_shown: z.int().positive().default(3),
  /** Smallest stated trend that counts as a move; stated trends come without counts, so no test can be made of them. */
  stated_trend_minimum: z.number().nonnegative().default(0),
  due_business_days: z
    .strictObject({
      decide_move: BusinessDays.default(2),
      stop: BusinessDays.default(2),
      scale: BusinessDays.default(5),
      revise: BusinessDays.default(10),
      repair: BusinessDays.default(5),
      carried_over: BusinessDays.default(3),
    })
    .prefault({}),
})
export type SynthesisPolicy = z.infer<typeof SynthesisPolicy>
