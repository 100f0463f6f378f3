import { responseAt } from '../allocation/curve.ts'
import type { ProofTree } from '../allocation/s-curve-fill.ts'
import { exp } from '../kernel/elementary.ts'
import { type BoundedLine, spendAtPrice } from './spend-at-price.ts'

/** Lines with bounds that share a budget. */
export interface BoundedLines {
  readonly lines: readonly BoundedLine[]
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

/** Most that a line's response can exceed its spend at a price: at its least spend, or where the next unit is no longer worth the price. */
export function mostNet(line: BoundedLine, price: number): number {
  const net = (x: number): number => responseAt(line.curve, x) - price * x
  return Math.max(net(line.lower), net(spendAtPrice(line, price)))
}
