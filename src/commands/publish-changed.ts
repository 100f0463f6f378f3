import { publishReview } from '../runtime/publish.ts'
import type { Workspace } from '../runtime/workspace.ts'
import { loadReview } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { withSession, workspaceReviews } from './context.ts'

/** Writes the files of reviews anew; of a review whose month another one has taken over since, none. */
export async function publishLatest(
  store: Store,
  workspace: Workspace,
  touched: ReadonlySet<string>,
): Promise<void> {
  const seen = new Set<string>()
  for (const { reviewId, month } of await workspaceReviews(store, workspace)) {
    const isLatest = !seen.has(month)
    seen.add(month)
    const review =
      isLatest && touched.has(reviewId) ? await loadReview(store.pool, reviewId) : undefined
    if (review !== undefined) {
      await withSession(workspace, review, (session) => publishReview(store, session, workspace))
    }
  }
}
