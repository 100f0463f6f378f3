import { isMonthOver } from '#rules/kernel/calendar.ts'

import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { openSession, type ReviewSession } from '../runtime/session.ts'
import { openWorkspace, workspacePolicy, type Workspace } from '../runtime/workspace.ts'
import { listReviews, loadReview, type Review, type ReviewSummary } from '../store/reviews.ts'
import { openStore, type Store } from '../store/store.ts'
import type { Output } from '../terminal/output.ts'

/** What a command is run with. */
export interface CommandContext {
  readonly config: Config
  readonly output: Output
  readonly now: () => Date
}

/** Options every command takes. */
export interface CommonOptions {
  readonly workspace: string
}

/** What a command ends with: 0 done, 1 the answer is no, 3 waiting for approval, 4 withheld. */
export type CommandExit = 0 | 1 | 3 | 4

/** Opens the workspace and its store for the time of `work` and closes the store whatever happens. */
export async function withStore<const Result>(
  { config }: CommandContext,
  options: CommonOptions,
  work: (store: Store, workspace: Workspace) => Promise<Result>,
): Promise<Result> {
  const workspace = await openWorkspace(options.workspace)
  const store = await openStore({
    workspaceDir: workspace.directory,
    databaseUrl: config.databaseUrl,
    databaseOwnerUrl: config.databaseOwnerUrl,
  })
  try {
    return await work(store, workspace)
  } finally {
    await store.close()
  }
}

/** Opens a review's frozen data for the time of `work`. */
export async function withSession<Result>(
  workspace: Workspace,
  review: Review,
  work: (session: ReviewSession) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(workspace, review)
  try {
    return await work(session)
  } finally {
    await session.data.close()
  }
}

/**
 * The review an operator means: an id, the beginning of one, a month (its newest review), or nothing (the newest of all).
 *
 * @throws AppError `REVIEW_NOT_FOUND`, or `USAGE` when the beginning fits several.
 */
export async function findReview(
  store: Store,
  workspace: Workspace,
  name: string | undefined,
): Promise<Review> {
  return findAmong(store, await workspaceReviews(store, workspace), name)
}

/** The review an operator means, of these. @throws AppError as `findReview`. */
export async function findAmong(
  store: Store,
  reviews: readonly ReviewSummary[],
  name: string | undefined,
): Promise<Review> {
  const found = pickReview(reviews, name)
  const review = found === undefined ? undefined : await loadReview(store.pool, found.reviewId)
  if (review !== undefined) return review
  throw new AppError('REVIEW_NOT_FOUND', {
    ...(name === undefined ? {} : { got: name }),
    expected: reviews.length === 0 ? 'a review that was begun' : known(reviews),
    next:
      reviews.length === 0
        ? 'begin one with: mo review --workspace DIR --month YYYY-MM'
        : 'list the reviews with: mo status',
  })
}

/** Reviews of this workspace, newest first. */
export async function workspaceReviews(
  store: Store,
  workspace: Workspace,
): Promise<ReviewSummary[]> {
  const { policy } = await workspacePolicy(workspace)
  return listReviews(store.pool, { workspace: policy.company.name })
}

function pickReview(
  reviews: readonly ReviewSummary[],
  name: string | undefined,
): ReviewSummary | undefined {
  if (name === undefined) return reviewOfMonth(reviews, reviews[0]?.month)
  const exact = reviews.find((review) => review.reviewId === name)
  if (exact !== undefined) return exact
  if (/^\d{4}-\d{2}$/.test(name)) return reviewOfMonth(reviews, name)
  const fitting = reviews.filter((review) => review.reviewId.startsWith(name))
  if (fitting.length > 1) {
    throw new AppError('USAGE', {
      message: 'several reviews fit',
      expected: known(fitting),
      got: name,
    })
  }
  return fitting[0]
}

/**
 * What a month means: its newest review of the whole month, which no look back at an earlier day takes the place of; without one, the look at
 * its latest day. Reviews come the newest first.
 */
export function reviewOfMonth<R extends Pick<ReviewSummary, 'month' | 'asOf'>>(
  reviews: readonly R[],
  month: string | undefined,
): R | undefined {
  const ofMonth = reviews.filter((review) => review.month === month)
  // In every time zone the last second of a month falls on its last day or the next, in UTC.
  const whole = ofMonth.find(({ month: of, asOf }) => isMonthOver(of, asOf.slice(0, 10)))
  return whole ?? ofMonth.toSorted((one, other) => (one.asOf < other.asOf ? 1 : -1))[0]
}

function known(reviews: readonly ReviewSummary[]): string {
  return `one of ${reviews
    .slice(0, 5)
    .map((review) => review.reviewId)
    .join(', ')}`
}
