import { expect, it } from 'vitest'

import { deliverOrders } from '#src/changes/deliver.ts'
import { readHistory } from '#src/changes/history.ts'
import { insightToLive } from '#src/changes/insight.ts'
import { rollBack } from '#src/changes/roll-back.ts'
import { importHistory, settleReceipts } from '#src/changes/settle.ts'
import type { Endpoint, SignedMessage } from '#src/changes/webhook.ts'
import { decide } from '#src/runtime/decide.ts'
import { publishReview } from '#src/runtime/publish.ts'
import { listOrders, listReceipts } from '#src/store/change-orders.ts'
import { loadStages } from '#src/store/stage-results.ts'
import { startGovernedReview } from '#test/support/governed-review.ts'
import type { WorkspaceFiles } from '#test/support/workspace.ts'

const ACTOR = { actor: 'fin', role: 'finance', onBehalfOf: null }

/** A review whose one move was approved and ordered. */
async function ordered(files: WorkspaceFiles = {}) {
  const review = await startGovernedReview(files)
  const [request] = await review.requests()
  const approvalId = request?.approvalId ?? ''
  for (const personId of ['fin', 'cmo']) {
    const decision = {
      approvalId,
      personId,
      decision: 'approve',
      reason: 'as planned',
      now: new Date(),
    } as const
    await decide(review.store, review.session, decision)
  }
  await review.drive()
  const { store } = review
  return {
    ...review,
    approvalId,
    orders: await listOrders(store.pool, [approvalId]),
    status: async () => (await review.requests())[0]?.status,
    /** The orders that undo the move, in their order. */
    rollback: async () =>
      (await listOrders(store.pool, [approvalId]))
        .filter(({ purpose }) => purpose === 'rollback')
        .map(({ line, deltaMinor, oldMinor, newMinor }) => [line, deltaMinor, oldMinor, newMinor]),
  }
}

const LATER = new Date('2100-01-01T00:00:00Z')

/** A history in which search went down by 1,000.00 and social came up by as much, unless told otherwise. */
function history(changes: { readonly social?: string; readonly at?: string } = {}) {
  const at = changes.at ?? new Date(Date.now() + 60_000).toISOString()
  const text = `changed_at,campaign_id,channel_id,old_value,new_value
${at},C1,search,10000.00,9000.00
${at},C1,social,${changes.social ?? '8000.00,9000.00'}
`
  return readHistory(text, { file: 'history.csv', currency: 'USD', now: LATER })
}

it('orders the decrease before the increase, with old and new value, in files for each platform', async () => {
  const review = await ordered()
  expect(
    review.orders.map(({ line, deltaMinor, oldMinor, newMinor }) => [
      line,
      deltaMinor,
      oldMinor,
      newMinor,
    ]),
  ).toStrictEqual([
    ['C1/search', -100_000, 1_000_000, 900_000],
    ['C1/social', 100_000, 800_000, 900_000],
  ])
  expect(await review.status()).toBe('applying')
  expect(await review.published('changes/orders.csv')).toBe(
    `idempotency_key,approval_id,purpose,position,platform,campaign_id,campaign,channel_id,channel,currency,change,old_value,new_value\r
${review.approvalId}:move:0,${review.approvalId},move,0,Google Ads,C1,Autumn,search,Search,USD,-1000,10000,9000\r
${review.approvalId}:move:1,${review.approvalId},move,1,Meta,C1,Autumn,social,Social,USD,1000,8000,9000\r
`,
  )
  // 9,000.00 a month is 296.05 a day: 296.05 × 30.4 = 8,999.92.
  expect(await review.published('changes/google-ads-editor.csv')).toBe(
    'Campaign ID,Campaign,Budget,Budget type\r\nC1,Autumn,296.05,Daily\r\n',
  )
})

it('goes from ordered to verified by the platform’s history, measures the time, and can be undone once', async () => {
  const review = await ordered()
  const { store, approvalId, orders } = review
  const found = await importHistory(store, { orders, history: history(), source: 'history' }, ACTOR)
  expect(found.map((each) => each.found)).toStrictEqual(['verified', 'verified'])
  expect(await review.status()).toBe('verified')
  const time = insightToLive(
    await loadStages(store.pool, review.session.review.reviewId),
    orders,
    await listReceipts(store.pool, [approvalId]),
  )
  expect(time.minutes).toBeGreaterThanOrEqual(1)
  const { rows } = await store.pool.query(
    'select account, delta_minor::int as minor from mo.ledger order by account',
  )
  expect(rows).toStrictEqual([
    { account: 'C1/search', minor: -100_000 },
    { account: 'C1/social', minor: 100_000 },
  ])
  const undone = await rollBack(store, { approvalId, reason: 'sales fell', actor: ACTOR })
  // Decreases first here too.
  expect(
    undone.map(({ line, standing, order }) => [line, standing, order?.deltaMinor]),
  ).toStrictEqual([
    ['C1/search', 'as_ordered', 100_000],
    ['C1/social', 'as_ordered', -100_000],
  ])
  expect(await review.rollback()).toStrictEqual([
    ['C1/social', -100_000, 900_000, 800_000],
    ['C1/search', 100_000, 900_000, 1_000_000],
  ])
  expect(await review.status()).toBe('rolled_back')
  await expect(
    rollBack(store, { approvalId, reason: 'again', actor: ACTOR }),
  ).rejects.toMatchObject({ code: 'APPROVAL_REFUSED' })
  expect(await review.audit(approvalId)).toStrictEqual([
    'approval.requested',
    'approval.decided',
    'approval.decided',
    'approval.applying',
    'approval.applied',
    'approval.verified',
    'approval.rolled_back',
  ])
})

/** Both lines on one platform, so that a history that has one and not the other says something of both. */
const ONE_PLATFORM = {
  'data/channels.csv':
    'channel_id,name,type,platform\nsearch,Search,paid_search,Google Ads\nsocial,Social,paid_social,Google Ads\n',
}

it('undoes a line from the figure that the history shows, and leaves one alone that stands where it stood', async () => {
  const review = await ordered()
  const { store, approvalId, orders } = review
  const shown = history({ social: '8000.00,9500.00' })
  await importHistory(store, { orders, history: shown, source: 'history' }, ACTOR)
  const undone = await rollBack(store, { approvalId, reason: 'as it was', actor: ACTOR })
  expect(undone.map(({ line, standing }) => [line, standing])).toStrictEqual([
    ['C1/search', 'as_ordered'],
    ['C1/social', 'otherwise'],
  ])
  expect(await review.rollback()).toStrictEqual([
    ['C1/social', -150_000, 950_000, 800_000],
    ['C1/search', 100_000, 900_000, 1_000_000],
  ])
  const { rows } = await store.pool.query(
    `select entry::jsonb -> 'after' -> 'more' as told from mo.audit_log where subject = $1 and action = 'approval.rolled_back'`,
    [approvalId],
  )
  expect(rows).toStrictEqual([
    {
      told: {
        lines: [
          { line: 'C1/search', standing: 'as_ordered' },
          { line: 'C1/social', standing: 'otherwise' },
        ],
        orders: [
          {
            orderId: `${approvalId}:rollback:0`,
            line: 'C1/social',
            deltaMinor: -150_000,
            oldMinor: 950_000,
            newMinor: 800_000,
          },
          {
            orderId: `${approvalId}:rollback:1`,
            line: 'C1/search',
            deltaMinor: 100_000,
            oldMinor: 900_000,
            newMinor: 1_000_000,
          },
        ],
      },
    },
  ])
})

it('orders nothing for a line that the history of its platform leaves out, and gives up what is half applied', async () => {
  const review = await ordered(ONE_PLATFORM)
  const { store, approvalId, orders } = review
  const shown = history().slice(0, 1)
  const early = rollBack(store, { approvalId, reason: 'stop', actor: ACTOR })
  await expect(early).rejects.toThrow(/still being applied, and what its platforms show/)
  await importHistory(store, { orders, history: shown, source: 'history' }, ACTOR)
  expect(await review.status()).toBe('applying')
  const undone = await rollBack(store, { approvalId, reason: 'stop', actor: ACTOR })
  expect(undone.map(({ line, standing }) => [line, standing])).toStrictEqual([
    ['C1/search', 'as_ordered'],
    ['C1/social', 'unchanged'],
  ])
  expect(await review.rollback()).toStrictEqual([['C1/search', 100_000, 900_000, 1_000_000]])
  // Who works by the files does not carry out what was given up.
  await publishReview(store, review.session, review.workspace)
  expect(await review.published('changes/orders.csv')).toMatch(
    /^idempotency_key,.*\r\n\S+:rollback:0,.*,1000,9000,10000\r\n$/,
  )
  expect((await review.audit(approvalId)).slice(-2)).toStrictEqual([
    'approval.failed',
    'approval.rolled_back',
  ])
})

it('ends a move that changed nothing without an order', async () => {
  const review = await ordered()
  const { store, approvalId, orders } = review
  const [first] = orders
  if (first === undefined) throw new Error('the move was ordered')
  await settleReceipts(
    store,
    [{ order: first, kind: 'refused', source: 'webhook', detail: { status: 412 } }],
    ACTOR,
  )
  expect(await review.status()).toBe('failed')
  const undone = await rollBack(store, { approvalId, reason: 'nothing came of it', actor: ACTOR })
  expect(undone.map(({ standing, order }) => [standing, order])).toStrictEqual([
    ['refused', null],
    ['never_sent', null],
  ])
  expect(await review.status()).toBe('rolled_back')
  await publishReview(store, review.session, review.workspace)
  for (const file of ['orders', 'google-ads-editor']) {
    expect((await review.published(`changes/${file}.csv`)).trim().split('\n')).toHaveLength(1)
  }
  const { rows } = await store.pool.query(
    `select status from mo.reservations union all select account from mo.ledger`,
  )
  expect(rows).toStrictEqual([{ status: 'released' }])
})

it('imports the same history twice as once', async () => {
  const { store, approvalId, orders } = await ordered()
  const imported = { orders, history: history(), source: 'history' }
  await importHistory(store, imported, ACTOR)
  const before = await listReceipts(store.pool, [approvalId])
  await importHistory(store, imported, ACTOR)
  expect(await listReceipts(store.pool, [approvalId])).toStrictEqual(before)
})

it('fails when the platform holds another value, and waits for what it does not tell of', async () => {
  const review = await ordered()
  const { store, orders } = review
  const early = history({ at: '2026-10-01T00:00:00Z' })
  const unseen = await importHistory(store, { orders, history: early, source: 'history' }, ACTOR)
  expect(unseen.map((each) => each.found)).toStrictEqual(['not_seen', 'not_seen'])
  expect(await review.status()).toBe('applying')
  const other = history({ social: '8000.00,9500.00' })
  const found = await importHistory(store, { orders, history: other, source: 'history' }, ACTOR)
  expect(found.map((each) => each.found)).toStrictEqual(['verified', 'mismatched'])
  expect(await review.status()).toBe('failed')
})

it('is applied when a person confirms every order', async () => {
  const review = await ordered()
  const receipts = review.orders.map((order) => ({
    order,
    kind: 'accepted' as const,
    source: 'fin',
    detail: {},
  }))
  await settleReceipts(review.store, receipts.slice(0, 1), ACTOR)
  expect(await review.status()).toBe('applying')
  await settleReceipts(review.store, receipts, ACTOR)
  expect(await review.status()).toBe('applied')
  await publishReview(review.store, review.session, review.workspace)
  expect(JSON.parse(await review.published(`changes/${review.approvalId}.json`))).toMatchObject({
    status: 'applied',
    orders: [{ receipts: [{ kind: 'accepted', source: 'fin' }] }, {}],
  })
})

it.each([
  [[200, 200], 'applied', 2],
  [[412], 'failed', 1],
  [[200, 404], 'failed', 2],
])('delivers in order: on %j it is %s after %i calls', async (codes, status, calls) => {
  const review = await ordered()
  const sent: string[] = []
  const world = {
    now: () => new Date(),
    resolve: () => Promise.resolve(['93.184.216.34']),
    post: (_url: URL, _endpoint: Endpoint, message: SignedMessage) => {
      sent.push(message.headers['idempotency-key'] ?? '')
      return Promise.resolve(codes[sent.length - 1] ?? 200)
    },
  }
  const target = {
    url: 'https://h.example.com/',
    allowedHosts: ['h.example.com'],
    secret: 's'.repeat(32),
  }
  const { reviewId } = review.session.review
  const deliver = () => deliverOrders(review.store, { reviewId, target, world, actor: ACTOR })
  await deliver()
  await deliver()
  expect(sent).toStrictEqual(review.orders.slice(0, calls).map(({ orderId }) => orderId))
  expect(await review.status()).toBe(status)
})

it('tries again what the webhook could not take', async () => {
  const review = await ordered()
  const codes = [503, 200, 200]
  const world = {
    now: () => new Date(),
    resolve: () => Promise.resolve(['93.184.216.34']),
    post: () => Promise.resolve(codes.shift() ?? 200),
  }
  const target = {
    url: 'https://h.example.com/',
    allowedHosts: ['h.example.com'],
    secret: 's'.repeat(32),
  }
  const { reviewId } = review.session.review
  const deliver = () => deliverOrders(review.store, { reviewId, target, world, actor: ACTOR })
  await expect(deliver()).rejects.toMatchObject({ code: 'DELIVERY_FAILED' })
  expect(await review.status()).toBe('applying')
  await deliver()
  expect(await review.status()).toBe('applied')
  // Each try is in the name of whoever made it, also the one without an answer.
  const { rows } = await review.store.pool.query(
    `select action, actor from mo.audit_log where subject = $1 order by seq`,
    [review.orders[0]?.orderId],
  )
  expect(rows).toStrictEqual([
    { action: 'order.sent', actor: 'fin' },
    { action: 'order.sent', actor: 'fin' },
    { action: 'order.accepted', actor: 'fin' },
  ])
})
