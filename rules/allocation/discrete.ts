import { invariant } from '../kernel/invariant.ts'
import { type Curve, responseAt } from './curve.ts'

/** A line that moves in whole increments. `current` in the unit of the increment's amount. */
export interface DiscreteLine {
  readonly curve: Curve
  readonly current: number
  /** Bounds of its own; 0 and none without. */
  readonly lower?: number
  readonly upper?: number
}

/** How lines may move. Shares are of the line's current spend. */
export interface DiscreteTerms {
  readonly increment: number
  readonly maxStepShare: number
  readonly minMoveShare: number
  readonly maxChangedLines: number
  readonly budget: number
}

/** The best plan in whole increments. */
export interface DiscretePlan {
  readonly status: 'optimal'
  readonly plan: readonly number[]
  readonly value: number
  readonly changed: number
}

/** Why there is none: the budget differs from the current one by no whole number of increments, or no allowed moves add up to it. */
export interface NoDiscretePlan {
  readonly status: 'not_a_multiple' | 'no_plan'
}

interface Best {
  readonly value: number
  /** Moves in increments, one per line so far. */
  readonly moves: readonly number[]
}

/**
 * Which lines move by how many increments, when few may move and none by little?
 *
 * Dynamic programming over lines × lines changed × net increments: best[changed][net] after each line. Ties keep the plan found first, which
 * changes earlier lines less.
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
  if (Math.abs(net - Math.round(net)) > 1e-9) return { status: 'not_a_multiple' }
  let states = new Map<string, Best>([[stateKey(0, 0), { value: 0, moves: [] }]])
  for (const line of lines) states = extend(states, line, terms)
  let best: Best | undefined
  for (let changed = 0; changed <= terms.maxChangedLines; changed++) {
    const found = states.get(stateKey(changed, Math.round(net)))
    if (found !== undefined && (best === undefined || found.value > best.value)) best = found
  }
  if (best === undefined) return { status: 'no_plan' }
  const { moves, value } = best
  return {
    status: 'optimal',
    plan: lines.map((line, index) => line.current + (moves[index] ?? 0) * terms.increment),
    value,
    changed: moves.filter((move) => move !== 0).length,
  }
}

function extend(
  states: ReadonlyMap<string, Best>,
  line: DiscreteLine,
  terms: DiscreteTerms,
): Map<string, Best> {
  const options = movesOf(line, terms).map((move) => ({
    move,
    value: responseAt(line.curve, line.current + move * terms.increment),
  }))
  const next = new Map<string, Best>()
  for (const [key, state] of states) {
    const [changed = 0, net = 0] = key.split(':').map(Number)
    for (const { move, value } of options) {
      const count = changed + (move === 0 ? 0 : 1)
      if (count > terms.maxChangedLines) continue
      const target = stateKey(count, net + move)
      const total = state.value + value
      const known = next.get(target)
      if (known === undefined || total > known.value) {
        next.set(target, { value: total, moves: [...state.moves, move] })
      }
    }
  }
  return next
}

/** Moves a line may make, in increments: none, or between its least and its greatest step; nothing below zero. */
function movesOf(line: DiscreteLine, terms: DiscreteTerms): readonly number[] {
  const { current } = line
  const most = Math.floor((terms.maxStepShare * current) / terms.increment + SHARE_ROUNDING)
  const least = Math.max(
    1,
    Math.ceil((terms.minMoveShare * current) / terms.increment - SHARE_ROUNDING),
  )
  const moves = [0]
  for (let move = least; move <= most; move++) moves.push(-move, move)
  const [lower, upper] = [line.lower ?? 0, line.upper ?? Infinity]
  return moves.filter((move) => {
    const spend = current + move * terms.increment
    return move === 0 || (spend >= lower && spend <= upper)
  })
}

/** A share of an amount can miss a whole increment by rounding. */
const SHARE_ROUNDING = 1e-9

function stateKey(changed: number, net: number): string {
  return `${changed}:${net}`
}
