import { interrupt } from '@langchain/langgraph'
import { z } from 'zod'

import type { ReviewPorts } from './ports.ts'
import type { PendingApproval } from './state.ts'

/** What the gate asks of people. */
export interface ApprovalAsk {
  readonly reviewId: string
  readonly approvals: readonly PendingApproval[]
}

/** The message that wakes the gate. It carries no decision: decisions are read from the store. */
export const GateReply = z.strictObject({ kind: z.literal('decisions_recorded') })
export type GateReply = z.infer<typeof GateReply>

/** A gate was woken by something that is not its reply; the review keeps waiting and nothing is decided. */
export class GateReplyError extends Error {
  override readonly name = 'GateReplyError'
}

/**
 * The gate: nothing stands before the interrupt, because this node runs again from its first line when it is resumed, and it has no effect of
 * its own. Effects are in the node after.
 *
 * @throws GateReplyError when the resume value has another form, or when an approval is still undecided.
 */
export function createApprovalGate(ports: Pick<ReviewPorts, 'approvalOutcomes'>) {
  return async (state: { reviewId: string; pending: PendingApproval[] }) => {
    const reply: unknown = interrupt<ApprovalAsk, unknown>({
      reviewId: state.reviewId,
      approvals: state.pending,
    })
    const parsed = GateReply.safeParse(reply)
    if (!parsed.success) throw new GateReplyError('expected { kind: "decisions_recorded" }')
    const outcomes = await ports.approvalOutcomes()
    const undecided = state.pending.filter(
      (asked) => !outcomes.some((outcome) => outcome.approvalId === asked.approvalId),
    )
    if (undecided.length > 0) {
      throw new GateReplyError(
        `expected every approval to be decided, ${undecided.map((asked) => asked.approvalId).join(', ')} is not`,
      )
    }
    return { outcomes }
  }
}
