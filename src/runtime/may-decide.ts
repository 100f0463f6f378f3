import {
  authorityOf,
  type RightsRefusal,
  type RightsRuling,
} from '#rules/governance/decision-rights.ts'
import { present } from '#rules/kernel/invariant.ts'
import type { Person } from '#rules/policy/organisation.ts'
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

/** The policy of a request, on a local date. */
interface RightsOn {
  readonly policy: Policy
  readonly on: string
}

type Given = readonly Pick<ApprovalDecision, 'person' | 'onBehalfOf'>[]

/** People of the policy who hold the right to decide a request on a day; whoever had a hand in it, or decided already, does not. */
export function peopleWhoMayDecide(
  approval: Approval,
  given: Given,
  rights: RightsOn,
): DocumentApproval['mayDecide'] {
  return rights.policy.people
    .filter((person) => barOf(person, { approval, given, rights }) === undefined)
    .map(({ id, name }) => ({ id, name }))
}

/** Everybody of the policy who may not decide a request on a day, with why. */
export function peopleBarred(
  approval: Approval,
  given: Given,
  rights: RightsOn,
): readonly BarredPerson[] {
  return rights.policy.people.flatMap((person) => {
    const bar = barOf(person, { approval, given, rights })
    return bar === undefined ? [] : [{ id: person.id, name: person.name, bar }]
  })
}

/** Why somebody may not decide; `had_a_hand`: of the proposal, or of the policy it was filed under. */
type Bar = RightsRefusal | 'had_a_hand'

export interface BarredPerson {
  readonly id: string
  readonly name: string
  readonly bar: Bar
}

/** What keeps a person from deciding; undefined: nothing. */
function barOf(
  { id }: Person,
  {
    approval,
    given,
    rights: { policy, on },
  }: { readonly approval: Approval; readonly given: Given; readonly rights: RightsOn },
): Bar | undefined {
  if (policy.approval.tiers.every((each) => each.id !== approval.tier)) return 'tier_not_granted'
  const ruleOn = (proposedBy: readonly string[]): RightsRuling =>
    rulingOn(id, { approval, given, rights: { policy, on }, proposedBy })
  const ruling = ruleOn([approval.proposer])
  if (!ruling.ok) return ruling.reason
  // The database refuses who is barred as well.
  return ruleOn([approval.proposer, ...approval.barred]).ok ? undefined : 'had_a_hand'
}

/** May a person decide a request on a day, by the policy it is bound to, and in whose name? `proposedBy`: who had a hand in it. */
export function rulingOn(
  personId: string,
  {
    approval,
    given,
    rights: { policy, on },
    proposedBy,
  }: {
    readonly approval: Approval
    readonly given: Given
    readonly rights: RightsOn
    readonly proposedBy: readonly string[]
  },
): RightsRuling {
  const tier = policy.approval.tiers.find((each) => each.id === approval.tier)
  const { amount, fromLine } = moveOf(approval)
  return authorityOf(
    personId,
    {
      tier: present(tier, 'the tier of the request'),
      amountMinor: amount.minor,
      currency: amount.currency,
      isIncrease: fromLine === null,
      proposedBy,
      given: given.map(({ person, onBehalfOf }) => ({
        personId: person,
        principalId: onBehalfOf ?? person,
      })),
    },
    { people: policy.people, delegations: policy.delegations, editedBy: policy.edited_by, on },
  )
}
