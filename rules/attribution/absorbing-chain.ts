import { invariant } from '../kernel/invariant.ts'
import { addAt, amountAt } from './journey.ts'

/** A chain that every walk leaves in the end. */
export interface AbsorbingChain {
  readonly size: number
  /** size² weights ≥ 0 of the steps from row to column; the diagonal is not read, because staying changes no outcome. */
  readonly steps: Float64Array
  /** Weight ≥ 0 of leaving from each state, over all exits. */
  readonly exits: Float64Array
}

/** Solves (D − W)·x = b, where W are the steps and D the sum of steps and exits of each row. */
export type ChainSolver = (right: Float64Array) => Float64Array

/**
 * Expected outcomes of an absorbing chain by elimination of one state after the other.
 *
 * With b the weight (or reward) of one exit, x is the probability (or expected reward) of leaving by it. With b the unit vector of state k, x is
 * column k of the fundamental matrix up to a factor. The pivots are formed by adding steps and exits, never by subtracting, so every figure
 * is right to the last digits even when walks go round for long. A state nobody leaves must not be reached; it stands aside with x = b.
 *
 * @throws InvariantError when the sizes do not fit.
 * Source: W. K. Grassmann, M. I. Taksar, D. P. Heyman, "Regenerative analysis and steady state distributions" (1985); C. A. O'Cinneide (1993).
 */
export function createChainSolver({ size, steps, exits }: AbsorbingChain): ChainSolver {
  invariant(
    steps.length === size * size && exits.length === size,
    'createChainSolver: steps must be size² and exits must be size',
  )
  const factors = Float64Array.from(steps)
  const leaving = Float64Array.from(exits)
  const pivots = new Float64Array(size)
  for (const state of pivots.keys()) {
    const pivot = pivotOf(factors, leaving, state)
    pivots[state] = pivot
    eliminate({ factors, leaving, state, pivot })
  }
  return (right) => solve({ size, factors, pivots }, right)
}

/** Weight of moving on from a state to those not yet eliminated, or out; 1 where there is none. */
function pivotOf(factors: Float64Array, leaving: Float64Array, state: number): number {
  const size = leaving.length
  let total = amountAt(leaving, state)
  for (let to = state + 1; to < size; to++) total += factors[state * size + to] ?? 0
  return total === 0 ? 1 : total
}

/** Sends the walks that pass through `state` directly on to where they go from there. */
function eliminate(step: {
  readonly factors: Float64Array
  readonly leaving: Float64Array
  readonly state: number
  readonly pivot: number
}): void {
  const { factors, leaving, state, pivot } = step
  const size = leaving.length
  for (let from = state + 1; from < size; from++) {
    const factor = amountAt(factors, from * size + state) / pivot
    if (factor === 0) continue
    factors[from * size + state] = factor
    addAt(leaving, from, factor * amountAt(leaving, state))
    for (let to = state + 1; to < size; to++) {
      const through = factor * (factors[state * size + to] ?? 0)
      factors[from * size + to] = (factors[from * size + to] ?? 0) + through
    }
  }
}

interface Eliminated {
  readonly size: number
  readonly factors: Float64Array
  readonly pivots: Float64Array
}

function solve(chain: Eliminated, right: Float64Array): Float64Array {
  const values = Float64Array.from(right)
  substituteForward(chain, values)
  return substituteBack(chain, values)
}

/** Adds to each state what it takes over from the states it stepped into that were eliminated before it. */
function substituteForward({ size, factors }: Eliminated, values: Float64Array): void {
  for (const state of values.keys()) {
    let value = amountAt(values, state)
    for (let to = 0; to < state; to++) {
      value += (factors[state * size + to] ?? 0) * (values[to] ?? 0)
    }
    values[state] = value
  }
}

/** From the state eliminated last to the first: what it keeps of its own and of those after it, over its pivot. */
function substituteBack({ size, factors, pivots }: Eliminated, values: Float64Array): Float64Array {
  for (const state of [...values.keys()].toReversed()) {
    let value = amountAt(values, state)
    for (let to = state + 1; to < size; to++) {
      value += (factors[state * size + to] ?? 0) * (values[to] ?? 0)
    }
    values[state] = value / amountAt(pivots, state)
  }
  return values
}
