import { authorityOf, INCREASE, type DecidedRequest } from '#rules/governance/decision-rights.ts'
import type { Policy } from '#rules/policy/policy.ts'

import type { Deciders } from '../store/approvals.ts'

/** What a person may decide of one tier, in whose name, and up to which amount of the company's currency. */
export interface TierRight {
  readonly tier: string
  readonly principalId: string
  readonly limit: number | null
}

/** A person of the policy with what may be decided today. */
export interface PersonRights {
  readonly id: string
  readonly name: string
  readonly roles: readonly string[]
  readonly decides: readonly TierRight[]
  readonly mayIncrease: boolean
  /** Edited the policy in force, so decides nothing under it. */
  readonly edited: boolean
}

/**
 * Who may decide what on a local date: the same rule that judges decisions, asked for a request of the smallest amount that nobody has decided
 * yet. Tiers that pass by rule are left out.
 */
export function rightsOfPeople(policy: Policy, on: string): PersonRights[] {
  return policy.people.map((person) => ({
    id: person.id,
    name: person.name,
    roles: person.roles,
    decides: policy.approval.tiers.flatMap((tier) => tierRight(policy, person.id, { tier, on })),
    mayIncrease: person.may_approve.includes(INCREASE),
    edited: policy.edited_by.includes(person.id),
  }))
}

function tierRight(
  { people, delegations, edited_by: editedBy, company }: Policy,
  personId: string,
  { tier, on }: { readonly tier: Policy['approval']['tiers'][number]; readonly on: string },
): TierRight[] {
  if (tier.approvers === 0) return []
  const request = { tier, amountMinor: 0, currency: company.currency, proposedBy: [], given: [] }
  const ruling = authorityOf(personId, request, { people, delegations, editedBy, on })
  if (!ruling.ok) return []
  const { principalId } = ruling.authority
  const lent = delegations.find(
    ({ from, to, start_on: start, end_on: end, scope }) =>
      from === principalId &&
      to === personId &&
      start <= on &&
      on <= end &&
      scope.includes(tier.id),
  )
  const limits = [
    people.find(({ id }) => id === principalId)?.limit,
    principalId === personId ? undefined : lent?.limit,
  ].filter((limit) => limit !== undefined)
  return [{ tier: tier.id, principalId, limit: limits.length === 0 ? null : Math.min(...limits) }]
}

/** The people who may decide on the prose of a model: with a role that the policy asks for, unless they edited that policy. */
export function wordsApprovers({ people, narrative, edited_by: editedBy }: Policy): string[] {
  return people.flatMap(({ id, roles }) => {
    const hasRole = roles.some((role) => narrative.fluent_approver_roles.includes(role))
    return hasRole && !editedBy.includes(id) ? [id] : []
  })
}

/**
 * Who may decide a request, in whose name and on which days: each right of one's own and each that is lent, as the rule that judges decisions
 * sees it while nobody has decided.
 */
export function decidersOf(
  { people, delegations, edited_by: editedBy, company }: Policy,
  request: Omit<DecidedRequest, 'given'>,
): Deciders {
  const asked = { ...request, given: [] }
  const own = people.filter(
    ({ id }) => authorityOf(id, asked, { people, delegations: [], editedBy, on: ANY_DAY }).ok,
  )
  const lent = delegations.filter((delegation) => {
    // Without a right of the delegate's own, the rule looks at what is lent.
    const delegate = people.map((each) =>
      each.id === delegation.to ? { ...each, may_approve: [] } : each,
    )
    const on = delegation.start_on
    const rights = { people: delegate, delegations: [delegation], editedBy, on }
    return authorityOf(delegation.to, asked, rights).ok
  })
  return {
    timeZone: company.time_zone,
    people: [
      ...own.map(({ id }) => ({ person: id, principal: id, from: null, to: null })),
      ...lent.map(({ from, to, start_on: start, end_on: end }) => ({
        person: to,
        principal: from,
        from: start,
        to: end,
      })),
    ],
  }
}

/** A right of one's own holds on all days. */
const ANY_DAY = '0001-01-01'
