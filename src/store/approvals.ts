import type { Pool } from 'pg'
import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { APPROVAL_STATES } from '#rules/schema/approval-state.ts'
import { appendAudit } from '#src/audit/append.ts'
import { auditEntry } from '#src/audit/entry.ts'
import type { Actor } from '#src/audit/entry.ts'

import { BigInteger, Instant, query } from './query.ts'
import type { Statement } from './query.ts'
import { inTransaction } from './transaction.ts'
import type { Queryable } from './transaction.ts'

const Status = z.enum(APPROVAL_STATES)
export type ApprovalStatus = z.infer<typeof Status>

/** The exact plan, facts and policy a request and every decision on it are bound to. */
export interface Binding {
  readonly planSha256: string
  readonly factsSha256: string
  readonly policySha256: string
}

/** Who may decide a request: people in their own name, or for a principal on the days of a delegation. */
export interface Deciders {
  readonly timeZone: string
  readonly people: readonly {
    readonly person: string
    readonly principal: string
    /** Local dates, both included; null: always. */
    readonly from: string | null
    readonly to: string | null
  }[]
}

/** A request that people decide on. `planSha256` and `factsSha256` are of the canonical JSON of `move` and `facts`. */
export interface NewApproval extends Binding {
  readonly approvalId: string
  readonly reviewId: string
  readonly interruptId?: string
  /** Plain JSON: what is asked for. */
  readonly move: unknown
  /** Plain JSON: what the move was compared with. */
  readonly facts: unknown
  readonly tier: string
  /** 0: the policy lets it pass by rule, and it is on record as approved. */
  readonly approversNeeded: number
  readonly roles: readonly string[]
  readonly proposer: string
  /** People who may not decide for a conflict of interest, such as the editors of the policy in force. */
  readonly barred: readonly string[]
  /** What the giver has left and what its plan says, in minor units; null when the data do not say. */
  readonly remainderMinor: number | null
  readonly plannedMinor: number | null
  /** How the applied move may be undone without asking again; null when it may not. */
  readonly rollback: { readonly withinDays: number } | null
  /** Who may decide, see the migration `0016-deciders`; absent: the database holds decisions to nobody. */
  readonly deciders?: Deciders
  /** Whether decisions need a token; default: no. */
  readonly tokenRequired?: boolean
  /** The request this one takes the place of, and what differs from it. */
  readonly supersedes?: string
  readonly difference?: readonly unknown[]
  readonly createdAt: string
  /** After this instant of the database's clock every decision is refused. */
  readonly expiresAt: string
}

export const ApprovalRow = z
  .object({
    approval_id: z.string(),
    review_id: z.string(),
    interrupt_id: z.string().nullable(),
    move: z.string(),
    facts: z.string(),
    tier: z.string(),
    approvers_needed: z.int(),
    roles: z.array(z.string()),
    proposer: z.string(),
    barred: z.array(z.string()),
    plan_sha256: z.string(),
    facts_sha256: z.string(),
    policy_sha256: z.string(),
    remainder_minor: BigInteger.nullable(),
    planned_minor: BigInteger.nullable(),
    rollback: z.string().nullable(),
    supersedes: z.string().nullable(),
    difference: z.string(),
    created_at: Instant,
    expires_at: Instant,
    status: Status,
    status_reason: z.string().nullable(),
    status_at: Instant,
    settled_at: Instant.nullable(),
  })
  .transform((row) => ({
    approvalId: row.approval_id,
    reviewId: row.review_id,
    interruptId: row.interrupt_id,
    /** Canonical JSON. */
    move: row.move,
    /** Canonical JSON. */
    facts: row.facts,
    tier: row.tier,
    approversNeeded: row.approvers_needed,
    roles: row.roles,
    proposer: row.proposer,
    barred: row.barred,
    planSha256: row.plan_sha256,
    factsSha256: row.facts_sha256,
    policySha256: row.policy_sha256,
    remainderMinor: row.remainder_minor,
    plannedMinor: row.planned_minor,
    /** Canonical JSON. */
    rollback: row.rollback,
    supersedes: row.supersedes,
    /** Canonical JSON. */
    difference: row.difference,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    status: row.status,
    statusReason: row.status_reason,
    /** When it got its status, by the database's clock. */
    statusAt: row.status_at,
    settledAt: row.settled_at,
  }))
export type Approval = z.output<typeof ApprovalRow>

/** What became of one request: `refused` names what the books say against it, and it is on record as withdrawn. */
export type Filing =
  | { readonly kind: 'filed' | 'known' }
  | { readonly kind: 'refused'; readonly reason: string }

/** Puts requests on record, all or none; one that is there already stays as it is. Returns the ids that are new and may be decided on. */
export async function requestApprovals(
  pool: Pool,
  requests: readonly NewApproval[],
  actor: Actor,
): Promise<string[]> {
  return inTransaction(pool, async (client) => {
    const added: string[] = []
    for (const request of requests) {
      const filing = await fileRequest(client, request, actor)
      if (filing.kind === 'filed') added.push(request.approvalId)
    }
    return added
  })
}

/**
 * Puts one request on record inside the caller's transaction. Its money is reserved by the database with the same row; what the books
 * refuse (`MO003`) is kept as a draft that was withdrawn, with the reason, so that nobody has to ask where a move went.
 */
export async function fileRequest(
  client: Queryable,
  request: NewApproval,
  actor: Actor,
): Promise<Filing> {
  await client.query('savepoint filing')
  try {
    const filed = await query(client, ApprovalRow, insert(request, openStatus(request)))
    await client.query('release savepoint filing')
    for (const approval of filed) await auditRequest(client, approval, actor)
    return { kind: filed.length === 0 ? 'known' : 'filed' }
  } catch (error) {
    const reason = moneyRefusal(error)
    if (reason === undefined) throw error
    await client.query('rollback to savepoint filing')
    await fileRefused(client, { request, reason, actor })
    return { kind: 'refused', reason }
  }
}

/** The reason of a refusal of the books, undefined for any other failure. */
export function moneyRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'MO003') return undefined
  return 'constraint' in error ? String(error.constraint) : 'refused'
}

/** Keeps a request that may not be asked for: as a draft that was withdrawn, once. */
export async function fileRefused(
  client: Queryable,
  {
    request,
    reason,
    actor,
  }: { readonly request: NewApproval; readonly reason: string; readonly actor: Actor },
): Promise<void> {
  const drafts = await query(client, ApprovalRow, insert(request, 'draft'))
  for (const draft of drafts) {
    await query(client, z.unknown(), {
      text: `update mo.approvals set status = 'withdrawn', status_reason = $2 where approval_id = $1`,
      values: [draft.approvalId, reason],
    })
    await appendAudit(
      client,
      auditEntry(actor, {
        action: 'approval.refused_by_books',
        subject: draft.approvalId,
        reviewId: draft.reviewId,
        ruleIds: ['governance.double_entry'],
        factsSha256: draft.factsSha256,
        reason,
        before: { status: 'draft', remainderMinor: draft.remainderMinor },
        after: { status: 'withdrawn', tier: draft.tier, planSha256: draft.planSha256 },
      }),
    )
  }
}

async function auditRequest(client: Queryable, approval: Approval, actor: Actor): Promise<void> {
  const difference: unknown = JSON.parse(approval.difference)
  await appendAudit(
    client,
    auditEntry(actor, {
      action: 'approval.requested',
      subject: approval.approvalId,
      reviewId: approval.reviewId,
      ruleIds: ['governance.approval_tier', 'governance.double_entry'],
      factsSha256: approval.factsSha256,
      before: {
        supersedes: approval.supersedes,
        remainderMinor: approval.remainderMinor,
        plannedMinor: approval.plannedMinor,
      },
      after: {
        status: approval.status,
        tier: approval.tier,
        planSha256: approval.planSha256,
        policySha256: approval.policySha256,
        reserved: true,
        difference: z.json().parse(difference),
      },
    }),
  )
}

function openStatus({ approversNeeded }: NewApproval): ApprovalStatus {
  return approversNeeded === 0 ? 'approved' : 'pending'
}

function insert(request: NewApproval, status: ApprovalStatus): Statement {
  return {
    text: `insert into mo.approvals (approval_id, review_id, interrupt_id, move, tier, approvers_needed,
             roles, proposer, barred, plan_sha256, facts_sha256, policy_sha256, created_at, expires_at,
             status, facts, remainder_minor, planned_minor, rollback, supersedes, difference, token_required, deciders)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
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
      status,
      canonicalJson(request.facts),
      request.remainderMinor,
      request.plannedMinor,
      request.rollback === null ? null : canonicalJson(request.rollback),
      request.supersedes ?? null,
      canonicalJson(request.difference ?? []),
      request.tokenRequired ?? false,
      request.deciders === undefined ? null : canonicalJson(request.deciders),
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

/** The requests that stand: of each chain of amendments the last. */
export function standing(approvals: readonly Approval[]): Approval[] {
  const replaced = new Set(approvals.map((approval) => approval.supersedes))
  return approvals.filter((approval) => !replaced.has(approval.approvalId))
}
