import type { LegStanding } from '#rules/governance/way-back.ts'

import { insightTimes } from '../changes/insight.ts'
import type { UndoneLine } from '../changes/roll-back.ts'
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

const AS_KNOWN: Readonly<Record<LegStanding, string>> = {
  as_ordered: 'the platform’s history shows its order carried out',
  otherwise: 'the platform’s history shows it at another value than was ordered',
  said: 'its order was said to be carried out; no history shows it yet',
  refused: 'its order was refused',
  never_sent: 'its order was never sent, as the one before it was refused',
  unchanged:
    'the history that shows the other line of the move, on the same platform, has no change of it',
  not_known:
    'what its platform shows is not known; carry the order out only where the platform holds the value it starts from',
}

/** What becomes of each line of a move that is undone, and what that rests on. */
export function tellWayBack(
  { output }: Pick<CommandContext, 'output'>,
  lines: readonly UndoneLine[],
): void {
  for (const { line, currency, standing, order } of lines) {
    output.line(`${line}: ${orderInWords(order, currency)} (${AS_KNOWN[standing]})`)
  }
}

function orderInWords(order: UndoneLine['order'], currency: string): string {
  if (order === null) return 'no order'
  const { oldMinor, newMinor, deltaMinor } = order
  return oldMinor === null || newMinor === null
    ? `a change of ${formatMoney(currency, deltaMinor)}`
    : `${formatMoney(currency, oldMinor)} → ${formatMoney(currency, newMinor)}`
}
