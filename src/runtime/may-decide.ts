import { authorityOf, type DecidedRequest } from '#rules/governance/decision-rights.ts'
import type { Policy } from '#rules/policy/policy.ts'
import type { DocumentApproval } from '#rules/schema/document.ts'

import type { ApprovalDecision } from '../store/approval-decisions.ts'
import type { Approval } from '../store/approvals.ts'
import { moveOf } from './moves.ts'

/** People of a policy who may say yes or no to the prose of a model: by role, and not whoever edited the policy. */
export function peopleWhoMayDecideWords({
  people,
  narrative,
  edited_by: editedBy,
}: Policy): DocumentApproval['mayDecide'] {
  return people
    .filter(
      ({ id, roles }) => !editedBy.includes(id) && wordsRoleOf(roles, narrative) !== undefined,
    )
    .map(({ id, name }) => ({ id, name }))
}

/** The first of a person's roles that decides on the prose of a model; undefined for whoever has none. */
export function wordsRoleOf(
  roles: readonly string[],
  { fluent_approver_roles: allowed }: Policy['narrative'],
): string | undefined {
  return roles.find((role) => allowed.includes(role))
}

/** How far a request has come: what it needs, what was decided, and who may still decide. */
export type Progress = Pick<DocumentApproval, 'approversNeeded' | 'mayDecide' | 'decisions'>

/** People of the policy who hold the right to decide a request on a day; whoever had a hand in it, or decided already, does not. */
export function peopleWhoMayDecide(
  approval: Approval,
  given: readonly Pick<ApprovalDecision, 'person' | 'onBehalfOf'>[],
  { policy, on }: { readonly policy: Policy; readonly on: string },
): DocumentApproval['mayDecide'] {
  const tier = policy.approval.tiers.find((each) => each.id === approval.tier)
  if (tier === undefined) return []
  const { amount, fromLine } = moveOf(approval)
  const request: DecidedRequest = {
    tier,
    amountMinor: amount.minor,
    currency: amount.currency,
    isIncrease: fromLine === null,
    // The database refuses who is barred as well.
    proposedBy: [approval.proposer, ...approval.barred],
    given: given.map(({ person, onBehalfOf }) => ({
      personId: person,
      principalId: onBehalfOf ?? person,
    })),
  }
  const rights = {
    people: policy.people,
    delegations: policy.delegations,
    editedBy: policy.edited_by,
    on,
  }
  return policy.people
    .filter((person) => authorityOf(person.id, request, rights).ok)
    .map(({ id, name }) => ({ id, name }))
}
