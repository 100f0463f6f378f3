import { exclusionsOf, type FunnelPlan, OTHER_KIND } from './definition.ts'
import {
  canOpen,
  endOfInstant,
  type Match,
  type Matcher,
  type PersonEvents,
  timeAt,
} from './person-events.ts'

/**
 * How far did a person come after the first entry? The first event of step one opens the clock for good; each further step is the
 * earliest matching event not before the one before it, inside the window. An exclusion after a step ends the way there.
 *
 * Source: Mixpanel documentation, "Funnels: advanced", default counting of uniques.
 */
export function createFirstEntryMatcher(plan: FunnelPlan): Matcher {
  const match: Match = { depth: 0, events: new Int32Array(plan.kindOfStep.length) }
  return (person) => {
    match.depth = 0
    for (let next = firstEntry(plan, person); next !== undefined;) {
      take(match, next)
      next = nextStep(plan, person, match)
    }
    return match
  }
}

function take(match: Match, index: number): void {
  match.events[match.depth] = index
  match.depth++
}

function firstEntry(plan: FunnelPlan, person: PersonEvents): number | undefined {
  for (let index = person.from; index < person.to; index++) {
    if (person.kinds[index] === plan.kindOfStep[0] && canOpen(person, index)) return index
  }
  return undefined
}

function nextStep(plan: FunnelPlan, person: PersonEvents, match: Match): number | undefined {
  const last = match.events[match.depth - 1] ?? 0
  const lastMs = timeAt(person, last)
  const endMs = timeAt(person, match.events[0] ?? 0) + plan.windowMs
  for (let from = startOfInstant(person, last); from < person.to;) {
    const to = endOfInstant(person, from)
    const timeMs = timeAt(person, from)
    if (timeMs > endMs) return undefined
    const found = findStep(plan, { person, match }, { from, to })
    if (found !== undefined) return found
    if (timeMs > lastMs && hasExclusion(plan, { person, match }, { from, to })) return undefined
    from = to
  }
  return undefined
}

interface State {
  readonly person: PersonEvents
  readonly match: Match
}

interface Span {
  readonly from: number
  readonly to: number
}

function findStep(
  plan: FunnelPlan,
  { person, match }: State,
  { from, to }: Span,
): number | undefined {
  const kind = plan.kindOfStep[match.depth]
  for (let index = from; index < to; index++) {
    const used = match.events.subarray(0, match.depth).includes(index)
    if (person.kinds[index] === kind && !used) return index
  }
  return undefined
}

function hasExclusion(plan: FunnelPlan, { person, match }: State, { from, to }: Span): boolean {
  for (let index = from; index < to; index++) {
    const steps = exclusionsOf(plan, person.kinds[index] ?? OTHER_KIND)
    if (steps.includes(match.depth - 1)) return true
  }
  return false
}

function startOfInstant(person: PersonEvents, index: number): number {
  let start = index
  while (start > person.from && person.timesMs[start - 1] === person.timesMs[index]) start--
  return start
}
