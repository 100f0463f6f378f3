import { z } from 'zod'

import { FILING_LOCK_SEED } from './advisory-locks.ts'
import { Instant, query } from './query.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** A move that was asked for earlier and may have taken effect. */
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
 * The moves asked for in a workspace, of all its reviews, that count towards what was moved. Takes the workspace's filing lock until the
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
           where r.workspace = $1 and a.status in ('pending', 'approved', 'applying', 'applied', 'verified')
           order by a.approval_id`,
    values: [workspace],
  })
}

/** A policy as it is kept: its text, and what it says of rights as canonical JSON. */
interface KeptPolicy {
  readonly sha256: string
  readonly text: string
  readonly workspace: string
  readonly rights: string
}

/** Keeps a policy, or answers false when it is kept already. Only the owner of the tables may: nobody who writes as the application can forge one. */
export async function keepPolicy(
  { pool, asOwner }: Pick<Store, 'pool' | 'asOwner'>,
  { sha256, text, workspace, rights }: KeptPolicy,
): Promise<boolean> {
  const kept = await query(pool, z.unknown(), {
    text: 'select from mo.policy_rights where policy_sha256 = $1 and workspace = $2',
    values: [sha256, workspace],
  })
  if (kept.length > 0) return false
  await asOwner((owner) =>
    inTransaction(owner, async (client) => {
      await client.query(
        'insert into mo.policies (policy_sha256, policy) values ($1, $2) on conflict do nothing',
        [sha256, text],
      )
      await client.query(
        `insert into mo.policy_rights (policy_sha256, workspace, rights) values ($1, $2, $3)
         on conflict do nothing`,
        [sha256, workspace, rights],
      )
    }),
  )
  return true
}

/** Since when a policy is admitted, by the database's clock; undefined: it is not. */
export async function policyAdmittedAt(
  db: Queryable,
  { sha256, workspace }: Pick<KeptPolicy, 'sha256' | 'workspace'>,
): Promise<string | undefined> {
  const [row] = await query(db, z.object({ admitted_at: Instant }), {
    text: 'select admitted_at from mo.policy_rights where policy_sha256 = $1 and workspace = $2',
    values: [sha256, workspace],
  })
  return row?.admitted_at
}

/** The text of a policy that a request is bound to; undefined when it was never kept. */
export async function loadPolicyText(db: Queryable, sha256: string): Promise<string | undefined> {
  const [row] = await query(db, z.object({ policy: z.string() }), {
    text: 'select policy from mo.policies where policy_sha256 = $1',
    values: [sha256],
  })
  return row?.policy
}
