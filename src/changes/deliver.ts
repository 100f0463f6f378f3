import { appendAudit } from '../audit/append.ts'
import { auditEntry, type Actor } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { listApprovals } from '../store/approvals.ts'
import { listOrders, listReceipts, type ChangeOrder } from '../store/change-orders.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import { settleReceipts } from './settle.ts'
import { sendOrder, type WebhookTarget, type WebhookWorld } from './webhook.ts'

/** What became of the orders that were due. */
export interface Delivered {
  readonly accepted: readonly string[]
  readonly refused: readonly string[]
}

/**
 * Sends the open orders of a review to the webhook, each approval's decreases before its increases: an increase waits until the decrease was
 * accepted. A 2xx is a receipt; 409 and 412 say that the platform holds another value, and any other 4xx that it will not: the order is refused
 * and the approval fails. Anything else is tried again by the next call, under the same idempotency key. Who sends is on the audit log before
 * each order leaves.
 *
 * @throws AppError `WEBHOOK_REFUSED`, `DELIVERY_FAILED`.
 */
export async function deliverOrders(
  store: Store,
  {
    reviewId,
    target,
    world,
    actor,
  }: {
    readonly reviewId: string
    readonly target: WebhookTarget
    readonly world: WebhookWorld
    readonly actor: Actor
  },
): Promise<Delivered> {
  const accepted: string[] = []
  const refused: string[] = []
  const approvals = await listApprovals(store.pool, {
    reviewId,
    statuses: ['applying', 'rolled_back'],
  })
  for (const { approvalId, status } of approvals) {
    const purpose = status === 'rolled_back' ? 'rollback' : 'move'
    for (const order of await openOrders(store, approvalId, purpose)) {
      await noteSending(store, order, actor)
      const code = await sendOrder(order, target, world)
      if (code >= 200 && code < 300) accepted.push(order.orderId)
      else if (code >= 400 && code < 500) refused.push(order.orderId)
      else throw new AppError('DELIVERY_FAILED', { got: `HTTP status ${code}` })
      const kind = refused.includes(order.orderId) ? ('refused' as const) : ('accepted' as const)
      await settleReceipts(
        store,
        [{ order, kind, source: 'webhook', detail: { status: code } }],
        actor,
      )
      if (kind === 'refused') break
    }
  }
  return { accepted, refused }
}

/** Whose hand it was is on the log before the order leaves: the answer may never come back. */
async function noteSending(store: Store, order: ChangeOrder, actor: Actor): Promise<void> {
  const { orderId, newMinor, deltaMinor, details } = order
  await inTransaction(store.pool, (client) =>
    appendAudit(
      client,
      auditEntry(actor, {
        action: 'order.sent',
        subject: orderId,
        reviewId: details.reviewId,
        after: { newMinor, deltaMinor },
      }),
    ),
  )
}

async function openOrders(
  store: Store,
  approvalId: string,
  purpose: ChangeOrder['purpose'],
): Promise<ChangeOrder[]> {
  const orders = await listOrders(store.pool, [approvalId])
  const answered = new Set(
    (await listReceipts(store.pool, [approvalId])).map(({ orderId }) => orderId),
  )
  return orders.filter((order) => order.purpose === purpose && !answered.has(order.orderId))
}
