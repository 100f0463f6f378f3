import { z } from 'zod'

import type { InsightToLive } from '#rules/schema/document.ts'

import {
  listOrders,
  listReceipts,
  type ChangeOrder,
  type OrderReceipt,
} from '../store/change-orders.ts'
import { loadStages, type StoredStage } from '../store/stage-results.ts'
import type { Queryable } from '../store/transaction.ts'

const Told = z.object({ changedAt: z.iso.datetime() })

/** The time from insight to live change of one move; null while an order is not live. */
export function insightToLive(
  stages: readonly Pick<StoredStage, 'stage' | 'finishedAt'>[],
  orders: readonly ChangeOrder[],
  receipts: readonly OrderReceipt[],
): InsightToLive {
  const insightAt = stages.find((stage) => stage.stage === 'budget')?.finishedAt ?? null
  const times = orders
    .filter((order) => order.purpose === 'move')
    .map((order) => liveTime(order, receipts))
  const live = times.length === 0 || times.includes(null) ? null : latest(times)
  return {
    insightAt,
    liveAt: live,
    minutes:
      insightAt === null || live === null
        ? null
        : Math.round((Date.parse(live) - Date.parse(insightAt)) / 60_000),
  }
}

function liveTime({ orderId }: ChangeOrder, receipts: readonly OrderReceipt[]): string | null {
  const own = receipts.filter((receipt) => receipt.orderId === orderId)
  const verified = own.find((receipt) => receipt.kind === 'verified')
  if (verified !== undefined) {
    const told = Told.safeParse(JSON.parse(verified.detail))
    return told.success ? told.data.changedAt : verified.receivedAt
  }
  return own.find((receipt) => receipt.kind === 'accepted')?.receivedAt ?? null
}

function latest(times: readonly (string | null)[]): string | null {
  return (
    times
      .filter((time) => time !== null)
      .toSorted()
      .at(-1) ?? null
  )
}

/** The time of every approval that was ordered, by its id. */
export async function insightTimes(
  db: Queryable,
  reviewId: string,
  approvalIds: readonly string[],
): Promise<ReadonlyMap<string, InsightToLive>> {
  const orders = await listOrders(db, approvalIds)
  if (orders.length === 0) return new Map()
  const receipts = await listReceipts(db, approvalIds)
  const stages = await loadStages(db, reviewId)
  const ordered = [...new Set(orders.map((order) => order.approvalId))]
  return new Map(
    ordered.map((id) => {
      const own = orders.filter((order) => order.approvalId === id)
      return [id, insightToLive(stages, own, receipts)] as const
    }),
  )
}
