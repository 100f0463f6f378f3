import { type Impact, type ImpactLine, impactOf } from './impact.ts'
import type { BudgetContext } from './input.ts'
import { impactLine } from './plan-impact.ts'
import type { MonthLine } from './plan-review.ts'

/** An amount that a plan takes from one line to another, whole minor units, and what this amount alone brings. */
export interface PlanTransfer {
  readonly from: MonthLine
  readonly to: MonthLine
  readonly amount: number
  /** The two lines as `impact` reads them: the giver less the amount, the receiver with it. */
  readonly giver: ImpactLine
  readonly receiver: ImpactLine
  /** Of the giver and the receiver in `lines`; the probability is of a gain beyond this transfer's own switching cost. */
  readonly impact: Impact
  readonly switchingCost: number
}

/**
 * Which amounts go from line to line in a plan, and what does each bring when it alone is made?
 *
 * The largest giver serves the largest taker until either is done, so there are fewer transfers than lines; every unit leaves one line and
 * reaches another. Impact = [f_to(p_to + a) − f_to(p_to)] + [f_from(p_from − a) − f_from(p_from)] with today's plan p and amount a, its error as
 * that of a plan of two lines (see `impactOf`). Returns fall along a concave curve, so transfers that share a line bring less together than apart,
 * and none brings more than a × (f_to′(p_to) − f_from′(p_from)). What is between their sum and the plan's impact is the plan's.
 */
export function planTransfers(
  lines: readonly MonthLine[],
  plan: readonly number[],
  { policy }: BudgetContext,
): readonly PlanTransfer[] {
  const { impact_correlation: rho, bounds } = policy.budget
  return transfersOf(lines, plan).map(({ from, to, amount }) => {
    const giver = impactLine(from, from.planned - amount)
    const receiver = impactLine(to, to.planned + amount)
    const switchingCost = bounds.switching_cost_share * amount
    const impact = impactOf([giver, receiver], rho, switchingCost)
    return { from, to, amount, giver, receiver, impact, switchingCost }
  })
}

/**
 * What the transfers of a plan bring, each alone, and what of the plan's impact remains because they meet on the same lines. Whole minor units, each
 * transfer rounded as it is shown: `alone` + `interaction` = the plan's impact, rounded.
 */
export function interactionOf(
  transfers: readonly PlanTransfer[],
  plan: Impact,
): { readonly alone: number; readonly interaction: number } {
  const alone = transfers.reduce((sum, { impact }) => sum + Math.round(impact.delta), 0)
  return { alone, interaction: Math.round(plan.delta) - alone }
}

function transfersOf(lines: readonly MonthLine[], plan: readonly number[]) {
  const changes = lines.map((line, index) => ({ line, left: (plan[index] ?? 0) - line.planned }))
  const takers = changes.toSorted((a, b) => b.left - a.left)
  const givers = changes.toSorted((a, b) => a.left - b.left)
  const transfers: Pick<PlanTransfer, 'from' | 'to' | 'amount'>[] = []
  for (const giver of givers) {
    for (const taker of takers) {
      const amount = Math.min(-giver.left, taker.left)
      // A line that takes gives nothing, and one that is served takes no more.
      if (amount <= 0) continue
      giver.left += amount
      taker.left -= amount
      transfers.push({ from: giver.line, to: taker.line, amount })
    }
  }
  return transfers
}
