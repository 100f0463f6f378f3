import type { Pool } from 'pg'
import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { appendAudit } from '#src/audit/append.ts'
import { auditEntry } from '#src/audit/entry.ts'
import type { Actor } from '#src/audit/entry.ts'

import { Instant, query } from './query.ts'
import type { Statement } from './query.ts'
import { inTransaction } from './transaction.ts'
import type { Queryable } from './transaction.ts'

const Status = z.enum(['pending', 'approved', 'rejected', 'expired', 'superseded', 'withdrawn'])
export type ApprovalStatus = z.infer<typeof Status>

/** The exact plan, facts and policy a request and every decision on it are bound to. */
export interface Binding {
  readonly planSha256: string
  readonly factsSha256: string
  readonly policySha256: string
}

/** A request that people decide on. */
export interface NewApproval extends Binding {
  readonly approvalId: string
  readonly reviewId: string
  readonly interruptId?: string
  /** Plain JSON: what is asked for. */
  readonly move: unknown
  readonly tier: string
  /** 0: the policy lets it pass by rule, and it is on record as approved. */
  readonly approversNeeded: number
  readonly roles: readonly string[]
  readonly proposer: string
  /** People who may not decide for a conflict of interest, such as the editors of the policy in force. */
  readonly barred: readonly string[]
  readonly createdAt: string
  /** After this instant of the database's clock every decision is refused. */
  readonly expiresAt: string
}

const ApprovalRow = z
  .object({
    approval_id: z.string(),
    review_id: z.string(),
    interrupt_id: z.string().nullable(),
    move: z.string(),
    tier: z.string(),
    approvers_needed: z.int(),
    roles: z.array(z.string()),
    proposer: z.string(),
    barred: z.array(z.string()),
    plan_sha256: z.string(),
    facts_sha256: z.string(),
    policy_sha256: z.string(),
    created_at: Instant,
    expires_at: Instant,
    status: Status,
    settled_at: Instant.nullable(),
  })
  .transform((row) => ({
    approvalId: row.approval_id,
    reviewId: row.review_id,
    interruptId: row.interrupt_id,
    /** Canonical JSON. */
    move: row.move,
    tier: row.tier,
    approversNeeded: row.approvers_needed,
    roles: row.roles,
    proposer: row.proposer,
    barred: row.barred,
    planSha256: row.plan_sha256,
    factsSha256: row.facts_sha256,
    policySha256: row.policy_sha256,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    status: row.status,
    settledAt: row.settled_at,
  }))
export type Approval = z.output<typeof ApprovalRow>

/**
 * Puts requests on record with their audit rows, all or none. A request that is there already stays as it is, so that a node that
 * runs again asks nobody twice.
 *
 * @returns The ids that were new.
 */
export async function requestApprovals(
  pool: Pool,
  requests: readonly NewApproval[],
  actor: Actor,
): Promise<string[]> {
  return inTransaction(pool, async (client) => {
    const added: Approval[] = []
    for (const request of requests)
      added.push(...(await query(client, ApprovalRow, insert(request))))
    for (const approval of added) {
      await appendAudit(
        client,
        auditEntry(actor, {
          action: 'approval.requested',
          subject: approval.approvalId,
          reviewId: approval.reviewId,
          factsSha256: approval.factsSha256,
          after: { status: approval.status, tier: approval.tier, planSha256: approval.planSha256 },
        }),
      )
    }
    return added.map((approval) => approval.approvalId)
  })
}

function insert(request: NewApproval): Statement {
  return {
    text: `insert into mo.approvals (approval_id, review_id, interrupt_id, move, tier, approvers_needed,
             roles, proposer, barred, plan_sha256, facts_sha256, policy_sha256, created_at, expires_at,
             status, settled_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
             case $6::int when 0 then 'approved' else 'pending' end,
             case $6::int when 0 then $13::timestamptz end)
           on conflict (approval_id) do nothing returning *`,
    values: [
      request.approvalId,
      request.reviewId,
      request.interruptId ?? null,
      canonicalJson(request.move),
      request.tier,
      request.approversNeeded,
      request.roles,
      request.proposer,
      request.barred,
      request.planSha256,
      request.factsSha256,
      request.policySha256,
      request.createdAt,
      request.expiresAt,
    ],
  }
}

export async function loadApproval(
  db: Queryable,
  approvalId: string,
): Promise<Approval | undefined> {
  const [approval] = await query(db, ApprovalRow, {
    text: 'select * from mo.approvals where approval_id = $1',
    values: [approvalId],
  })
  return approval
}

/** Which requests to list; what is left out does not matter. */
export interface ApprovalFilter {
  readonly reviewId?: string
  readonly statuses?: readonly ApprovalStatus[]
}

/** Requests, the one that expires first at the top. */
export async function listApprovals(
  db: Queryable,
  filter: ApprovalFilter = {},
): Promise<Approval[]> {
  return query(db, ApprovalRow, {
    text: `select * from mo.approvals
           where ($1::text is null or review_id = $1) and ($2::text[] is null or status = any ($2))
           order by expires_at, approval_id`,
    values: [filter.reviewId ?? null, filter.statuses ?? null],
  })
}

/** Notes which interrupt of the graph waits for these requests; once noted, it stays. */
export async function bindInterrupt(
  db: Queryable,
  approvalIds: readonly string[],
  interruptId: string,
): Promise<void> {
  await query(db, z.unknown(), {
    text: `update mo.approvals set interrupt_id = $2
           where approval_id = any ($1) and interrupt_id is null`,
    values: [approvalIds, interruptId],
  })
}

/** Marks every pending request whose time is over as expired: silence never approves. Returns their ids. */
export async function expireApprovals(pool: Pool, actor: Actor): Promise<string[]> {
  const settled = await settle(pool, actor, {
    status: 'expired',
    reason: 'not decided in time',
    where: `expires_at <= clock_timestamp()`,
    values: [],
  })
  return settled.map((approval) => approval.approvalId)
}

/** Takes a pending request back: `superseded` by a new one, or `withdrawn`. */
export interface Withdrawal {
  readonly approvalId: string
  readonly status: 'superseded' | 'withdrawn'
  readonly reason: string
}

/** Takes a request back unless it is settled. Returns whether it was pending. */
export async function withdrawApproval(
  pool: Pool,
  withdrawal: Withdrawal,
  actor: Actor,
): Promise<boolean> {
  const settled = await settle(pool, actor, {
    ...withdrawal,
    where: 'approval_id = $2',
    values: [withdrawal.approvalId],
  })
  return settled.length === 1
}

interface Settlement {
  readonly status: ApprovalStatus
  readonly reason: string
  /** Further condition on pending requests; its values count from $2. */
  readonly where: string
  readonly values: readonly string[]
}

async function settle(pool: Pool, actor: Actor, settlement: Settlement): Promise<Approval[]> {
  return inTransaction(pool, async (client) => {
    const settled = await query(client, ApprovalRow, {
      text: `update mo.approvals set status = $1, settled_at = clock_timestamp()
             where approval_id in (
               select approval_id from mo.approvals where status = 'pending' and ${settlement.where}
               order by approval_id for update)
               and status = 'pending'
             returning *`,
      values: [settlement.status, ...settlement.values],
    })
    for (const approval of settled) {
      await appendAudit(
        client,
        auditEntry(actor, {
          action: `approval.${settlement.status}`,
          subject: approval.approvalId,
          reviewId: approval.reviewId,
          factsSha256: approval.factsSha256,
          reason: settlement.reason,
          before: { status: 'pending' },
          after: { status: approval.status },
        }),
      )
    }
    return settled
  })
}
