import { verifyOrder, type HistoryRow } from '#rules/governance/change-verification.ts'

import { appendAudit } from '../audit/append.ts'
import { auditEntry, type Actor } from '../audit/entry.ts'
import { stepApproval } from '../store/approval-steps.ts'
import { loadApproval, type Approval } from '../store/approvals.ts'
import {
  addReceipt,
  listOrders,
  listReceipts,
  type ChangeOrder,
  type ReceiptKind,
} from '../store/change-orders.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'

/** What came back on one order, from whom. */
export interface NewReceipt {
  readonly order: ChangeOrder
  readonly kind: ReceiptKind
  readonly source: string
  /** Plain JSON. */
  readonly detail: Readonly<Record<string, string | number | null>>
}

/**
 * Keeps receipts with their audit rows and lets the approval follow: applied when every order was accepted or verified, verified when every
 * one was, failed when one was refused or mismatched. Told twice, it changes nothing the second time. One transaction.
 */
export async function settleReceipts(
  store: Store,
  receipts: readonly NewReceipt[],
  actor: Actor,
): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    for (const receipt of receipts) await keepReceipt(client, receipt, actor)
    for (const id of new Set(receipts.map(({ order }) => order.approvalId))) {
      await followReceipts(client, id, actor)
    }
  })
}

async function keepReceipt(client: Queryable, receipt: NewReceipt, actor: Actor): Promise<void> {
  const { order, kind, source, detail } = receipt
  const isNew = await addReceipt(client, { orderId: order.orderId, kind, source, detail })
  if (!isNew) return
  await appendAudit(
    client,
    auditEntry(actor, {
      action: `order.${kind}`,
      subject: order.orderId,
      reviewId: order.details.reviewId,
      ruleIds: ['governance.change_verification'],
      reason: `told by ${source}`,
      before: { oldMinor: order.oldMinor },
      after: { newMinor: order.newMinor, deltaMinor: order.deltaMinor, detail: { ...detail } },
    }),
  )
}

async function followReceipts(client: Queryable, id: string, actor: Actor): Promise<void> {
  const orders = (await listOrders(client, [id])).filter((order) => order.purpose === 'move')
  const receipts = await listReceipts(client, [id])
  const has = (order: ChangeOrder, ...kinds: readonly ReceiptKind[]): boolean =>
    receipts.some(({ orderId, kind }) => orderId === order.orderId && kinds.includes(kind))
  const approval = await loadApproval(client, id)
  const step = (event: 'confirm' | 'verify' | 'fail', reason: string) =>
    stepApproval(client, { approvalId: id, event, reason }, actor)
  const failed = orders.find(
    (order) => has(order, 'refused', 'mismatched') && !has(order, 'verified'),
  )
  if (failed !== undefined) {
    if (canFail(approval)) await step('fail', `${failed.orderId} is not as it was ordered`)
    return
  }
  if (!orders.every((order) => has(order, 'accepted', 'verified'))) return
  if (approval?.status === 'applying') await step('confirm', 'every order was accepted')
  if (!orders.every((order) => has(order, 'verified'))) return
  const now = await loadApproval(client, id)
  if (now?.status === 'applied') await step('verify', 'the history bears every order out')
}

function canFail(approval: Approval | undefined): boolean {
  return approval?.status === 'applying' || approval?.status === 'applied'
}

/** What an import found, by order. */
export interface ImportedOrder {
  readonly orderId: string
  readonly approvalId: string
  readonly found: 'verified' | 'mismatched' | 'not_seen'
  readonly order: ChangeOrder
  /** The row of the history that speaks of it. */
  readonly seen?: HistoryRow
}

/** Orders, and the history of a platform that may speak of them. */
interface Told {
  readonly orders: readonly ChangeOrder[]
  readonly history: readonly HistoryRow[]
}

/** Holds orders against a platform's history; keeps nothing. */
export function holdAgainst({ orders, history }: Told): ImportedOrder[] {
  return orders.map((order) => {
    const { campaignId, channelId } = order.details
    const orderedMs = Date.parse(order.orderedAt)
    const found = verifyOrder({ ...order, campaignId, channelId, orderedMs }, history)
    return {
      orderId: order.orderId,
      approvalId: order.approvalId,
      found: found.kind,
      order,
      ...(found.kind === 'not_seen' ? {} : { seen: found.row }),
    }
  })
}

/** Holds orders against a platform's history and keeps what it says. */
export async function importHistory(
  store: Store,
  { source, ...told }: Told & { readonly source: string },
  actor: Actor,
): Promise<ImportedOrder[]> {
  const judged = holdAgainst(told)
  const receipts = judged.flatMap(({ order, found, seen }): NewReceipt[] => {
    if (found === 'not_seen' || seen === undefined) return []
    const { oldMinor, newMinor } = seen
    const changedAt = new Date(seen.changedMs).toISOString()
    return [{ order, kind: found, source, detail: { changedAt, oldMinor, newMinor } }]
  })
  await settleReceipts(store, receipts, actor)
  return judged
}
