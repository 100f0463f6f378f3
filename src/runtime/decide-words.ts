import type { StageName } from '#rules/schema/review.ts'

import { AppError } from '../errors.ts'
import type { ShownToken } from '../store/approval-decisions.ts'
import {
  loadNarrativeDecisions,
  type NarrativeDecision,
  recordNarrativeDecision,
} from '../store/narrative-decisions.ts'
import type { Store } from '../store/store.ts'
import { refused, REFUSAL_WORDS } from './decide.ts'
import { fluentWordsOf, type FluentWords } from './fluent-words.ts'
import { wordsRoleOf } from './may-decide.ts'
import { loadRecords } from './review-ports.ts'
import type { ReviewSession } from './session.ts'

/** What a person says to fluent prose: to that of one stage, or to all that waits. */
export interface WordsDecision {
  readonly stage?: StageName | undefined
  readonly personId: string
  /** The token the person acts with; null: named on the command line. */
  readonly token: ShownToken | null
  readonly decision: 'approve' | 'reject'
  /** Not blank. */
  readonly reason?: string | undefined
}

/** The fluent prose of a review as it is stored, with what was decided on it. */
export async function loadFluentWords(store: Store, reviewId: string): Promise<FluentWords[]> {
  const records = await loadRecords(store, reviewId)
  return fluentWordsOf(records, await loadNarrativeDecisions(store.pool, reviewId))
}

/**
 * Records what a person decided on prose that waits, on the bytes as they are stored now.
 *
 * @returns The stages decided on.
 * @throws AppError `PERSON_UNKNOWN`; `APPROVAL_NOT_FOUND` when nothing waits; `APPROVAL_REFUSED` for a person without a role that the policy
 * allows, and for prose that was decided on before.
 */
export async function decideWords(
  store: Store,
  session: ReviewSession,
  decision: WordsDecision,
): Promise<StageName[]> {
  const reason = decision.reason?.trim() ?? ''
  if (reason === '') throw refused('a decision needs a reason', seeWords(session))
  const role = roleOf(decision.personId, session)
  const words = await loadFluentWords(store, session.review.reviewId)
  const meant = words.filter(
    ({ stage }) => decision.stage === undefined || stage === decision.stage,
  )
  const waiting = meant.filter((each) => each.decision === undefined)
  if (waiting.length === 0) throw nothingWaits(meant)
  for (const { stage, textSha256, factsSha256, proposer } of waiting) {
    const refusal = await recordNarrativeDecision(store.pool, {
      reviewId: session.review.reviewId,
      stage,
      textSha256,
      factsSha256,
      proposer,
      decision: decision.decision,
      person: decision.personId,
      role,
      token: decision.token,
      reason,
    })
    if (refusal === 'already-decided') throw decidedBefore(stage)
    if (refusal !== undefined) throw refused(REFUSAL_WORDS[refusal], seeWords(session))
  }
  return waiting.map(({ stage }) => stage)
}

/** The role in which a person may decide, by the policy the review was frozen to. */
function roleOf(personId: string, { context, review }: ReviewSession): string {
  const { people, narrative, edited_by: editedBy } = context.policy
  const person = people.find(({ id }) => id === personId)
  if (person === undefined) throw new AppError('PERSON_UNKNOWN', { got: personId })
  if (editedBy.includes(personId))
    throw refused(REFUSAL_WORDS['conflict-of-interest'], seeWords({ review }))
  const role = wordsRoleOf(person.roles, narrative)
  if (role !== undefined) return role
  throw new AppError('APPROVAL_REFUSED', {
    message: 'the policy does not let this person approve the prose of a model',
    expected: `a person with one of the roles ${narrative.fluent_approver_roles.join(', ')}`,
    got: `${personId} with ${person.roles.join(', ')}`,
    next: 'ask such a person, or see narrative.fluent_approver_roles in policy.yaml',
  })
}

function seeWords({ review }: Pick<ReviewSession, 'review'>): { readonly next: string } {
  return { next: `see what waits with: mo narrative show ${review.reviewId}` }
}

function nothingWaits([first]: readonly FluentWords[]): AppError {
  if (first !== undefined) return decidedBefore(first.stage, first.decision)
  return new AppError('APPROVAL_NOT_FOUND', {
    message: 'no fluent prose waits in this review',
    next: 'set narrative.mode: fluent in policy.yaml and run a review with a model configured',
  })
}

function decidedBefore(stage: string, decision?: NarrativeDecision): AppError {
  const how =
    decision === undefined
      ? ''
      : `: ${decision.decision === 'approve' ? 'approved' : 'rejected'} by ${decision.person} at ${decision.decidedAt}`
  return new AppError('APPROVAL_REFUSED', {
    message: `the prose of ${stage} was decided on before${how}`,
    next: 'see it with: mo narrative show',
  })
}
