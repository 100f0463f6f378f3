import { changedParts, valueChanges, type ValueChange } from '#rules/governance/staleness.ts'
import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import type { Policy } from '#rules/policy/policy.ts'
import { BoundFacts } from '#rules/schema/bound-facts.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'

import type { Actor } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { admitPolicy, knownEditors } from '../people/policy-rights.ts'
import { parsePolicy } from '../policy/load.ts'
import { lockApproval, stepApproval } from '../store/approval-steps.ts'
import { listApprovals, standing, type Approval, type Filing } from '../store/approvals.ts'
import { sha256 } from '../store/hash.ts'
import { loadPolicyText } from '../store/policies.ts'
import { loadReview } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'
import { fileProposal, filingScene, type FilingScene } from './approval-filing.ts'
import { moveOf } from './moves.ts'
import { presentBooks } from './present.ts'
import type { ReviewSession } from './session.ts'

/** A request that was void, and what took its place. */
export interface Renewal {
  readonly void: string
  readonly anew: string
  readonly filing: Filing
  readonly changes: readonly ValueChange[]
}

/** When and in whose name requests are renewed. */
export interface RenewalScene {
  readonly now: Date
  readonly actor: Actor
}

/**
 * Holds every open request of a review (pending, or approved and not yet applied) against the workspace as it stands. One whose policy or
 * facts have changed is void: it is superseded, and its move is proposed anew with what differs.
 */
export async function renewStale(
  store: Store,
  session: ReviewSession,
  at: RenewalScene,
): Promise<Renewal[]> {
  const { reviewId } = session.review
  const filed = await listApprovals(store.pool, { reviewId })
  const open = standing(filed).filter(({ status }) => status === 'pending' || status === 'approved')
  if (open.length === 0) return []
  const books = await presentBooks(session)
  const { policy } = await admitPolicy(store, books.policy)
  const scene = filingScene({ ...books, policy }, at)
  const renewals: Renewal[] = []
  for (const approval of open) {
    const changes = await changesOf(store, approval, scene)
    if (changes.length === 0) continue
    const renewal = await inTransaction(store.pool, (client) =>
      replaceRequest(client, scene, {
        approval,
        move: moveOf(approval),
        changes,
        reason: `what it rested on changed: ${changes.map((change) => change.what).join(', ')}`,
        proposer: approval.proposer,
        alsoBarred: approval.barred,
      }),
    )
    if (renewal !== undefined) renewals.push(renewal)
  }
  return renewals
}

/** A request to be replaced, and by what. */
export interface Replacement {
  readonly approval: Approval
  readonly move: BudgetMove
  readonly changes: readonly ValueChange[]
  readonly reason: string
  readonly proposer: string
  readonly alsoBarred?: readonly string[]
}

/**
 * Supersedes a request and files its successor, in the caller's transaction.
 *
 * @returns Undefined when the request was settled meanwhile and nothing is to be replaced.
 */
export async function replaceRequest(
  client: Queryable,
  scene: FilingScene,
  { approval, move, changes, reason, proposer, alsoBarred }: Replacement,
): Promise<Renewal | undefined> {
  const locked = await lockApproval(client, approval.approvalId)
  if (locked === undefined || !['pending', 'approved'].includes(locked.status)) return undefined
  const { approvalId, reviewId } = approval
  const difference = changes.map((change) => ({ ...change }))
  await stepApproval(
    client,
    {
      approvalId,
      event: 'supersede',
      reason,
      ruleIds: ['governance.staleness'],
      after: { difference: difference.map(plainChange) },
    },
    scene.actor,
  )
  const anew = nextVersion(approvalId)
  const filing = await fileProposal(client, scene, {
    approvalId: anew,
    reviewId,
    move,
    proposer,
    supersedes: approvalId,
    difference,
    ...(alsoBarred === undefined ? {} : { alsoBarred }),
  })
  return { void: approvalId, anew, filing, changes }
}

function plainChange({ what, before, after }: ValueChange) {
  return { what, before: plainValue(before), after: plainValue(after) }
}

function plainValue(value: ValueChange['before']) {
  return typeof value === 'object' && value !== null ? [...value] : value
}

/** A policy as people tell it from another: its version and the beginning of its hash. */
function versionOf(policy: Policy, hash: string): string {
  return `${policy.version} (${hash.slice(0, 8)})`
}

/** What differs between what a request was bound to and the books of the scene; empty while it binds. */
export async function changesOf(
  store: Pick<Store, 'pool'>,
  approval: Approval,
  { books, basisOf }: FilingScene,
): Promise<ValueChange[]> {
  const { facts } = basisOf(moveOf(approval))
  const parts = changedParts(approval, {
    planSha256: sha256(approval.move),
    factsSha256: sha256(canonicalJson(facts)),
    policySha256: books.policy.sha256,
  }).map((part) => part.part)
  const changes = parts.includes('facts')
    ? valueChanges(BoundFacts.parse(JSON.parse(approval.facts)), facts)
    : []
  if (!parts.includes('policy')) return changes
  const bound = await policyOf(store, approval)
  return [
    {
      what: 'policy',
      before: versionOf(bound.policy, approval.policySha256),
      after: versionOf(books.policy.policy, books.policy.sha256),
    },
    ...changes,
  ]
}

/**
 * The policy a request is bound to: that of its review, or the newer one it was proposed anew under.
 *
 * @throws AppError `REVIEW_NOT_FOUND` when neither is on record.
 */
export async function policyOf({ pool }: Pick<Store, 'pool'>, approval: Approval) {
  const text = await loadPolicyText(pool, approval.policySha256)
  const review = text === undefined ? await loadReview(pool, approval.reviewId) : undefined
  const found = text ?? review?.policy
  if (found === undefined) throw new AppError('REVIEW_NOT_FOUND', { got: approval.reviewId })
  return knownEditors({ pool }, parsePolicy(found, 'policy.yaml'))
}

/** `…-a1` is followed by `…-a1.2`, and that by `…-a1.3`. */
function nextVersion(approvalId: string): string {
  const version = /^(.*)\.(\d+)$/.exec(approvalId)
  return version === null ? `${approvalId}.2` : `${version[1] ?? ''}.${Number(version[2]) + 1}`
}
