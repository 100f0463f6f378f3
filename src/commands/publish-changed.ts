import { publishReview } from '../runtime/publish.ts'
import type { Workspace } from '../runtime/workspace.ts'
import { loadReview } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { reviewOfMonth, withSession, workspaceReviews } from './context.ts'

/** Writes the files of reviews anew; of a review whose month another one has taken over since, none. */
export async function publishLatest(
  store: Store,
  workspace: Workspace,
  touched: ReadonlySet<string>,
): Promise<void> {
  const reviews = await workspaceReviews(store, workspace)
  for (const { reviewId, month } of reviews) {
    if (!touched.has(reviewId) || reviewOfMonth(reviews, month)?.reviewId !== reviewId) continue
    const review = await loadReview(store.pool, reviewId)
    if (review !== undefined) {
      await withSession(workspace, review, (session) => publishReview(store, session, workspace))
    }
  }
}
