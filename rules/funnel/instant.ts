import type { FunnelPlan } from './definition.ts'
import { canOpen, type PersonEvents } from './person-events.ts'

/** Events at one instant, from `from` up to but not including `to`. */
export interface Instant {
  readonly from: number
  readonly to: number
}

/**
 * Events of one instant that satisfy `firstStep`, the step after it and so on, each event once: simultaneous events have no order of
 * their own, so they are read in the order that converts. The walk of a fresh chain begins with an event that may open one.
 */
export function walkInstant(
  plan: FunnelPlan,
  person: PersonEvents,
  { from, to, firstStep }: Instant & { readonly firstStep: number },
): number[] {
  const walked: number[] = []
  for (let step = firstStep; ; step++) {
    const found = findUnused(person, { from, to, kind: plan.kindOfStep[step], step, walked })
    if (found === undefined) return walked
    walked.push(found)
  }
}

function findUnused(
  person: PersonEvents,
  {
    from,
    to,
    kind,
    step,
    walked,
  }: Instant & { kind: number | undefined; step: number; walked: readonly number[] },
): number | undefined {
  for (let index = from; index < to; index++) {
    const fits = person.kinds[index] === kind && (step > 0 || canOpen(person, index))
    if (fits && !walked.includes(index)) return index
  }
  return undefined
}
