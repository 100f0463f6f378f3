import type { Pool } from 'pg'
import { z } from 'zod'

import { present } from '#rules/kernel/invariant.ts'
import { appendAudit } from '#src/audit/append.ts'
import { auditEntry } from '#src/audit/entry.ts'
import type { AuditEntry } from '#src/audit/entry.ts'

import { expireApprovals } from './approval-steps.ts'
import { loadApproval } from './approvals.ts'
import type { ApprovalStatus, Binding } from './approvals.ts'
import { Instant, query } from './query.ts'
import { inTransaction } from './transaction.ts'
import type { Queryable } from './transaction.ts'

/** What one person decided. The binding is that of the request as the person saw it. */
export interface NewDecision extends Binding {
  readonly approvalId: string
  readonly person: string
  /** The role the person decides in. */
  readonly role: string | null
  /** The principal whose authority a delegate uses; null: the person's own. */
  readonly onBehalfOf: string | null
  readonly decision: 'approve' | 'reject'
  readonly reason: string
  readonly ruleIds: readonly string[]
  /** The token the person acts with; null: named on the command line. */
  readonly token?: ShownToken | null
}

/** A token with its secret, which the database compares and forgets. */
export interface ShownToken {
  readonly id: string
  readonly secret: string
}

const DecisionRow = z
  .object({
    approval_id: z.string(),
    person: z.string(),
    on_behalf_of: z.string().nullable(),
    decision: z.enum(['approve', 'reject']),
    reason: z.string(),
    decided_at: Instant,
  })
  .transform((row) => ({
    approvalId: row.approval_id,
    person: row.person,
    onBehalfOf: row.on_behalf_of,
    decision: row.decision,
    reason: row.reason,
    decidedAt: row.decided_at,
  }))
export type ApprovalDecision = z.output<typeof DecisionRow>

/**
 * Why the database refuses a decision: `own-proposal` the person, or the principal, made the proposal; `conflict-of-interest` one of
 * them is barred; `already-decided` one of them decided before, for whomever; `changed-since` plan, facts or policy are not those of
 * the request; `no-reason` it says nothing; `not-the-proposer` and `not-an-approver` are said of decisions on words; `token-…` the policy asks for a token, or the token is not good for it; `version-taken` is said of
 * policies; the rest speak for themselves.
 */
const Refusal = z.enum([
  'not-found',
  'already-decided',
  'expired',
  'not-pending',
  'own-proposal',
  'conflict-of-interest',
  'changed-since',
  'no-reason',
  'not-the-proposer',
  'not-an-approver',
  'policy-not-admitted',
  'token-required',
  'token-of-another',
  'token-not-proven',
  'token-revoked',
  'token-expired',
  'token-out-of-scope',
  'token-of-own-making',
  'version-taken',
])
export type RefusalReason = z.infer<typeof Refusal>

export type DecisionOutcome =
  | {
      readonly ok: true
      readonly status: ApprovalStatus
      readonly decisions: readonly ApprovalDecision[]
    }
  | {
      readonly ok: false
      readonly reason: RefusalReason
      /** Where the request stands; null when there is none. */
      readonly status: ApprovalStatus | null
      readonly decisions: readonly ApprovalDecision[]
    }

/**
 * Writes a decision down before anything follows from it. The database judges it under a lock on the request, so that of any number
 * of attempts at once each is judged after the one before. Accepted or refused, it is on the audit log.
 */
export async function recordDecision(pool: Pool, decision: NewDecision): Promise<DecisionOutcome> {
  const refusal = await tryDecision(pool, decision)
  if (refusal === 'expired') {
    await expireApprovals(pool, { actor: 'system:store', role: null, onBehalfOf: null })
  }
  const approval = await loadApproval(pool, decision.approvalId)
  const decisions = await loadDecisions(pool, decision.approvalId)
  if (refusal === undefined) {
    return { ok: true, status: present(approval, 'the approval just decided').status, decisions }
  }
  await inTransaction(pool, (client) =>
    appendAudit(client, toAudit(decision, 'approval.refused', { refusal })),
  )
  return { ok: false, reason: refusal, status: approval?.status ?? null, decisions }
}

/** The decisions on a request, in the order they were made. */
export async function loadDecisions(
  db: Queryable,
  approvalId: string,
): Promise<ApprovalDecision[]> {
  return query(db, DecisionRow, {
    text: `select approval_id, person, on_behalf_of, decision, reason, decided_at
           from mo.approval_decisions where approval_id = $1 order by decided_at, person`,
    values: [approvalId],
  })
}

const DECIDED = 'approval.decided'

/** Undefined when the decision stands, else why it was refused. */
async function tryDecision(pool: Pool, decision: NewDecision): Promise<RefusalReason | undefined> {
  try {
    await inTransaction(pool, async (client) => {
      await query(client, z.unknown(), {
        text: `insert into mo.approval_decisions
                 (approval_id, person, on_behalf_of, decision, reason, plan_sha256, facts_sha256, policy_sha256, token_id, token_secret)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        values: [
          decision.approvalId,
          decision.person,
          decision.onBehalfOf,
          decision.decision,
          decision.reason,
          decision.planSha256,
          decision.factsSha256,
          decision.policySha256,
          decision.token?.id ?? null,
          decision.token?.secret ?? null,
        ],
      })
      const approval = await loadApproval(client, decision.approvalId)
      const entry = toAudit(decision, DECIDED, { status: approval?.status ?? null })
      await appendAudit(client, { ...entry, reviewId: approval?.reviewId ?? null })
    })
    return undefined
  } catch (error) {
    const reason = refusalOf(error)
    if (reason === undefined) throw error
    return reason
  }
}

/** Why the database refused: it names its reason as the violated constraint. Undefined: the failure is another. */
export function refusalOf(error: unknown): RefusalReason | undefined {
  if (!(error instanceof Error) || !('constraint' in error)) return undefined
  if (error.constraint === 'approval_decisions_reason_check') return 'no-reason'
  return Refusal.safeParse(error.constraint).data
}

function toAudit(
  decision: NewDecision,
  action: string,
  after: Readonly<Record<string, string | null>>,
): AuditEntry {
  return auditEntry(
    { actor: decision.person, role: decision.role, onBehalfOf: decision.onBehalfOf },
    {
      action,
      subject: decision.approvalId,
      ruleIds: [...decision.ruleIds],
      factsSha256: decision.factsSha256,
      reason: decision.reason,
      before: action === DECIDED ? { status: 'pending' } : null,
      after: {
        decision: decision.decision,
        planSha256: decision.planSha256,
        tokenId: decision.token?.id ?? null,
        ...after,
      },
    },
  )
}
