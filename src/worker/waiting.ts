import { z } from 'zod'

import { query } from '../store/query.ts'
import type { Queryable } from '../store/transaction.ts'

const RequestRow = z
  .object({
    approval_id: z.string(),
    review_id: z.string(),
    workspace: z.string(),
    decided: z.int(),
  })
  .transform((row) => ({
    approvalId: row.approval_id,
    reviewId: row.review_id,
    workspace: row.workspace,
    /** How many people decided on it by now. */
    decided: row.decided,
  }))
/** A request that waits for people of a workspace some worker knows. */
export type WaitingRequest = z.output<typeof RequestRow>

/** Requests that wait, of all workspaces, the one that expires first at the top. */
export async function waitingRequests(db: Queryable): Promise<WaitingRequest[]> {
  return query(db, RequestRow, {
    text: `select approval_id, review_id, workspace,
             (select count(*)::int from mo.approval_decisions given
              where given.approval_id = asked.approval_id) as decided
           from mo.approvals asked join mo.reviews using (review_id) join mo.workspaces using (workspace)
           where asked.status = 'pending' and mo.reviews.status in ('awaiting_approval', 'running')
           order by asked.expires_at, approval_id`,
  })
}
