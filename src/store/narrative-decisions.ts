import type { Pool } from 'pg'
import { z } from 'zod'

import { appendAudit } from '../audit/append.ts'
import { auditEntry } from '../audit/entry.ts'
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

/** Writes a decision down with its audit entry. @returns False when these bytes were decided on before; the first decision stands. */
export async function recordNarrativeDecision(
  pool: Pool,
  decision: NewNarrativeDecision,
): Promise<boolean> {
  const { reviewId, stage, textSha256, factsSha256, proposer, person, role, reason } = decision
  return inTransaction(pool, async (client) => {
    const written = await execute(client, {
      text: `insert into mo.narrative_decisions
               (review_id, stage, text_sha256, facts_sha256, decision, proposer, person, role, reason)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
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
      ],
    })
    if (written === 0) return false
    await appendAudit(
      client,
      auditEntry(
        { actor: person, role, onBehalfOf: null },
        {
          action: decision.decision === 'approve' ? 'narrative.approved' : 'narrative.rejected',
          subject: `${reviewId}/${stage}`,
          reviewId,
          factsSha256,
          reason,
          after: { textSha256, proposer },
        },
      ),
    )
    return true
  })
}
