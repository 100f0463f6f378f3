import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import type { Policy } from '#rules/policy/policy.ts'

import { keepPolicy } from '../store/past-moves.ts'
import type { Store } from '../store/store.ts'
import { wordsApprovers } from './rights.ts'

/** A policy with the text and hash that freeze it. */
export interface AdmittedPolicy {
  readonly policy: Policy
  readonly text: string
  readonly sha256: string
}

/**
 * Keeps a policy and what it says of rights, in the name of the owner of the tables: the application itself can add neither. Kept once, it is
 * only looked up.
 */
export async function admitPolicy(
  store: Pick<Store, 'pool' | 'asOwner'>,
  { policy, text, sha256 }: AdmittedPolicy,
): Promise<void> {
  const rights = canonicalJson(rightsOf(policy))
  await keepPolicy(store, { sha256, text, workspace: policy.company.name, rights })
}

/** What the database must know of a policy to hold requests and decisions to it; see the migration `0019-rights`. */
function rightsOf(policy: Policy) {
  const { company, people, delegations, approval, security } = policy
  return {
    timeZone: company.time_zone,
    requireToken: security.require_token,
    editedBy: policy.edited_by,
    wordsApprovers: wordsApprovers(policy),
    rollbackDays: approval.rollback_days,
    windowDays: approval.window_days,
    people: people.map(({ id, roles, may_approve: mayApprove, limit }) => ({
      id,
      roles,
      mayApprove,
      limit: limit ?? null,
    })),
    delegations: delegations.map(
      ({ from, to, scope, limit, start_on: startOn, end_on: endOn }) => ({
        from,
        to,
        scope,
        limit,
        startOn,
        endOn,
      }),
    ),
    tiers: approval.tiers.map(
      ({ id, approvers, roles, max_amount: maxAmount, monthly_cap: monthlyCap }) => ({
        id,
        approvers,
        roles,
        maxAmount: maxAmount ?? null,
        monthlyCap: monthlyCap ?? null,
      }),
    ),
  }
}
