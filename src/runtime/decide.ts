import type { Authority, RightsRefusal } from '#rules/governance/decision-rights.ts'
import type { Policy } from '#rules/policy/policy.ts'

import { appendAudit } from '../audit/append.ts'
import { auditEntry, type Actor } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { factName, valueInWords } from '../report/approval-notes.ts'
import { spoken } from '../report/words.ts'
import {
  loadDecisions,
  recordDecision,
  type DecisionOutcome,
  type RefusalReason,
  type ShownToken,
} from '../store/approval-decisions.ts'
import { loadApproval, type Approval } from '../store/approvals.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import { localDateOf } from './local-time.ts'
import { rulingOn } from './may-decide.ts'
import { moveOf } from './moves.ts'
import { policyOf, renewStale } from './renew-approvals.ts'
import type { ReviewSession } from './session.ts'

/** A decision somebody wants to make, in whatever way it comes in. */
export interface Decision {
  readonly approvalId: string
  readonly personId: string
  /** The token the person acts with; null: named on the command line. */
  readonly token?: ShownToken | null
  readonly decision: 'approve' | 'reject'
  readonly reason: string
  readonly now: Date
}

/**
 * Records a decision, after everything that could refuse it was asked: does the request still bind what lies in the workspace, may this
 * person decide, and at last the database, which decides between people who answer at once.
 *
 * @throws AppError `APPROVAL_NOT_FOUND`, `PERSON_UNKNOWN`, `APPROVAL_REFUSED` with the reason; each refusal is on the audit log.
 */
export async function decide(
  store: Store,
  session: ReviewSession,
  decision: Decision,
): Promise<Extract<DecisionOutcome, { ok: true }>> {
  const { approvalId } = decision
  await refuseVoid(store, session, decision)
  const approval = await approvalOf(store, approvalId)
  const { policy } = await policyOf(store, approval)
  const authority = await authorityFor(store, { approval, decision, policy })
  const outcome = await recordDecision(store.pool, {
    approvalId,
    person: authority.personId,
    role: policy.people.find((person) => person.id === authority.principalId)?.roles[0] ?? null,
    onBehalfOf: authority.principalId === authority.personId ? null : authority.principalId,
    decision: decision.decision,
    reason: decision.reason,
    ruleIds: ['governance.decision_rights'],
    planSha256: approval.planSha256,
    factsSha256: approval.factsSha256,
    policySha256: approval.policySha256,
    token: decision.token ?? null,
  })
  if (outcome.ok) return outcome
  throw refused(REFUSAL_WORDS[outcome.reason], seeRequest(approvalId))
}

/** @throws AppError `APPROVAL_NOT_FOUND`. */
export async function approvalOf({ pool }: Pick<Store, 'pool'>, id: string): Promise<Approval> {
  const approval = await loadApproval(pool, id)
  if (approval === undefined) throw new AppError('APPROVAL_NOT_FOUND', { got: id })
  return approval
}

/** What a request rested on may have changed since it was filed: then it is void, and whoever wants to decide is told what differs. */
async function refuseVoid(
  store: Store,
  session: ReviewSession,
  { approvalId, personId, reason, now }: Decision,
): Promise<void> {
  const actor: Actor = { actor: 'system:review', role: null, onBehalfOf: null }
  const renewals = await renewStale(store, session, { now, actor })
  const renewal = renewals.find((each) => each.void === approvalId)
  if (renewal === undefined) return
  await auditRefusal(store, await approvalOf(store, approvalId), {
    personId,
    reason,
    refusal: 'changed_since',
  })
  const { currency } = moveOf(await approvalOf(store, approvalId)).amount
  const side = (which: 'before' | 'after'): string =>
    renewal.changes
      .map(
        (change) =>
          `${factName(change.what)} ${valueInWords(change.what, change[which], currency)}`,
      )
      .join(', ')
  throw new AppError('APPROVAL_REFUSED', {
    message: `the decision was refused: what ${approvalId} rested on has changed, so it is void`,
    expected: side('before'),
    got: side('after'),
    next:
      renewal.filing.kind === 'refused'
        ? `the books refuse the move now (${spoken(renewal.filing.reason)}); see: mo approvals show ${renewal.anew}`
        : `decide on the move as it stands now: ${renewal.anew}`,
  })
}

async function authorityFor(
  store: Store,
  {
    approval,
    decision: { personId, reason, now },
    policy,
  }: { approval: Approval; decision: Decision; policy: Policy },
): Promise<Authority> {
  const ruling = rulingOn(personId, {
    approval,
    given: await loadDecisions(store.pool, approval.approvalId),
    rights: { policy, on: localDateOf(now.toISOString(), policy.company.time_zone) },
    proposedBy: [approval.proposer],
  })
  if (ruling.ok) return ruling.authority
  if (ruling.reason === 'unknown_person') throw unknownPerson(policy, personId)
  await auditRefusal(store, approval, { personId, reason, refusal: ruling.reason })
  throw refused(RIGHTS_WORDS[ruling.reason], seeRequest(approval.approvalId))
}

/** The policy names nobody of this id. */
export function unknownPerson({ people }: Policy, got: string): AppError {
  return new AppError('PERSON_UNKNOWN', {
    expected: `one of ${people.map((person) => person.id).join(', ') || '(the policy names nobody)'}`,
    got,
  })
}

async function auditRefusal(
  store: Store,
  approval: Approval,
  why: { readonly personId: string; readonly reason: string; readonly refusal: string },
): Promise<void> {
  await inTransaction(store.pool, (client) =>
    appendAudit(
      client,
      auditEntry(
        { actor: why.personId, role: null, onBehalfOf: null },
        {
          action: 'approval.refused',
          subject: approval.approvalId,
          reviewId: approval.reviewId,
          ruleIds: ['governance.decision_rights'],
          factsSha256: approval.factsSha256,
          reason: why.reason,
          after: { refusal: why.refusal },
        },
      ),
    ),
  )
}

/** Why the policy does not let somebody decide, in words. */
export const RIGHTS_WORDS: Readonly<Record<Exclude<RightsRefusal, 'unknown_person'>, string>> = {
  proposed_it: 'whoever proposed a move may not decide it',
  edited_the_policy: 'whoever edited the policy may not decide under it',
  decided_already: 'this person, or the one whose authority is used, has decided already',
  tier_not_granted: 'the policy does not let this person decide this tier',
  role_missing: 'this person has none of the roles the tier asks for',
  amount_above_limit: 'the amount is above the limit of this person',
  increase_not_granted: 'new money needs somebody whom the policy lets approve an increase',
  delegation_out_of_dates: 'the delegation does not cover today',
  delegation_out_of_scope: 'the delegation does not cover this tier',
  delegation_above_limit: 'the amount is above the limit of the delegation',
}

/** Why the database refuses a decision, in words. */
export const REFUSAL_WORDS: Readonly<Record<RefusalReason, string>> = {
  'not-found': 'there is no such request',
  'already-decided': RIGHTS_WORDS.decided_already,
  expired: 'the time to decide is over; silence never approves',
  'not-pending': 'the request is settled already',
  'own-proposal': RIGHTS_WORDS.proposed_it,
  'conflict-of-interest':
    'whoever edited the policy, or had a hand in the proposal, may not decide it',
  'changed-since': 'plan, facts or policy are no longer what was asked for',
  'no-reason': 'a decision needs a reason',
  'not-the-proposer': 'the words on record were written by another model',
  'not-an-approver': 'the policy of the review does not let this person decide',
  'policy-not-admitted': 'the policy of the review was never admitted by the program',
  'token-required': 'the policy asks for a token',
  'token-of-another': 'the token is not of this person and company',
  'token-not-proven': 'the token was named, and its secret not shown',
  'token-revoked': 'the token was revoked',
  'token-expired': 'the token has expired',
  'token-out-of-scope': 'the token was not given for approving',
  'token-of-own-making':
    'one of its deciders issued the token of another; whoever issues tokens decides nothing',
  'version-taken': 'another policy had this version',
}

/** A refusal in the program's words. */
export function refused(why: string, { next }: { readonly next: string }): AppError {
  return new AppError('APPROVAL_REFUSED', {
    message: `the decision was refused: ${spoken(why)}`,
    next,
  })
}

/** The command that tells of a request, to be typed as it stands. */
export function seeRequest(approvalId: string): { readonly next: string } {
  return { next: `see it with: mo approvals show ${approvalId}` }
}
