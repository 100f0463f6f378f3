import { findRoot } from '../kernel/root.ts'

/** A line known only by its marginal response, which falls as spend rises and is finite on the bounds. */
export interface MarginalLine {
  readonly marginalAt: (x: number) => number
  readonly lower: number
  readonly upper: number
}

/** A plan that spends the budget, and its common price. */
export interface MarginalFilled {
  readonly plan: readonly number[]
  readonly price: number
}

/**
 * How is a budget split over lines whose curves are not of a known family?
 *
 * The water-filling of `fill`, with both the spend at a price and the price itself found by root search. For a few lines with imported curves.
 *
 * @returns Null when the bounds cannot hold the budget.
 */
export function fillByMarginals(
  lines: readonly MarginalLine[],
  budget: number,
): MarginalFilled | null {
  const floors = lines.reduce((sum, line) => sum + line.lower, 0)
  const caps = lines.reduce((sum, line) => sum + line.upper, 0)
  if (lines.length === 0 || floors > budget || caps < budget) return null
  const excess = (price: number): number =>
    lines.reduce((sum, line) => sum + spendAtPrice(line, price), 0) - budget
  const dear = Math.max(...lines.map((line) => line.marginalAt(line.lower)))
  const cheap = Math.min(...lines.map((line) => line.marginalAt(line.upper)))
  const price = findRoot(excess, { a: cheap, fa: excess(cheap), b: dear, fb: excess(dear) })
  return { plan: lines.map((line) => spendAtPrice(line, price)), price }
}

function spendAtPrice({ marginalAt, lower, upper }: MarginalLine, price: number): number {
  const [atLower, atUpper] = [marginalAt(lower) - price, marginalAt(upper) - price]
  if (atLower <= 0) return lower
  if (atUpper >= 0) return upper
  return findRoot((x) => marginalAt(x) - price, { a: lower, fa: atLower, b: upper, fb: atUpper })
}
