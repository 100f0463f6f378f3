import { canonicalJson } from '#rules/kernel/canonical-json.ts'

import type { Actor } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { healBell } from '../queue/dead-letters.ts'
import { MONTH_LOCK_SEED } from '../store/advisory-locks.ts'
import { stepApproval } from '../store/approval-steps.ts'
import { listApprovals } from '../store/approvals.ts'
import { earlierReadings } from '../store/earlier-readings.ts'
import { execute } from '../store/query.ts'
import {
  createReview,
  listReviews,
  loadReview,
  type CreatedReview,
  type NewReview,
  type ReviewStatus,
} from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'

const SYSTEM: Actor = { actor: 'system:review', role: null, onBehalfOf: null }

/** What has not ended may be superseded; a failed review could be taken up again. */
const OPEN: readonly ReviewStatus[] = ['created', 'running', 'awaiting_approval', 'failed']

/**
 * Puts a review on record and, where it is new, supersedes every open one of its month: all in one transaction and under a lock of the month, so
 * that a month never has two reviews that ask for the same money. Whoever works on an earlier one loses it with the same statement.
 *
 * What earlier reviews showed of the company's experiments is frozen with it.
 *
 * @param reviewOf The review under its n-th id: inputs whose review was superseded and that come back get another one.
 * @param isPartOfMonth Whether it speaks for a day before the month's last. Such a look back takes the place of no review of a later day.
 * @throws AppError `USAGE` when a review of a later day of the month is under way or waits, and this one looks back.
 */
export async function openReview(
  { pool }: Store,
  reviewOf: (turn: number) => NewReview,
  isPartOfMonth = false,
): Promise<CreatedReview> {
  return inTransaction(pool, async (client) => {
    const { workspace, month } = reviewOf(1)
    await execute(client, {
      text: 'select pg_advisory_xact_lock(hashtextextended($1, $2))',
      values: [JSON.stringify([workspace, month]), MONTH_LOCK_SEED],
    })
    const review = {
      ...(await firstStanding(client, reviewOf)),
      earlierReadings: canonicalJson(await earlierReadings(client, workspace)),
    }
    const outcome = await createReview(client, review)
    if (outcome.ok && outcome.created) {
      if (isPartOfMonth) await refuseBeforeLater(client, review)
      await supersedeOthers(client, review)
    }
    return outcome
  })
}

async function firstStanding(
  client: Queryable,
  reviewOf: (turn: number) => NewReview,
): Promise<NewReview> {
  for (let turn = 1; ; turn++) {
    const review = reviewOf(turn)
    const stored = await loadReview(client, review.reviewId)
    if (stored?.status !== 'superseded') return review
  }
}

/** What a review of a later day asked for must not be void because somebody looked back; the new one is taken back with the transaction. */
export async function refuseBeforeLater(
  client: Queryable,
  { workspace, month, asOf }: Pick<NewReview, 'workspace' | 'month' | 'asOf'>,
): Promise<void> {
  const atWork = await listReviews(client, {
    workspace,
    month,
    statuses: OPEN.filter((status) => status !== 'failed'),
  })
  const later = atWork.find((other) => other.asOf > asOf)
  if (later === undefined) return
  throw new AppError('USAGE', {
    message: 'a review of a later day of this month is under way or waits for approval',
    expected: `review ${later.reviewId}, which speaks for ${later.asOf}, to be finished first: a review of an earlier day would take its place and make void what it asked`,
    got: `a review that speaks for ${asOf}`,
    next: `run: npm run -s mo -- status ${later.reviewId}`,
  })
}

async function supersedeOthers(client: Queryable, review: NewReview): Promise<void> {
  const { workspace, month } = review
  const open = await listReviews(client, { workspace, month, statuses: OPEN })
  const reason = `superseded by review ${review.reviewId}`
  for (const { reviewId } of open.filter((each) => each.reviewId !== review.reviewId)) {
    await execute(client, {
      text: `update mo.reviews set status = 'superseded', status_detail = $2, fence = fence + 1, updated_at = now()
             where review_id = $1`,
      values: [reviewId, reason],
    })
    await healBell(client, { kind: 'review', subject: reviewId }, { actor: SYSTEM.actor, reason })
    const asked = await listApprovals(client, { reviewId, statuses: ['pending', 'approved'] })
    for (const { approvalId } of asked) {
      await stepApproval(client, { approvalId, event: 'supersede', reason }, SYSTEM)
    }
  }
}
