import { money } from '../kernel/money.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { BudgetContext } from './input.ts'
import { marginalToday } from './plan-impact.ts'
import type { PlanTransfer } from './plan-transfers.ts'

/** What is said of every move of a plan. */
interface PlanTerms {
  /** Probability that the whole plan gains more than its change costs. */
  readonly probability: number
  readonly isProvenBest: boolean
  readonly context: BudgetContext
}

/** A plan as moves from line to line. Each is signed by itself, so each bears the impact that it has when it alone is made. */
export function planMoves(
  transfers: readonly PlanTransfer[],
  terms: PlanTerms,
): readonly BudgetMove[] {
  return transfers.map((transfer) => moveOf(transfer, terms))
}

function moveOf(transfer: PlanTransfer, terms: PlanTerms): BudgetMove {
  const { policy } = terms.context
  const { impact, amount } = transfer
  const [giver, taker] = [transfer.from.candidate.line, transfer.to.candidate.line]
  const inMoney = (minor: number) => money(policy.company.currency, Math.round(minor))
  return {
    id: `MOVE:${giver.id}>${taker.id}`,
    origin: 'proposed',
    actionId: null,
    campaignId: giver.campaignId === taker.campaignId ? giver.campaignId : null,
    fromLine: giver.id,
    toLine: taker.id,
    fromName: giver.name,
    toName: taker.name,
    amount: inMoney(amount),
    reasonCode: terms.isProvenBest ? 'optimal_plan' : 'best_plan_found',
    basis: {
      ...basisOf(transfer),
      plan_probability_net_gain: terms.probability,
      probability_required: policy.budget.gate.probability_better,
    },
    expectedImpact: {
      low: inMoney(impact.low),
      mid: inMoney(impact.delta),
      high: inMoney(impact.high),
    },
    impactNotMeasured: null,
    concerns: [],
    ruleId: 'budget.optimal_plan',
  }
}

function basisOf({ from, to, impact, switchingCost }: PlanTransfer): BudgetMove['basis'] {
  return {
    evidence_from: from.candidate.evidence.level,
    evidence_to: to.candidate.evidence.level,
    marginal_return_from: from.response.marginalReturn,
    marginal_return_to: to.response.marginalReturn,
    marginal_at_plan_from: marginalToday(from),
    marginal_at_plan_to: marginalToday(to),
    delta_minor: impact.delta,
    low_minor: impact.low,
    high_minor: impact.high,
    sd_minor: impact.sd,
    switching_cost_minor: switchingCost,
    probability_net_gain: impact.probabilityGain,
  }
}
