import type { BudgetMove } from '#rules/schema/budget-move.ts'
import type { InsightToLive, ReviewDocument } from '#rules/schema/document.ts'
import type { Decision, Fact, StageResult } from '#rules/schema/review.ts'
import { fillTemplate } from '#rules/schema/template.ts'

import type { Progress } from '../runtime/may-decide.ts'
import { formatFact } from './format.ts'

/** Facts and decisions of a review by id, for everything that renders. */
export interface ReviewIndex {
  readonly facts: ReadonlyMap<string, Fact>
  readonly decisions: ReadonlyMap<string, Decision>
}

/** Index over a finished document. */
export function indexDocument(document: ReviewDocument): ReviewIndex {
  return {
    facts: new Map(Object.entries(document.facts)),
    decisions: new Map(document.decisions.map((decision) => [decision.id, decision])),
  }
}

/** Index over the stages of one review. */
export function indexReview(stages: readonly StageResult[]): ReviewIndex {
  return {
    facts: new Map(stages.flatMap((stage) => stage.facts.map((fact) => [fact.id, fact]))),
    decisions: new Map(
      stages.flatMap((stage) => stage.decisions.map((decision) => [decision.id, decision])),
    ),
  }
}

/** A template with each token replaced by its rendered fact. A token without a fact is a fault and shows as such. */
export function renderText(template: string, index: ReviewIndex): string {
  return fillTemplate(template, (id) => {
    const fact = index.facts.get(id)
    return fact === undefined ? `[no fact ${id}]` : formatFact(fact)
  })
}

/** What a reader must know of a review that the data gate stopped; undefined for every other. */
export function withheldNote({ status, trust }: ReviewDocument): string | undefined {
  return status === 'withheld'
    ? `the data are graded ${trust.grade}, below what the policy asks for, so no stage was run and nothing was decided; mend the data (npm run -s mo -- validate --workspace DIR names every rejected row) and run the review again`
    : undefined
}

/** `not_assessable` → `not assessable`: a code of ours in words. */
export function spoken(code: string): string {
  return code.replaceAll('_', ' ')
}

/** Why a move is asked for, and whether it rests on a response that nobody measured: on the first rung of evidence the policy assumes it. */
export function moveReason({
  reasonCode,
  basis,
}: Pick<BudgetMove, 'reasonCode' | 'basis'>): string {
  const assumed = [basis['evidence_from'], basis['evidence_to']].filter((level) => level === 'L1')
  return assumed.length === 0
    ? spoken(reasonCode)
    : `${spoken(reasonCode)}; how ${assumed.length === 2 ? 'both lines' : 'one of the lines'} would respond is assumed by the policy, not measured`
}

/** Whom a waiting request still needs: "2 of Finance lead, Chief marketing officer". */
export function approversAsked(progress: Progress): string {
  const { mayDecide } = progress
  const missing = approvalsMissing(progress)
  if (mayDecide.length === 0) return `${missing} more, and the policy lets nobody decide it`
  const names = mayDecide.map((person) => person.name).join(', ')
  if (lacksApprovers(progress)) {
    return `${missing} more, and the policy lets only ${names} decide it: nobody can approve it as the policy stands`
  }
  return mayDecide.length === missing && missing === 1 ? names : `${missing} of ${names}`
}

function approvalsMissing({ approversNeeded, decisions }: Progress): number {
  return approversNeeded - decisions.filter((given) => given.decision === 'approve').length
}

/** Whether fewer people may decide a waiting request than must still agree. */
export function lacksApprovers(progress: Progress): boolean {
  return progress.mayDecide.length < approvalsMissing(progress)
}

/** How far a waiting request has come: "1 of 2 approved; still needed: Finance lead". */
export function approvedSoFar(approval: Progress): string {
  const given = approval.decisions.filter(({ decision }) => decision === 'approve').length
  return `${given} of ${approval.approversNeeded} approved; still needed: ${approversAsked(approval)}`
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `2026-03` → `March 2026`. */
export function monthName(month: string): string {
  return `${MONTHS[Number(month.slice(5)) - 1] ?? month} ${month.slice(0, 4)}`
}

/** How long a change took, as a person reads it. */
export function insightInWords({ minutes }: InsightToLive): string {
  return minutes === null ? 'not live yet' : `live ${minutes} min after the insight`
}
