import {
  type Curve,
  inflectionOf,
  isConcave,
  logMarginalAt,
  marginalAt,
  responseAt,
} from '../allocation/curve.ts'
import { log } from '../kernel/elementary.ts'
import { findRoot } from '../kernel/root.ts'

/** A spend too small to matter, at which a curve that is infinitely steep at 0 has a finite slope. */
const FIRST_UNIT = 1e-290

/** Where a line's spend stands against the point at which the next unit just pays for itself. Amounts in the curve's units. */
export interface Saturation {
  /** Spend at which margin × marginal response is 1; 0 when not even the first unit pays. */
  readonly breakEvenSpend: number
  readonly overSpend: number
  /** What the spend beyond break-even lost: over-spend − margin × what it brought. */
  readonly waste: number
  /** Response to the next unit of spend, and to the average one (null without spend). */
  readonly marginalReturn: number
  readonly averageReturn: number | null
  /** margin × response − spend, at the spend and at break-even. */
  readonly profit: number
  readonly profitAtBreakEven: number
}

/**
 * How much is spent beyond the point where it still pays, and what does that lose?
 *
 * @param margin Share of the response that is kept, > 0.
 * Source: the first-order condition of profit, margin·f′(x) = 1 (R. Dorfman and P. Steiner, American Economic Review 44 (1954) 826).
 */
export function saturationOf(curve: Curve, spend: number, margin: number): Saturation {
  const profitAt = (x: number): number => margin * responseAt(curve, x) - x
  const breakEvenSpend = breakEvenOf(curve, margin)
  const overSpend = Math.max(0, spend - breakEvenSpend)
  const lost = overSpend - margin * (responseAt(curve, spend) - responseAt(curve, breakEvenSpend))
  return {
    breakEvenSpend,
    overSpend,
    waste: overSpend > 0 ? Math.max(0, lost) : 0,
    marginalReturn: marginalAt(curve, spend),
    averageReturn: spend > 0 ? responseAt(curve, spend) / spend : null,
    profit: profitAt(spend),
    profitAtBreakEven: profitAt(breakEvenSpend),
  }
}

function breakEvenOf(curve: Curve, margin: number): number {
  const excess = (x: number): number => logMarginalAt(curve, x) + log(margin)
  const near = isConcave(curve) ? FIRST_UNIT : inflectionOf(curve)
  const atNear = excess(near)
  if (!(atNear > 0)) return 0
  let far = Math.max(1, near * 2)
  while (excess(far) > 0) far *= 4
  return findRoot(excess, { a: near, fa: atNear, b: far, fb: excess(far) })
}
