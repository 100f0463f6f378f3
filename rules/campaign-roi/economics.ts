import { difference, quotient, type Quantity } from '../kernel/quantity.ts'

/** Cost and return of one subject; money in minor units. */
export interface Economics {
  readonly cost: Quantity
  readonly value: Quantity
  /** value − cost */
  readonly net: Quantity
  /** net ÷ cost, a signed share: +0.726 is a return of 72.6 % on what was spent. */
  readonly roi: Quantity
}

/**
 * What came back for what was spent?
 *
 * net = value − cost; ROI = net ÷ cost. A subject without cost has no ROI, however much it returned.
 *
 * @param cost Full cost in minor units (media, people, models, tools); a ledger holds no negative amounts (src/ingest).
 * @param value Value in minor units; negative after refunds.
 * Source: Farris et al., Marketing Metrics, "Return on marketing investment".
 */
export function economics(cost: Quantity, value: Quantity): Economics {
  const net = difference(value, cost)
  return { cost, value, net, roi: quotient(net, cost, 'cost') }
}

/**
 * Which of two subjects returned more per unit of cost? Compared by cross-multiplication in whole minor units, so no quotient is rounded
 * before it is compared.
 *
 * @returns Negative when `left` returned less, positive when more, 0 when equal.
 */
export function compareReturn(
  left: { readonly costMinor: number; readonly valueMinor: number },
  right: { readonly costMinor: number; readonly valueMinor: number },
): number {
  const leftSide = BigInt(left.valueMinor) * BigInt(right.costMinor)
  const rightSide = BigInt(right.valueMinor) * BigInt(left.costMinor)
  return Number(leftSide > rightSide) - Number(leftSide < rightSide)
}
