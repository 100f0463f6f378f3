import { curveOf, totalResponse } from './curve-columns.ts'
import { responseAt } from './curve.ts'
import { envelopeAt, envelopeOf } from './envelope.ts'
import { fill, type FillProblem, type Unfillable } from './fill.ts'

/**
 * How a proof of optimality divides the space: a leaf bounds the value at one price, a split parts one line's range in two.
 *
 * Only plans that have equal lines (same curve, same bounds to begin with) in order of spend, most first, need to be covered: any other plan becomes
 * one of them by swaps, which change neither budget nor value. So a split's upper bound holds for the equal lines after its line too, and its lower
 * bound for those before.
 */
export type ProofTree =
  | { readonly logPrice: number | null }
  | {
      readonly line: number
      readonly at: number
      readonly below: ProofTree
      readonly above: ProofTree
    }

/** The best plan for lines that may be S-curves. */
export interface SCurveFilled {
  readonly status: 'optimal'
  readonly plan: Float64Array
  readonly value: number
  /** Value of the concave envelope: no plan can bring more. */
  readonly envelopeBound: number
  /** No plan brings more than this; value × (1 + tolerance) when the search ended by itself. */
  readonly bound: number
  readonly nodes: number
  readonly proof: ProofTree
}

/** When to be content. */
export interface SearchTerms {
  /** Least share of the value by which a better plan must be possible for the search to go on. */
  readonly tolerance: number
  readonly maxNodes: number
}

interface Node {
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly plan: Float64Array
  readonly logPrice: number | null
  readonly bound: number
  /** The line whose envelope lies furthest above its curve at the plan; −1 when none does. */
  readonly widest: number
  /** How the widest line's range was parted, once it was. */
  split: { readonly at: number; readonly below: Part; readonly above: Part } | null
}

type Part = Node | Unfillable

/**
 * How is a budget split over lines of which some are S-curves?
 *
 * Branch and bound: the concave envelope of every line gives a plan and an upper bound; the line whose envelope is furthest above its curve has
 * its range parted at the plan, where both new envelopes touch the curve. The branch with the highest bound goes first. Equal lines are kept in order,
 * so that the search asks how many of them spend, and not which.
 *
 * Source: J. Falk and R. Soland, Management Science 15 (1969) 550 (separable nonconvex programming); the order of equal lines as in F. Margot,
 * "Symmetry in Integer Linear Programming", 50 Years of Integer Programming, 2010.
 */
export function fillSCurves(
  problem: FillProblem,
  { tolerance, maxNodes }: SearchTerms = { tolerance: 1e-11, maxNodes: 20_000 },
): SCurveFilled | Unfillable {
  const equals = firstEqual(problem)
  const root = solveNode(problem, problem)
  if (!('plan' in root)) return root
  let best = { plan: root.plan, value: totalResponse(problem.curves, root.plan) }
  let open: Node[] = [root]
  let nodes = 1
  while (nodes < maxNodes) {
    const node = highest(open)
    if (node === null || node.widest < 0 || node.bound <= best.value * (1 + tolerance)) break
    open = open.filter((other) => other !== node)
    for (const child of branch(problem, equals, node)) {
      nodes++
      const value = totalResponse(problem.curves, child.plan)
      if (value > best.value) best = { plan: child.plan, value }
      open.push(child)
    }
  }
  return {
    status: 'optimal',
    ...best,
    envelopeBound: root.bound,
    bound: Math.max(best.value, ...open.map((node) => node.bound)),
    nodes,
    proof: proofOf(root),
  }
}

function highest(open: readonly Node[]): Node | null {
  return open.reduce<Node | null>(
    (best, node) => (best === null || node.bound > best.bound ? node : best),
    null,
  )
}

function branch(problem: FillProblem, equals: readonly number[], node: Node): readonly Node[] {
  const { widest: line, lower, upper } = node
  const at = node.plan[line] ?? 0
  const isEqual = (other: number): boolean => equals[other] === equals[line]
  const below = solveNode(problem, {
    lower,
    upper: upper.map((most, other) =>
      other >= line && isEqual(other) ? Math.min(most, at) : most,
    ),
  })
  const above = solveNode(problem, {
    lower: lower.map((least, other) =>
      other <= line && isEqual(other) ? Math.max(least, at) : least,
    ),
    upper,
  })
  node.split = { at, below, above }
  return [below, above].filter((part) => 'plan' in part)
}

/** Of each line, the first with the same curve and the same bounds. */
function firstEqual({ curves, lower, upper }: FillProblem): readonly number[] {
  const first = new Map<string, number>()
  return Array.from(lower, (least, line) => {
    const { family, scale, shape, steepness } = curveOf(curves, line)
    const key = [family, scale, shape, steepness, least, upper[line]].join(' ')
    const found = first.get(key) ?? line
    first.set(key, found)
    return found
  })
}

function solveNode(problem: FillProblem, { lower, upper }: Pick<Node, 'lower' | 'upper'>): Part {
  const filled = fill({ ...problem, lower, upper })
  if (filled.status !== 'optimal') return filled
  let [bound, widest, widestGap] = [0, -1, 0]
  for (const [line, spend] of filled.plan.entries()) {
    const [low, high] = [lower[line] ?? 0, upper[line] ?? 0]
    const curve = curveOf(problem.curves, line)
    const actual = responseAt(curve, spend)
    const envelope = envelopeAt(curve, envelopeOf(curve, low, high), { low, spend })
    bound += envelope
    // On a bound the envelope is the curve, so the widest gap lies between bounds.
    const gap = envelope - actual
    if (gap > widestGap) {
      widestGap = gap
      widest = line
    }
  }
  const { plan, logPrice } = filled
  return { lower, upper, plan, logPrice, bound, widest, split: null }
}

/** A part that no plan fits is proven by any price. */
function proofOf(part: Part): ProofTree {
  if (!('plan' in part)) return { logPrice: null }
  const { split, widest: line, logPrice } = part
  if (split === null) return { logPrice }
  return { line, at: split.at, below: proofOf(split.below), above: proofOf(split.above) }
}
