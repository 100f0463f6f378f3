import { z } from 'zod'

import {
  wayBack,
  type LegReceipt,
  type LegStanding,
  type LegWayBack,
} from '#rules/governance/way-back.ts'
import { present } from '#rules/kernel/invariant.ts'

import type { Actor } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { approvalOf } from '../runtime/decide.ts'
import { lockApproval, stepApproval } from '../store/approval-steps.ts'
import type { Approval } from '../store/approvals.ts'
import {
  insertOrders,
  listOrders,
  listReceipts,
  type ChangeOrder,
  type OrderReceipt,
} from '../store/change-orders.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'
import { ordersOfRollback } from './orders.ts'

/** What becomes of one line of a move that is undone. */
export interface UndoneLine {
  readonly line: string
  readonly currency: string
  readonly standing: LegStanding
  /** The order that carried the move out. */
  readonly ordered: Pick<ChangeOrder, 'oldMinor' | 'newMinor'>
  /** What its platform's history shows in place of that. */
  readonly showed: LegWayBack['showed']
  /** The order that undoes it; null where nothing is to be undone. */
  readonly order: LegWayBack['order']
}

/**
 * Undoes a move as its approval foresaw, within the days the approval gave: each line goes back to the value before it, from what its platform
 * was seen to show (`rules/governance/way-back.ts`). A move that is still being applied is undone only when the history shows that one line
 * was changed and the other was not; it counts as failed then. Anything else is a new move and needs a new request. The database holds the
 * same bounds.
 *
 * @throws AppError `APPROVAL_NOT_FOUND`; `APPROVAL_REFUSED` when there is nothing to undo, the days are over, or none were given.
 */
export async function rollBack(
  store: Store,
  { approvalId, reason, actor }: { approvalId: string; reason: string; actor: Actor },
): Promise<readonly UndoneLine[]> {
  await approvalOf(store, approvalId)
  if (reason.trim() === '') throw refusal('a roll-back needs a reason')
  try {
    return await inTransaction(store.pool, async (client) => {
      const approval = present(await lockApproval(client, approvalId), approvalId)
      const { made, ways } = await wayBackOf(client, approval)
      if (approval.status === 'applying') await giveUp(client, { approval, ways }, actor)
      const orders = ordersOfRollback(approval, made, ways)
      await insertOrders(client, orders)
      const lines = undoneLines(made, ways)
      const after = {
        orders: orders.map(({ orderId, line, oldMinor, newMinor, deltaMinor }) => ({
          orderId,
          line,
          oldMinor,
          newMinor,
          deltaMinor,
        })),
        lines: lines.map(({ line, standing }) => ({ line, standing })),
      }
      const step = { approvalId, event: 'roll_back', reason, after } as const
      const outcome = await stepApproval(client, step, actor)
      if (!outcome.ok) throw refusal(`the move is ${outcome.status ?? 'unknown'}`)
      return lines
    })
  } catch (error) {
    throw refusalOfStore(error) ?? error
  }
}

async function wayBackOf(client: Queryable, { approvalId }: Approval) {
  const orders = await listOrders(client, [approvalId])
  const made = orders.filter(({ purpose }) => purpose === 'move')
  if (made.length === 0) throw refusal('the move was never ordered')
  const receipts = (await listReceipts(client, [approvalId])).map(legReceipt)
  const legs = made.map((order) => ({ ...order, platform: order.details.platform }))
  return { made, ways: wayBack(legs, receipts) }
}

const Change = z.object({ oldMinor: z.int(), newMinor: z.int() })

function legReceipt({ orderId, kind, detail }: OrderReceipt): LegReceipt {
  return { orderId, kind, showed: Change.safeParse(JSON.parse(detail)).data ?? null }
}

function undoneLines(
  made: readonly ChangeOrder[],
  ways: readonly LegWayBack[],
): readonly UndoneLine[] {
  return ways.map(({ orderId, standing, showed, order }) => {
    const { line, details, oldMinor, newMinor } = present(
      made.find((each) => each.orderId === orderId),
      orderId,
    )
    const { currency } = details
    return { line, currency, standing, ordered: { oldMinor, newMinor }, showed, order }
  })
}

/** A move that is half carried out waits for its other half, unless the history shows that it was left out. */
async function giveUp(
  client: Queryable,
  { approval, ways }: { readonly approval: Approval; readonly ways: readonly LegWayBack[] },
  actor: Actor,
): Promise<void> {
  const { approvalId } = approval
  if (!ways.some(({ standing }) => standing === 'unchanged')) {
    throw refusal(
      'the move is still being applied, and what its platforms show is not known',
      `import the platform’s change history, or say what was done: mo changes confirm ${approvalId} --as PERSON --reason TEXT`,
    )
  }
  const reason = 'the history shows one line changed and the other not; it is rolled back'
  await stepApproval(client, { approvalId, event: 'fail', reason }, actor)
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

function refusal(why: string, next = 'propose the opposite move as a new one'): AppError {
  return new AppError('APPROVAL_REFUSED', { message: `the roll-back was refused: ${why}`, next })
}
