import { type Curve, marginalAt, responseAt } from '../allocation/curve.ts'
import { log } from '../kernel/elementary.ts'
import type { ImpactLine } from './impact.ts'
import type { MonthLine } from './plan-review.ts'

/** The lines of a plan as its impact is asked: from today's plan to this one. */
export function impactLinesFor(
  lines: readonly MonthLine[],
  plan: readonly number[],
): readonly ImpactLine[] {
  return lines.map((line, index) => impactLine(line, plan[index] ?? line.planned))
}

/**
 * One line as its impact is asked: from today's plan to an amount, at least one minor unit. The response is the line's curve, by which plans are made
 * and checked, so that value × ((to ÷ from)^elasticity − 1) is what the curve brings at the amount beyond today; its errors are the line's.
 */
export function impactLine({ response, curve, planned }: MonthLine, amount: number): ImpactLine {
  const to = Math.max(1, amount)
  return {
    from: planned,
    to,
    value: responseAt(curve, planned),
    valueCv: response.averageSd,
    elasticity: elasticityBetween(curve, { from: planned, to }) ?? response.elasticity,
    elasticitySe: response.elasticitySd,
  }
}

/** What the next unit beyond today's plan brings: the slope of the line's curve there. Of a concave one no amount brings more per unit. */
export function marginalToday({ curve, planned }: MonthLine): number {
  return marginalAt(curve, planned)
}

/** The elasticity that leads along the curve from one spend to another: of a power curve its exponent, wherever it is asked. Null where nothing moves. */
function elasticityBetween(
  curve: Curve,
  { from, to }: { readonly from: number; readonly to: number },
): number | null {
  if (curve.family === 'power') return curve.shape
  const [before, after] = [responseAt(curve, from), responseAt(curve, to)]
  if (from === to || !(before > 0) || !(after > 0)) return null
  return log(after / before) / log(to / from)
}
