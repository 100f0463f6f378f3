import type { Pool } from 'pg'
import { z } from 'zod'

import { appendAudit } from '../audit/append.ts'
import { auditEntry, type AuditEntry } from '../audit/entry.ts'
import { refusalOf, type RefusalReason, type ShownToken } from './approval-decisions.ts'
import { execute, Instant, query } from './query.ts'
import { inTransaction, type Queryable } from './transaction.ts'

const DecisionRow = z
  .object({
    stage: z.string(),
    text_sha256: z.string(),
    facts_sha256: z.string(),
    decision: z.enum(['approve', 'reject']),
    proposer: z.string(),
    person: z.string(),
    role: z.string(),
    reason: z.string().nullable(),
    decided_at: Instant,
  })
  .transform((row) => ({
    stage: row.stage,
    textSha256: row.text_sha256,
    factsSha256: row.facts_sha256,
    decision: row.decision,
    proposer: row.proposer,
    person: row.person,
    role: row.role,
    reason: row.reason,
    decidedAt: row.decided_at,
  }))

/** What a person said to the fluent prose of a stage, and to which bytes. */
export type NarrativeDecision = z.output<typeof DecisionRow>

/** A decision before it is on record. */
export type NewNarrativeDecision = Omit<NarrativeDecision, 'decidedAt'> & {
  readonly reviewId: string
  /** The token the person acts with; null: named on the command line. */
  readonly token: ShownToken | null
}

/** What persons said to the prose of a review, in the order they said it. */
export async function loadNarrativeDecisions(
  db: Queryable,
  reviewId: string,
): Promise<NarrativeDecision[]> {
  return query(db, DecisionRow, {
    text: `select stage, text_sha256, facts_sha256, decision, proposer, person, role, reason, decided_at
           from mo.narrative_decisions where review_id = $1 order by decided_at, stage`,
    values: [reviewId],
  })
}

/**
 * Writes a decision down with its audit entry, or the refusal alone: the database judges who may decide, and on what.
 *
 * @returns Undefined when the decision stands; else why it was refused, and the first decision on these bytes stands.
 */
export async function recordNarrativeDecision(
  pool: Pool,
  decision: NewNarrativeDecision,
): Promise<RefusalReason | undefined> {
  const action = decision.decision === 'approve' ? 'narrative.approved' : 'narrative.rejected'
  try {
    await inTransaction(pool, async (client) => {
      await insert(client, decision)
      await appendAudit(client, entryOf(decision, action, {}))
    })
    return undefined
  } catch (error) {
    // Of two at once the second meets the row of the first, which no trigger could see.
    const refusal = isDuplicate(error) ? 'already-decided' : refusalOf(error)
    if (refusal === undefined) throw error
    await inTransaction(pool, (client) =>
      appendAudit(client, entryOf(decision, 'narrative.refused', { refusal })),
    )
    return refusal
  }
}

async function insert(client: Queryable, decision: NewNarrativeDecision): Promise<void> {
  const { reviewId, stage, textSha256, factsSha256, proposer, person, role, reason } = decision
  await execute(client, {
    text: `insert into mo.narrative_decisions
             (review_id, stage, text_sha256, facts_sha256, decision, proposer, person, role, reason, token_id, token_secret)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      reviewId,
      stage,
      textSha256,
      factsSha256,
      decision.decision,
      proposer,
      person,
      role,
      reason,
      decision.token?.id ?? null,
      decision.token?.secret ?? null,
    ],
  })
}

function isDuplicate(error: unknown): boolean {
  return (
    error instanceof Error &&
    'constraint' in error &&
    error.constraint === 'narrative_decisions_pkey'
  )
}

function entryOf(
  { reviewId, stage, textSha256, factsSha256, proposer, token, ...who }: NewNarrativeDecision,
  action: string,
  more: Readonly<Record<string, string>>,
): AuditEntry {
  return auditEntry(
    { actor: who.person, role: who.role, onBehalfOf: null },
    {
      action,
      subject: `${reviewId}/${stage}`,
      reviewId,
      factsSha256,
      reason: who.reason,
      after: { textSha256, proposer, tokenId: token?.id ?? null, ...more },
    },
  )
}
