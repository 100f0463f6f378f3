import type { Actor } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { approvalOf } from '../runtime/decide.ts'
import { lockApproval, stepApproval } from '../store/approval-steps.ts'
import { insertOrders, listOrders, type NewOrder } from '../store/change-orders.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import { ordersOfRollback } from './orders.ts'

/**
 * Undoes an applied move as its approval foresaw: the same lines, the same amounts, turned round, within the days the approval gave. Anything
 * else is a new move and needs a new request. The database holds the same bounds.
 *
 * @throws AppError `APPROVAL_NOT_FOUND`; `APPROVAL_REFUSED` when there is nothing to undo, the days are over, or none were given.
 */
export async function rollBack(
  store: Store,
  { approvalId, reason, actor }: { approvalId: string; reason: string; actor: Actor },
): Promise<readonly NewOrder[]> {
  await approvalOf(store, approvalId)
  if (reason.trim() === '') throw refusal('a roll-back needs a reason')
  try {
    return await inTransaction(store.pool, async (client) => {
      const approval = await lockApproval(client, approvalId)
      const orders =
        approval === undefined
          ? []
          : ordersOfRollback(approval, await listOrders(client, [approvalId]))
      if (orders.length === 0) throw refusal('the move was never ordered')
      await insertOrders(client, orders)
      const after = { orders: orders.map(({ orderId, newMinor }) => ({ orderId, newMinor })) }
      const step = { approvalId, event: 'roll_back', reason, after } as const
      const outcome = await stepApproval(client, step, actor)
      if (!outcome.ok) throw refusal(`the move is ${outcome.status ?? 'unknown'}`)
      return orders
    })
  } catch (error) {
    throw refusalOfStore(error) ?? error
  }
}

/** The database's refusals, in words. */
function refusalOfStore(error: unknown): AppError | undefined {
  if (!(error instanceof Error) || !('constraint' in error)) return undefined
  if (error.constraint === 'not-approved') {
    return refusal('only an applied move whose approval foresaw it can be rolled back')
  }
  return error.constraint === 'status-not-borne-out'
    ? refusal('the days in which the approval allows a roll-back are over')
    : undefined
}

function refusal(why: string): AppError {
  return new AppError('APPROVAL_REFUSED', {
    message: `the roll-back was refused: ${why}`,
    next: 'propose the opposite move as a new one',
  })
}
