import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Decision, Finding, Table } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { PlanVerdict } from './certificate.ts'
import { subjectFacts, type SubjectFacts } from './fact-entries.ts'
import type { BudgetContext } from './input.ts'
import type { NoPlanCause } from './optimal-plan.ts'
import { certificateEvidence, limitEvidence } from './plan-evidence.ts'
import { enterPlanMoves } from './plan-move-facts.ts'
import type { PlanReview } from './plan-review.ts'
import { interactionOf } from './plan-transfers.ts'

const PREFIX = 'budget.plan'
/** The ways of splitting the money that a reader sees side by side. */
const WAYS = [
  ['optimal', 'The plan'],
  ['hold', 'Hold: as it is'],
  ['pro_rata', 'Pro rata: in proportion to today, which holds while the budget stays'],
  ['average_return', 'By average return'],
] as const

const INTERACTION_NOTE = `The moves, each alone, would bring ${token(`${PREFIX}.moves_mid`)} added up. Made together they bring ${token(`${PREFIX}.optimal_mid`)}, a difference of ${token(`${PREFIX}.interaction_mid`)}, because moves meet on the same lines and returns fall as spend grows.`

/** Ids stand in words too: the report is read where nothing can be clicked. */
const CERTIFICATE_NOTE = `Certificate, found apart from the solver: price λ ${token(`${PREFIX}.price`)}, KKT residual ${token(`${PREFIX}.kkt_residual`)}, bound gap ${token(`${PREFIX}.gap`)}. For mo explain: ${['price', 'kkt_residual', 'gap'].map((metric) => `${PREFIX}.${metric}`).join(', ')}; lines, bounds, curves and prices: ${PREFIX}:lines.`

type Planned = Extract<PlanReview['outcome'], { readonly status: 'planned' }>

const ENDS = [
  ['low', 'low'],
  ['mid', 'delta'],
  ['high', 'high'],
] as const

/** Enters the plan's impact beside the baselines, and what other goals would spend: `budget.plan.*`. */
export function enterPlan(book: FactBook, plan: PlanReview, context: BudgetContext): void {
  if (plan.outcome.status !== 'planned') return
  const { currency } = context.policy.company
  const { impact, baselines, switchingCost, open, verdict } = plan.outcome
  const facts = subjectFacts(book, { prefix: PREFIX, name: 'Plan', currency }, [])
  const held = { delta: 0, low: 0, high: 0, probabilityGain: 0 }
  const impacts = {
    optimal: impact,
    hold: held,
    pro_rata: baselines.proRata,
    average_return: baselines.averageReturn,
  }
  for (const [way, name] of WAYS) {
    const own = impacts[way]
    for (const [end, figure] of ENDS) {
      facts.enter(`${way}_${end}`, {
        label: `${name}, change of value, ${end}`,
        unit: 'money',
        quantity: ofWay(own && Math.round(own[figure])),
        formula:
          'sum over lines of its curve’s response after − today; low and high: 90 % of a normal by the delta method, errors of lines correlated',
      })
    }
    facts.enter(`${way}_probability`, {
      label: `${name}, probability of a gain beyond what switching costs`,
      unit: 'probability',
      quantity: ofWay(own && own.probabilityGain),
      formula:
        'normal probability that the change of value exceeds amount moved × switching cost share',
    })
  }
  facts.enter('switching_cost', {
    label: 'value lost while receiving lines learn',
    unit: 'money',
    quantity: measured(Math.round(switchingCost)),
    formula: 'amount moved × switching cost share',
  })
  facts.enter('gap', {
    label: 'most value that a better plan could bring beyond this one',
    unit: 'money',
    quantity: measured(Math.ceil(verdict.gap)),
    formula:
      'bound of all plans within the limits, by prices checked apart from the solver, − value of the plan',
  })
  enterCertificate(facts, verdict)
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
  enterInteraction(facts, plan.outcome, plan)
  enterPlanMoves(book, plan, context)
}

/** The price and the residual under which the checker, apart from the solver, found the gap. */
function enterCertificate(facts: SubjectFacts, { certificate, kktResidual }: PlanVerdict): void {
  const noPrice = 'lines with an S-curve have no single price: each part of the proof has its own'
  facts.enter('price', {
    label: 'value that one more unit of budget would bring (λ)',
    unit: 'ratio',
    quantity: certificate.proof === undefined ? measured(certificate.price) : notMeasured(noPrice),
    formula:
      'the price at which the marginal responses of lines that may still move meet; no other plan brings more than this one by more than the gap that this price proves',
  })
  facts.enter('kkt_residual', {
    label: 'largest relative distance of a marginal response from its price (KKT residual)',
    unit: 'number',
    quantity: kktResidual === null ? notMeasured(noPrice) : measured(kktResidual),
    formula:
      'greatest over lines of |marginal response − price with turnover| ÷ price, where the line could still move that way',
    inputs: [`${PREFIX}.price`],
  })
}

/** What the moves bring, each alone, and what the plan brings otherwise because they meet on the same lines. */
function enterInteraction(facts: SubjectFacts, outcome: Planned, { transfers }: PlanReview): void {
  if (transfers.length === 0) return
  const { alone, interaction } = interactionOf(transfers, outcome.impact)
  facts.enter('correlation', {
    label: 'correlation of the errors of two lines',
    unit: 'number',
    quantity: measured(outcome.correlation),
    formula: 'impact_correlation of the policy',
  })
  facts.enter('moves_mid', {
    label: 'what its moves bring, each alone, added up',
    unit: 'money',
    quantity: measured(alone),
    formula: 'sum over the moves of the expected change of value, mid',
  })
  facts.enter('interaction_mid', {
    label: 'what all moves together bring beyond each alone',
    unit: 'money',
    quantity: measured(interaction),
    formula:
      'change of value of the plan − sum of its moves: below zero where moves share a line, whose returns fall',
    inputs: [`${PREFIX}.optimal_mid`, `${PREFIX}.moves_mid`],
  })
}

function ofWay(value: number | null): Quantity {
  return value === null ? notMeasured('this way knows no plan within the limits') : measured(value)
}

function goalQuantity(value: number | null): Quantity {
  return value === null
    ? notMeasured('no target is set for it, or the bounds do not reach it')
    : measured(value)
}

/** The plan beside holding, pro rata and average return. */
export function planTable(plan: PlanReview): Table | null {
  const { outcome } = plan
  if (outcome.status !== 'planned') return null
  return {
    id: 'budget.plan',
    title: 'The plan beside simpler ways',
    columns: [
      { key: 'way', label: 'Way', numeric: false },
      { key: 'low', label: 'Change of value, low', numeric: true },
      { key: 'mid', label: 'Mid', numeric: true },
      { key: 'high', label: 'High', numeric: true },
      { key: 'probability', label: 'Probability of a gain beyond switching', numeric: true },
    ],
    rows: WAYS.map(([way, name]) => [
      { text: way === 'optimal' && !outcome.verdict.isProvenBest ? 'Best plan found' : name },
      ...['low', 'mid', 'high', 'probability'].map((end) => ({ fact: `${PREFIX}.${way}_${end}` })),
    ]),
    note:
      plan.transfers.length > 0 && interactionOf(plan.transfers, outcome.impact).interaction !== 0
        ? `${INTERACTION_NOTE} ${CERTIFICATE_NOTE}`
        : CERTIFICATE_NOTE,
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
      reason: outcome.cause,
      evidence: {
        lines: plan.lineIds.length,
        ...limitEvidence(plan, policy),
        turnover_short_minor: outcome.turnoverShort,
        conflicts: outcome.conflicts.map(({ kind }) => kind),
        conflict_gap_minor: outcome.conflicts.map(({ gap }) => gap),
        conflict_lines: outcome.conflicts.flatMap((conflict) =>
          conflict.lines.flatMap((line) => plan.lineIds[line] ?? []),
        ),
      },
    }
  }
  const { verdict, impact } = outcome
  const together = interactionOf(plan.transfers, impact)
  return {
    ...base,
    action: outcome.isAccepted ? 'propose' : 'hold',
    reason: reasonOf(outcome, plan.moves.length > 0),
    evidence: {
      lines: plan.lineIds.length,
      ...limitEvidence(plan, policy),
      ...certificateEvidence(outcome.plan, verdict),
      max_gap_share: policy.budget.max_gap_share,
      impact_correlation: outcome.correlation,
      switching_cost_share: policy.budget.bounds.switching_cost_share,
      delta_minor: impact.delta,
      low_minor: impact.low,
      high_minor: impact.high,
      probability_net_gain: impact.probabilityGain,
      probability_net_gain_simulated: outcome.simulatedProbability,
      probability_required: policy.budget.gate.probability_better,
      switching_cost_minor: outcome.switchingCost,
      pro_rata_delta_minor: outcome.baselines.proRata?.delta ?? null,
      average_return_delta_minor: outcome.baselines.averageReturn?.delta ?? null,
      pro_rata_minor: listOrNull(outcome.baselinePlans.proRata),
      average_return_minor: listOrNull(outcome.baselinePlans.averageReturn),
      ...(plan.transfers.length > 0
        ? { moves_minor: together.alone, interaction_minor: together.interaction }
        : {}),
    },
  }
}

function listOrNull(plan: readonly number[] | null): number[] | null {
  return plan && [...plan]
}

function reasonOf({ isAccepted, impact, switchingCost }: Planned, hasMoves: boolean): string {
  if (isAccepted) return hasMoves ? 'gain_is_sure_enough' : 'at_its_best'
  return impact.delta > switchingCost ? 'gain_is_not_sure' : 'no_gain_net_of_switching'
}

/** Why there is no plan, in words. */
const NO_PLAN: Readonly<Record<NoPlanCause, string>> = {
  limits_conflict: 'the limits of lines, campaigns and budget leave no plan',
  turnover_too_small: 'the limits force more change than the turnover allows',
  no_plan_in_whole_steps:
    'no moves in whole steps keep the bounds, the turnover and the least move',
  too_many_steps:
    'the steps are so small that there are too many plans to go through; larger steps, or none, would allow one',
  limits_not_solved:
    'the bounds of lines and campaigns and the turnover were not brought into one plan',
  plan_fails_its_check: 'the plan that was found fails its own check and is not shown',
}

/** Says that there is no plan, or that a better one than the one shown may exist; nothing about a plan that is proven to be the best. */
export function planFindings({ outcome }: PlanReview): readonly Finding[] {
  const base = { ruleId: 'budget.optimal_plan', subject: 'budget:lines' }
  if (outcome.status !== 'planned') {
    return [
      {
        ...base,
        id: 'finding.budget.plan_not_made',
        severity: 'warning',
        title: 'No plan was made for the lines with a response curve',
        detail: `${literal(NO_PLAN[outcome.cause])}.`,
      },
    ]
  }
  if (outcome.verdict.isProvenBest) return []
  return [
    {
      ...base,
      id: 'finding.budget.plan_gap',
      severity: 'info',
      title: 'The plan is the best found, not proven to be the best',
      detail: `Up to ${token(`${PREFIX}.gap`)} more value may exist within the limits.`,
    },
  ]
}
