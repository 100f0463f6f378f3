import {
  type Chains,
  createChains,
  isOpen,
  lengthenChain,
  NEVER,
  openChain,
  resetChains,
} from './chains.ts'
import { type FunnelPlan, OTHER_KIND } from './definition.ts'
import { type Instant, walkInstant } from './instant.ts'
import { endOfInstant, type Matcher, type PersonEvents, timeAt } from './person-events.ts'

/**
 * How far did a person come without a detour? The chain's events are adjacent in the person's whole event stream, the last at most
 * `windowMs` after the first. With `strict_repeats` a repeat of the step just matched does not break the chain. Simultaneous events are
 * read in the order that converts; an exclusion breaks a chain as every other event does.
 *
 * Source: PostHog's strict funnel as asserted in test_funnel_strict.py; `strict` without its tolerance of repeats.
 */
export function createStrictMatcher(plan: FunnelPlan): Matcher {
  const chains = createChains(plan.kindOfStep.length)
  return (person) => {
    resetChains(chains)
    for (let from = person.from; from < person.to;) {
      const to = endOfInstant(person, from)
      readInstant(plan, { chains, person }, { from, to })
      from = to
    }
    return chains.best
  }
}

interface State {
  readonly chains: Chains
  readonly person: PersonEvents
}

function readInstant(plan: FunnelPlan, { chains, person }: State, instant: Instant): void {
  const within = { timeMs: timeAt(person, instant.from), windowMs: plan.windowMs }
  const alive = new Set<number>()
  for (const step of plan.laterSteps) {
    if (!isOpen(chains, step - 1, within)) continue
    const walked = walkInstant(plan, person, { ...instant, firstStep: step })
    for (const [offset, index] of walked.entries()) lengthenChain(chains, step + offset, index)
    if (isUnbroken(plan, person, { ...instant, step, walked })) {
      alive.add(step - 1 + walked.length)
    }
  }
  const fresh = walkInstant(plan, person, { ...instant, firstStep: 0 })
  for (const [step, index] of fresh.entries()) {
    if (step === 0) openChain(chains, person, index)
    else lengthenChain(chains, step, index)
    alive.add(step)
  }
  for (let step = 0; step < chains.stepCount; step++) {
    if (!alive.has(step)) chains.startMs[step] = NEVER
  }
}

/** True when every event of the instant belongs to the chain, or repeats a step it took. */
function isUnbroken(
  plan: FunnelPlan,
  person: PersonEvents,
  { from, to, step, walked }: Instant & { step: number; walked: readonly number[] },
): boolean {
  if (walked.length === to - from) return true
  if (plan.order !== 'strict_repeats') return false
  const kinds = new Set(plan.kindOfStep.slice(step - 1, step + walked.length))
  for (let index = from; index < to; index++) {
    if (!walked.includes(index) && !kinds.has(person.kinds[index] ?? OTHER_KIND)) return false
  }
  return true
}
