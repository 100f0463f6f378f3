import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'

import { BigInteger, execute, Instant, query } from './query.ts'
import type { Queryable } from './transaction.ts'

/** What an order says about its line, besides the money; shown to people and sent to platforms. */
export const OrderDetails = z.strictObject({
  reviewId: z.string(),
  moveId: z.string(),
  campaignId: z.string().nullable(),
  campaignName: z.string().nullable(),
  channelId: z.string().nullable(),
  channelName: z.string().nullable(),
  platform: z.string().nullable(),
  currency: z.string(),
  planSha256: z.string(),
})
export type OrderDetails = z.infer<typeof OrderDetails>

/** One change of one line's budget: set from `oldMinor` to `newMinor`, or refuse. Null where no budget was measured. */
export interface NewOrder {
  /** The idempotency key. */
  readonly orderId: string
  readonly approvalId: string
  readonly purpose: 'move' | 'rollback'
  readonly position: number
  readonly line: string
  readonly deltaMinor: number
  readonly oldMinor: number | null
  readonly newMinor: number | null
  readonly details: OrderDetails
}

export const RECEIPT_KINDS = ['accepted', 'refused', 'verified', 'mismatched'] as const
export type ReceiptKind = (typeof RECEIPT_KINDS)[number]

/** What came back on an order. */
export interface OrderReceipt {
  readonly orderId: string
  readonly kind: ReceiptKind
  readonly source: string
  /** Canonical JSON. */
  readonly detail: string
  readonly receivedAt: string
}

const OrderRow = z
  .object({
    order_id: z.string(),
    approval_id: z.string(),
    purpose: z.enum(['move', 'rollback']),
    position: z.int(),
    line: z.string(),
    delta_minor: BigInteger,
    old_minor: BigInteger.nullable(),
    new_minor: BigInteger.nullable(),
    payload: z.string(),
    ordered_at: Instant,
  })
  .transform((row) => ({
    orderId: row.order_id,
    approvalId: row.approval_id,
    purpose: row.purpose,
    position: row.position,
    line: row.line,
    deltaMinor: row.delta_minor,
    oldMinor: row.old_minor,
    newMinor: row.new_minor,
    details: OrderDetails.parse(JSON.parse(row.payload)),
    orderedAt: row.ordered_at,
  }))
export type ChangeOrder = z.output<typeof OrderRow>

/** Puts orders on record in the caller's transaction; the database refuses what is outside the approved plan (`MO003`). */
export async function insertOrders(client: Queryable, orders: readonly NewOrder[]): Promise<void> {
  for (const order of orders) {
    await execute(client, {
      text: `insert into mo.change_orders
               (order_id, approval_id, purpose, position, line, delta_minor, old_minor, new_minor, payload)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (order_id) do nothing`,
      values: [
        order.orderId,
        order.approvalId,
        order.purpose,
        order.position,
        order.line,
        order.deltaMinor,
        order.oldMinor,
        order.newMinor,
        canonicalJson(order.details),
      ],
    })
  }
}

/** The orders of approvals, decreases first. */
export async function listOrders(
  db: Queryable,
  approvalIds: readonly string[],
): Promise<ChangeOrder[]> {
  return query(db, OrderRow, {
    text: `select * from mo.change_orders where approval_id = any ($1)
           order by approval_id, purpose, position`,
    values: [approvalIds],
  })
}

/** Keeps what came back on an order, once for each kind and source. Returns whether it was new. */
export async function addReceipt(
  client: Queryable,
  receipt: {
    readonly orderId: string
    readonly kind: ReceiptKind
    readonly source: string
    readonly detail: unknown
  },
): Promise<boolean> {
  const added = await execute(client, {
    text: `insert into mo.order_receipts (order_id, kind, source, detail) values ($1, $2, $3, $4)
           on conflict do nothing`,
    values: [receipt.orderId, receipt.kind, receipt.source, canonicalJson(receipt.detail)],
  })
  return added === 1
}

const ReceiptRow = z
  .object({
    order_id: z.string(),
    kind: z.enum(RECEIPT_KINDS),
    source: z.string(),
    detail: z.string(),
    received_at: Instant,
  })
  .transform((row): OrderReceipt => ({
    orderId: row.order_id,
    kind: row.kind,
    source: row.source,
    detail: row.detail,
    receivedAt: row.received_at,
  }))

/** What came back on the orders of approvals, the oldest first. */
export async function listReceipts(
  db: Queryable,
  approvalIds: readonly string[],
): Promise<OrderReceipt[]> {
  return query(db, ReceiptRow, {
    text: `select r.order_id, r.kind, r.source, r.detail, r.received_at
           from mo.order_receipts r join mo.change_orders o using (order_id)
           where o.approval_id = any ($1) order by r.received_at, r.order_id, r.kind`,
    values: [approvalIds],
  })
}
