import { expect, it } from 'vitest'

import { rollBack } from '#src/changes/roll-back.ts'
import { settleReceipts } from '#src/changes/settle.ts'
import { amend } from '#src/runtime/amend.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { decide } from '#src/runtime/decide.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest } from '#src/runtime/publish.ts'
import { listApprovals } from '#src/store/approvals.ts'
import { listOrders, type ReceiptKind } from '#src/store/change-orders.ts'
import {
  GOVERNED_FILES,
  startGovernedReview,
  type GovernedReview,
} from '#test/support/governed-review.ts'

const NOW = new Date()

/** The request of the proposal B1, approved by whom its tier asks for. */
async function approved(review: GovernedReview): Promise<string> {
  const [request] = await review.requests()
  const approvalId = request?.approvalId ?? ''
  for (const personId of ['fin', 'cmo']) {
    await decide(review.store, review.session, {
      approvalId,
      personId,
      decision: 'approve',
      reason: 'as planned',
      now: NOW,
    })
  }
  await review.drive()
  return approvalId
}

/** A review of the same month on another day, as on data that changed. */
async function next({ store, workspace }: GovernedReview, asOf: string) {
  const session = await beginReview(store, workspace, { month: '2026-10', asOf, now: NOW })
  try {
    const publish = publishAtRest(store, session)
    await driveReview({ store, session, now: () => NOW, publish, onStage: () => undefined })
    return await listApprovals(store.pool, { reviewId: session.review.reviewId })
  } finally {
    await session.data.close()
  }
}

it('a proposal whose money is under way is not asked for again, and says under which request it is', async () => {
  const review = await startGovernedReview()
  const done = await approved(review)
  const [again, ...others] = await next(review, '2026-10-30')
  expect(others).toEqual([])
  expect(again).toMatchObject({
    status: 'withdrawn',
    statusReason: `asked before as ${done} (applying)`,
  })
  expect(await review.published('changes/orders.csv')).toContain(done)
})

it('a proposal whose move failed half-way is asked for again only when that one is rolled back', async () => {
  const review = await startGovernedReview()
  const { store } = review
  const failed = await approved(review)
  const [decrease, increase] = await listOrders(store.pool, [failed])
  const told = (order: typeof decrease, kind: ReceiptKind) =>
    order === undefined ? [] : [{ order, kind, source: 'webhook', detail: {} }]
  const actor = { actor: 'fin', role: 'finance', onBehalfOf: null }
  await settleReceipts(store, [...told(decrease, 'accepted'), ...told(increase, 'refused')], actor)
  // The giver has less already: to order the move again would take from it twice.
  const [again] = await next(review, '2026-10-30')
  expect(again).toMatchObject({
    status: 'withdrawn',
    statusReason: `asked before as ${failed} (failed)`,
  })
  await rollBack(store, { approvalId: failed, reason: 'as it was', actor })
  const [anew] = await next(review, '2026-11-01')
  expect(anew).toMatchObject({ status: 'pending' })
})

it('a proposal whose review was superseded, or that was rejected, is asked for anew', async () => {
  const review = await startGovernedReview()
  const [first] = await next(review, '2026-11-01')
  expect(first).toMatchObject({ status: 'pending' })
  const [old] = await review.requests()
  expect(old).toMatchObject({ status: 'superseded' })
})

it('an amended request takes the place of the first one', async () => {
  const review = await startGovernedReview()
  const [request] = await review.requests()
  const { filing } = await amend(review.store, review.session, {
    approvalId: request?.approvalId ?? '',
    personId: 'vp',
    reason: 'less',
    amount: '900',
    now: NOW,
  })
  expect(filing.kind).not.toBe('refused')
})

it('a proposal that was decided after the day a review speaks for is not asked for again', async () => {
  const actions = GOVERNED_FILES['data/budget_actions.csv']
  const review = await startGovernedReview({
    'data/budget_actions.csv': String(actions)
      .replace('proposed_by,status', 'proposed_by,approver,decided_at,status')
      .replace('ops,proposed', 'ops,fin,2026-11-04T09:00:00Z,executed'),
  })
  const { reviewId } = review.session.review
  // On 31 October it waited; that somebody answered on 4 November is known to whoever files requests today.
  expect(await listApprovals(review.store.pool, { reviewId })).toMatchObject([
    { status: 'withdrawn', statusReason: 'decided since as B1 (executed)' },
  ])
  expect(await review.published('report.md')).not.toContain('Decide the move')
})
