import type { Pool } from 'pg'
import { z } from 'zod'

import { present } from '#rules/kernel/invariant.ts'

import { sha256 } from './hash.ts'
import { Instant, query } from './query.ts'
import { checkFence } from './reviews.ts'
import type { Queryable } from './transaction.ts'

/** One stage of one review. `fence`: the number of the review's lock the caller holds. */
export interface StageOfReview {
  readonly reviewId: string
  readonly stage: string
  readonly fence?: number | undefined
}

const StoredStage = z
  .object({
    stage: z.string(),
    attempts: z.int(),
    started_at: Instant,
    finished_at: Instant.nullable(),
    result: z.string().nullable(),
    result_sha256: z.string().nullable(),
    program_sha256: z.string().nullable(),
  })
  .transform((row) => ({
    stage: row.stage,
    attempts: row.attempts,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    /** The very bytes that were saved; null while the stage runs. */
    result: row.result,
    resultSha256: row.result_sha256,
    /** The hash of the program that found it; null while the stage runs, and in reviews of versions that did not say. */
    program: row.program_sha256,
  }))
export type StoredStage = z.output<typeof StoredStage>

const COLUMNS = 'stage, attempts, started_at, finished_at, result, result_sha256, program_sha256'

/**
 * The review's row, held until the statement ends, if its lock has not passed to another process: writing from it is one round trip instead of
 * the four of a transaction, and two of them are on the way of every stage.
 */
const HELD =
  'held as (select from mo.reviews where review_id = $1 and ($3::bigint is null or fence = $3) for share)'

/**
 * Counts an attempt at a stage that has no result yet; a finished stage stays as it is.
 *
 * @throws AppError `REVIEW_LOCK_LOST` when another process has the review by now, `REVIEW_NOT_FOUND`.
 */
export async function startStage(pool: Pool, stage: StageOfReview): Promise<StoredStage> {
  const [begun] = await query(pool, StoredStage, {
    text: `with ${HELD}
           insert into mo.stage_results as kept (review_id, stage) select $1, $2 from held
           on conflict (review_id, stage) do update
           set attempts = kept.attempts + 1, started_at = now() where kept.result is null
           returning ${COLUMNS}`,
    values: [stage.reviewId, stage.stage, stage.fence ?? null],
  })
  return begun ?? whyNotWritten(pool, stage)
}

/**
 * Saves what a stage found, once: the first writer wins, and every writer gets what is stored.
 *
 * @throws AppError `REVIEW_LOCK_LOST` when another process has the review by now, `REVIEW_NOT_FOUND`.
 */
export async function saveStageResult(
  pool: Pool,
  stage: StageOfReview & { readonly result: string; readonly program?: string },
): Promise<StoredStage & { readonly written: boolean }> {
  const { reviewId, result } = stage
  const [written] = await query(pool, StoredStage, {
    text: `with ${HELD}
           insert into mo.stage_results as kept (review_id, stage, result, result_sha256, program_sha256, finished_at)
           select $1, $2, $4, $5, $6, now() from held
           on conflict (review_id, stage) do update
           set result = excluded.result, result_sha256 = excluded.result_sha256,
               program_sha256 = excluded.program_sha256, finished_at = now()
           where kept.result is null
           returning ${COLUMNS}`,
    values: [
      reviewId,
      stage.stage,
      stage.fence ?? null,
      result,
      sha256(result),
      stage.program ?? null,
    ],
  })
  return { ...(written ?? (await whyNotWritten(pool, stage))), written: written !== undefined }
}

/** Nothing was written: the lock is another's, and that is an error, or the stage was finished before, and that is the answer. */
async function whyNotWritten(pool: Pool, stage: StageOfReview): Promise<StoredStage> {
  await checkFence(pool, stage.reviewId, stage.fence)
  return loadStage(pool, stage)
}

/** Everything stored about the stages of a review, in the order they were begun. */
export async function loadStages(db: Queryable, reviewId: string): Promise<StoredStage[]> {
  return query(db, StoredStage, {
    text: `select ${COLUMNS} from mo.stage_results where review_id = $1 order by started_at, stage`,
    values: [reviewId],
  })
}

async function loadStage(db: Queryable, stage: StageOfReview): Promise<StoredStage> {
  const [stored] = await query(db, StoredStage, {
    text: `select ${COLUMNS} from mo.stage_results where review_id = $1 and stage = $2`,
    values: [stage.reviewId, stage.stage],
  })
  return present(stored, `stage ${stage.stage} just written`)
}

/** Reviews in which a model left fluent prose for people to decide on, whatever was decided, newest first. */
export async function reviewsWithFluentWords(db: Queryable): Promise<string[]> {
  const rows = await query(db, z.object({ review_id: z.string() }), {
    text: `select review_id from mo.stage_results
           where result is not null and result::jsonb #> '{narrative,fluent}' is not null
           group by review_id order by max(finished_at) desc, review_id`,
  })
  return rows.map((row) => row.review_id)
}
