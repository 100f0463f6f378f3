import { minorPerMajor } from '#rules/kernel/currency.ts'
import type { Policy } from '#rules/policy/policy.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'

import type { Actor } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { admitPolicy } from '../people/policy-rights.ts'
import { stepApproval } from '../store/approval-steps.ts'
import type { Approval } from '../store/approvals.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import { filingScene } from './approval-filing.ts'
import { approvalOf, refused, seeRequest, unknownPerson } from './decide.ts'
import { moveOf } from './moves.ts'
import { presentBooks } from './present.ts'
import { policyOf, replaceRequest, type Renewal } from './renew-approvals.ts'
import type { ReviewSession } from './session.ts'

/** What somebody wants of a request besides yes or no. */
export interface Change {
  readonly approvalId: string
  readonly personId: string
  readonly reason: string
}

/**
 * Asks for another amount: a new request with a tier of its own takes the place of the old one. Whoever amends is its proposer, so may not
 * approve it, nor may whoever proposed it first. Who may take a request back may amend it; an amount that the books refuse changes nothing.
 *
 * @param amount In whole currency units, such as 1250.50.
 * @throws AppError `APPROVAL_NOT_FOUND`, `PERSON_UNKNOWN`, `USAGE` for an amount that is none, `APPROVAL_REFUSED` for a settled request, by
 * somebody who has no part in it, or where the books refuse the amount.
 */
export async function amend(
  store: Store,
  session: ReviewSession,
  change: Change & { readonly amount: string; readonly now: Date },
): Promise<Renewal> {
  const approval = await approvalOf(store, change.approvalId)
  const books = await presentBooks(session)
  const actor = personIn(books.policy.policy, change.personId)
  requireStake(books.policy.policy, approval, { ...change, deed: 'amends a request' })
  const move = moveOf(approval)
  const minor = parseAmount(change.amount, move.amount.currency)
  const { policy } = await admitPolicy(store, books.policy)
  const scene = filingScene({ ...books, policy }, { now: change.now, actor })
  const renewal = await inTransaction(store.pool, async (client) => {
    const replaced = await replaceRequest(client, scene, {
      approval,
      move: amendedMove(move, { minor, by: change.personId }),
      changes: [{ what: 'amount_minor', before: move.amount.minor, after: minor }],
      reason: change.reason,
      proposer: change.personId,
      alsoBarred: [approval.proposer],
    })
    // What the books refuse takes nobody's place: the first request stays as it was.
    if (replaced?.filing.kind === 'refused') {
      throw refused(
        `the books refuse this amount: ${replaced.filing.reason}`,
        seeRequest(change.approvalId),
      )
    }
    return replaced
  })
  if (renewal === undefined)
    throw refused('the request is settled already', seeRequest(change.approvalId))
  return renewal
}

/**
 * Takes a request back before it is applied. Its proposer may, and everybody whom the policy lets decide its tier.
 *
 * @throws AppError `APPROVAL_NOT_FOUND`, `PERSON_UNKNOWN`, `APPROVAL_REFUSED`.
 */
export async function withdraw(store: Store, change: Change): Promise<void> {
  const approval = await approvalOf(store, change.approvalId)
  const { policy } = await policyOf(store, approval)
  const actor = personIn(policy, change.personId)
  requireStake(policy, approval, { ...change, deed: 'takes a request back' })
  if (change.reason.trim() === '')
    throw refused('taking a request back needs a reason', seeRequest(change.approvalId))
  const { approvalId, reason } = change
  const outcome = await inTransaction(store.pool, (client) =>
    stepApproval(client, { approvalId, event: 'withdraw', reason }, actor),
  )
  if (!outcome.ok) throw refused('the request is settled already', seeRequest(change.approvalId))
}

/** Only its proposer, and people whom the policy lets decide its tier, may change what a request asks. */
function requireStake(
  policy: Policy,
  approval: Approval,
  { personId, deed }: { readonly personId: string; readonly deed: string },
): void {
  if (approval.proposer === personId) return
  const person = policy.people.find((each) => each.id === personId)
  if (person?.may_approve.includes(approval.tier) === true) return
  throw refused(
    `only its proposer, or who may decide its tier, ${deed}`,
    seeRequest(approval.approvalId),
  )
}

function personIn(policy: Parameters<typeof unknownPerson>[0], personId: string): Actor {
  const person = policy.people.find((each) => each.id === personId)
  if (person === undefined) throw unknownPerson(policy, personId)
  return { actor: person.id, role: person.roles[0] ?? null, onBehalfOf: null }
}

/** The impact was estimated for another amount: of this one nobody measured it. */
function amendedMove(move: BudgetMove, { minor, by }: { minor: number; by: string }): BudgetMove {
  return {
    ...move,
    amount: { ...move.amount, minor },
    basis: { ...move.basis, amended_by: by, amended_from_minor: move.amount.minor },
    expectedImpact: null,
    impactNotMeasured: 'the amount was amended by a person and no impact was estimated for it',
  }
}

function parseAmount(text: string, currency: string): number {
  const perMajor = minorPerMajor(currency)
  const digits = Math.round(Math.log10(perMajor))
  const fits = new RegExp(`^\\d{1,12}(\\.\\d{1,${Math.max(1, digits)}})?$`).test(text)
  const [whole = '', part = ''] = text.split('.')
  const minor = Number(whole) * perMajor + Number(part.padEnd(digits, '0') || '0')
  if (fits && part.length <= digits && Number.isSafeInteger(minor) && minor > 0) return minor
  throw new AppError('USAGE', {
    message: 'the amount is not readable',
    expected: `a positive amount in ${currency} such as 1250${digits === 0 ? '' : '.50'}`,
    got: text,
  })
}
