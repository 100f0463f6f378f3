import {
  type Chains,
  createChains,
  lengthenChain,
  openChain,
  resetChains,
  startAt,
} from './chains.ts'
import { type FunnelPlan, OTHER_KIND, SEVERAL_STEPS } from './definition.ts'
import { type Instant, walkInstant } from './instant.ts'
import {
  canOpen,
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
    const reading: Reading = { plan, chains, person }
    for (let index = person.from; index < person.to && !isComplete(chains);) {
      const to = endOfInstant(person, index)
      if (to === index + 1) readEvent(reading, index)
      else readInstant(reading, { from: index, to })
      index = to
    }
    return outcome(chains)
  }
}

interface Reading {
  readonly plan: FunnelPlan
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

/** Nearly every event of a large log passes here, so the usual one, a kind with a single step, is read without a loop. */
function readEvent(reading: Reading, index: number): void {
  const { plan, person } = reading
  const kind = person.kinds[index] ?? OTHER_KIND
  if (kind === OTHER_KIND) return
  const only = plan.onlyStepOfKind[kind] ?? SEVERAL_STEPS
  if (only !== SEVERAL_STEPS) {
    takeStep(reading, only, index)
    return
  }
  for (const step of plan.exclusionsOfKind[kind] ?? NO_STEPS) taint(reading, step, index)
  for (const step of plan.stepsOfKind[kind] ?? NO_STEPS) takeStep(reading, step, index)
}

function takeStep(reading: Reading, step: number, index: number): void {
  const { chains, person } = reading
  if (step > 0) {
    if (canLengthen(reading, step, timeAt(person, index))) lengthenChain(chains, step, index)
  } else if (canOpen(person, index)) openChain(chains, person, index)
}

/** A chain goes on unless it has been at the step already, or may not show that it was tainted. */
function canLengthen({ plan, chains }: Reading, step: number, timeMs: number): boolean {
  const startMs = startAt(chains, step - 1)
  return (
    timeMs - startMs <= plan.windowMs &&
    startAt(chains, step) !== startMs &&
    (plan.excluded === 'leaves' || chains.tainted[step - 1] === 0)
  )
}

function taint({ plan, chains, person }: Reading, step: number, index: number): void {
  const timeMs = timeAt(person, index)
  const startMs = startAt(chains, step)
  const hasGoneOn = startAt(chains, step + 1) === startMs
  if (hasGoneOn || chains.tainted[step] === 1 || timeMs - startMs > plan.windowMs) return
  chains.tainted[step] = 1
  const isBest = chains.best.depth === step + 1
  const bestWaits = timeMs - chains.bestStartMs <= plan.windowMs
  if (plan.excluded === 'leaves' && isBest && bestWaits) chains.bestTainted = true
}

/** Deepest chains first: a chain never goes on from an event of this instant that another chain has just taken. */
function readInstant(reading: Reading, instant: Instant): void {
  const { plan, chains, person } = reading
  const timeMs = timeAt(person, instant.from)
  chains.depthBeforeInstant = chains.best.depth
  for (let step = chains.stepCount - 1; step > 0; step--) {
    if (!canLengthen(reading, step, timeMs)) continue
    const walked = walkInstant(plan, person, { ...instant, firstStep: step })
    const steps = chains.tainted[step - 1] === 1 ? walked.slice(0, 1) : walked
    for (const [offset, index] of steps.entries()) lengthenChain(chains, step + offset, index)
  }
  for (const [step, index] of walkInstant(plan, person, { ...instant, firstStep: 0 }).entries()) {
    if (step === 0) openChain(chains, person, index)
    else lengthenChain(chains, step, index)
  }
  chains.depthBeforeInstant = Infinity
  if (plan.exclusions.length > 0) taintAfterInstant(reading, instant)
}

/** An exclusion at the same instant counts only against chains that waited before it. */
function taintAfterInstant(reading: Reading, { from, to }: Instant): void {
  const { plan, chains, person } = reading
  for (let index = from; index < to; index++) {
    for (const step of plan.exclusionsOfKind[person.kinds[index] ?? OTHER_KIND] ?? NO_STEPS) {
      const last = chains.events[step * chains.stepCount + step] ?? 0
      if (timeAt(person, last) < timeAt(person, from)) taint(reading, step, index)
    }
  }
}
