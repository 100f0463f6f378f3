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
 * that made the tree is not trusted: what is no number, or infinite, bounds nothing, nor does a line that is not there.
 *
 * Lines that are equal here, by curve and bounds, are taken in order of spend, most first: every plan becomes such a one by swaps that change neither
 * budget nor value. What a split says of a line then also holds for its equals, from above for those after it, from below for those before.
 *
 * Source: Lagrangian weak duality on each leaf of a branch-and-bound partition.
 */
export function boundOfProof({ lines, budget }: BoundedLines, tree: ProofTree): number {
  let bound = -Infinity
  // Open parts are listed, not called one within another: a stated tree may be deeper than calls can nest.
  const open: Branch[] = [{ part: { lines, budget, kinds: lines.map(kindOf) }, tree }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if ('line' in next.tree) {
      const halves = halvesOf(next.part, next.tree)
      if (halves === null) return Infinity
      open.push(...halves)
    } else bound = Math.max(bound, leafBound(next.part, next.tree.logPrice))
  }
  return bound
}

/** Equal for equal lines only. */
function kindOf({ curve: { family, scale, shape, steepness }, lower, upper }: BoundedLine): string {
  return [family, scale, shape, steepness, lower, upper].join(' ')
}

/** A box of the partition; the kinds are those of the whole. */
interface Part extends BoundedLines {
  readonly kinds: readonly string[]
}

/** A part of the space and what the tree says of it. */
interface Branch {
  readonly part: Part
  readonly tree: ProofTree
}

type Split = Extract<ProofTree, { readonly line: number }>

/** The two parts that a split makes of one; null where its line is not there or its point no number. */
function halvesOf(part: Part, tree: Split): readonly Branch[] | null {
  const { lines, kinds } = part
  const own = lines[tree.line]
  if (own === undefined || Number.isNaN(tree.at)) return null
  const at = Math.min(own.upper, Math.max(own.lower, tree.at))
  const isEqual = (other: number): boolean => kinds[other] === kinds[tree.line]
  const below = lines.map((line, other) =>
    other >= tree.line && isEqual(other) ? { ...line, upper: Math.min(line.upper, at) } : line,
  )
  const above = lines.map((line, other) =>
    other <= tree.line && isEqual(other) ? { ...line, lower: Math.max(line.lower, at) } : line,
  )
  return [
    { part: { ...part, lines: below }, tree: tree.below },
    { part: { ...part, lines: above }, tree: tree.above },
  ]
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
