import { type Curve, type CurveFamily, inflectionOf, marginalAt } from '../allocation/curve.ts'
import { exp, log } from '../kernel/elementary.ts'

/** A line as far as its own response goes. */
export interface BoundedLine {
  readonly curve: Curve
  readonly lower: number
  readonly upper: number
}

/**
 * Up to which spend is the next unit worth its price?
 *
 * Up to where the marginal response has fallen to the price: power (scale·shape ÷ price)^(1 ÷ (1 − shape)) · log scale ÷ price − shape ·
 * saturating √(scale·shape ÷ price) − shape · exponential shape·ln(scale ÷ (shape·price)) · hill, which has no formula, by halving. At a price
 * of 0 or below every unit is worth it.
 *
 * @returns A spend within the line's bounds; on an S-curve not before it bends, unless its upper bound is.
 * Source: the derivative of each family, set equal to the price and solved for the spend. The checker's own: the solver's is not imported.
 */
export function spendAtPrice({ curve, lower, upper }: BoundedLine, price: number): number {
  if (price <= 0) return upper
  if (curve.family !== 'hill') {
    return Math.min(upper, Math.max(lower, WORTH_UP_TO[curve.family](curve, price)))
  }
  let [left, right] = [Math.min(upper, Math.max(lower, inflectionOf(curve))), upper]
  // Until no number lies between the two.
  for (let x = (left + right) / 2; left < x && x < right; x = (left + right) / 2) {
    if (marginalAt(curve, x) > price) left = x
    else right = x
  }
  return left
}

const WORTH_UP_TO: Readonly<
  Record<Exclude<CurveFamily, 'hill'>, (curve: Curve, price: number) => number>
> = {
  power: ({ scale, shape }, price) => exp(log((scale * shape) / price) / (1 - shape)),
  log: ({ scale, shape }, price) => scale / price - shape,
  saturating: ({ scale, shape }, price) => Math.sqrt((scale * shape) / price) - shape,
  exponential: ({ scale, shape }, price) => shape * log(scale / (shape * price)),
}
