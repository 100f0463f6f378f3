import { z } from 'zod'

/**
 * What a request for approval rests on, besides its plan and policy: of both lines what was planned and committed, whether the giver can
 * cover the amount, and whether anything keeps money out of the receiver. Only what would change somebody's answer is here, so that a day of
 * spend more does not void a request. Null: not measured. Amounts in minor units.
 */
export const BoundFacts = z.strictObject({
  giver_planned_minor: z.int().nullable(),
  giver_committed_minor: z.int().nullable(),
  giver_covers_amount: z.boolean().nullable(),
  giver_stopped: z.boolean(),
  receiver_planned_minor: z.int().nullable(),
  receiver_committed_minor: z.int().nullable(),
  receiver_stopped: z.boolean(),
  /** True when a blocking risk lies on the receiving line, or on its campaign while the money comes from outside the campaign. */
  receiver_under_risk: z.boolean(),
  /** Blocking risks on the receiver, whether they keep this move out or not; ids in order. */
  receiver_risks: z.array(z.string()),
  campaign_status: z.string().nullable(),
  /** How the carried proposal stands on record; null for a move the review proposes. */
  proposal_status: z.string().nullable(),
})
export type BoundFacts = z.infer<typeof BoundFacts>
