import { present } from '#rules/kernel/invariant.ts'

import { AppError } from '../errors.ts'
import type { Approval } from '../store/approvals.ts'
import { loadReview, type Review } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { approvalOf } from './decide.ts'
import { workspacePolicy, type Workspace } from './workspace.ts'

/**
 * A request of this company with its review. One database may hold many companies, and each folder acts under the policy of its own: a request of
 * another company is none here.
 *
 * @throws AppError `APPROVAL_NOT_FOUND`.
 */
export async function ownRequest(
  store: Store,
  workspace: Workspace,
  approvalId: string,
): Promise<{ readonly approval: Approval; readonly review: Review }> {
  const approval = await approvalOf(store, approvalId)
  const review = present(await loadReview(store.pool, approval.reviewId), 'the review of a request')
  const { policy } = await workspacePolicy(workspace)
  if (review.workspace !== policy.company.name) {
    throw new AppError('APPROVAL_NOT_FOUND', { got: approvalId })
  }
  return { approval, review }
}
