import {
  type Chains,
  createChains,
  isOpen,
  lengthenChain,
  openChain,
  resetChains,
  startAt,
} from './chains.ts'
import type { FunnelPlan } from './definition.ts'
import { type Instant, walkInstant } from './instant.ts'
import {
  endOfInstant,
  type Match,
  type Matcher,
  type PersonEvents,
  timeAt,
} from './person-events.ts'

/**
 * How far did a person come in any attempt? Step k is reached when some chain of k events in step order has its last event at most
 * `windowMs` after its first. Of several chains the newest entry is kept for each step, since it stays inside the window longest; times
 * are those of the chain that reached the deepest step first.
 *
 * An exclusion between two steps taints the chain that waits there. A person whose deepest chain is tainted is out (depth −1) or, with
 * `keeps_steps`, stays at the steps reached before. Simultaneous events are read in the order that converts.
 *
 * Source: the definition of PostHog's funnel (`funnel-udf`, aggregate_funnel), reproduced from its asserted cases.
 */
export function createAnyAttemptMatcher(plan: FunnelPlan): Matcher {
  const chains = createChains(plan.kindOfStep.length)
  return (person) => {
    resetChains(chains)
    let index = 0
    while (index < person.count && !isComplete(chains)) {
      const end = endOfInstant(person, index)
      if (end === index + 1) readEvent(plan, { chains, person }, index)
      else readInstant(plan, { chains, person }, { from: index, to: end })
      index = end
    }
    return outcome(chains)
  }
}

interface State {
  readonly chains: Chains
  readonly person: PersonEvents
}

const NO_STEPS: readonly number[] = []

function isComplete({ best, bestTainted, stepCount }: Chains): boolean {
  return best.depth === stepCount && !bestTainted
}

function outcome({ best, bestTainted }: Chains): Match {
  if (bestTainted) best.depth = -1
  return best
}

function readEvent(plan: FunnelPlan, state: State, index: number): void {
  const { chains, person } = state
  const kind = person.kinds[index] ?? -1
  if (kind < 0) return
  const within = { timeMs: timeAt(person, index), windowMs: plan.windowMs }
  for (const step of plan.exclusionsOfKind[kind] ?? NO_STEPS) taint(plan, chains, { step, within })
  for (const step of plan.stepsOfKind[kind] ?? NO_STEPS) {
    if (step === 0) {
      if (person.opens[index] === 1) openChain(chains, person, index)
    } else if (canLengthen(plan, chains, { step, within })) lengthenChain(chains, step, index)
  }
}

interface At {
  readonly step: number
  readonly within: { readonly timeMs: number; readonly windowMs: number }
}

/** A chain goes on unless it has been at the step already, or may not show that it was tainted. */
function canLengthen(plan: FunnelPlan, chains: Chains, { step, within }: At): boolean {
  return (
    isOpen(chains, step - 1, within) &&
    startAt(chains, step) !== startAt(chains, step - 1) &&
    (plan.excluded === 'leaves' || chains.tainted[step - 1] === 0)
  )
}

function taint(plan: FunnelPlan, chains: Chains, { step, within }: At): void {
  const goneOn = startAt(chains, step + 1) === startAt(chains, step)
  if (goneOn || chains.tainted[step] === 1 || !isOpen(chains, step, within)) return
  chains.tainted[step] = 1
  const isBest = chains.best.depth === step + 1
  const bestWaits = within.timeMs - chains.bestStartMs <= within.windowMs
  if (plan.excluded === 'leaves' && isBest && bestWaits) chains.bestTainted = true
}

/** Deepest chains first: a chain never goes on from an event of this instant that another chain has just taken. */
function readInstant(plan: FunnelPlan, state: State, instant: Instant): void {
  const { chains, person } = state
  const within = { timeMs: timeAt(person, instant.from), windowMs: plan.windowMs }
  for (let step = chains.stepCount - 1; step > 0; step--) {
    if (!canLengthen(plan, chains, { step, within })) continue
    const walked = walkInstant(plan, person, { ...instant, firstStep: step })
    const steps = chains.tainted[step - 1] === 1 ? walked.slice(0, 1) : walked
    for (const [offset, index] of steps.entries()) lengthenChain(chains, step + offset, index)
  }
  for (const [step, index] of walkInstant(plan, person, { ...instant, firstStep: 0 }).entries()) {
    if (step === 0) openChain(chains, person, index)
    else lengthenChain(chains, step, index)
  }
  taintAfterInstant(plan, state, { instant, within })
}

/** An exclusion at the same instant counts only against chains that waited before it. */
function taintAfterInstant(
  plan: FunnelPlan,
  { chains, person }: State,
  { instant, within }: { instant: Instant; within: At['within'] },
): void {
  for (let index = instant.from; index < instant.to; index++) {
    for (const step of plan.exclusionsOfKind[person.kinds[index] ?? -1] ?? NO_STEPS) {
      const last = chains.events[step * chains.stepCount + step] ?? 0
      if (timeAt(person, last) < within.timeMs) taint(plan, chains, { step, within })
    }
  }
}
