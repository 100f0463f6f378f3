import type { Curve } from '#rules/allocation/curve.ts'
import type { MonthLine, PlanReview } from '#rules/budget/plan-review.ts'
import { budgetContext } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

import { curve } from '../allocation/lines.ts'
import { candidate, type LineChanges } from './reviewed-line.ts'

/** Errors of lines go together wholly, and a fiftieth of what moves is lost while receivers learn. */
export const CONTEXT = budgetContext({
  policy: policyWith({ budget: { impact_correlation: 1, bounds: { switching_cost_share: 0.02 } } }),
})

/** A line whose value errs by a tenth, and whose slope is known. */
export const monthLine = (
  channelId: string,
  terms: { readonly planned: number; readonly curve: Curve; readonly changes?: LineChanges },
): MonthLine => {
  const own = candidate(channelId, terms.changes ?? {})
  const response = {
    averageReturn: 3,
    averageSd: 0.1,
    elasticity: 0.5,
    elasticitySd: 0,
    marginalReturn: 1.5,
    marginalSd: 0.2,
    curve: terms.curve,
  }
  return { candidate: own, response, curve: terms.curve, planned: terms.planned }
}

/** A curve that brings `scale` × √spend. */
export const root = (scale: number): Curve => curve('power', scale, 0.5)

// Square roots of squares: 200·√10,000 = 20,000; 100·√12,100 = 11,000; 50·√14,400 = 6,000.
export const TAKER = monthLine('T', { planned: 10_000, curve: root(200) })
export const FIRST = monthLine('F', { planned: 12_100, curve: root(100) })
export const SECOND = monthLine('S', { planned: 14_400, curve: root(50) })

/** What is asked of a plan of these lines: a fifth up or down each, and as much turnover as they have budget. */
export const askedOf = (
  lines: readonly MonthLine[],
): Pick<PlanReview, 'lineIds' | 'lines' | 'request'> => {
  const budget = lines.reduce((sum, line) => sum + line.planned, 0)
  const request = {
    lines: lines.map(({ candidate: { line }, curve: own, planned }) => ({
      id: line.id,
      curve: own,
      current: planned,
      lower: 0.8 * planned,
      upper: 1.2 * planned,
    })),
    budget,
    groups: [],
    maxTurnover: budget,
    minMove: 0,
    steps: null,
  }
  return { lineIds: request.lines.map(({ id }) => id), lines, request }
}
