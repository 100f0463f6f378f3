import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Decision, Table } from '../schema/review.ts'
import { subjectFacts } from './fact-entries.ts'
import type { Impact } from './impact.ts'
import type { BudgetContext } from './input.ts'
import type { PlanReview } from './plan-review.ts'

const PREFIX = 'budget.plan'
/** The ways of splitting the money that a reader sees side by side. */
const WAYS = [
  ['optimal', 'The plan'],
  ['hold', 'Hold: as it is'],
  ['pro_rata', 'Pro rata: in proportion to today'],
  ['average_return', 'By average return'],
] as const

/** Enters the plan's impact beside the baselines, and what other goals would spend: `budget.plan.*`. */
export function enterPlan(book: FactBook, plan: PlanReview, currency: string): void {
  if (plan.outcome.status !== 'planned') return
  const { impact, baselines, switchingCost, open } = plan.outcome
  const facts = subjectFacts(book, { prefix: PREFIX, name: 'Plan', currency }, [])
  const held: Impact = {
    lines: [],
    delta: 0,
    sd: 0,
    low: 0,
    high: 0,
    probabilityGain: 0,
  }
  const impacts = {
    optimal: impact,
    hold: held,
    pro_rata: baselines.proRata,
    average_return: baselines.averageReturn,
  }
  for (const [way, name] of WAYS) {
    const ends = { low: impacts[way].low, mid: impacts[way].delta, high: impacts[way].high }
    for (const [end, value] of Object.entries(ends)) {
      facts.enter(`${way}_${end}`, {
        label: `${name}, change of value, ${end}`,
        unit: 'money',
        quantity: measured(Math.round(value)),
        formula: 'sum over lines of value × ((to ÷ from)^elasticity − 1), 90 % interval',
      })
    }
    facts.enter(`${way}_probability`, {
      label: `${name}, probability of a gain`,
      unit: 'probability',
      quantity: measured(impacts[way].probabilityGain),
    })
  }
  facts.enter('switching_cost', {
    label: 'value lost while receiving lines learn',
    unit: 'money',
    quantity: measured(Math.round(switchingCost)),
    formula: 'amount moved × switching cost share',
  })
  const goals = [
    ['spend_at_hurdle', 'spend whose last unit still brings the hurdle', open.spendAtHurdle],
    [
      'spend_at_target_return',
      'most spend that still returns the target',
      open.spendAtTargetReturn,
    ],
    ['spend_for_same_value', 'least spend for the value of today', open.spendForSameValue],
  ] as const
  for (const [metric, label, value] of goals) {
    facts.enter(metric, { label, unit: 'money', quantity: goalQuantity(value) })
  }
}

function goalQuantity(value: number | null): Quantity {
  return value === null
    ? notMeasured('no target is set for it, or the bounds do not reach it')
    : measured(value)
}

/** The plan beside holding, pro rata and average return. */
export function planTable(plan: PlanReview): Table | null {
  if (plan.outcome.status !== 'planned') return null
  return {
    id: 'budget.plan',
    title: 'The plan beside simpler ways',
    columns: [
      { key: 'way', label: 'Way', numeric: false },
      { key: 'low', label: 'Change of value, low', numeric: true },
      { key: 'mid', label: 'Mid', numeric: true },
      { key: 'high', label: 'High', numeric: true },
      { key: 'probability', label: 'Probability of a gain', numeric: true },
    ],
    rows: WAYS.map(([way, name]) => [
      { text: name },
      ...['low', 'mid', 'high', 'probability'].map((end) => ({ fact: `${PREFIX}.${way}_${end}` })),
    ]),
  }
}

/** Whether the plan is proposed, with its certificate. */
export function planDecision(plan: PlanReview, { policy }: BudgetContext): Decision {
  const base = {
    id: 'budget.plan:lines',
    stage: 'budget' as const,
    subject: 'budget:lines',
    subjectName: 'Lines with a response curve',
    ruleId: 'budget.optimal_plan',
    policyVersion: policy.version,
  }
  const { outcome } = plan
  if (outcome.status !== 'planned') {
    return {
      ...base,
      action: 'hold',
      reason: 'limits_conflict',
      evidence: { lines: plan.lineIds.length, turnover_short_minor: outcome.turnoverShort },
    }
  }
  const { certificate, impact } = outcome
  return {
    ...base,
    action: outcome.isAccepted ? 'propose' : 'hold',
    reason: reasonOf(plan),
    evidence: {
      lines: plan.lineIds.length,
      price: certificate.price,
      turnover_price: certificate.turnoverPrice ?? 0,
      kkt_residual: certificate.kktResidual,
      bound_gap_minor: certificate.gap,
      delta_minor: impact.delta,
      low_minor: impact.low,
      high_minor: impact.high,
      probability_gain: impact.probabilityGain,
      probability_gain_simulated: outcome.simulatedProbability,
      probability_required: policy.budget.gate.probability_better,
      switching_cost_minor: outcome.switchingCost,
      average_return_delta_minor: outcome.baselines.averageReturn.delta,
    },
  }
}

function reasonOf({ outcome, moves }: PlanReview): string {
  if (outcome.status !== 'planned') return 'limits_conflict'
  if (outcome.isAccepted) return moves.length > 0 ? 'gain_is_sure_enough' : 'at_its_best'
  return outcome.impact.delta > outcome.switchingCost
    ? 'gain_is_not_sure'
    : 'no_gain_net_of_switching'
}
