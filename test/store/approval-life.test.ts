import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { APPROVAL_TRANSITIONS } from '#rules/governance/approval-life.ts'
import { isExpired } from '#rules/governance/expiry.ts'
import { present } from '#rules/kernel/invariant.ts'
import { recordDecision } from '#src/store/approval-decisions.ts'
import { stepApproval } from '#src/store/approval-steps.ts'
import { loadApproval, requestApprovals, standing } from '#src/store/approvals.ts'
import { addReceipt, insertOrders, type NewOrder } from '#src/store/change-orders.ts'
import { inTransaction } from '#src/store/transaction.ts'
import {
  decisionOn,
  FACTS,
  giverOrder,
  hashOf,
  logged,
  storeApproval,
  storeReview,
  SYSTEM,
  withdrawApproval,
} from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

const step = (approvalId: string, event: Parameters<typeof stepApproval>[1]['event']) =>
  inTransaction(store.pool, (client) =>
    stepApproval(client, { approvalId, event, reason: 'test' }, SYSTEM),
  )

const order = (approvalId: string, changes: Partial<NewOrder> = {}) =>
  giverOrder({ approvalId, oldMinor: 500_000, newMinor: 380_000, ...changes })

/** The increase that belongs to `order`. */
const increase = {
  position: 1,
  line: 'C1/social',
  deltaMinor: 120_000,
  oldMinor: null,
  newMinor: null,
}

async function approved(): Promise<string> {
  const facts = { ...FACTS, giver_planned_minor: 500_000 }
  const request = await storeApproval(store.pool, { facts })
  await recordDecision(store.pool, decisionOn(request))
  return request.approvalId
}

async function applied(): Promise<string> {
  const id = await approved()
  const orders = [order(id), order(id, increase)]
  await insertOrders(store.pool, orders)
  await step(id, 'apply')
  for (const { orderId } of orders) {
    await addReceipt(store.pool, { orderId, kind: 'accepted', source: 'test', detail: {} })
  }
  await step(id, 'confirm')
  return id
}

const statusOf = async (id: string) => (await loadApproval(store.pool, id))?.status

describe('the deadline', () => {
  /** Every comparison of a clock with a deadline of requests and tokens, in the functions as they stand. */
  const COMPARISON = /(?:clock_timestamp\(\)|decided_at)\s*([<>=]+)\s*\w+\.expires_at/g

  it('is too late for every guard of the database at the very instant, as for the rule', async () => {
    const { rows } = await store.pool.query(
      `select p.proname as name, pg_get_functiondef(p.oid) as text from pg_proc p
       join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'mo' and p.prokind = 'f'`,
    )
    const found = rows.flatMap(({ name, text }) =>
      [...String(text).matchAll(COMPARISON)].map(([, operator = '']) => ({ name, operator })),
    )
    expect(found.map(({ name }) => name)).toContain('check_decision')
    const clock = { remindAtMs: null, escalateAtMs: null, expiresAtMs: 0 }
    for (const { name, operator } of found) {
      const at = await store.pool.query(
        `select to_timestamp(0) ${operator} to_timestamp(0) as late`,
      )
      expect([name, at.rows[0].late]).toStrictEqual([name, isExpired(0, clock)])
    }
  })
})

describe('the steps of the database', () => {
  it('are those of the rules', async () => {
    const { rows } = await store.pool.query(
      'select from_status as "from", event as on, to_status as to from mo.approval_steps',
    )
    const text = (way: unknown) => JSON.stringify(way)
    expect(rows.map(text).toSorted()).toStrictEqual(
      APPROVAL_TRANSITIONS.map(({ from, on, to }) => text({ from, on, to })).toSorted(),
    )
  })

  it('cannot be changed by anybody', async () => {
    const insert = `insert into mo.approval_steps values ('rejected', 'approve', 'approved')`
    await expect(store.pool.query(insert)).rejects.toMatchObject({ code: '42501' })
    await store.store.asOwner(async (owner) => {
      await expect(owner.query(insert)).rejects.toMatchObject({ code: 'MO001' })
      await expect(owner.query('delete from mo.approval_steps')).rejects.toMatchObject({
        code: 'MO001',
      })
    })
  })
})

describe('a request', () => {
  it('goes from asked to verified and back, each step with its audit row', async () => {
    const id = await applied()
    for (const orderId of [`${id}:move:0`, `${id}:move:1`]) {
      await addReceipt(store.pool, { orderId, kind: 'verified', source: 'history', detail: {} })
    }
    expect(await step(id, 'verify')).toMatchObject({ ok: true, to: 'verified' })
    await insertOrders(store.pool, [
      order(id, { purpose: 'rollback', line: 'C1/social', oldMinor: null, newMinor: null }),
      order(id, {
        purpose: 'rollback',
        position: 1,
        deltaMinor: 120_000,
        oldMinor: 380_000,
        newMinor: 500_000,
      }),
    ])
    expect(await step(id, 'roll_back')).toMatchObject({ ok: true, to: 'rolled_back' })
    const { rows } = await store.pool.query(
      'select action from mo.audit_log where subject = $1 order by seq',
      [id],
    )
    expect(rows.map((row) => row.action)).toStrictEqual([
      'approval.requested',
      'approval.decided',
      'approval.applying',
      'approval.applied',
      'approval.verified',
      'approval.rolled_back',
    ])
    expect(await step(id, 'apply')).toStrictEqual({
      ok: false,
      reason: 'ended',
      status: 'rolled_back',
    })
  })

  it('answers who comes too late, or for nothing', async () => {
    const request = await storeApproval(store.pool)
    expect(await step(request.approvalId, 'verify')).toStrictEqual({
      ok: false,
      reason: 'not_allowed',
      status: 'pending',
    })
    expect(await step('nothing', 'verify')).toMatchObject({ reason: 'not_found', status: null })
  })

  it('is replaced by one successor only', async () => {
    const request = await storeApproval(store.pool)
    const next = {
      ...request,
      approvalId: `${request.approvalId}.2`,
      supersedes: request.approvalId,
    }
    // Not before the first was superseded.
    await expect(requestApprovals(store.pool, [next], SYSTEM)).rejects.toMatchObject({
      constraint: 'status-not-borne-out',
    })
    await withdrawApproval(
      store.pool,
      { approvalId: request.approvalId, status: 'superseded', reason: 'amended' },
      SYSTEM,
    )
    expect(await requestApprovals(store.pool, [next], SYSTEM)).toStrictEqual([next.approvalId])
    const twin = { ...next, approvalId: `${request.approvalId}.3` }
    await expect(requestApprovals(store.pool, [twin], SYSTEM)).rejects.toMatchObject({
      constraint: 'approvals_one_successor',
    })
    const [first, second] = await Promise.all(
      [request, next].map(({ approvalId }) => loadApproval(store.pool, approvalId)),
    )
    if (first === undefined || second === undefined) throw new Error('both are on record')
    expect(standing([first, second])).toStrictEqual([second])
  })
})

describe("direct SQL in the application's role", () => {
  const set = (id: string, status: string) =>
    logged(store.pool, { action: `approval.${status}`, subject: id }, (client) =>
      client.query('update mo.approvals set status = $2 where approval_id = $1', [id, status]),
    )
  const notBorneOut = { code: 'MO002', constraint: 'status-not-borne-out' }

  it.each(['applied', 'verified', 'failed', 'rolled_back', 'proposed', 'draft'])(
    'cannot make an approved request %s',
    async (status) => {
      await expect(set(await approved(), status)).rejects.toMatchObject(notBorneOut)
    },
  )

  it('cannot apply without an order, confirm without receipts, verify without proof', async () => {
    const id = await approved()
    await expect(set(id, 'applying')).rejects.toMatchObject(notBorneOut)
    await insertOrders(store.pool, [order(id), order(id, increase)])
    await set(id, 'applying')
    await expect(set(id, 'applied')).rejects.toMatchObject(notBorneOut)
    const [giver, receiver] = [0, 1].map((position) => ({
      orderId: `${id}:move:${position}`,
      source: 'test',
      detail: {},
    }))
    await addReceipt(store.pool, { ...present(giver, 'giver'), kind: 'accepted' })
    await expect(set(id, 'applied')).rejects.toMatchObject(notBorneOut)
    await addReceipt(store.pool, { ...present(receiver, 'receiver'), kind: 'accepted' })
    await set(id, 'applied')
    const last = { ...present(receiver, 'receiver'), kind: 'verified' as const }
    await addReceipt(store.pool, { ...present(giver, 'giver'), kind: 'verified' })
    await expect(set(id, 'verified')).rejects.toMatchObject(notBorneOut)
    expect(await addReceipt(store.pool, last)).toBe(true)
    expect(await addReceipt(store.pool, last)).toBe(false)
    await set(id, 'verified')
    expect(await statusOf(id)).toBe('verified')
  })

  it('cannot be applied by half, whatever came back on the order of one line', async () => {
    const id = await approved()
    await insertOrders(store.pool, [order(id)])
    await set(id, 'applying')
    for (const kind of ['accepted', 'verified'] as const) {
      await addReceipt(store.pool, { orderId: `${id}:move:0`, kind, source: 'test', detail: {} })
      await expect(set(id, 'applied')).rejects.toMatchObject(notBorneOut)
    }
  })

  it('cannot roll back what no approval foresaw', async () => {
    const request = await storeApproval(store.pool, { rollback: null })
    const id = request.approvalId
    await recordDecision(store.pool, decisionOn(request))
    await insertOrders(store.pool, [order(id, { oldMinor: null, newMinor: null })])
    await step(id, 'apply')
    await expect(
      insertOrders(store.pool, [
        order(id, { purpose: 'rollback', deltaMinor: 120_000, oldMinor: null, newMinor: null }),
      ]),
    ).rejects.toMatchObject({ constraint: 'not-approved' })
  })

  it('cannot order what was not approved, nor more, nor elsewhere, nor the increase first', async () => {
    const { approvalId: pending } = await storeApproval(store.pool)
    const bad = (id: string, changes: Partial<NewOrder>) =>
      insertOrders(store.pool, [order(id, changes)])
    await expect(bad(pending, {})).rejects.toMatchObject({
      code: 'MO003',
      constraint: 'not-approved',
    })
    const id = await approved()
    const { details } = order(id)
    for (const changes of [
      { deltaMinor: -120_001, newMinor: 379_999 },
      { line: 'C2/search' },
      { line: 'C1/social' },
      { deltaMinor: 120_000, newMinor: 620_000 },
      // Words of the order that are not the plan's, and a value it was not bound to.
      { details: { ...details, channelId: 'social' } },
      { details: { ...details, campaignId: 'C2' } },
      { details: { ...details, currency: 'EUR' } },
      { details: { ...details, moveId: 'MOVE:A-2' } },
      { details: { ...details, planSha256: hashOf('0') } },
      { oldMinor: 400_000, newMinor: 280_000 },
      { oldMinor: null, newMinor: null },
    ]) {
      await expect(bad(id, changes)).rejects.toMatchObject({ constraint: 'outside-the-plan' })
    }
    await insertOrders(store.pool, [order(id, { ...increase, position: 0 })])
    await expect(bad(id, { position: 1 })).rejects.toMatchObject({
      constraint: 'increase-before-decrease',
    })
  })

  it('cannot compare-and-set to another value than old plus change', async () => {
    const id = await approved()
    await expect(
      insertOrders(store.pool, [order(id, { newMinor: 400_000 })]),
    ).rejects.toMatchObject({ code: '23514' })
  })

  it('cannot change an order, a receipt, a policy or a reason', async () => {
    const id = await applied()
    for (const text of [
      'update mo.change_orders set new_minor = 1',
      'delete from mo.order_receipts',
      'update mo.policies set policy = $$x$$',
      `update mo.reservations set status = 'released', ended_at = now()`,
      'insert into mo.reservations select * from mo.reservations',
      'delete from mo.ledger',
      'insert into mo.ledger select * from mo.ledger',
    ]) {
      await expect(store.pool.query(text)).rejects.toMatchObject({ code: '42501' })
    }
    await expect(
      store.pool.query(`update mo.approvals set status_reason = 'x' where approval_id = $1`, [id]),
    ).rejects.toMatchObject(notBorneOut)
  })

  it('cannot bind a request to a hash that is not of its plan or its facts', async () => {
    const reviewId = await storeReview(store.pool)
    const request = await storeApproval(store.pool, { reviewId })
    for (const changes of [{ planSha256: 'a'.repeat(64) }, { factsSha256: 'b'.repeat(64) }]) {
      const forged = {
        ...request,
        ...changes,
        approvalId: `forged-${Object.keys(changes).join('')}`,
      }
      // Not even as a draft.
      await expect(requestApprovals(store.pool, [forged], SYSTEM)).rejects.toMatchObject({
        constraint: 'hash-not-of-plan',
      })
    }
  })
})
