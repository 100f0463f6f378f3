import { z } from 'zod'

import type { ChangeOrder, OrderReceipt } from '../store/change-orders.ts'
import type { StoredStage } from '../store/stage-results.ts'

/** How long it took from what was found to what was changed. */
export interface InsightToLive {
  /** When the budget stage had found it. */
  readonly insightAt: string | null
  /** When the last order of the move was live: the platform's own time where its history tells it, else when it was accepted. */
  readonly liveAt: string | null
  readonly minutes: number | null
}

const Told = z.object({ changedAt: z.iso.datetime() })

/** The time from insight to live change of one move; null while an order is not live. */
export function insightToLive(
  stages: readonly StoredStage[],
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
