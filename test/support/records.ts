import { randomUUID } from 'node:crypto'

import type { Pool } from 'pg'

import type { Actor } from '#src/audit/entry.ts'
import type { NewDecision } from '#src/store/approval-decisions.ts'
import { requestApprovals } from '#src/store/approvals.ts'
import type { NewApproval } from '#src/store/approvals.ts'
import { createReview } from '#src/store/reviews.ts'
import type { NewReview } from '#src/store/reviews.ts'

/** Records as a review makes them, each with ids of its own, so that tests of one file do not meet. */

export const SYSTEM: Actor = { actor: 'system:test', role: null, onBehalfOf: null }

export const hashOf = (digit: string): string => digit.repeat(64)

export function newReview(changes: Partial<NewReview> = {}): NewReview {
  return {
    reviewId: `review-${randomUUID()}`,
    workspace: 'acme',
    month: '2026-10',
    asOf: '2026-11-03T09:00:00Z',
    policy: '{"version":"1"}',
    manifest: '{"inputs":[]}',
    inputSha256: hashOf('a'),
    ...changes,
  }
}

/** A review on record; returns its id. */
export async function storeReview(pool: Pool, changes: Partial<NewReview> = {}): Promise<string> {
  const review = newReview(changes)
  await createReview(pool, review)
  return review.reviewId
}

/** A request for approval on record, of a review of its own unless one is named. */
export async function storeApproval(
  pool: Pool,
  changes: Partial<NewApproval> = {},
): Promise<NewApproval> {
  const request: NewApproval = {
    approvalId: `approval-${randomUUID()}`,
    reviewId: changes.reviewId ?? (await storeReview(pool)),
    move: { from: 'search', to: 'social', minor: 120_000 },
    tier: 'medium',
    approversNeeded: 1,
    roles: ['finance'],
    proposer: 'mia',
    barred: [],
    planSha256: hashOf('1'),
    factsSha256: hashOf('2'),
    policySha256: hashOf('3'),
    createdAt: '2026-11-03T09:00:00Z',
    expiresAt: '2099-01-01T00:00:00Z',
    ...changes,
  }
  await requestApprovals(pool, [request], SYSTEM)
  return request
}

/** A decision of `fay` in favour of the request, bound to what it says. */
export function decisionOn(request: NewApproval, changes: Partial<NewDecision> = {}): NewDecision {
  return {
    approvalId: request.approvalId,
    person: 'fay',
    role: 'finance',
    onBehalfOf: null,
    decision: 'approve',
    reason: 'within the quarter plan',
    ruleIds: ['governance.decision_rights'],
    planSha256: request.planSha256,
    factsSha256: request.factsSha256,
    policySha256: request.policySha256,
    ...changes,
  }
}
