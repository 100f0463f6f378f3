import type { BudgetInput } from '#rules/budget/input.ts'
import type { LegWayBack } from '#rules/governance/way-back.ts'
import { BoundFacts } from '#rules/schema/bound-facts.ts'
import { endsOfLine } from '#rules/schema/budget-move.ts'

import { moveOf } from '../runtime/moves.ts'
import type { Approval } from '../store/approvals.ts'
import type { ChangeOrder, NewOrder, OrderDetails } from '../store/change-orders.ts'

/** Where names and platforms of lines are looked up. */
export type LineBook = Pick<BudgetInput, 'campaigns' | 'channels'>

/**
 * The orders that carry out an approved move: what the giver loses first, then what the receiver gains, so that at no moment more is
 * planned than was. The reserve has no line on any platform and gets no order. Old and new value are those the approval was bound to.
 */
export function ordersOfMove(approval: Approval, book: LineBook): NewOrder[] {
  const move = moveOf(approval)
  const facts = BoundFacts.parse(JSON.parse(approval.facts))
  const ends = [
    { line: move.fromLine, delta: -move.amount.minor, old: facts.giver_planned_minor },
    { line: move.toLine, delta: move.amount.minor, old: facts.receiver_planned_minor },
  ]
  return ends.flatMap(({ line, delta, old }, position) =>
    line === null
      ? []
      : [
          {
            orderId: orderKey(approval, 'move', position),
            approvalId: approval.approvalId,
            purpose: 'move' as const,
            position,
            line,
            deltaMinor: delta,
            oldMinor: old,
            newMinor: old === null ? null : old + delta,
            details: detailsOf(line, approval, book),
          },
        ],
  )
}

/** The orders that undo a move, decreases first again: only of the lines that have something to be undone. */
export function ordersOfRollback(
  approval: Approval,
  made: readonly ChangeOrder[],
  ways: readonly LegWayBack[],
): NewOrder[] {
  return made
    .flatMap(({ orderId, line, details }) => {
      const back = ways.find((way) => way.orderId === orderId)?.order ?? null
      return back === null ? [] : [{ ...back, line, details }]
    })
    .toSorted((left, right) => left.deltaMinor - right.deltaMinor)
    .map((order, position) => ({
      orderId: orderKey(approval, 'rollback', position),
      approvalId: approval.approvalId,
      purpose: 'rollback' as const,
      position,
      ...order,
    }))
}

function orderKey(
  { approvalId }: Approval,
  purpose: 'move' | 'rollback',
  position: number,
): string {
  return `${approvalId}:${purpose}:${position}`
}

function detailsOf(line: string, approval: Approval, book: LineBook): OrderDetails {
  const move = moveOf(approval)
  const { campaignId, channelId } = endsOfLine(line)
  const channel = book.channels.find((each) => each.channelId === channelId)
  return {
    reviewId: approval.reviewId,
    moveId: move.id,
    campaignId,
    campaignName: book.campaigns.find((each) => each.campaignId === campaignId)?.name ?? null,
    channelId,
    channelName: channel?.name ?? null,
    platform: channel?.platform ?? null,
    currency: move.amount.currency,
    planSha256: approval.planSha256,
  }
}
