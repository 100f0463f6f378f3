import { exclusionsOf, type FunnelPlan, OTHER_KIND } from './definition.ts'
import { canOpen, type PersonEvents, timeAt } from './person-events.ts'

/** How many runs through a funnel reached each step. */
export type RunCounts = readonly number[]

/**
 * How many runs did one person make? Unlike persons, runs are counted one after the other: an entry opens a run, each next step carries
 * it on, and completion, the end of the window or an exclusion closes it, after which the person may enter again. The event that excludes
 * does not open the next run.
 *
 * @param person Events oldest first; simultaneous ones in the order given.
 * @returns One count per step; the first is entries, the last conversions.
 * Source: Mixpanel documentation, "Funnels: advanced", totals counting with exclusion steps.
 */
export function countRuns(plan: FunnelPlan, person: PersonEvents): RunCounts {
  const counts = plan.kindOfStep.map(() => 0)
  let depth = 0
  let entryMs = -Infinity
  for (let index = person.from; index < person.to; index++) {
    const timeMs = timeAt(person, index)
    if (timeMs - entryMs > plan.windowMs) depth = 0
    const step = readStep(plan, person, { index, depth })
    if (step === 'excluded') depth = 0
    if (step !== 'next') continue
    if (depth === 0) entryMs = timeMs
    counts[depth] = (counts[depth] ?? 0) + 1
    depth = (depth + 1) % counts.length
  }
  return counts
}

function readStep(
  plan: FunnelPlan,
  person: PersonEvents,
  { index, depth }: { index: number; depth: number },
): 'excluded' | 'next' | 'other' {
  const kind = person.kinds[index] ?? OTHER_KIND
  if (exclusionsOf(plan, kind).includes(depth - 1)) return 'excluded'
  const opens = depth > 0 || canOpen(person, index)
  return kind === plan.kindOfStep[depth] && opens ? 'next' : 'other'
}
