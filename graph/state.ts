import { ReducedValue, StateSchema } from '@langchain/langgraph'
import { z } from 'zod'

import { StageName } from '#rules/schema/review.ts'

/** Proof that a stage is finished: its result lies in the store under the review and this hash. */
export const StageReceipt = z.strictObject({
  stage: StageName,
  status: z.enum(['assessed', 'partial', 'not_measured']),
  sha256: z.string(),
  decisions: z.int().nonnegative(),
  findings: z.int().nonnegative(),
})
export type StageReceipt = z.infer<typeof StageReceipt>

/** A move that waits for people: what the gate asks. The plan itself lies in the store. */
export const PendingApproval = z.strictObject({
  approvalId: z.string(),
  moveId: z.string(),
  tier: z.string(),
  approversNeeded: z.int().nonnegative(),
})
export type PendingApproval = z.infer<typeof PendingApproval>

/** How an approval ended. Silence is `expired`, never approved. */
export const ApprovalOutcome = z.strictObject({
  approvalId: z.string(),
  moveId: z.string(),
  outcome: z.enum(['approved', 'rejected', 'expired', 'superseded', 'withdrawn']),
})
export type ApprovalOutcome = z.infer<typeof ApprovalOutcome>

/** What the data gate said before a stage ran. */
export const GateOutcome = z.enum(['open', 'withheld'])

/**
 * The state of one review between stages: ids, hashes and counts, never data rows. It stays under a few kilobytes whatever the size of
 * the company, because the checkpointer writes it again after every stage.
 */
export const ReviewState = new StateSchema({
  reviewId: z.string(),
  gate: GateOutcome.default('open'),
  receipts: new ReducedValue(
    z.array(StageReceipt).default(() => []),
    { inputSchema: StageReceipt, reducer: (receipts, receipt) => [...receipts, receipt] },
  ),
  pending: z.array(PendingApproval).default(() => []),
  outcomes: z.array(ApprovalOutcome).default(() => []),
  applied: z.array(z.string()).default(() => []),
  published: z.boolean().default(false),
})
