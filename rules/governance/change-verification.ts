/** An order as it must be found on the platform; minor units, null where no budget was measured. */
export interface OrderedChange {
  readonly orderId: string
  readonly campaignId: string | null
  readonly channelId: string | null
  readonly deltaMinor: number
  readonly oldMinor: number | null
  readonly newMinor: number | null
  readonly orderedMs: number
}

/** One change that a platform's history tells of. */
export interface HistoryRow {
  readonly changedMs: number
  readonly campaignId: string
  /** Null where the platform budgets whole campaigns. */
  readonly channelId: string | null
  readonly oldMinor: number
  readonly newMinor: number
  /** The key of the order, where whoever made the change kept it. */
  readonly orderId: string | null
}

export type Verification =
  | { readonly kind: 'verified' | 'mismatched'; readonly row: HistoryRow }
  | { readonly kind: 'not_seen' }

/**
 * Does the platform's history bear an order out?
 *
 * Its rows are those that carry the order's key, else those of its campaign and channel without a key, changed when or after it was ordered.
 * Verified when one of them goes from the old value to the new; where no budget was measured, when one changes by exactly what was ordered.
 * Mismatched when there are rows and none does: the last of them is named. Not seen when there is none.
 *
 * @param history In any order.
 */
export function verifyOrder(order: OrderedChange, history: readonly HistoryRow[]): Verification {
  const rows = history
    .filter((row) => isOf(row, order) && row.changedMs >= order.orderedMs)
    .toSorted((left, right) => left.changedMs - right.changedMs)
  const match = rows.find((row) => isAsOrdered(row, order))
  if (match !== undefined) return { kind: 'verified', row: match }
  const last = rows.at(-1)
  return last === undefined ? { kind: 'not_seen' } : { kind: 'mismatched', row: last }
}

function isOf(row: HistoryRow, { orderId, campaignId, channelId }: OrderedChange): boolean {
  if (row.orderId !== null) return row.orderId === orderId
  return row.campaignId === campaignId && (row.channelId ?? channelId) === channelId
}

function isAsOrdered(row: HistoryRow, { oldMinor, newMinor, deltaMinor }: OrderedChange): boolean {
  if (oldMinor === null || newMinor === null) return row.newMinor - row.oldMinor === deltaMinor
  return row.oldMinor === oldMinor && row.newMinor === newMinor
}
