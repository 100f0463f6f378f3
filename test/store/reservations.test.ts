import { randomUUID } from 'node:crypto'

import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ApprovalEvent } from '#rules/governance/approval-life.ts'
import { recordDecision } from '#src/store/approval-decisions.ts'
import { stepApproval } from '#src/store/approval-steps.ts'
import { loadApproval, type NewApproval } from '#src/store/approvals.ts'
import { addReceipt, insertOrders } from '#src/store/change-orders.ts'
import { inTransaction } from '#src/store/transaction.ts'
import {
  decisionOn,
  FACTS,
  giverOrder,
  MOVE,
  storeApproval,
  storeReview,
  tell,
  SYSTEM,
  withdrawApproval,
} from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

/** Requests on one line of a workspace of their own, each of another review of the same month. */
function bookOf(remainderMinor: number | null, plannedMinor = remainderMinor) {
  const workspace = `company-${randomUUID()}`
  return async (minor: number, changes: Partial<NewApproval> = {}): Promise<NewApproval> => {
    const reviewId = await storeReview(store.pool, { workspace })
    const move = { ...MOVE, amount: { currency: 'USD', minor } }
    return storeApproval(store.pool, { reviewId, move, remainderMinor, plannedMinor, ...changes })
  }
}

const standOf = async ({ approvalId }: NewApproval) => {
  const approval = await loadApproval(store.pool, approvalId)
  return [approval?.status, approval?.statusReason]
}
const reservationOf = async ({ approvalId }: NewApproval) => {
  const { rows } = await store.pool.query(
    'select line, amount_minor, status from mo.reservations where approval_id = $1',
    [approvalId],
  )
  return rows
}

describe('money is reserved with the request', () => {
  it('up to what the giver has left, to the cent', async () => {
    const ask = bookOf(100_000)
    const first = await ask(60_000)
    expect(await reservationOf(first)).toStrictEqual([
      { line: 'C1/search', amount_minor: '60000', status: 'held' },
    ])
    expect(await standOf(await ask(40_001))).toStrictEqual(['withdrawn', 'money-reserved'])
    expect(await standOf(await ask(40_000))).toStrictEqual(['pending', null])
    expect(await standOf(await ask(1))).toStrictEqual(['withdrawn', 'money-reserved'])
  })

  it('and never more than there is', async () => {
    const ask = bookOf(100_000)
    expect(await standOf(await ask(100_001))).toStrictEqual(['withdrawn', 'exceeds-remainder'])
    expect(await standOf(await ask(100_000))).toStrictEqual(['pending', null])
  })

  it.each([
    [
      'a rejection',
      (id: NewApproval) => recordDecision(store.pool, decisionOn(id, { decision: 'reject' })),
    ],
    [
      'a withdrawal',
      ({ approvalId }: NewApproval) =>
        withdrawApproval(store.pool, { approvalId, status: 'withdrawn', reason: 'no' }, SYSTEM),
    ],
    [
      'a new proposal',
      ({ approvalId }: NewApproval) =>
        withdrawApproval(store.pool, { approvalId, status: 'superseded', reason: 'new' }, SYSTEM),
    ],
  ])('%s gives it back', async (_, end) => {
    const ask = bookOf(100_000)
    const first = await ask(100_000)
    await end(first)
    expect(await reservationOf(first)).toMatchObject([{ status: 'released' }])
    expect(await standOf(await ask(100_000))).toStrictEqual(['pending', null])
  })

  it('an approval keeps it', async () => {
    const ask = bookOf(100_000)
    await recordDecision(store.pool, decisionOn(await ask(100_000)))
    expect(await standOf(await ask(1))).toStrictEqual(['withdrawn', 'money-reserved'])
  })

  it('other lines, months and companies have their own', async () => {
    const ask = bookOf(100_000)
    await ask(100_000)
    const other = { ...MOVE, fromLine: 'C1/email', amount: { currency: 'USD', minor: 100_000 } }
    expect(await standOf(await ask(0, { move: other }))).toStrictEqual(['pending', null])
    const elsewhere = bookOf(100_000)
    expect(await standOf(await elsewhere(100_000))).toStrictEqual(['pending', null])
  })

  it('a giver nobody measured holds no bound, and nothing passes by rule from it', async () => {
    const ask = bookOf(null)
    expect(await standOf(await ask(100_000))).toStrictEqual(['pending', null])
    expect(await standOf(await ask(1, { approversNeeded: 0 }))).toStrictEqual([
      'withdrawn',
      'needs-a-person',
    ])
  })

  it.each([
    [
      'into an open risk',
      { facts: { ...FACTS, receiver_under_risk: true } },
      'receiver-under-risk',
    ],
    ['into a stop', { facts: { ...FACTS, receiver_stopped: true } }, 'receiver-under-stop'],
    ['from a line to itself', { move: { ...MOVE, toLine: MOVE.fromLine } }, 'same-line'],
    [
      'of nothing',
      { move: { ...MOVE, amount: { currency: 'USD', minor: 0 } } },
      'amount-not-positive',
    ],
    [
      'of less than nothing',
      { move: { ...MOVE, amount: { currency: 'USD', minor: -5 } } },
      'amount-not-positive',
    ],
    [
      'of new money by rule',
      { move: { ...MOVE, fromLine: null }, approversNeeded: 0 },
      'needs-a-person',
    ],
  ])('a move %s is refused and on record', async (_, changes, reason) => {
    const request = await storeApproval(store.pool, {
      remainderMinor: 1e9,
      plannedMinor: 1e9,
      ...changes,
    })
    expect(await standOf(request)).toStrictEqual(['withdrawn', reason])
    expect(await reservationOf(request)).toStrictEqual([])
    const { rows } = await store.pool.query(
      `select entry::jsonb ->> 'reason' as reason from mo.audit_log where subject = $1`,
      [request.approvalId],
    )
    expect(rows).toStrictEqual([{ reason }])
  })
})

describe('two plans at once', () => {
  it('cannot spend the same money: of 20 requests for half of it, two hold it', async () => {
    const ask = bookOf(100_000)
    const requests = await Promise.all(Array.from({ length: 20 }, () => ask(50_000)))
    const stands = await Promise.all(requests.map(standOf))
    expect(stands.filter(([status]) => status === 'pending')).toHaveLength(2)
    expect(stands.filter(([, reason]) => reason === 'money-reserved')).toHaveLength(18)
  })

  it('the second waits until the first is committed or gone', async () => {
    const workspace = `company-${randomUUID()}`
    const reviewId = await storeReview(store.pool, { workspace })
    const model = await storeApproval(store.pool, { reviewId })
    // Gives its money back.
    await recordDecision(store.pool, decisionOn(model, { decision: 'reject' }))
    const [one, two] = [
      await storeReview(store.pool, { workspace }),
      await storeReview(store.pool, { workspace }),
    ]
    const changes = { remainderMinor: 120_000, plannedMinor: 120_000 }
    const firstId = randomUUID()
    const first = new Client(store.store.connection)
    await first.connect()
    await first.query('begin')
    await first.query(
      `insert into mo.approvals (approval_id, review_id, move, facts, tier, approvers_needed, roles, proposer,
         plan_sha256, facts_sha256, policy_sha256, expires_at, remainder_minor, planned_minor, deciders)
       select $3, $1, move, facts, tier, 1, roles, proposer, plan_sha256, facts_sha256, policy_sha256,
         expires_at, 120000, 120000, deciders from mo.approvals where approval_id = $2`,
      [one, model.approvalId, firstId],
    )
    await tell(first, { action: 'approval.requested', subject: firstId })
    const second = storeApproval(store.pool, { reviewId: two, ...changes })
    await expect
      .poll(async () => {
        const { rows } = await store.pool.query(
          `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock'`,
        )
        return rows
      })
      .toEqual([{ waiting: 1 }])
    await first.query('commit')
    await first.end()
    expect(await standOf(await second)).toStrictEqual(['withdrawn', 'money-reserved'])
  })
})

describe('the journal', () => {
  const step = ({ approvalId }: NewApproval, event: ApprovalEvent) =>
    inTransaction(store.pool, (client) =>
      stepApproval(client, { approvalId, event, reason: 'test' }, SYSTEM),
    )

  /** Approves and orders a request of 600.00 and confirms its orders. */
  async function apply(request: NewApproval, lines: 1 | 2 = 2): Promise<void> {
    const { approvalId, planSha256 } = request
    await recordDecision(store.pool, decisionOn(request))
    const ends = { approvalId, planSha256 }
    const orders = [
      giverOrder({ ...ends, deltaMinor: -60_000 }),
      giverOrder({ ...ends, position: 1, line: 'C1/social', deltaMinor: 60_000 }),
    ].slice(0, lines)
    await insertOrders(store.pool, orders)
    await step(request, 'apply')
    for (const { orderId } of orders) {
      await addReceipt(store.pool, { orderId, source: 'test', detail: {}, kind: 'accepted' })
    }
    await step(request, 'confirm')
  }
  const ledgerOf = async ({ approvalId }: NewApproval) => {
    const { rows } = await store.pool.query(
      `select entry, account, delta_minor::int as minor from mo.ledger
       where approval_id = $1 order by entry, account`,
      [approvalId],
    )
    return rows
  }

  it('holds two sides that sum to zero for an applied move, and four once it is undone', async () => {
    const ask = bookOf(100_000)
    const request = await ask(60_000)
    expect(await ledgerOf(request)).toStrictEqual([])
    await apply(request)
    const made = [
      { entry: 'move', account: 'C1/search', minor: -60_000 },
      { entry: 'move', account: 'C1/social', minor: 60_000 },
    ]
    expect(await ledgerOf(request)).toStrictEqual(made)
    const { approvalId, planSha256 } = request
    await insertOrders(store.pool, [
      giverOrder({
        approvalId,
        planSha256,
        line: 'C1/social',
        deltaMinor: -60_000,
        purpose: 'rollback',
      }),
      giverOrder({ approvalId, planSha256, position: 1, deltaMinor: 60_000, purpose: 'rollback' }),
    ])
    await step(request, 'roll_back')
    expect(await ledgerOf(request)).toStrictEqual([
      ...made,
      { entry: 'rollback', account: 'C1/search', minor: 60_000 },
      { entry: 'rollback', account: 'C1/social', minor: -60_000 },
    ])
    expect(await reservationOf(request)).toMatchObject([{ status: 'released' }])
  })

  it('books new money and the reserve as accounts of their own', async () => {
    const ask = bookOf(null)
    const increase = await ask(0, {
      move: { ...MOVE, fromLine: null, toLine: null, amount: { currency: 'USD', minor: 1 } },
    })
    expect(await standOf(increase)).toStrictEqual(['withdrawn', 'same-line'])
    const toReserve = await ask(0, {
      move: { ...MOVE, toLine: null, amount: { currency: 'USD', minor: 60_000 } },
    })
    await apply(toReserve, 1)
    expect((await ledgerOf(toReserve)).map((row) => row.account)).toStrictEqual([
      'C1/search',
      'RESERVE',
    ])
  })

  it('counts money moved already until the plan of the line has come down by it', async () => {
    const ask = bookOf(100_000, 500_000)
    await apply(await ask(60_000))
    expect(await standOf(await ask(40_001))).toStrictEqual(['withdrawn', 'money-reserved'])
    // The plan came down by half of the move: the other half is still spoken for.
    const half = { remainderMinor: 70_000, plannedMinor: 470_000 }
    expect(await standOf(await ask(40_001, half))).toStrictEqual(['withdrawn', 'money-reserved'])
    // The plan came down by all of it: what is left is left.
    const whole = { remainderMinor: 40_000, plannedMinor: 440_000 }
    expect(await standOf(await ask(40_000, whole))).toStrictEqual(['pending', null])
  })

  it('refuses an entry with one side, from the owner too', async () => {
    const request = await storeApproval(store.pool)
    await store.store.asOwner(async (owner) => {
      await expect(
        owner.query(
          `insert into mo.ledger (approval_id, entry, account, workspace, month, currency, delta_minor)
           values ($1, 'move', 'x', 'w', '2026-10', 'USD', 5)`,
          [request.approvalId],
        ),
      ).rejects.toMatchObject({ constraint: 'entry-not-balanced' })
    })
  })
})
