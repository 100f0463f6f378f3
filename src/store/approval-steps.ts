import type { Pool } from 'pg'

import { stepOf, type ApprovalEvent } from '#rules/governance/approval-life.ts'
import { appendAudit } from '#src/audit/append.ts'
import { auditEntry, type Actor, type AuditEntry } from '#src/audit/entry.ts'

import { ApprovalRow, type Approval, type ApprovalStatus } from './approvals.ts'
import { execute, query } from './query.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** Something that happens to a request. */
export interface ApprovalStep {
  readonly approvalId: string
  readonly event: ApprovalEvent
  readonly reason: string
  /** More of the state after it, for the audit log. */
  readonly after?: AuditEntry['after']
  readonly ruleIds?: readonly string[]
}

export type StepOutcome =
  | { readonly ok: true; readonly from: ApprovalStatus; readonly to: ApprovalStatus }
  | {
      readonly ok: false
      readonly reason: 'not_found' | 'ended' | 'not_allowed'
      readonly status: ApprovalStatus | null
    }

/**
 * Moves a request on inside the caller's transaction, under a lock on its row. The rule says where it goes; the database checks that once
 * more, and its money follows.
 */
export async function stepApproval(
  client: Queryable,
  step: ApprovalStep,
  actor: Actor,
): Promise<StepOutcome> {
  const approval = await lockApproval(client, step.approvalId)
  if (approval === undefined) return { ok: false, reason: 'not_found', status: null }
  const ruling = stepOf(approval.status, step.event)
  if (!ruling.ok) return { ok: false, reason: ruling.reason, status: approval.status }
  await execute(client, {
    text: 'update mo.approvals set status = $2, status_reason = $3 where approval_id = $1',
    values: [step.approvalId, ruling.to, step.reason],
  })
  await appendAudit(
    client,
    auditEntry(actor, {
      action: `approval.${ruling.to}`,
      subject: approval.approvalId,
      reviewId: approval.reviewId,
      ruleIds: ['governance.approval_life', ...(step.ruleIds ?? [])],
      factsSha256: approval.factsSha256,
      reason: step.reason,
      before: { status: approval.status },
      after:
        step.after === undefined ? { status: ruling.to } : { status: ruling.to, more: step.after },
    }),
  )
  return { ok: true, from: approval.status, to: ruling.to }
}

/** The request, locked until the caller's transaction ends. */
export async function lockApproval(
  client: Queryable,
  approvalId: string,
): Promise<Approval | undefined> {
  const [approval] = await query(client, ApprovalRow, {
    text: 'select * from mo.approvals where approval_id = $1 for update',
    values: [approvalId],
  })
  return approval
}

/** Marks every pending request whose time is over as expired: silence never approves. Returns their ids. */
export async function expireApprovals(pool: Pool, actor: Actor): Promise<string[]> {
  return inTransaction(pool, async (client) => {
    const due = await query(client, ApprovalRow, {
      text: `select * from mo.approvals where status = 'pending' and expires_at <= clock_timestamp()
             order by approval_id for update`,
    })
    const expired: string[] = []
    for (const { approvalId } of due) {
      const step = { approvalId, event: 'expire', reason: 'not decided in time' } as const
      const outcome = await stepApproval(client, step, actor)
      if (outcome.ok) expired.push(approvalId)
    }
    return expired
  })
}

/** Notes which interrupt of the graph waits for these requests; once noted, it stays. */
export async function bindInterrupt(
  db: Queryable,
  approvalIds: readonly string[],
  interruptId: string,
): Promise<void> {
  await execute(db, {
    text: `update mo.approvals set interrupt_id = $2
           where approval_id = any ($1) and interrupt_id is null`,
    values: [approvalIds, interruptId],
  })
}
