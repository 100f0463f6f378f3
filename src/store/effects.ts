import type { Pool, PoolClient } from 'pg'
import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { appendAudit } from '#src/audit/append.ts'
import type { AuditEntry } from '#src/audit/entry.ts'

import { execute, Instant, query } from './query.ts'
import { checkFence } from './reviews.ts'
import { inTransaction } from './transaction.ts'
import type { Queryable } from './transaction.ts'

/** Something done to the world on behalf of a review, at most once for each (review, stage, subject). */
export interface Effect {
  readonly reviewId: string
  readonly stage: string
  readonly subject: string
  /** Plain JSON. */
  readonly payload: unknown
  readonly audit: AuditEntry
  readonly fence?: number | undefined
}

/** What else belongs to the effect and must be kept or lost with it. */
export type EffectWork = (client: PoolClient) => Promise<void>

/**
 * Applies an effect once: its row, what `work` writes and its audit row go in one transaction. Asked again, also by two processes at
 * the same time, it does nothing.
 *
 * @returns Whether this call applied it.
 * @throws AppError `REVIEW_LOCK_LOST` when another process has the review by now.
 */
export async function applyOnce(pool: Pool, effect: Effect, work?: EffectWork): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await checkFence(client, effect.reviewId, effect.fence)
    const inserted = await execute(client, {
      text: `insert into mo.effects (review_id, stage, subject, payload) values ($1, $2, $3, $4)
             on conflict (review_id, stage, subject) do nothing`,
      values: [effect.reviewId, effect.stage, effect.subject, canonicalJson(effect.payload)],
    })
    if (inserted === 0) return false
    await work?.(client)
    await appendAudit(client, effect.audit)
    return true
  })
}

const AppliedEffect = z
  .object({ stage: z.string(), subject: z.string(), payload: z.string(), applied_at: Instant })
  .transform((row) => ({
    stage: row.stage,
    subject: row.subject,
    /** Canonical JSON. */
    payload: row.payload,
    appliedAt: row.applied_at,
  }))
export type AppliedEffect = z.output<typeof AppliedEffect>

/** The effects of a review, in the order they were applied. */
export async function loadEffects(db: Queryable, reviewId: string): Promise<AppliedEffect[]> {
  return query(db, AppliedEffect, {
    text: `select stage, subject, payload, applied_at from mo.effects
           where review_id = $1 order by applied_at, stage, subject`,
    values: [reviewId],
  })
}
