import { z } from 'zod'

import { AppError } from '#src/errors.ts'

import { sha256 } from './hash.ts'
import { BigInteger, execute, Instant, query } from './query.ts'
import type { Queryable } from './transaction.ts'

const Status = z.enum([
  'created',
  'running',
  'awaiting_approval',
  'completed',
  'withheld',
  'failed',
  'superseded',
])
export type ReviewStatus = z.infer<typeof Status>

/** A review to begin: what it is about, and the inputs it is frozen to. */
export interface NewReview {
  readonly reviewId: string
  readonly workspace: string
  /** `YYYY-MM`. */
  readonly month: string
  readonly asOf: string
  /** JSON texts; their very bytes are kept. */
  readonly policy: string
  readonly manifest: string
  /** Of whatever the caller counts as the same input. */
  readonly inputSha256: string
  /** People whom the policy lets decide on the prose of a model; absent: the database does not hold decisions to it. */
  readonly wordsApprovers?: readonly string[]
  /** Whether the policy takes no decision without a token; absent: it does. */
  readonly tokenRequired?: boolean
  /** What earlier reviews showed of the experiments, as JSON text; absent: nothing. */
  readonly earlierReadings?: string
}

const Summary = z.object({
  review_id: z.string(),
  workspace: z.string(),
  month: z.string(),
  as_of: z.string(),
  status: Status,
  status_detail: z.string().nullable(),
  policy_sha256: z.string(),
  input_sha256: z.string(),
  fence: BigInteger,
  created_at: Instant,
  updated_at: Instant,
})

const toSummary = (row: z.output<typeof Summary>) => ({
  reviewId: row.review_id,
  workspace: row.workspace,
  month: row.month,
  asOf: row.as_of,
  status: row.status,
  statusDetail: row.status_detail,
  policySha256: row.policy_sha256,
  inputSha256: row.input_sha256,
  fence: row.fence,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const ReviewSummaryRow = Summary.transform(toSummary)
const ReviewRow = Summary.extend({
  policy: z.string(),
  manifest: z.string(),
  earlier_readings: z.string(),
}).transform((row) => ({
  ...toSummary(row),
  policy: row.policy,
  manifest: row.manifest,
  earlierReadings: row.earlier_readings,
}))

/** A review without its long texts. */
export type ReviewSummary = z.output<typeof ReviewSummaryRow>
export type Review = z.output<typeof ReviewRow>

const SUMMARY_COLUMNS = Object.keys(Summary.shape).join(', ')

export type CreatedReview =
  | { readonly ok: true; readonly created: boolean; readonly review: Review }
  | { readonly ok: false; readonly reason: 'other-inputs'; readonly review: Review }

/** Creates the review unless it is there. Asked again with the same inputs, it is the same review; with others it is refused. */
export async function createReview(db: Queryable, review: NewReview): Promise<CreatedReview> {
  const { reviewId, workspace, month, asOf, policy, manifest, inputSha256 } = review
  const created = await execute(db, {
    text: `insert into mo.reviews
             (review_id, workspace, month, as_of, policy, policy_sha256, manifest, input_sha256,
              words_approvers, token_required, earlier_readings)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (review_id) do nothing`,
    values: [
      reviewId,
      workspace,
      month,
      asOf,
      policy,
      sha256(policy),
      manifest,
      inputSha256,
      review.wordsApprovers ?? null,
      review.tokenRequired ?? false,
      review.earlierReadings ?? '[]',
    ],
  })
  const stored = await loadReview(db, reviewId)
  if (stored === undefined) throw reviewNotFound(reviewId)
  const same =
    stored.workspace === workspace &&
    stored.month === month &&
    stored.asOf === asOf &&
    stored.policySha256 === sha256(policy) &&
    stored.inputSha256 === inputSha256
  if (!same) return { ok: false, reason: 'other-inputs', review: stored }
  return { ok: true, created: created === 1, review: stored }
}

export async function loadReview(db: Queryable, reviewId: string): Promise<Review | undefined> {
  const [review] = await query(db, ReviewRow, {
    text: `select ${SUMMARY_COLUMNS}, policy, manifest, earlier_readings from mo.reviews where review_id = $1`,
    values: [reviewId],
  })
  return review
}

/** Which reviews to list; what is left out does not matter. */
export interface ReviewFilter {
  readonly workspace?: string
  readonly month?: string
  readonly statuses?: readonly ReviewStatus[]
}

/** Reviews, newest first. */
export async function listReviews(
  db: Queryable,
  filter: ReviewFilter = {},
): Promise<ReviewSummary[]> {
  return query(db, ReviewSummaryRow, {
    text: `select ${SUMMARY_COLUMNS} from mo.reviews
           where ($1::text is null or workspace = $1)
             and ($2::text is null or month = $2)
             and ($3::text[] is null or status = any ($3))
           order by created_at desc, review_id`,
    values: [filter.workspace ?? null, filter.month ?? null, filter.statuses ?? null],
  })
}

/** Moves a review on. `fence`: refuse when the review's lock has passed to another process since. */
export interface StatusChange {
  readonly reviewId: string
  readonly status: ReviewStatus
  /** Why, for a review that failed or is withheld; plain words without data of people. */
  readonly detail?: string
  readonly fence?: number | undefined
}

/**
 * Sets where a review stands.
 *
 * @throws AppError `REVIEW_NOT_FOUND`, or `REVIEW_LOCK_LOST` when the fence is an older one.
 */
export async function setReviewStatus(db: Queryable, change: StatusChange): Promise<void> {
  const { reviewId, status, detail, fence } = change
  const changed = await execute(db, {
    text: `update mo.reviews set status = $2, status_detail = $3, updated_at = now()
           where review_id = $1 and ($4::bigint is null or fence = $4)`,
    values: [reviewId, status, detail ?? null, fence ?? null],
  })
  if (changed === 1) return
  const exists = (await loadReview(db, reviewId)) !== undefined
  throw exists ? lockLost(reviewId) : reviewNotFound(reviewId)
}

/**
 * Makes sure, until the caller's transaction ends, that the review's lock has not passed to another process.
 *
 * @throws AppError `REVIEW_LOCK_LOST` or `REVIEW_NOT_FOUND`.
 */
export async function checkFence(
  client: Queryable,
  reviewId: string,
  fence: number | undefined,
): Promise<void> {
  if (fence === undefined) return
  const [row] = await query(client, z.object({ fence: BigInteger }), {
    text: 'select fence from mo.reviews where review_id = $1 for share',
    values: [reviewId],
  })
  if (row === undefined) throw reviewNotFound(reviewId)
  if (row.fence !== fence) throw lockLost(reviewId)
}

function lockLost(reviewId: string): AppError {
  return new AppError('REVIEW_LOCK_LOST', { next: `run: mo resume ${reviewId}` })
}

function reviewNotFound(reviewId: string): AppError {
  return new AppError('REVIEW_NOT_FOUND', { message: `there is no review ${reviewId}` })
}
