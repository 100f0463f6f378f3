import { type Curve, inflectionOf, marginalAt, responseAt } from '../allocation/curve.ts'
import type { ProofTree } from '../allocation/s-curve-fill.ts'
import { exp } from '../kernel/elementary.ts'

/** Lines with bounds that share a budget. */
export interface BoundedLines {
  readonly lines: readonly {
    readonly curve: Curve
    readonly lower: number
    readonly upper: number
  }[]
  readonly budget: number
}

/**
 * How much can any plan bring, by a proof tree?
 *
 * A leaf bounds its box at its price: price × budget + Σ lines max over the box (response − price × spend). A box that cannot hold the budget has no
 * plan. A split covers its box by construction, its point brought within the line's range, so the tree's bound is the greatest of its leaves'. The search
 * that made the tree is not trusted: what is no number, or infinite, bounds nothing.
 *
 * Source: Lagrangian weak duality on each leaf of a branch-and-bound partition.
 */
export function boundOfProof(problem: BoundedLines, tree: ProofTree): number {
  if (!('line' in tree)) return leafBound(problem, tree.logPrice)
  const part = (side: 'lower' | 'upper'): BoundedLines => ({
    ...problem,
    lines: problem.lines.map((line, index) =>
      index === tree.line
        ? { ...line, [side]: Math.min(line.upper, Math.max(line.lower, tree.at)) }
        : line,
    ),
  })
  if (Number.isNaN(tree.at)) return Infinity
  return Math.max(boundOfProof(part('upper'), tree.below), boundOfProof(part('lower'), tree.above))
}

function leafBound({ lines, budget }: BoundedLines, logPrice: number | null): number {
  const lowers = lines.reduce((sum, line) => sum + line.lower, 0)
  const uppers = lines.reduce((sum, line) => sum + line.upper, 0)
  const slack = ROUNDING * Math.abs(budget)
  if (lowers > budget + slack || uppers < budget - slack) return -Infinity
  if (logPrice !== null) {
    const price = exp(logPrice)
    if (!Number.isFinite(price)) return Infinity
    const hidden = ROUNDING_OF_PRODUCTS * price * (Math.abs(budget) + uppers)
    return lines.reduce((sum, line) => sum + mostNet(line, price), price * budget + hidden)
  }
  // Without a price every line stands at one end: the box is a point up to rounding.
  const end = lowers >= budget - slack ? 'lower' : 'upper'
  return lines.reduce((sum, line) => sum + responseAt(line.curve, line[end]), 0)
}

const ROUNDING = 1e-12
/** Share of a sum of amounts × prices that its rounding can hide: a few units of the last place, 2⁻⁵³ each. */
export const ROUNDING_OF_PRODUCTS = 2 ** -50
const HALVINGS = 200

/** Most that a line's response can exceed its spend at a price: at an end, or where the concave branch has the price as slope. */
export function mostNet(
  { curve, lower, upper }: BoundedLines['lines'][number],
  price: number,
): number {
  const net = (x: number): number => responseAt(curve, x) - price * x
  let [left, right] = [Math.max(lower, inflectionOf(curve)), upper]
  for (let step = 0; step < HALVINGS && left < right; step++) {
    const middle = (left + right) / 2
    if (marginalAt(curve, middle) > price) left = middle
    else right = middle
  }
  const inner = left <= upper ? net(left) : -Infinity
  return Math.max(net(lower), net(upper), inner)
}
