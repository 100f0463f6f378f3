import { curveColumns, totalResponse } from '../allocation/curve-columns.ts'
import { isConcave } from '../allocation/curve.ts'
import { fillToHurdle, fillToReturn, fillToValue } from '../allocation/flexible-fill.ts'
import type { PlanRequest } from './optimal-plan.ts'

/** What the lines of a plan could spend in all under other goals than today's budget; minor units, null where out of reach or undefined. */
export interface OpenBudget {
  /** Spend up to today's budget whose last unit still brings the hurdle. */
  readonly spendAtHurdle: number | null
  /** Greatest spend whose average return is still the target. */
  readonly spendAtTargetReturn: number | null
  /** Least spend that brings what today's plan brings. */
  readonly spendForSameValue: number | null
}

/**
 * What would other goals than "spend this budget" ask the lines to spend?
 *
 * @param request Lines with bounds; S-curves leave all three undefined, since their marginal response does not fall everywhere.
 * @param goals `targetReturn` null when the policy has no such target.
 */
export function openBudget(
  { lines, budget }: PlanRequest,
  goals: { readonly hurdle: number; readonly targetReturn: number | null },
): OpenBudget {
  if (lines.some((line) => !isConcave(line.curve))) {
    return { spendAtHurdle: null, spendAtTargetReturn: null, spendForSameValue: null }
  }
  const curves = curveColumns(lines.map((line) => line.curve))
  const column = (pick: (line: PlanRequest['lines'][number]) => number): Float64Array =>
    Float64Array.from(lines, pick)
  const problem = {
    curves,
    lower: column((line) => line.lower),
    upper: column((line) => line.upper),
  }
  const value = totalResponse(
    curves,
    column((line) => line.current),
  )
  return {
    spendAtHurdle: spendOf(fillToHurdle(problem, { hurdle: goals.hurdle, cap: budget })),
    spendAtTargetReturn:
      goals.targetReturn === null ? null : spendOf(fillToReturn(problem, goals.targetReturn)),
    spendForSameValue: spendOf(fillToValue(problem, value)),
  }
}

function spendOf(
  found: { readonly status: 'optimal'; readonly spend: number } | { readonly status: string },
): number | null {
  return 'spend' in found ? Math.round(found.spend) : null
}
