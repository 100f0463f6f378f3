import { type FunnelPlan, OTHER_KIND, stepsOf } from './definition.ts'
import { type Match, NO_LABEL, type PersonEvents } from './person-events.ts'

/**
 * Whose value a person counts under: the first or last funnel event that has one, or the event credited for a step (`step: 0` is the
 * entry), which may have none.
 */
export type BreakdownRule = 'first_touch' | 'last_touch' | { readonly step: number }

/**
 * Under which breakdown value does a person count?
 *
 * @param match What the person reached, from the same plan.
 * @returns A label of the person's events, or `NO_LABEL`.
 * Source: PostHog's breakdown attribution (first touch, last touch, specific step), from its asserted cases.
 */
export function breakdownLabel(
  plan: FunnelPlan,
  { person, match }: { readonly person: PersonEvents; readonly match: Match },
  rule: BreakdownRule,
): number {
  if (typeof rule === 'object') {
    return match.depth > rule.step ? labelAt(person, match.events[rule.step] ?? 0) : NO_LABEL
  }
  let found = NO_LABEL
  for (let index = person.from; index < person.to; index++) {
    const label = isStep(plan, person.kinds[index]) ? labelAt(person, index) : NO_LABEL
    if (label === NO_LABEL) continue
    if (rule === 'first_touch') return label
    found = label
  }
  return found
}

function labelAt(person: PersonEvents, index: number): number {
  return person.labels[index] ?? NO_LABEL
}

function isStep(plan: FunnelPlan, kind = OTHER_KIND): boolean {
  return stepsOf(plan, kind).length > 0
}
