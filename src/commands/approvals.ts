import { authorityOf, type RightsRefusal } from '#rules/governance/decision-rights.ts'
import { present } from '#rules/kernel/invariant.ts'
import type { Policy } from '#rules/policy/policy.ts'

import { appendAudit } from '../audit/append.ts'
import { auditEntry } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { formatMoney } from '../report/format.ts'
import { spoken } from '../report/words.ts'
import { localDateOf } from '../runtime/local-time.ts'
import { moveOf } from '../runtime/moves.ts'
import { contextOf } from '../runtime/session.ts'
import { loadDecisions, recordDecision, type RefusalReason } from '../store/approval-decisions.ts'
import { expireApprovals, listApprovals, loadApproval, type Approval } from '../store/approvals.ts'
import { loadReview } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import { columns } from '../terminal/output.ts'
import {
  withSession,
  withStore,
  workspaceReviews,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'
import { driveAndTell } from './review.ts'

/** `mo approvals list`: every request of the workspace, those that wait first. */
export async function runApprovalList(
  context: CommandContext,
  options: CommonOptions & { readonly all: boolean },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    await expireApprovals(store.pool, { actor: 'system:cli', role: null, onBehalfOf: null })
    const reviews = new Set((await workspaceReviews(store, workspace)).map((each) => each.reviewId))
    const listed = (
      await listApprovals(store.pool, options.all ? {} : { statuses: ['pending'] })
    ).filter((approval) => reviews.has(approval.reviewId))
    if (context.output.json) context.output.document(listed.map(plainApproval))
    else
      context.output.line(
        listed.length === 0 ? 'Nothing waits for approval.' : approvalTable(listed),
      )
    return 0
  })
}

function approvalTable(approvals: readonly Approval[]): string {
  const rows = approvals.map((approval) => {
    const move = moveOf(approval)
    return [
      approval.approvalId,
      approval.status,
      approval.tier,
      formatMoney(move.amount.currency, move.amount.minor),
      `${move.fromName} → ${move.toName}`,
      approval.expiresAt.slice(0, 16).replace('T', ' '),
    ]
  })
  return columns([['APPROVAL', 'STATUS', 'TIER', 'AMOUNT', 'MOVE', 'UNTIL (UTC)'], ...rows])
}

/** `mo approvals show`: one request with what it binds and who decided. */
export async function runApprovalShow(
  context: CommandContext,
  options: CommonOptions & { readonly id: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store) => {
    const approval = await approvalOf(store, options.id)
    const decisions = await loadDecisions(store.pool, options.id)
    const shown = { ...plainApproval(approval), decisions }
    context.output.document(shown)
    return 0
  })
}

function plainApproval(approval: Approval) {
  return { ...approval, move: moveOf(approval) }
}

export interface DecisionOptions extends CommonOptions {
  readonly id: string
  readonly as: string
  readonly reason: string
}

/**
 * `mo approve` and `mo reject`: writes the decision down, then lets the review go on.
 *
 * @throws AppError `APPROVAL_NOT_FOUND`, `PERSON_UNKNOWN`, `APPROVAL_REFUSED` with the reason.
 */
export async function runDecision(
  context: CommandContext,
  options: DecisionOptions & { readonly decision: 'approve' | 'reject' },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const approval = await approvalOf(store, options.id)
    const review = present(await loadReview(store.pool, approval.reviewId), 'the review asked for')
    const { policy } = contextOf(review)
    const authority = await authorityFor(store, { approval, options, policy, now: context.now() })
    const outcome = await recordDecision(store.pool, {
      approvalId: approval.approvalId,
      person: authority.personId,
      role: policy.people.find((person) => person.id === authority.principalId)?.roles[0] ?? null,
      onBehalfOf: authority.principalId === authority.personId ? null : authority.principalId,
      decision: options.decision,
      reason: options.reason,
      ruleIds: ['governance.decision_rights'],
      planSha256: approval.planSha256,
      factsSha256: approval.factsSha256,
      policySha256: approval.policySha256,
    })
    if (!outcome.ok) throw refused(STORE_WORDS[outcome.reason])
    if (!context.output.json) {
      context.output.line(
        `${options.decision === 'approve' ? 'Approved' : 'Rejected'} as ${options.as}: ${approval.approvalId} is now ${outcome.status}.`,
      )
    }
    return withSession(workspace, review, (session) =>
      driveAndTell(context, { store, workspace, session }),
    )
  })
}

async function approvalOf(store: Store, id: string): Promise<Approval> {
  const approval = await loadApproval(store.pool, id)
  if (approval === undefined) throw new AppError('APPROVAL_NOT_FOUND', { got: id })
  return approval
}

async function authorityFor(
  store: Store,
  {
    approval,
    options,
    policy,
    now,
  }: { approval: Approval; options: DecisionOptions; policy: Policy; now: Date },
) {
  const move = moveOf(approval)
  const given = await loadDecisions(store.pool, approval.approvalId)
  const ruling = authorityOf(
    options.as,
    {
      tier: present(
        policy.approval.tiers.find((tier) => tier.id === approval.tier),
        'the tier of the request',
      ),
      amountMinor: move.amount.minor,
      currency: move.amount.currency,
      proposedBy: [approval.proposer],
      given: given.map(({ person, onBehalfOf }) => ({
        personId: person,
        principalId: onBehalfOf ?? person,
      })),
    },
    {
      people: policy.people,
      delegations: policy.delegations,
      editedBy: policy.edited_by,
      on: localDateOf(now.toISOString(), policy.company.time_zone),
    },
  )
  if (ruling.ok) return ruling.authority
  if (ruling.reason === 'unknown_person') {
    throw new AppError('PERSON_UNKNOWN', {
      expected: `one of ${policy.people.map((person) => person.id).join(', ') || '(the policy names nobody)'}`,
      got: options.as,
    })
  }
  const why = RIGHTS_WORDS[ruling.reason]
  await inTransaction(store.pool, (client) =>
    appendAudit(
      client,
      auditEntry(
        { actor: options.as, role: null, onBehalfOf: null },
        {
          action: 'approval.refused',
          subject: approval.approvalId,
          reviewId: approval.reviewId,
          ruleIds: ['governance.decision_rights'],
          factsSha256: approval.factsSha256,
          reason: options.reason,
          after: { refusal: ruling.reason },
        },
      ),
    ),
  )
  throw refused(why)
}

const RIGHTS_WORDS: Readonly<Record<Exclude<RightsRefusal, 'unknown_person'>, string>> = {
  proposed_it: 'whoever proposed a move may not decide it',
  edited_the_policy: 'whoever edited the policy may not decide under it',
  decided_already: 'this person, or the one whose authority is used, has decided already',
  tier_not_granted: 'the policy does not let this person decide this tier',
  role_missing: 'this person has none of the roles the tier asks for',
  amount_above_limit: 'the amount is above the limit of this person',
  delegation_out_of_dates: 'the delegation does not cover today',
  delegation_out_of_scope: 'the delegation does not cover this tier',
  delegation_above_limit: 'the amount is above the limit of the delegation',
}

const STORE_WORDS: Readonly<Record<RefusalReason, string>> = {
  'not-found': 'there is no such request',
  'already-decided': RIGHTS_WORDS.decided_already,
  expired: 'the time to decide is over; silence never approves',
  'not-pending': 'the request is settled already',
  'own-proposal': RIGHTS_WORDS.proposed_it,
  'conflict-of-interest': RIGHTS_WORDS.edited_the_policy,
  'changed-since': 'plan, facts or policy are no longer what was asked for',
  'no-reason': 'a decision needs a reason',
}

function refused(why: string): AppError {
  return new AppError('APPROVAL_REFUSED', { message: `the decision was refused: ${spoken(why)}` })
}
