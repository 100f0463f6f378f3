import { insightTimes } from '../changes/insight.ts'
import { formatMoney } from '../report/format.ts'
import { insightInWords, spoken } from '../report/words.ts'
import { listApprovals } from '../store/approvals.ts'
import { listOrders, listReceipts } from '../store/change-orders.ts'
import type { Store } from '../store/store.ts'
import { columns } from '../terminal/output.ts'
import type { CommandContext } from './context.ts'

/** The orders of a review by request, with what came back on each. */
export async function changesOf(store: Store, reviewId: string) {
  const approvals = await listApprovals(store.pool, { reviewId })
  const ids = approvals.map((approval) => approval.approvalId)
  const orders = await listOrders(store.pool, ids)
  const receipts = await listReceipts(store.pool, ids)
  const times = await insightTimes(store.pool, reviewId, ids)
  return approvals.flatMap(({ approvalId, status }) => {
    const own = orders.filter((order) => order.approvalId === approvalId)
    if (own.length === 0) return []
    const back = receipts.filter((each) => own.some(({ orderId }) => orderId === each.orderId))
    return [
      {
        approvalId,
        status,
        insightToLive: times.get(approvalId),
        orders: own.map((order) => ({
          ...order,
          receipts: back.filter((receipt) => receipt.orderId === order.orderId),
        })),
      },
    ]
  })
}

/** The orders as a table, how each request stands, and what is not known. */
export function tellChanges(
  { output }: CommandContext,
  changes: Awaited<ReturnType<typeof changesOf>>,
): void {
  if (changes.length === 0) {
    output.line('Nothing was ordered yet.')
    return
  }
  const rows = changes.flatMap(({ orders }) =>
    orders.map((order) => [
      order.orderId,
      order.details.platform ?? '',
      order.line,
      formatMoney(order.details.currency, order.deltaMinor),
      order.newMinor === null ? 'not known' : formatMoney(order.details.currency, order.newMinor),
      order.receipts.map(({ kind }) => kind).join(', ') || 'open',
    ]),
  )
  output.line(columns([['ORDER', 'PLATFORM', 'LINE', 'CHANGE', 'NEW VALUE', 'RECEIPTS'], ...rows]))
  for (const { approvalId, status, insightToLive: time, orders } of changes) {
    const took = time === undefined ? '' : `, ${insightInWords(time)}`
    output.line(`${approvalId}: ${standingOf(status, orders)}${took}`)
  }
  const blind = new Set(
    changes.flatMap(({ orders }) =>
      orders.filter(({ newMinor }) => newMinor === null).map(({ line }) => line),
    ),
  )
  if (blind.size > 0) {
    output.line(
      `The new value of ${[...blind].join(', ')} is not known: no row of budgets.csv states a budget of the line for the month. Orders carry the change alone, and no file for the platform's editor is written for them.`,
    )
  }
}

/** Where a request stands; one that is undone is not undone before its orders are carried out. */
export function standingOf(
  status: string,
  orders: readonly { readonly purpose: string; readonly receipts: readonly unknown[] }[],
): string {
  const open = orders.filter(
    ({ purpose, receipts }) => purpose === 'rollback' && receipts.length === 0,
  ).length
  return status === 'rolled_back' && open > 0
    ? `to be rolled back: ${open} ${open === 1 ? 'order' : 'orders'} open`
    : spoken(status)
}
