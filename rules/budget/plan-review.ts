import { type Curve, overPeriods, responseAt } from '../allocation/curve.ts'
import { daysBetween, monthRange } from '../kernel/calendar.ts'
import { invariant } from '../kernel/invariant.ts'
import { isMeasured } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import { averageReturnPlan, proRataPlan, withinTurnover } from './baselines.ts'
import type { Candidate } from './candidate.ts'
import { type Certificate, checkPlan } from './certificate.ts'
import { type Impact, type ImpactLine, impactOf } from './impact.ts'
import type { BudgetContext } from './input.ts'
import type { LineResponse } from './line-evidence.ts'
import { type OpenBudget, openBudget } from './open-budget.ts'
import { checkedPlan, type NoPlan, planAllocation, type PlanRequest } from './optimal-plan.ts'
import { planGroups } from './plan-groups.ts'
import { planMoves } from './plan-moves.ts'
import type { ReallocationBasis } from './reallocation.ts'
import { simulateImpact } from './simulated-impact.ts'

/** A plan beside the ways of splitting the same money without a model. */
export interface PlanReview {
  readonly lineIds: readonly string[]
  readonly outcome:
    | {
        readonly status: 'planned'
        readonly certificate: Certificate
        readonly impact: Impact
        /** Probability of a gain over simulated worlds, beside the delta method's. */
        readonly simulatedProbability: number
        /** Value lost while receiving lines learn; minor units. */
        readonly switchingCost: number
        readonly baselines: { readonly proRata: Impact; readonly averageReturn: Impact }
        readonly open: OpenBudget
        /** Gain of the plan over today's, net of switching, is sure enough. */
        readonly isAccepted: boolean
      }
    | NoPlan
  readonly moves: readonly BudgetMove[]
}

/** One planned line with the curve of the whole month. */
export interface MonthLine {
  readonly candidate: Candidate
  readonly response: LineResponse
  readonly curve: Curve
  readonly planned: number
}

/**
 * Where would the money of the lines with a response curve bring most next month, and is it sure enough to propose?
 *
 * @returns Null when fewer than two such lines have a budget.
 */
export function planLines(
  candidates: readonly Candidate[],
  basis: ReallocationBasis,
): PlanReview | null {
  const { context } = basis
  const lines = candidates.flatMap((candidate) => monthLine(candidate, context))
  if (lines.length < 2) return null
  const lineIds = lines.map(({ candidate }) => candidate.line.id)
  const request = requestFor(lines, basis)
  const outcome = planAllocation(request)
  if (outcome.status !== 'planned') return { lineIds, outcome, moves: [] }
  const faults = checkPlan(checkedPlan(request, outcome.plan), outcome.certificate)
  invariant(faults.length === 0, `plan review: the plan fails its check: ${faults.join(', ')}`)
  const { impact_correlation: rho, bounds, gate } = context.policy.budget
  const impactLines = impactLinesFor(lines, outcome.plan)
  const impact = impactOf(impactLines, rho)
  const simulatedProbability = simulateImpact(impactLines).probabilityGain
  const moved = outcome.plan.reduce(
    (sum, amount, index) => sum + Math.max(0, amount - (lines[index]?.planned ?? 0)),
    0,
  )
  const switchingCost = bounds.switching_cost_share * moved
  const isAccepted =
    moved > 0 &&
    Math.min(impact.probabilityGain, simulatedProbability) >= gate.probability_better &&
    impact.delta > switchingCost
  const targetReturn =
    context.policy.targets.find((target) => target.id === 'roas')?.at_least ?? null
  const averages = lines.map(({ response }) => response.averageReturn)
  const baselineImpact = (plan: readonly number[]): Impact => {
    const limited = withinTurnover(request.lines, plan, request.maxTurnover)
    return impactOf(impactLinesFor(lines, limited), rho)
  }
  return {
    lineIds,
    outcome: {
      status: 'planned',
      certificate: outcome.certificate,
      impact,
      simulatedProbability,
      switchingCost,
      baselines: {
        proRata: baselineImpact(proRataPlan(request.lines, request.budget)),
        averageReturn: baselineImpact(averageReturnPlan(request.lines, averages, request.budget)),
      },
      open: openBudget(request, {
        hurdle: context.policy.budget.hurdle_marginal_roi,
        targetReturn,
      }),
      isAccepted,
    },
    moves: isAccepted ? planMoves(lines, outcome.plan, { impact, context }) : [],
  }
}

function monthLine(candidate: Candidate, { month }: BudgetContext): readonly MonthLine[] {
  const { evidence, line, stop, remainder } = candidate
  const { response } = evidence
  if (response === null || response.curve === null || !isMeasured(line.planned)) return []
  if (!isMeasured(remainder) || stop.reason === 'learning' || line.planned.value <= 0) return []
  const { from, to } = monthRange(month)
  const weeks = (daysBetween(from, to) + 1) / 7
  return [
    {
      candidate,
      response,
      curve: overPeriods(response.curve, weeks),
      planned: line.planned.value,
    },
  ]
}

function requestFor(lines: readonly MonthLine[], basis: ReallocationBasis): PlanRequest {
  const { bounds } = basis.context.policy.budget
  const budget = lines.reduce((sum, line) => sum + line.planned, 0)
  const { increment } = bounds
  const { groups, groupOf } = planGroups(lines, basis.plans)
  return {
    lines: lines.map((line) => {
      const group = groupOf(line)
      return {
        id: line.candidate.line.id,
        curve: line.curve,
        current: line.planned,
        ...boundsOf(line, bounds.max_step_share),
        ...(group === null ? {} : { group }),
      }
    }),
    budget,
    groups,
    maxTurnover: Math.floor(bounds.turnover_share * budget),
    minMove: bounds.min_move * basis.minorPerUnit,
    steps:
      increment === undefined
        ? null
        : {
            increment: increment * basis.minorPerUnit,
            maxLines: bounds.max_changed_lines,
            maxShare: bounds.max_step_share,
          },
  }
}

/** A line's least and greatest plan: its own bounds, a step of its plan, what it has left to give, and nothing more where it is barred. */
function boundsOf(
  { candidate, planned }: MonthLine,
  step: number,
): { readonly lower: number; readonly upper: number } {
  const { line, remainder, barred } = candidate
  const free = isMeasured(remainder) ? Math.max(0, remainder.value) : 0
  const most = barred === null ? Math.floor(planned * (1 + step)) : planned
  return {
    lower: Math.max(
      Math.min(planned, line.minMinor ?? 0),
      planned - free,
      Math.ceil(planned * (1 - step)),
    ),
    upper: Math.min(Math.max(planned, line.maxMinor ?? Number.MAX_SAFE_INTEGER), most),
  }
}

function impactLinesFor(
  lines: readonly MonthLine[],
  plan: readonly number[],
): readonly ImpactLine[] {
  return lines.map(({ response, curve, planned }, index) => ({
    from: planned,
    to: Math.max(1, plan[index] ?? planned),
    value: responseAt(curve, planned),
    valueCv: response.averageSd,
    elasticity: response.elasticity,
    elasticitySe: response.elasticitySd,
  }))
}
