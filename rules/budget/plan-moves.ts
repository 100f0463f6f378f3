import { allocate, money } from '../kernel/money.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { Impact } from './impact.ts'
import type { BudgetContext } from './input.ts'
import type { MonthLine } from './plan-review.ts'

/** An amount that goes from one line to another; whole minor units. */
interface Transfer {
  readonly from: MonthLine
  readonly to: MonthLine
  readonly amount: number
}

/**
 * The plan as moves from line to line. The largest giver serves the largest taker until either is done, so there are fewer moves than lines; every
 * unit leaves one line and reaches another. The plan's impact is shared out by amount, to the unit.
 */
export function planMoves(
  lines: readonly MonthLine[],
  plan: readonly number[],
  {
    impact,
    context,
    isProvenBest,
  }: {
    readonly impact: Impact
    readonly context: BudgetContext
    readonly isProvenBest: boolean
  },
): readonly BudgetMove[] {
  const transfers = transfersOf(lines, plan)
  const amounts = transfers.map((transfer) => transfer.amount)
  const share = (total: number): number[] =>
    amounts.length === 0 ? [] : allocate(Math.round(total), amounts)
  const [low, mid, high] = [share(impact.low), share(impact.delta), share(impact.high)]
  const { currency } = context.policy.company
  return transfers.map(({ from, to, amount }, index) => {
    const [giver, taker] = [from.candidate.line, to.candidate.line]
    return {
      id: `MOVE:${giver.id}>${taker.id}`,
      origin: 'proposed',
      actionId: null,
      campaignId: giver.campaignId === taker.campaignId ? giver.campaignId : null,
      fromLine: giver.id,
      toLine: taker.id,
      fromName: giver.name,
      toName: taker.name,
      amount: money(currency, amount),
      reasonCode: isProvenBest ? 'optimal_plan' : 'best_plan_found',
      basis: {
        evidence_from: from.candidate.evidence.level,
        evidence_to: to.candidate.evidence.level,
        marginal_return_from: from.response.marginalReturn,
        marginal_return_to: to.response.marginalReturn,
        plan_probability_net_gain: impact.probabilityGain,
        probability_required: context.policy.budget.gate.probability_better,
      },
      expectedImpact: {
        low: money(currency, low[index] ?? 0),
        mid: money(currency, mid[index] ?? 0),
        high: money(currency, high[index] ?? 0),
      },
      impactNotMeasured: null,
      concerns: [],
      ruleId: 'budget.optimal_plan',
    }
  })
}

function transfersOf(lines: readonly MonthLine[], plan: readonly number[]): readonly Transfer[] {
  const changes = lines.map((line, index) => ({ line, left: (plan[index] ?? 0) - line.planned }))
  const takers = changes.toSorted((a, b) => b.left - a.left)
  const givers = changes.toSorted((a, b) => a.left - b.left)
  const transfers: Transfer[] = []
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
