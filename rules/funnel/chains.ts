import type { Match, PersonEvents } from './person-events.ts'
import { timeAt } from './person-events.ts'

/** The entry time of a chain that does not exist. */
export const NEVER = -Infinity

/** For each step, the newest chain that ends there. */
export interface Chains {
  readonly stepCount: number
  /** Entry time of the chain that ends at a step, `NEVER` without one. */
  readonly startMs: Float64Array
  /** 1 when an exclusion fell into the chain after that step. */
  readonly tainted: Uint8Array
  /** Row s holds the events of the chain that ends at step s. */
  readonly events: Int32Array
  /** The deepest chain so far; the first one to get there. */
  readonly best: Match
  bestStartMs: number
  bestTainted: boolean
  /** While simultaneous events are read: the depth before them. Of chains that get deeper at one instant the newest entry counts. */
  depthBeforeInstant: number
}

/** Chains of a funnel of `stepCount` steps, all empty. */
export function createChains(stepCount: number): Chains {
  return {
    stepCount,
    startMs: new Float64Array(stepCount).fill(NEVER),
    tainted: new Uint8Array(stepCount),
    events: new Int32Array(stepCount * stepCount),
    best: { depth: 0, events: new Int32Array(stepCount) },
    bestStartMs: NEVER,
    bestTainted: false,
    depthBeforeInstant: Infinity,
  }
}

/** Forgets the person before. */
export function resetChains(chains: Chains): void {
  for (let step = 0; step < chains.stepCount; step++) {
    chains.startMs[step] = NEVER
    chains.tainted[step] = 0
  }
  chains.best.depth = 0
  chains.bestStartMs = NEVER
  chains.bestTainted = false
}

/** Entry time of the chain that ends at a step. */
export function startAt(chains: Chains, step: number): number {
  return chains.startMs[step] ?? NEVER
}

/** True when a chain ends at `step` and an event at `timeMs` is still inside its window, which is finite. */
export function isOpen(
  chains: Chains,
  step: number,
  { timeMs, windowMs }: { readonly timeMs: number; readonly windowMs: number },
): boolean {
  return timeMs - startAt(chains, step) <= windowMs
}

/** Starts a chain with an event of the first step. */
export function openChain(chains: Chains, person: PersonEvents, index: number): void {
  chains.startMs[0] = timeAt(person, index)
  chains.tainted[0] = 0
  chains.events[0] = index
  if (isDeeper(chains, 0)) record(chains, 0)
}

/** Lengthens the chain that ends before `step` by an event. */
export function lengthenChain(chains: Chains, step: number, index: number): void {
  const { stepCount, events, startMs, tainted } = chains
  const from = (step - 1) * stepCount
  const to = step * stepCount
  for (let position = 0; position < step; position++) {
    events[to + position] = events[from + position] ?? 0
  }
  events[to + step] = index
  startMs[step] = startAt(chains, step - 1)
  tainted[step] = 0
  if (isDeeper(chains, step)) record(chains, step)
}

/** A tainted chain that reaches `step` leads nowhere, but the person is out when no clean chain gets as far. */
export function endTainted(chains: Chains, step: number): void {
  if (step < chains.best.depth) return
  chains.best.depth = step + 1
  chains.bestTainted = true
}

function isDeeper(chains: Chains, step: number): boolean {
  const { best, bestTainted, depthBeforeInstant } = chains
  const depth = step + 1
  return depth > best.depth || (depth === best.depth && (bestTainted || depth > depthBeforeInstant))
}

/** The chain that ends at `step` is the deepest so far. */
function record(chains: Chains, step: number): void {
  const { best, events, stepCount } = chains
  for (let position = 0; position <= step; position++) {
    best.events[position] = events[step * stepCount + position] ?? 0
  }
  best.depth = step + 1
  chains.bestStartMs = startAt(chains, step)
  chains.bestTainted = false
}
