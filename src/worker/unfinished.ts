import { z } from 'zod'

import { query } from '../store/query.ts'
import type { Queryable } from '../store/transaction.ts'

/** A review somebody must go on with. */
export interface UnfinishedReview {
  readonly reviewId: string
  readonly workspace: string
}

const Row = z
  .object({ review_id: z.string(), workspace: z.string() })
  .transform((row) => ({ reviewId: row.review_id, workspace: row.workspace }))

/**
 * Reviews that wait for no person and are not finished: begun or under way, or with every request settled or out of time. Those that
 * failed for good are left out until somebody revives them; so are reviews of workspaces no worker knows.
 */
export async function unfinishedReviews(db: Queryable): Promise<UnfinishedReview[]> {
  return query(db, Row, {
    text: `select review_id, workspace from mo.reviews review join mo.workspaces using (workspace)
           where (status in ('created', 'running') or (status = 'awaiting_approval' and not exists (
               select from mo.approvals asked where asked.review_id = review.review_id
                 and asked.status = 'pending' and asked.expires_at > clock_timestamp())))
             and not exists (select from mo.dead_letters dead
               where dead.kind = 'review' and dead.subject = review.review_id)
           order by created_at, review_id`,
  })
}

/** Whether a review has a request that somebody may still decide: then there is nothing for a worker to do. */
export async function waitsForPeople(db: Queryable, reviewId: string): Promise<boolean> {
  const pending = await query(db, z.unknown(), {
    text: `select from mo.approvals
           where review_id = $1 and status = 'pending' and expires_at > clock_timestamp()`,
    values: [reviewId],
  })
  return pending.length > 0
}

/** Whether a bell was given up and not revived since. */
export async function isDead(
  db: Queryable,
  bell: { readonly kind: string; readonly subject: string },
): Promise<boolean> {
  const found = await query(db, z.unknown(), {
    text: 'select from mo.dead_letters where kind = $1 and subject = $2',
    values: [bell.kind, bell.subject],
  })
  return found.length > 0
}
