import { present } from '#rules/kernel/invariant.ts'

import { auditEntry, type Actor } from '../audit/entry.ts'
import { moveOf } from '../runtime/moves.ts'
import { frozenBooks } from '../runtime/present.ts'
import type { ReviewSession } from '../runtime/session.ts'
import { stepApproval } from '../store/approval-steps.ts'
import { listApprovals, standing, type Approval } from '../store/approvals.ts'
import { insertOrders } from '../store/change-orders.ts'
import { applyOnce } from '../store/effects.ts'
import type { Store } from '../store/store.ts'
import { ordersOfMove, type LineBook } from './orders.ts'

/** Who orders, and with which number of the review's lock. */
export interface Ordering {
  readonly fence: number
  readonly actor: Actor
}

/**
 * Orders every approved move of a review, once: the orders, the step to `applying`, the effect and its audit row are one transaction. Whether
 * an approval still binds was asked right before (`renewStale`).
 */
export async function orderApproved(
  store: Store,
  session: ReviewSession,
  ordering: Ordering,
): Promise<void> {
  const { reviewId } = session.review
  const approved = standing(await listApprovals(store.pool, { reviewId })).filter(
    (approval) => approval.status === 'approved',
  )
  if (approved.length === 0) return
  const { input } = await frozenBooks(session)
  for (const approval of approved) await orderOne(store, approval, { ...ordering, book: input })
}

async function orderOne(
  store: Store,
  approval: Approval,
  { fence, actor, book }: Ordering & { readonly book: LineBook },
): Promise<void> {
  const move = moveOf(approval)
  const orders = ordersOfMove(approval, book)
  const { approvalId, reviewId } = approval
  await applyOnce(
    store.pool,
    {
      reviewId,
      stage: 'apply',
      subject: move.id,
      payload: { approvalId, move },
      fence,
      audit: auditEntry(actor, {
        action: 'move.ordered',
        subject: move.id,
        reviewId,
        ruleIds: [move.ruleId],
        factsSha256: approval.factsSha256,
        reason: `approved as ${approvalId}`,
        before: orders.map(({ orderId, line, oldMinor }) => ({ orderId, line, oldMinor })),
        after: {
          planSha256: approval.planSha256,
          amountMinor: move.amount.minor,
          orders: orders.map(({ orderId, line, newMinor }) => ({ orderId, line, newMinor })),
        },
      }),
    },
    async (client) => {
      await insertOrders(client, orders)
      const step = { approvalId, event: 'apply', reason: `ordered as ${move.id}` } as const
      const outcome = await stepApproval(client, step, actor)
      present(outcome.ok ? outcome.to : undefined, `the step of ${approvalId} to applying`)
    },
  )
}
