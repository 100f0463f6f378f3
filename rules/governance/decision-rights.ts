import { compareAmount } from '../kernel/currency.ts'
import { sortByText } from '../kernel/order.ts'
import type { ApprovalTier } from '../policy/money-moves.ts'
import type { Delegation, Person } from '../policy/organisation.ts'

/** What `may_approve` names besides tiers: the authority over new money. */
export const INCREASE = 'increase'

/** The request that waits for a decision. */
export interface DecidedRequest {
  readonly tier: ApprovalTier
  readonly amountMinor: number
  readonly currency: string
  /** New money instead of money from another line: needs an authority of its own. */
  readonly isIncrease?: boolean
  /** Who proposed it, and on whose behalf when that is another person. */
  readonly proposedBy: readonly string[]
  /** Decisions already taken on it. */
  readonly given: readonly Authority[]
}

/** The part of the policy that says who may decide. */
export interface DecisionRights {
  readonly people: readonly Person[]
  readonly delegations: readonly Delegation[]
  /** Who edited the policy in force. */
  readonly editedBy: readonly string[]
  /** Local date of the decision. */
  readonly on: string
}

/** In whose name a person decides: the principal is the person, or the one whose authority was lent. */
export interface Authority {
  readonly personId: string
  readonly principalId: string
}

/** Why a person may not decide. */
export type RightsRefusal =
  | 'unknown_person'
  | 'proposed_it'
  | 'edited_the_policy'
  | 'decided_already'
  | 'tier_not_granted'
  | 'role_missing'
  | 'amount_above_limit'
  | 'increase_not_granted'
  | 'delegation_out_of_dates'
  | 'delegation_out_of_scope'
  | 'delegation_above_limit'

export type RightsRuling =
  | { readonly ok: true; readonly authority: Authority }
  | { readonly ok: false; readonly reason: RightsRefusal }

/**
 * May this person decide this request, and in whose name?
 *
 * In one's own name first; otherwise in the name of a principal who lent authority for the day, the tier and the amount. Whoever proposed
 * the request or edited the policy in force never decides it, neither as person nor as principal, and one person or principal counts once.
 * Lent authority is not lent on. Limits and dates are inclusive. New money asks for the tier and for `increase`.
 *
 * @returns The refusal of one's own name, unless a delegation came nearer: then the first delegation's, by principal.
 * Source: four-eyes principle and delegation of authority, COSO Internal Control, principle 10.
 */
export function authorityOf(
  personId: string,
  request: DecidedRequest,
  rights: DecisionRights,
): RightsRuling {
  const person = rights.people.find((candidate) => candidate.id === personId)
  if (person === undefined) return refuse('unknown_person')
  const conflict = conflictOf(personId, request, rights)
  if (conflict !== undefined) return refuse(conflict)
  const own = ownRefusal(person, request)
  if (own === undefined) return allow(personId, personId)
  const lent = sortByText(
    rights.delegations.filter((delegation) => delegation.to === personId),
    (delegation) => delegation.from,
  ).map((delegation) => lentRuling(delegation, request, rights))
  return lent.find((ruling) => ruling.ok) ?? lent[0] ?? refuse(own)
}

/** What bars a name from the request whatever its rights. */
function conflictOf(
  id: string,
  { proposedBy, given }: DecidedRequest,
  { editedBy }: DecisionRights,
): RightsRefusal | undefined {
  if (proposedBy.includes(id)) return 'proposed_it'
  if (editedBy.includes(id)) return 'edited_the_policy'
  const counted = given.flatMap((authority) => [authority.personId, authority.principalId])
  return counted.includes(id) ? 'decided_already' : undefined
}

function ownRefusal(person: Person, request: DecidedRequest): RightsRefusal | undefined {
  const { tier, amountMinor, currency } = request
  if (!person.may_approve.includes(tier.id)) return 'tier_not_granted'
  const roleFits = tier.roles.length === 0 || person.roles.some((role) => tier.roles.includes(role))
  if (!roleFits) return 'role_missing'
  const { limit } = person
  if (limit !== undefined && compareAmount(amountMinor, currency, limit) > 0) {
    return 'amount_above_limit'
  }
  const lacksIncrease = request.isIncrease === true && !person.may_approve.includes(INCREASE)
  return lacksIncrease ? 'increase_not_granted' : undefined
}

function lentRuling(
  delegation: Delegation,
  request: DecidedRequest,
  rights: DecisionRights,
): RightsRuling {
  const { from, to, scope, limit, start_on: start, end_on: end } = delegation
  if (rights.on < start || rights.on > end) return refuse('delegation_out_of_dates')
  const asked = request.isIncrease === true ? [request.tier.id, INCREASE] : [request.tier.id]
  if (!asked.every((each) => scope.includes(each))) return refuse('delegation_out_of_scope')
  if (compareAmount(request.amountMinor, request.currency, limit) > 0) {
    return refuse('delegation_above_limit')
  }
  const principal = rights.people.find((candidate) => candidate.id === from)
  if (principal === undefined) return refuse('unknown_person')
  const refusal = conflictOf(from, request, rights) ?? ownRefusal(principal, request)
  return refusal === undefined ? allow(to, from) : refuse(refusal)
}

function allow(personId: string, principalId: string): RightsRuling {
  return { ok: true, authority: { personId, principalId } }
}

function refuse(reason: RightsRefusal): RightsRuling {
  return { ok: false, reason }
}
