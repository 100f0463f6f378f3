import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import type { Policy } from '#rules/policy/policy.ts'

import { AppError } from '../errors.ts'
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
 *
 * @returns False: it was kept before.
 * @throws AppError `STORE_OWNER_NEEDED` when it is new to the database and this process has the application's login only.
 */
export async function admitPolicy(
  store: Pick<Store, 'pool' | 'asOwner'>,
  { policy, text, sha256 }: AdmittedPolicy,
): Promise<boolean> {
  const rights = canonicalJson(rightsOf(policy))
  try {
    return await keepPolicy(store, { sha256, text, workspace: policy.company.name, rights })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'STORE_OWNER_NEEDED') throw error
    throw new AppError('STORE_OWNER_NEEDED', {
      message:
        'the policy was not admitted as it stands, and the login of the application may not admit one',
      got: `policy ${sha256.slice(0, SHOWN_DIGITS)} of ${policy.company.name}`,
      next: 'where DATABASE_OWNER_URL names the login of the owner, run: mo policy admit',
    })
  }
}

/** Enough of a hash to tell one policy of a company from another. */
const SHOWN_DIGITS = 12

/** What the database must know of a policy to hold requests and decisions to it; see the migration `0019-rights`. */
function rightsOf(policy: Policy) {
  const { company, people, delegations, approval, security } = policy
  return {
    timeZone: company.time_zone,
    currency: company.currency,
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
