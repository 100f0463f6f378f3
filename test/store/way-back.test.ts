import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { recordDecision } from '#src/store/approval-decisions.ts'
import { stepApproval } from '#src/store/approval-steps.ts'
import { loadApproval } from '#src/store/approvals.ts'
import {
  addReceipt,
  insertOrders,
  type NewOrder,
  type ReceiptKind,
} from '#src/store/change-orders.ts'
import { inTransaction } from '#src/store/transaction.ts'
import {
  decisionOn,
  FACTS,
  giverOrder,
  logged,
  storeApproval,
  SYSTEM,
} from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

/** The database lets a move be undone from what its platforms were seen to show, and from nothing else. */

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

/** Search gives 1,200.00 of 5,000.00 to social, whose budget was not measured. */
const GIVER = { deltaMinor: -120_000, oldMinor: 500_000, newMinor: 380_000 }
const RECEIVER = { position: 1, line: 'C1/social', deltaMinor: 120_000 }

/** What came back on an order: its position, the kind, and what the history shows. */
type Came = readonly [
  position: number,
  kind: ReceiptKind,
  from?: number | undefined,
  to?: number | undefined,
]

/** A move that failed after this came back on its orders. */
async function failed(came: readonly Came[], platforms: readonly [string, string]) {
  const request = await storeApproval(store.pool, {
    facts: { ...FACTS, giver_planned_minor: 500_000 },
  })
  const id = request.approvalId
  await recordDecision(store.pool, decisionOn(request))
  const on = (platform: string, order: NewOrder) => ({
    ...order,
    details: { ...order.details, platform },
  })
  await insertOrders(store.pool, [
    on(platforms[0], giverOrder({ approvalId: id, ...GIVER })),
    on(platforms[1], giverOrder({ approvalId: id, ...RECEIVER })),
  ])
  for (const event of ['apply', 'fail'] as const) {
    await inTransaction(store.pool, (client) =>
      stepApproval(client, { approvalId: id, event, reason: 'test' }, SYSTEM),
    )
  }
  for (const [position, kind, oldMinor, newMinor] of came) {
    const detail = oldMinor === undefined ? {} : { oldMinor, newMinor }
    const orderId = `${id}:move:${position}`
    await addReceipt(store.pool, { orderId, kind, source: 'test', detail })
  }
  return id
}

const undo = (approvalId: string, changes: Partial<NewOrder>) =>
  insertOrders(store.pool, [giverOrder({ approvalId, purpose: 'rollback', ...changes })])

const end = (id: string) =>
  logged(store.pool, { action: 'approval.rolled_back', subject: id }, (client) =>
    client.query(`update mo.approvals set status = 'rolled_back' where approval_id = $1`, [id]),
  )

const IN_FULL = { deltaMinor: 120_000, oldMinor: 380_000, newMinor: 500_000 }
const FROM_SHOWN = { deltaMinor: 200_000, oldMinor: 300_000, newMinor: 500_000 }
const GIVE_BACK = { position: 1, line: 'C1/social', deltaMinor: -120_000 }
const SHOWN_GIVE_BACK = { ...GIVE_BACK, deltaMinor: -50_000, oldMinor: 70_000, newMinor: 20_000 }
const TWO = ['Google Ads', 'Meta'] as const
const ONE = ['Meta', 'Meta'] as const

describe('the way back', () => {
  it.each([
    ['as ordered', [[0, 'verified']], TWO, IN_FULL, FROM_SHOWN],
    ['as somebody says', [[0, 'accepted']], TWO, IN_FULL, FROM_SHOWN],
    ['not known', [], TWO, IN_FULL, FROM_SHOWN],
    ['not known, on one platform', [], ONE, IN_FULL, FROM_SHOWN],
    ['shown without its figures', [[0, 'mismatched']], TWO, IN_FULL, FROM_SHOWN],
    ['shown at another figure', [[0, 'mismatched', 500_000, 300_000]], TWO, FROM_SHOWN, IN_FULL],
    [
      'of which the history has both',
      [
        [0, 'mismatched', 500_000, 300_000],
        [0, 'verified', 500_000, 380_000],
      ],
      TWO,
      IN_FULL,
      FROM_SHOWN,
    ],
    [
      'not measured, shown otherwise',
      [[1, 'mismatched', 20_000, 70_000]],
      TWO,
      SHOWN_GIVE_BACK,
      GIVE_BACK,
    ],
    ['of the other platform', [[0, 'verified']], TWO, GIVE_BACK, SHOWN_GIVE_BACK],
  ] as const)('of a line %s has one order', async (_, came, platforms, order, other) => {
    const id = await failed(came, platforms)
    await expect(undo(id, other)).rejects.toMatchObject({
      code: 'MO003',
      constraint: 'outside-the-plan',
    })
    await undo(id, order)
  })

  it.each([
    ['refused', [[0, 'refused']], TWO, IN_FULL],
    ['that waited for a refused one', [[0, 'refused']], TWO, GIVE_BACK],
    ['left out of the history of its platform', [[1, 'verified']], ONE, IN_FULL],
    ['shown where it stood', [[0, 'mismatched', 400_000, 500_000]], TWO, IN_FULL],
  ] as const)('of a line %s has none', async (_, came, platforms, order) => {
    const id = await failed(came, platforms)
    await expect(undo(id, order)).rejects.toMatchObject({ constraint: 'outside-the-plan' })
  })

  it('ends when every line that has something to be undone has its order', async () => {
    const notYet = { constraint: 'status-not-borne-out' }
    const both = await failed([[0, 'verified']], TWO)
    await expect(end(both)).rejects.toMatchObject(notYet)
    await undo(both, { ...GIVE_BACK, position: 0 })
    await expect(end(both)).rejects.toMatchObject(notYet)
    await undo(both, { ...IN_FULL, position: 1 })
    await end(both)
    const none = await failed([[0, 'refused']], TWO)
    await end(none)
    expect((await loadApproval(store.pool, none))?.status).toBe('rolled_back')
  })

  it('is of a line that was ordered', async () => {
    const id = await failed([], TWO)
    await expect(undo(id, { ...IN_FULL, line: 'C1/other' })).rejects.toMatchObject({
      constraint: 'outside-the-plan',
    })
  })
})
