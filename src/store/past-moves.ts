import { z } from 'zod'

import { FILING_LOCK_SEED } from './advisory-locks.ts'
import { Instant, query } from './query.ts'
import type { Queryable } from './transaction.ts'

/** A move that was asked for earlier and may have taken effect, in part where it failed. */
const PastRequest = z
  .object({
    approval_id: z.string(),
    move: z.string(),
    status: z.string(),
    approvers_needed: z.int(),
    created_at: Instant,
  })
  .transform((row) => ({
    approvalId: row.approval_id,
    /** Canonical JSON. */
    move: row.move,
    status: row.status,
    passedByRule: row.approvers_needed === 0,
    createdAt: row.created_at,
  }))
export type PastRequest = z.output<typeof PastRequest>

/**
 * The moves asked for in a workspace, of all its reviews, of which money is under way, was moved, or stuck half-way. Takes the workspace's filing lock until the
 * caller's transaction ends, so that two plans filed at once are weighed one after the other.
 */
export async function lockPastRequests(
  client: Queryable,
  workspace: string,
): Promise<PastRequest[]> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, $2))', [
    workspace,
    FILING_LOCK_SEED,
  ])
  return query(client, PastRequest, {
    text: `select a.approval_id, a.move, a.status, a.approvers_needed, a.created_at
           from mo.approvals a join mo.reviews r using (review_id)
           where r.workspace = $1 and a.status in ('pending', 'approved', 'applying', 'applied', 'verified', 'failed')
           order by a.approval_id`,
    values: [workspace],
  })
}
