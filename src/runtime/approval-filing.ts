import { z } from 'zod'

import { createMoveBasis, type MoveBasis } from '#rules/budget/bound-facts.ts'
import { plannedTotal } from '#rules/budget/lines.ts'
import { tierOfMove } from '#rules/governance/move-request.ts'
import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { present } from '#rules/kernel/invariant.ts'
import { isMeasured } from '#rules/kernel/quantity.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'

import type { Actor } from '../audit/entry.ts'
import { knownPolicy } from '../people/policy-rights.ts'
import { decidersOf } from '../people/rights.ts'
import { fileRefused, fileRequest, type Filing, type NewApproval } from '../store/approvals.ts'
import { sha256 } from '../store/hash.ts'
import { lockPastRequests, type PastRequest } from '../store/past-moves.ts'
import { checkFence } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'
import { expiryOfRequest } from './approval-clock.ts'
import { localDateOf } from './local-time.ts'
import { moveOf } from './moves.ts'
import { automaticThisMonth, pastChanges } from './past-changes.ts'
import { frozenBooks, rulesContext, type Books } from './present.ts'
import type { ReviewSession } from './session.ts'

/** Who proposes a move nobody else proposed. */
export const REVIEW_PROPOSER = 'system:budget-agent'

const FiledRow = z.object({ action_id: z.string(), proposed_by: z.string() })

/** Recorded statuses of an action that nobody has answered. */
const UNANSWERED = new Set(['draft', 'proposed', 'pending'])

/** One move to be asked for, by whom, and in whose place. */
export interface Proposal {
  readonly approvalId: string
  readonly reviewId: string
  readonly move: BudgetMove
  readonly proposer: string
  /** People who had a hand in it besides the proposer. */
  readonly alsoBarred?: readonly string[]
  readonly supersedes?: string
  readonly difference?: readonly unknown[]
}

/** On what and when a proposal is filed. */
export interface FilingScene {
  readonly books: Books
  /** What moves rest on in these books, see `createMoveBasis`. */
  readonly basisOf: (move: BudgetMove) => MoveBasis
  readonly now: Date
  readonly actor: Actor
}

/** The scene of filing on these books. */
export function filingScene(books: Books, at: { now: Date; actor: Actor }): FilingScene {
  return { books, basisOf: createMoveBasis(books.input, rulesContext(books)), ...at }
}

/**
 * Files the requests of a review's moves on the books it was frozen to, for whoever holds its lock. Asked again, it files nothing twice. A move
 * that the books refuse is put on record as withdrawn with the reason; so is one that was asked for before.
 */
export async function fileMoves(
  store: Store,
  session: ReviewSession,
  {
    moves,
    now,
    actor,
    fence,
  }: { moves: readonly BudgetMove[]; now: Date; actor: Actor; fence: number | undefined },
): Promise<void> {
  const { review, data } = session
  const rows = await data.warehouse.rows('budget/filed-actions', {}, FiledRow)
  const filed = new Map(rows.map((row) => [row.action_id, row]))
  const books = await frozenBooks(session)
  const policy = await knownPolicy(store, books.policy)
  const scene = filingScene({ ...books, policy }, { now, actor })
  await inTransaction(store.pool, async (client) => {
    await checkFence(client, review.reviewId, fence)
    for (const [position, move] of moves.entries()) {
      await fileProposal(client, scene, {
        approvalId: `${review.reviewId}-a${position + 1}`,
        reviewId: review.reviewId,
        move,
        proposer: filed.get(move.actionId ?? '')?.proposed_by ?? REVIEW_PROPOSER,
      })
    }
  })
}

/** Weighs one proposal against everything asked for before, reserves its money and puts it on record, in the caller's transaction. */
export async function fileProposal(
  client: Queryable,
  scene: FilingScene,
  proposal: Proposal,
): Promise<Filing> {
  const { policy } = scene.books
  const requests = await lockPastRequests(client, policy.policy.company.name)
  const others = requests.filter((each) => each.approvalId !== proposal.approvalId)
  const basis = scene.basisOf(proposal.move)
  // What failed moved nothing as asked, so it lifts no other move to a higher tier.
  const counted = others.filter(({ status }) => status !== 'failed')
  const request = requestOf(proposal, { scene, basis, requests: counted })
  const refusals = [
    ...basis.refusals,
    ...askedBefore(proposal, others),
    ...decidedSince(proposal, scene),
  ]
  if (refusals.length === 0) return fileRequest(client, request, scene.actor)
  const reason = refusals.join(', ')
  await fileRefused(client, { request, reason, actor: scene.actor })
  return { kind: 'refused', reason }
}

/**
 * An action of the data is asked for once: under a request that stands, in whichever review, its money is under way or gone. One that failed
 * stands until it is rolled back: half of it may be live, and to order it anew would take from the giver twice.
 */
function askedBefore(
  { move: { actionId }, supersedes }: Proposal,
  others: readonly PastRequest[],
): string[] {
  if (actionId === null) return []
  return others
    .filter((each) => each.approvalId !== supersedes && moveOf(each).actionId === actionId)
    .map(({ approvalId, status }) => `asked before as ${approvalId} (${status})`)
}

/** A review looks no further than its day; whoever asks people today must know what was answered since. */
function decidedSince({ move }: Proposal, { books }: FilingScene): string[] {
  const recorded = books.input.actions.find(({ actionId }) => actionId === move.actionId)
  return recorded === undefined || UNANSWERED.has(recorded.status)
    ? []
    : [`decided since as ${recorded.actionId} (${recorded.status})`]
}

function requestOf(
  proposal: Proposal,
  {
    scene,
    basis,
    requests,
  }: {
    readonly scene: FilingScene
    readonly basis: MoveBasis
    readonly requests: Awaited<ReturnType<typeof lockPastRequests>>
  },
): NewApproval {
  const { move } = proposal
  const { policy, sha256: policySha256 } = scene.books.policy
  const ruling = rulingOf(move, { scene, basis, requests })
  return {
    approvalId: proposal.approvalId,
    reviewId: proposal.reviewId,
    move,
    facts: basis.facts,
    tier: ruling.tierId,
    approversNeeded: ruling.approvers,
    roles: ruling.roles,
    proposer: proposal.proposer,
    deciders: decidersOf(policy, {
      tier: present(
        policy.approval.tiers.find(({ id }) => id === ruling.tierId),
        'the tier of the request',
      ),
      amountMinor: move.amount.minor,
      currency: move.amount.currency,
      isIncrease: move.fromLine === null,
      proposedBy: [proposal.proposer],
    }),
    tokenRequired: policy.security.require_token,
    barred: [...new Set([...policy.edited_by, ...(proposal.alsoBarred ?? [])])],
    planSha256: sha256(canonicalJson(move)),
    factsSha256: sha256(canonicalJson(basis.facts)),
    policySha256,
    remainderMinor: basis.remainderMinor,
    plannedMinor: basis.plannedMinor,
    rollback:
      policy.approval.rollback_days === 0 ? null : { withinDays: policy.approval.rollback_days },
    ...(proposal.supersedes === undefined ? {} : { supersedes: proposal.supersedes }),
    difference: proposal.difference ?? [],
    createdAt: scene.now.toISOString(),
    expiresAt: expiryOfRequest(policy, { tier: ruling.tierId, filedAt: scene.now }),
  }
}

function rulingOf(
  move: BudgetMove,
  {
    scene,
    basis,
    requests,
  }: {
    readonly scene: FilingScene
    readonly basis: MoveBasis
    readonly requests: Awaited<ReturnType<typeof lockPastRequests>>
  },
) {
  const { books, now } = scene
  const { policy } = books.policy
  const timeZone = policy.company.time_zone
  const scope = {
    move,
    actions: books.input.actions,
    requests,
    on: localDateOf(now.toISOString(), timeZone),
    timeZone,
  }
  const planned = [
    [move.fromLine, basis.facts.giver_planned_minor],
    [move.toLine, basis.facts.receiver_planned_minor],
  ] as const
  const portfolio = plannedTotal(books.input)
  return tierOfMove(
    move,
    {
      budgetByLine: new Map(
        planned.flatMap(([line, minor]) =>
          line === null || minor === null ? [] : [[line, minor]],
        ),
      ),
      history: pastChanges(scope),
      automaticThisMonthMinor: automaticThisMonth(scope),
      portfolioMinor: isMeasured(portfolio) ? portfolio.value : null,
    },
    policy.approval,
  )
}
