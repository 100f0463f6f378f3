import { exclusionsOf, type FunnelPlan, OTHER_KIND, stepsOf } from './definition.ts'
import {
  endOfInstant,
  type Match,
  type Matcher,
  type PersonEvents,
  timeAt,
} from './person-events.ts'

/**
 * How many of the steps did a person complete inside one window, whatever their order? A name listed twice needs two events. Times are
 * those of the first window that held the most steps, each step by its earliest event there. An exclusion empties the window, so the
 * steps completed before still count; events at the same instant as it are kept.
 *
 * Source: PostHog's unordered funnel (`funnel-udf`, unordered_steps), reproduced from its asserted cases.
 */
export function createUnorderedMatcher(plan: FunnelPlan): Matcher {
  const match: Match = { depth: 0, events: new Int32Array(plan.kindOfStep.length) }
  const window: Window = {
    from: 0,
    countOfKind: new Int32Array(plan.kindOfStage.size),
    completed: 0,
  }
  return (person) => {
    match.depth = 0
    restart(window, person.from)
    for (let from = person.from; from < person.to;) {
      const to = endOfInstant(person, from)
      for (let index = from; index < to; index++) advance(plan, { window, person, match }, index)
      if (hasExclusion(plan, person, { from, to })) {
        restart(window, from)
        for (let index = from; index < to; index++) advance(plan, { window, person, match }, index)
      }
      from = to
    }
    return match
  }
}

interface Window {
  from: number
  readonly countOfKind: Int32Array
  /** Steps that the events of the window complete. */
  completed: number
}

interface State {
  readonly window: Window
  readonly person: PersonEvents
  readonly match: Match
}

function restart(window: Window, from: number): void {
  window.from = from
  window.countOfKind.fill(0)
  window.completed = 0
}

/** How many steps events of a kind can complete. */
function slots(plan: FunnelPlan, kind: number): number {
  return stepsOf(plan, kind).length
}

function advance(plan: FunnelPlan, state: State, index: number): void {
  const { window, person, match } = state
  const timeMs = timeAt(person, index)
  while (timeMs - timeAt(person, window.from) > plan.windowMs) {
    shift(plan, window, person.kinds[window.from] ?? OTHER_KIND)
  }
  const kind = person.kinds[index] ?? OTHER_KIND
  const seen = (window.countOfKind[kind] ?? 0) + 1
  window.countOfKind[kind] = seen
  if (seen <= slots(plan, kind)) window.completed++
  if (window.completed > match.depth) credit(plan, state, index)
}

/** Drops the oldest event of the window. */
function shift(plan: FunnelPlan, window: Window, kind: number): void {
  window.from++
  if (slots(plan, kind) === 0) return
  const seen = window.countOfKind[kind] ?? 0
  window.countOfKind[kind] = seen - 1
  if (seen <= slots(plan, kind)) window.completed--
}

function credit(plan: FunnelPlan, { window, person, match }: State, last: number): void {
  match.depth = window.completed
  const taken = new Int32Array(plan.kindOfStage.size)
  let position = 0
  for (let index = window.from; index <= last; index++) {
    const kind = person.kinds[index] ?? OTHER_KIND
    const used = taken[kind] ?? 0
    if (used >= slots(plan, kind)) continue
    taken[kind] = used + 1
    match.events[position++] = index
  }
}

function hasExclusion(
  plan: FunnelPlan,
  person: PersonEvents,
  { from, to }: { from: number; to: number },
): boolean {
  for (let index = from; index < to; index++) {
    if (exclusionsOf(plan, person.kinds[index] ?? OTHER_KIND).length > 0) return true
  }
  return false
}
