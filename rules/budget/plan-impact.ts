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

/** One line as its impact is asked: from today's plan to an amount, at least one minor unit. */
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

/** What the next unit beyond today's plan brings, by the response that the plan is judged by; of a concave one no amount brings more per unit. */
export function marginalToday({ response, curve, planned }: MonthLine): number {
  return curve.family === 'power'
    ? (response.elasticity * responseAt(curve, planned)) / planned
    : marginalAt(curve, planned)
}

/**
 * The elasticity that leads along the curve from one spend to another, so that a plan is judged by the curve it was made with. Null for a power curve,
 * whose elasticity is the same everywhere, and where nothing moves.
 */
function elasticityBetween(
  curve: Curve,
  { from, to }: { readonly from: number; readonly to: number },
): number | null {
  const [before, after] = [responseAt(curve, from), responseAt(curve, to)]
  if (curve.family === 'power' || from === to || !(before > 0) || !(after > 0)) return null
  return log(after / before) / log(to / from)
}
