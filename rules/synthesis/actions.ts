import { ownerOf } from '../governance/owner.ts'
import { measured, notMeasured } from '../kernel/quantity.ts'
import type { Policy } from '../policy/policy.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Action } from '../schema/synthesis.ts'
import { literal } from '../schema/template.ts'
import type { ActionCandidate } from './candidate.ts'

/**
 * Which actions matter most?
 *
 * By expected value, the largest mid first; then those whose impact nobody can state, by urgency. As many as the policy shows.
 * Each gets an owner from the policy and its impact and day as facts.
 */
export function topActions(
  book: FactBook,
  candidates: readonly ActionCandidate[],
  policy: Policy,
): Action[] {
  return candidates
    .toSorted(byValue)
    .slice(0, policy.synthesis.actions_shown)
    .map((candidate, index) => {
      const owner = ownerOf(candidate.area, policy)
      const rank = index + 1
      enterAction(book, { candidate, rank }, policy.company.currency)
      return {
        id: candidate.id,
        rank,
        title: candidate.title,
        owner: owner.id,
        ownerName: literal(owner.name),
        due: candidate.dueOn,
        expectedImpact: candidate.ruling.impact,
        impactNotMeasured: candidate.ruling.notMeasured,
        resources: [...candidate.resources],
        decisionIds: [...candidate.decisionIds],
      }
    })
}

/** Candidates that are alike keep the order they came in: the gravest risk, the largest segment, the earliest stage first. */
function byValue(left: ActionCandidate, right: ActionCandidate): number {
  return midOf(right) - midOf(left) || right.urgency - left.urgency
}

/** An impact that is not known ranks below every known gain. */
function midOf({ ruling }: ActionCandidate): number {
  return ruling.impact?.mid.minor ?? 0
}

/** How the facts of the action of a rank begin. */
export function actionPrefix(rank: number): string {
  return `synthesis.action.${rank}`
}

function enterAction(
  book: FactBook,
  { candidate, rank }: { candidate: ActionCandidate; rank: number },
  currency: string,
): void {
  const prefix = actionPrefix(rank)
  const { ruling } = candidate
  const { impact, notMeasured: reason } = ruling
  for (const end of ['low', 'mid', 'high'] as const) {
    book.add({
      id: `${prefix}.impact_${end}`,
      label: `Action ${rank}: expected impact, ${end}`,
      unit: 'money',
      currency: impact?.[end].currency ?? currency,
      quantity: impact === null ? notMeasured(reason) : measured(impact[end].minor),
      ...(ruling.impact === null ? {} : ruling.derivation[end]),
      source: [],
    })
  }
  book.addText({
    id: `${prefix}.due`,
    label: `Action ${rank}: due`,
    unit: 'date',
    value: candidate.dueOn,
    source: [],
  })
}
