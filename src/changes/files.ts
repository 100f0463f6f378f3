import { join } from 'node:path'

import { minorPerMajor } from '#rules/kernel/currency.ts'

import { moveOf } from '../runtime/moves.ts'
import { csvLine } from '../security/csv-cell.ts'
import type { Approval } from '../store/approvals.ts'
import type { ChangeOrder, OrderReceipt } from '../store/change-orders.ts'

/** A file of change orders, by its path in the review's folder. */
export interface ChangeFile {
  readonly path: string
  readonly text: string
}

/** What a review ordered and what came back. */
export interface OrderedChanges {
  readonly approvals: readonly Approval[]
  readonly orders: readonly ChangeOrder[]
  readonly receipts: readonly OrderReceipt[]
}

/**
 * The files of a review's change orders: one JSON for each approval with all there ever were, one CSV with the orders that stand, and one for
 * Google Ads Editor with those of lines on Google Ads whose budget was measured. Decreases stand before increases. The same records give the
 * same bytes.
 */
export function changeFiles(changes: OrderedChanges): ChangeFile[] {
  const { orders } = changes
  if (orders.length === 0) return []
  const sorted = decreasesFirst(orders.filter((order) => stands(order, changes)))
  return [
    ...changes.approvals.flatMap((approval) => approvalFile(approval, changes)),
    { path: join('changes', 'orders.csv'), text: genericCsv(sorted) },
    // Written also when none of its orders stands any more, or that of yesterday would be carried out.
    ...(orders.some(isForGoogle)
      ? [
          {
            path: join('changes', 'google-ads-editor.csv'),
            text: googleCsv(sorted.filter(isForGoogle)),
          },
        ]
      : []),
  ]
}

/** Of a move that is rolled back only the way back is still to be carried out: of a line never changed, nothing. */
function stands({ approvalId, purpose }: ChangeOrder, { approvals }: OrderedChanges): boolean {
  const approval = approvals.find((each) => each.approvalId === approvalId)
  return purpose === (approval?.status === 'rolled_back' ? 'rollback' : 'move')
}

function decreasesFirst(orders: readonly ChangeOrder[]): ChangeOrder[] {
  return [
    ...orders.filter((order) => order.deltaMinor < 0),
    ...orders.filter((order) => order.deltaMinor > 0),
  ]
}

function approvalFile(approval: Approval, changes: OrderedChanges): ChangeFile[] {
  const orders = changes.orders.filter((order) => order.approvalId === approval.approvalId)
  if (orders.length === 0) return []
  const move = moveOf(approval)
  const shown = {
    idempotencyKey: `${approval.reviewId}:${move.id}`,
    reviewId: approval.reviewId,
    approvalId: approval.approvalId,
    status: approval.status,
    campaignId: move.campaignId,
    decrease: { line: move.fromLine, name: move.fromName, by: move.amount },
    increase: { line: move.toLine, name: move.toName, by: move.amount },
    planSha256: approval.planSha256,
    orders: orders.map((order) => orderJson(order, changes.receipts)),
  }
  const text = `${JSON.stringify(shown, null, 2)}\n`
  return [{ path: join('changes', `${approval.approvalId}.json`), text }]
}

/** An order as it is written to files and sent to webhooks. */
export function orderJson(order: ChangeOrder, receipts: readonly OrderReceipt[] = []) {
  const { orderId, purpose, position, line, deltaMinor, oldMinor, newMinor, orderedAt } = order
  return {
    idempotencyKey: orderId,
    purpose,
    position,
    line,
    ...order.details,
    deltaMinor,
    // Compare-and-set: refuse unless the platform holds the old value.
    oldMinor,
    newMinor,
    orderedAt,
    receipts: receipts
      .filter((receipt) => receipt.orderId === orderId)
      .map(({ kind, source, receivedAt }) => ({ kind, source, receivedAt })),
  }
}

const GENERIC_HEADER = [
  'idempotency_key',
  'approval_id',
  'purpose',
  'position',
  'platform',
  'campaign_id',
  'campaign',
  'channel_id',
  'channel',
  'currency',
  'change',
  'old_value',
  'new_value',
]

function genericCsv(orders: readonly ChangeOrder[]): string {
  const rows = orders.map((order) => {
    const { details } = order
    const amount = (minor: number | null) => major(minor, details.currency)
    return csvLine([
      order.orderId,
      order.approvalId,
      order.purpose,
      order.position,
      details.platform,
      details.campaignId,
      details.campaignName,
      details.channelId,
      details.channelName,
      details.currency,
      amount(order.deltaMinor),
      amount(order.oldMinor),
      amount(order.newMinor),
    ])
  })
  return [csvLine(GENERIC_HEADER), ...rows].join('')
}

/** Google bills at most 30.4 times the daily budget a month. */
const GOOGLE_TENTHS_OF_DAYS = 304

function isForGoogle(order: ChangeOrder): boolean {
  const { platform, campaignId } = order.details
  return /google\s*ads/i.test(platform ?? '') && campaignId !== null && order.newMinor !== null
}

/** Budgets there are daily: the month's new value ÷ 30.4, rounded down to the minor unit so that no month exceeds what was approved. */
function googleCsv(orders: readonly ChangeOrder[]): string {
  const rows = orders.map(({ details, newMinor }) =>
    csvLine([
      details.campaignId,
      details.campaignName ?? details.campaignId,
      major(Math.floor(((newMinor ?? 0) * 10) / GOOGLE_TENTHS_OF_DAYS), details.currency),
      'Daily',
    ]),
  )
  return [csvLine(['Campaign ID', 'Campaign', 'Budget', 'Budget type']), ...rows].join('')
}

/** Minor units as a plain number of the currency: 1234 cents are 12.34. */
function major(minor: number | null, currency: string): number | null {
  return minor === null ? null : minor / minorPerMajor(currency)
}
