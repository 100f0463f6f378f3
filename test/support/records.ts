import { randomUUID } from 'node:crypto'

import type { Pool } from 'pg'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import type { BoundFacts } from '#rules/schema/bound-facts.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import type { Actor } from '#src/audit/entry.ts'
import type { NewDecision } from '#src/store/approval-decisions.ts'
import { requestApprovals } from '#src/store/approvals.ts'
import type { NewApproval } from '#src/store/approvals.ts'
import type { NewOrder } from '#src/store/change-orders.ts'
import { sha256 } from '#src/store/hash.ts'
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

/** A move of 1,200.00 USD from search to social. */
export const MOVE: BudgetMove = {
  id: 'MOVE:A-1',
  origin: 'carried',
  actionId: 'A-1',
  campaignId: 'C1',
  fromLine: 'C1/search',
  toLine: 'C1/social',
  fromName: 'Search in C1',
  toName: 'Social in C1',
  amount: { currency: 'USD', minor: 120_000 },
  reasonCode: 'scale_winner',
  basis: {},
  expectedImpact: null,
  impactNotMeasured: 'not estimated',
  concerns: [],
  ruleId: 'budget.carried_move',
}

/** What `MOVE` rests on: nothing measured, nothing in the way. */
export const FACTS: BoundFacts = {
  giver_planned_minor: null,
  giver_committed_minor: null,
  giver_covers_amount: null,
  giver_stopped: false,
  receiver_planned_minor: null,
  receiver_committed_minor: null,
  receiver_stopped: false,
  receiver_under_risk: false,
  receiver_risks: [],
  campaign_status: 'active',
  proposal_status: 'proposed',
}

/** A request for approval on record, of a review of its own unless one is named. */
export async function storeApproval(
  pool: Pool,
  changes: Partial<NewApproval> = {},
): Promise<NewApproval> {
  const plan = changes.move ?? MOVE
  const basis = changes.facts ?? FACTS
  const request: NewApproval = {
    approvalId: `approval-${randomUUID()}`,
    reviewId: changes.reviewId ?? (await storeReview(pool)),
    move: plan,
    facts: basis,
    tier: 'medium',
    approversNeeded: 1,
    roles: ['finance'],
    proposer: 'mia',
    barred: [],
    planSha256: sha256(canonicalJson(plan)),
    factsSha256: sha256(canonicalJson(basis)),
    policySha256: hashOf('3'),
    remainderMinor: null,
    plannedMinor: null,
    rollback: { withinDays: 14 },
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

/** The order that takes what `MOVE` takes from its giver, or gives it back. */
export function giverOrder({
  approvalId,
  planSha256 = sha256(canonicalJson(MOVE)),
  ...changes
}: Partial<NewOrder> & { readonly approvalId: string; readonly planSha256?: string }): NewOrder {
  const { purpose = 'move', position = 0, line = 'C1/search' } = changes
  const [campaignId = '', channelId = ''] = line.split('/')
  return {
    orderId: `${approvalId}:${purpose}:${position}`,
    approvalId,
    purpose,
    position,
    line,
    deltaMinor: -120_000,
    oldMinor: null,
    newMinor: null,
    details: {
      reviewId: 'r',
      moveId: MOVE.id,
      campaignId,
      campaignName: 'Campaign one',
      channelId,
      channelName: 'Search',
      platform: 'Google Ads',
      currency: 'USD',
      planSha256,
    },
    ...changes,
  }
}
