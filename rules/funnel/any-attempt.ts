import {
  type Chains,
  createChains,
  endTainted,
  lengthenChain,
  openChain,
  resetChains,
  startAt,
} from './chains.ts'
import { exclusionsOf, type FunnelPlan, OTHER_KIND, stepsOf } from './definition.ts'
import { type Instant, walkInstant } from './instant.ts'
import { canOpen, endOfInstant, type Matcher, type PersonEvents, timeAt } from './person-events.ts'

/**
 * How far did a person come in any attempt? Step k is reached when some chain of k events in step order has its last event at most
 * `windowMs` after its first. Of several chains the newest entry is kept for each step, since it stays inside the window longest; times
 * are those of the chain that reached the deepest step first.
 *
 * With steps A, B, C and a window of 10 days, of A on day 0, B on 2, A on 8, B on 9 and C on 11: after day 2 the chain A0·B2 waits for C, after
 * day 8 the chain A8 waits for B beside it, and B on day 9 makes A8·B9 of that, which takes the place of A0·B2. C on day 11 converts it, three
 * days after its entry. Without the B of day 9 the person has come to B only: C is eleven days after A0.
 *
 * An exclusion between two steps taints the chain that waits there. A person whose deepest chain is tainted is out (depth −1) or, with
 * `keeps_steps`, stays at the steps reached before. Simultaneous events are read in the order that converts.
 *
 * Source: the definition of PostHog's funnel (`funnel-udf`, aggregate_funnel), reproduced from its asserted cases.
 */
export function createAnyAttemptMatcher(plan: FunnelPlan): Matcher {
  const chains = createChains(plan.kindOfStep.length)
  const roleOfKind = plan.stepsOfKind.map((_, kind) => roleOf(plan, kind))
  return (person) => {
    resetChains(chains)
    const reading: Reading = { plan, chains, person }
    for (let index = person.from; index < person.to;) {
      const to = endOfInstant(person, index)
      const kind = person.kinds[index] ?? OTHER_KIND
      const role = kind === OTHER_KIND ? NO_ROLE : (roleOfKind[kind] ?? NO_ROLE)
      // Nearly every event is alone at its instant and one step at most: it needs no walk and no lists.
      if (to > index + 1) readInstant(reading, { from: index, to })
      else if (role >= 0) takeStep(reading, role, index)
      else if (role === SEVERAL_ROLES) readEvent(reading, kind, index)
      index = to
    }
    if (chains.bestTainted) chains.best.depth = -1
    return chains.best
  }
}

/** Stands in place of a step for events that nothing is to be done with, and for those of several steps or exclusions. */
const NO_ROLE = -1
const SEVERAL_ROLES = -2

/** The one step of a kind, `NO_ROLE` or `SEVERAL_ROLES`. */
function roleOf(plan: FunnelPlan, kind: number): number {
  const [step = NO_ROLE, ...others] = stepsOf(plan, kind)
  return others.length + exclusionsOf(plan, kind).length > 0 ? SEVERAL_ROLES : step
}

interface Reading {
  readonly plan: FunnelPlan
  readonly chains: Chains
  readonly person: PersonEvents
}

/** An event that is an exclusion and a step is first the one, then the other. */
function readEvent(reading: Reading, kind: number, index: number): void {
  for (const step of exclusionsOf(reading.plan, kind)) taint(reading, step, index)
  for (const step of stepsOf(reading.plan, kind)) takeStep(reading, step, index)
}

function takeStep(reading: Reading, step: number, index: number): void {
  const { chains, person } = reading
  if (step === 0) {
    if (canOpen(person, index)) openChain(chains, person, index)
  } else if (canLengthen(reading, step, timeAt(person, index))) goOn(reading, step, index)
}

/** A chain goes on unless it has been at the step already. */
function canLengthen({ plan, chains }: Reading, step: number, timeMs: number): boolean {
  const startMs = startAt(chains, step - 1)
  return timeMs - startMs <= plan.windowMs && startAt(chains, step) !== startMs
}

/** True when the chain may be lengthened further. */
function goOn({ plan, chains }: Reading, step: number, index: number): boolean {
  if (chains.tainted[step - 1] === 1) {
    if (plan.excluded === 'leaves') endTainted(chains, step)
    return false
  }
  lengthenChain(chains, step, index)
  return true
}

function taint({ plan, chains, person }: Reading, step: number, index: number): void {
  chains.tainted[step] = 1
  const isBest = chains.best.depth === step + 1
  const bestWaits = timeAt(person, index) - chains.bestStartMs <= plan.windowMs
  if (plan.excluded === 'leaves' && isBest && bestWaits) chains.bestTainted = true
}

/** Deepest chains first: a chain never goes on from an event of this instant that another chain has just taken. */
function readInstant(reading: Reading, instant: Instant): void {
  const { plan, chains, person } = reading
  chains.depthBeforeInstant = chains.best.depth
  for (const step of plan.laterSteps) {
    if (canLengthen(reading, step, timeAt(person, instant.from))) walkOn(reading, step, instant)
  }
  for (const [step, index] of walkInstant(plan, person, { ...instant, firstStep: 0 }).entries()) {
    if (step === 0) openChain(chains, person, index)
    else lengthenChain(chains, step, index)
  }
  chains.depthBeforeInstant = Infinity
  taintAfterInstant(reading, instant)
}

function walkOn(reading: Reading, firstStep: number, instant: Instant): void {
  const walked = walkInstant(reading.plan, reading.person, { ...instant, firstStep })
  for (const [offset, index] of walked.entries()) {
    if (!goOn(reading, firstStep + offset, index)) return
  }
}

/** An exclusion at the same instant counts only against chains that waited before it. */
function taintAfterInstant(reading: Reading, { from, to }: Instant): void {
  const { plan, chains, person } = reading
  for (let index = from; index < to; index++) {
    for (const step of exclusionsOf(plan, person.kinds[index] ?? OTHER_KIND)) {
      const last = chains.events[step * chains.stepCount + step] ?? 0
      if (timeAt(person, last) < timeAt(person, from)) taint(reading, step, index)
    }
  }
}
