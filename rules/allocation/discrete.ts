import { invariant } from '../kernel/invariant.ts'
import { responseAt } from './curve.ts'
import {
  type DiscreteLine,
  farthestOf,
  type MoveTerms,
  movesOf,
  SHARE_ROUNDING,
} from './discrete-moves.ts'

/** Bounds of the sum of a group's lines. */
interface GroupBounds {
  readonly lower: number
  readonly upper: number
}

/** How each line may move, how many may, and what they must come to. */
export interface DiscreteTerms extends MoveTerms {
  readonly maxChangedLines: number
  readonly budget: number
  /** Most that Σ |plan − current| may be; unlimited without. */
  readonly maxTurnover?: number
  /** Bounds of sums of lines; none without. */
  readonly groups?: readonly GroupBounds[]
}

/** The best plan in whole increments. */
export interface DiscretePlan {
  readonly status: 'optimal'
  readonly plan: readonly number[]
  readonly value: number
  readonly changed: number
}

/**
 * Why there is none: the budget differs from the current one by no whole number of increments, no allowed moves add up to it, or the steps are so
 * small that there are too many plans to go through.
 */
export interface NoDiscretePlan {
  readonly status: 'not_a_multiple' | 'no_plan' | 'too_many_steps'
}

/** The best way found to reach a sum of moves; all counts in increments but `changed`, which counts lines. */
interface State {
  readonly changed: number
  readonly net: number
  readonly turnover: number
  /** Sum of moves within the group that is being worked on. */
  readonly groupNet: number
  readonly value: number
  readonly move: number
  readonly before: State | null
}

/** Transitions after which the search gives up: some seconds of work. */
const TRANSITIONS_MAX = 4_000_000

/**
 * Which lines move by how many increments, when few may move, none by little, and not much in all?
 *
 * Dynamic programming over lines × lines changed × net increments × turnover, group after group: what a group's sum may not be is dropped when its
 * last line is done. Of plans that bring as much the one that changes fewer lines stands, then the one found first, which changes earlier lines less.
 *
 * Lines 3√x, √x and 2.9√x at 100 each, in steps of 50: the first takes a step of the second, 3√150 + √50 + 29 = 72.8, more than with another
 * step for the third, 3√150 + 2.9√150 = 72.3.
 *
 * Source: R. Bellman, Dynamic Programming, 1957, the allocation process.
 */
export function planDiscrete(
  lines: readonly DiscreteLine[],
  terms: DiscreteTerms,
): DiscretePlan | NoDiscretePlan {
  const current = lines.reduce((sum, line) => sum + line.current, 0)
  const net = (terms.budget - current) / terms.increment
  invariant(terms.increment > 0, 'discrete plan: the increment must be above 0')
  if (Math.abs(net - Math.round(net)) > SHARE_ROUNDING) return { status: 'not_a_multiple' }
  const order = lines
    .map((line, index) => ({ line, index }))
    .toSorted((left, right) => (left.line.group ?? -1) - (right.line.group ?? -1))
  const found = search(
    order.map(({ line }) => line),
    terms,
    Math.round(net),
  )
  if (found === 'too_many_steps') return { status: found }
  if (found === null) return { status: 'no_plan' }
  const moves = movesTo(found)
  const moveOf = new Map(order.map(({ index }, place) => [index, moves[place] ?? 0]))
  const plan = lines.map((line, index) => line.current + (moveOf.get(index) ?? 0) * terms.increment)
  return { status: 'optimal', plan, value: found.value, changed: found.changed }
}

/** The moves that lead to a state, line by line. */
function movesTo({ before, move }: State): readonly number[] {
  return before === null ? [] : [...movesTo(before), move]
}

/** The best state that ends at the net change asked for; null when none does. */
function search(
  lines: readonly DiscreteLine[],
  terms: DiscreteTerms,
  net: number,
): State | null | 'too_many_steps' {
  // Counted before any list is made: of tiny steps the lists alone would not fit into memory.
  const steps = lines.reduce((sum, line) => sum + farthestOf(line, terms), 0)
  if (steps > TRANSITIONS_MAX) return 'too_many_steps'
  const choices = lines.map((line) => ({ line, moves: movesOf(line, terms) }))
  const reach = { net, turnover: turnoverCap(steps, terms) }
  const start = { changed: 0, net: 0, turnover: 0, groupNet: 0, value: 0, move: 0, before: null }
  let states: readonly State[] = [start]
  let transitions = 0
  for (const [index, { line, moves }] of choices.entries()) {
    transitions += states.length * moves.length
    if (transitions > TRANSITIONS_MAX) return 'too_many_steps'
    const bounds = terms.groups?.[line.group ?? -1]
    states = extend(states, { line, moves, terms, reach, isGrouped: bounds !== undefined })
    if (bounds === undefined || lines[index + 1]?.group === line.group) continue
    const own = lines.filter(({ group }) => group === line.group)
    states = closeGroup(states, own, { bounds, increment: terms.increment })
  }
  const ends = states.filter((state) => state.net === net)
  return ends.toSorted((a, b) => b.value - a.value || a.changed - b.changed)[0] ?? null
}

/** The turnover in increments when it can bind; Infinity, which keeps no count of it, when all lines may go as far as they can. */
function turnoverCap(steps: number, { maxTurnover = Infinity, increment }: DiscreteTerms): number {
  const cap = Math.floor(maxTurnover / increment + SHARE_ROUNDING)
  return cap >= steps ? Infinity : cap
}

interface Extension {
  readonly line: DiscreteLine
  readonly moves: readonly number[]
  readonly terms: DiscreteTerms
  readonly reach: { readonly net: number; readonly turnover: number }
  readonly isGrouped: boolean
}

function extend(
  states: readonly State[],
  { line, moves, terms, reach, isGrouped }: Extension,
): readonly State[] {
  const options = moves.map((move) => ({
    move,
    value: responseAt(line.curve, line.current + move * terms.increment),
  }))
  const isCounted = reach.turnover !== Infinity
  const next = new Map<string, State>()
  for (const before of states) {
    for (const { move, value } of options) {
      const state = {
        changed: before.changed + (move === 0 ? 0 : 1),
        net: before.net + move,
        turnover: isCounted ? before.turnover + Math.abs(move) : 0,
        groupNet: isGrouped ? before.groupNet + move : 0,
        value: before.value + value,
        move,
        before,
      }
      if (canEnd(state, terms, reach)) keepBetter(next, state)
    }
  }
  return [...next.values()]
}

/** What is left of the turnover must still bring the net change to where it is asked to be. */
function canEnd(
  { changed, net, turnover }: State,
  { maxChangedLines }: DiscreteTerms,
  reach: Extension['reach'],
): boolean {
  return changed <= maxChangedLines && turnover + Math.abs(reach.net - net) <= reach.turnover
}

function keepBetter(states: Map<string, State>, state: State): void {
  const key = `${state.changed}:${state.net}:${state.turnover}:${state.groupNet}`
  const known = states.get(key)
  if (known === undefined || state.value > known.value) states.set(key, state)
}

/** Drops what a finished group's bounds forbid; among the rest, how the group came to its sum does not matter any more. */
function closeGroup(
  states: readonly State[],
  own: readonly DiscreteLine[],
  { bounds, increment }: { readonly bounds: GroupBounds; readonly increment: number },
): readonly State[] {
  const base = own.reduce((sum, line) => sum + line.current, 0)
  const merged = new Map<string, State>()
  for (const state of states) {
    const sum = base + state.groupNet * increment
    if (sum < bounds.lower || sum > bounds.upper) continue
    keepBetter(merged, { ...state, groupNet: 0 })
  }
  return [...merged.values()]
}
