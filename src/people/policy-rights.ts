import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import type { Policy } from '#rules/policy/policy.ts'

import { AppError } from '../errors.ts'
import { refusalOf, type RefusalReason } from '../store/approval-decisions.ts'
import { shortHash } from '../store/hash.ts'
import {
  BROUGHT_ALONG,
  isKept,
  policyStanding,
  putInForce,
  type Admitter,
  type PolicyStanding,
} from '../store/policies.ts'
import type { Store } from '../store/store.ts'
import { wordsApprovers } from './rights.ts'

/** A policy with the text and hash that freeze it. */
export interface AdmittedPolicy {
  readonly policy: Policy
  readonly text: string
  readonly sha256: string
}

/** A policy that is in force, and whether it only now came to be. */
export interface PolicyInForce<P extends AdmittedPolicy> {
  readonly isNew: boolean
  /** Who answers for it counts among those who edited it. */
  readonly policy: P
}

/**
 * Puts a policy in force, in the name of the owner of the tables: the application itself can admit none. In force already, it is only looked
 * up; one that was in force before another and comes back is admitted anew.
 *
 * @param by Who answers for it, and decides nothing under it; nobody, when a review brings it along.
 * @throws AppError `STORE_OWNER_NEEDED` when this process has the application's login only; `POLICY_NOT_ADMITTED` when the policy in force asks
 * for tokens and none is shown, or the version is one that another policy had.
 */
export async function admitPolicy<P extends AdmittedPolicy>(
  store: Pick<Store, 'pool' | 'asOwner'>,
  loaded: P,
  by: Admitter = BROUGHT_ALONG,
): Promise<PolicyInForce<P>> {
  const before = await policyStanding(store.pool, nameOf(loaded))
  const isKnown = by.person === null || before.editors.includes(by.person.id)
  if (before.isInForce && isKnown) return { isNew: false, policy: withEditors(loaded, before) }
  const isNew = await admitted(store, loaded, by)
  return { isNew, policy: await knownEditors(store, loaded) }
}

/**
 * A policy that a review was frozen to, which may be in force no more.
 *
 * @throws AppError `POLICY_NOT_ADMITTED` when it never was: a review is begun under a policy in force, so this one was not begun by the program.
 */
export async function knownPolicy<P extends AdmittedPolicy>(
  store: Pick<Store, 'pool'>,
  frozen: P,
): Promise<P> {
  if (!(await isKept(store.pool, nameOf(frozen)))) {
    throw new AppError('POLICY_NOT_ADMITTED', {
      message: 'the policy of the review was never in force',
      got: `policy ${shortHash(frozen.sha256)} of ${frozen.policy.company.name}`,
      next: 'begin the month anew with: mo review',
    })
  }
  return knownEditors(store, frozen)
}

/** A policy with whoever answers for it among those who edited it. */
export async function knownEditors<P extends AdmittedPolicy>(
  { pool }: Pick<Store, 'pool'>,
  loaded: P,
): Promise<P> {
  return withEditors(loaded, await policyStanding(pool, nameOf(loaded)))
}

function nameOf({ policy, sha256 }: AdmittedPolicy) {
  return { sha256, workspace: policy.company.name }
}

function withEditors<P extends AdmittedPolicy>(loaded: P, { editors }: PolicyStanding): P {
  if (editors.length === 0) return loaded
  const edited = [...new Set([...loaded.policy.edited_by, ...editors])]
  return { ...loaded, policy: { ...loaded.policy, edited_by: edited } }
}

async function admitted(
  store: Pick<Store, 'asOwner'>,
  { policy, text, sha256 }: AdmittedPolicy,
  by: Admitter,
): Promise<boolean> {
  const rights = canonicalJson(rightsOf(policy))
  const { version, company } = policy
  const named = `policy ${shortHash(sha256)} of ${company.name}`
  try {
    return await putInForce(store, { sha256, text, workspace: company.name, rights, version }, by)
  } catch (error) {
    const reason = refusalOf(error)
    if (reason !== undefined) throw notAdmitted(reason, { named, version })
    if (!(error instanceof AppError) || error.code !== 'STORE_OWNER_NEEDED') throw error
    throw new AppError('STORE_OWNER_NEEDED', {
      message:
        'the policy was not admitted as it stands, and the login of the application may not admit one',
      got: named,
      next: 'where DATABASE_OWNER_URL names the login of the owner, run: mo policy admit --as PERSON --reason TEXT',
    })
  }
}

function notAdmitted(
  reason: RefusalReason,
  { named, version }: { readonly named: string; readonly version: string },
): AppError {
  if (reason === 'version-taken') {
    return new AppError('POLICY_NOT_ADMITTED', {
      message: 'another policy of the company had this version',
      expected: 'a version of its own, so that a decision tells under which policy it was made',
      got: `version ${version} in ${named}`,
      next: 'change `version` in policy.yaml, then run: mo policy admit --as PERSON --reason TEXT',
    })
  }
  if (reason === 'conflict-of-interest') {
    return new AppError('POLICY_NOT_ADMITTED', {
      message: 'whoever decided under a policy cannot answer for it afterwards',
      got: named,
      next: 'have somebody admit it who decided nothing under it',
    })
  }
  return new AppError('POLICY_NOT_ADMITTED', {
    message:
      reason === 'token-required'
        ? 'policy.yaml was changed, and the policy in force asks for tokens: somebody has to answer for the change'
        : `the token is not good for admitting a policy: ${reason}`,
    got: named,
  })
}

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
