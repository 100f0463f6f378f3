import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { BoundFacts } from '#rules/schema/bound-facts.ts'
import { BudgetMove } from '#rules/schema/budget-move.ts'
import { exportAudit } from '#src/audit/export.ts'
import { verifyAudit } from '#src/audit/verify.ts'
import { recordDecision } from '#src/store/approval-decisions.ts'
import { listApprovals } from '#src/store/approvals.ts'
import { listOrders, OrderDetails } from '#src/store/change-orders.ts'
import { sha256 } from '#src/store/hash.ts'
import { listReviews } from '#src/store/reviews.ts'
import {
  decisionOn,
  FACTS,
  giverOrder,
  MOVE,
  storeApproval,
  storeReview,
} from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

/** Rows that the program could not read again: one of them would stop every list it is in, or the audit log for good. */

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

const send = (text: string, ...values: readonly unknown[]) => store.pool.query(text, [...values])

describe('an entry of the audit log', () => {
  const entry = (more: string) => `{"action":"note.made","actor":"x",${more}}`
  const nested = (levels: number) => entry(`"z":${'['.repeat(levels)}${']'.repeat(levels)}`)

  it.each([
    ['keys in the order of their bytes', entry('"\uFFFF":1,"\u{1F600}":2')],
    ['keys beyond the first plane', entry('"\u{1F600}":2')],
    ['keys that no entry needs', entry('"\uE000":2')],
    ['nesting no reader follows', nested(250)],
    ['nesting one deeper than a row can be written', nested(199)],
    ['an exponent after two digits', entry('"z":15e-8')],
    ['an exponent after a point before which nothing stands', entry('"z":0.5e-6')],
    ['more than a reader holds', entry(`"z":"${'x'.repeat(1_000_000)}"`)],
  ])('with %s is refused', async (_, text) => {
    await expect(send('insert into mo.audit_log (entry) values ($1)', text)).rejects.toMatchObject({
      code: 'MO001',
      constraint: 'not-canonical',
    })
  })

  it('has the shortest digits of the server, whatever the session asks for', async () => {
    const client = await store.pool.connect()
    try {
      await client.query('set extra_float_digits = 0')
      const text = entry('"z":4.94065645841247e-324')
      await expect(
        client.query('insert into mo.audit_log (entry) values ($1)', [text]),
      ).rejects.toMatchObject({ constraint: 'not-canonical' })
    } finally {
      await client.query('reset extra_float_digits')
      client.release()
    }
  })

  it('of any other form is verified and exported again', async () => {
    for (const text of [
      nested(198),
      entry('"\uD7FF":5e-324,"\uD7FFa":1.5e-7'),
      entry('"zä":0.000001'),
    ]) {
      await send('insert into mo.audit_log (entry) values ($1)', text)
    }
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true, rows: 3 })
    const lines: string[] = []
    for await (const line of exportAudit(store.pool, 'jsonl')) lines.push(line)
    expect(lines).toHaveLength(3)
  })
})

describe('numbers and times', () => {
  it('count a review’s lock by one, to no number that is the last', async () => {
    const reviewId = await storeReview(store.pool)
    const set = (fence: string) =>
      send('update mo.reviews set fence = $2 where review_id = $1', reviewId, fence)
    await set('1')
    for (const fence of ['0', '3', '9223372036854775807']) {
      await expect(set(fence)).rejects.toMatchObject({ constraint: 'fence-grows' })
    }
    await set('2')
    await set('2')
  })

  it.each([
    `update mo.reviews set updated_at = 'infinity'`,
    `update mo.reviews set updated_at = '-infinity'`,
    `update mo.reviews set updated_at = '10000-01-01'`,
    `update mo.stage_results set started_at = 'infinity'`,
    `update mo.queue_turns set turn = 9223372036854775807`,
    `update mo.queue_turns set turn = 2000001`,
  ])('are such as the program can read: %s', async (text) => {
    const reviewId = await storeReview(store.pool)
    await send(`insert into mo.stage_results (review_id, stage) values ($1, 'budget')`, reviewId)
    await send(`insert into mo.queue_turns values ('acme', 1) on conflict do nothing`)
    await expect(send(text)).rejects.toMatchObject({ code: '23514' })
    expect(await listReviews(store.pool)).toContainEqual(expect.objectContaining({ reviewId }))
  })

  it.each([
    ['expires_at', `'infinity'`],
    ['remainder_minor', '9223372036854775807'],
    ['planned_minor', '-9007199254740992'],
  ])('of a request are such as the program can read: %s', async (column, value) => {
    const { approvalId } = await storeApproval(store.pool)
    const columns = ['expires_at', 'remainder_minor', 'planned_minor']
    await expect(
      send(
        `insert into mo.approvals (approval_id, review_id, move, facts, tier, approvers_needed, roles, proposer,
           plan_sha256, facts_sha256, policy_sha256, deciders, status, ${columns.join(', ')})
         select 'endless', review_id, move, facts, tier, approvers_needed, roles, proposer,
           plan_sha256, facts_sha256, policy_sha256, deciders, 'draft',
           ${columns.map((each) => (each === column ? value : each)).join(', ')}
         from mo.approvals where approval_id = $1`,
        approvalId,
      ),
    ).rejects.toMatchObject({ code: '23514' })
  })
})

const without = (value: Readonly<Record<string, unknown>>, key: string) =>
  Object.fromEntries(Object.entries(value).filter(([each]) => each !== key))

/** A value with one member left out, one more, and each member as something it is not. */
const spoilt = (value: Readonly<Record<string, unknown>>): [string, unknown][] => [
  ...Object.keys(value).map((key): [string, unknown] => [`without ${key}`, without(value, key)]),
  ...Object.keys(value).map((key): [string, unknown] => [
    `with another ${key}`,
    { ...value, [key]: { nothing: 'known' } },
  ]),
  ['with one member more', { ...value, more: 1 }],
]

describe('a plan, its facts and its orders', () => {
  it('are told of to the database member by member', () => {
    expect(Object.keys(MOVE).toSorted()).toEqual(Object.keys(BudgetMove.shape).toSorted())
    expect(Object.keys(FACTS).toSorted()).toEqual(Object.keys(BoundFacts.shape).toSorted())
    const { details } = giverOrder({ approvalId: 'a' })
    expect(Object.keys(details).toSorted()).toEqual(Object.keys(OrderDetails.shape).toSorted())
  })

  let approvalId: string
  beforeAll(async () => {
    ;({ approvalId } = await storeApproval(store.pool))
  })
  const file = (move: unknown, facts: unknown) => {
    const [plan, basis] = [canonicalJson(move), canonicalJson(facts)]
    return send(
      `insert into mo.approvals (approval_id, review_id, move, facts, tier, approvers_needed, roles, proposer,
         plan_sha256, facts_sha256, policy_sha256, expires_at, deciders, status)
       select 'unreadable', review_id, $2, $4, tier, approvers_needed, roles, proposer,
         $3, $5, policy_sha256, expires_at, deciders, 'draft' from mo.approvals where approval_id = $1`,
      approvalId,
      plan,
      sha256(plan),
      basis,
      sha256(basis),
    )
  }
  const unreadable = { code: 'MO003', constraint: 'not-readable' }

  it.each([
    // What lies in the basis of a move is as many things as there are rules.
    ...spoilt(MOVE).filter(([what]) => what !== 'with another basis'),
    ['with half an amount', { ...MOVE, amount: { currency: 'USD' } }],
    ['from nowhere', { ...MOVE, origin: 'mine' }],
    [
      'with half an impact',
      { ...MOVE, expectedImpact: { low: MOVE.amount, mid: MOVE.amount, high: {} } },
    ],
  ])('are refused where a plan could not be read: %s', async (_, move) => {
    await expect(file(move, FACTS)).rejects.toMatchObject(unreadable)
  })

  it.each(spoilt({ ...FACTS }))(
    'are refused where facts could not be read: %s',
    async (_, facts) => {
      await expect(file(MOVE, facts)).rejects.toMatchObject(unreadable)
    },
  )

  it('are refused where an order or a receipt could not be read', async () => {
    const request = await storeApproval(store.pool)
    await recordDecision(store.pool, decisionOn(request))
    const order = giverOrder(request)
    const insert = (payload: unknown) =>
      send(
        `insert into mo.change_orders (order_id, approval_id, purpose, position, line, delta_minor, payload)
         values ($1, $2, 'move', 0, $3, $4, $5)`,
        order.orderId,
        order.approvalId,
        order.line,
        order.deltaMinor,
        canonicalJson(payload),
      )
    for (const [, details] of spoilt({ ...order.details })) {
      await expect(insert(details)).rejects.toMatchObject(unreadable)
    }
    await insert(order.details)
    expect(await listOrders(store.pool, [request.approvalId])).toHaveLength(1)
    for (const [detail, code] of [
      ['mine', '22P02'],
      ['[]', '23514'],
    ]) {
      const receipt = send(
        `insert into mo.order_receipts (order_id, kind, source, detail) values ($1, 'verified', 'x', $2)`,
        order.orderId,
        detail,
      )
      await expect(receipt).rejects.toMatchObject({ code })
    }
    expect(await listApprovals(store.pool, {})).not.toEqual([])
  })
})
