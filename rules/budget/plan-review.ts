import { type Curve, overPeriods } from '../allocation/curve.ts'
import { daysBetween, monthRange } from '../kernel/calendar.ts'
import { isMeasured } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import { averageReturnPlan, proRataPlan } from './baselines.ts'
import type { Candidate } from './candidate.ts'
import { type PlanVerdict, verdictOf } from './certificate.ts'
import { type Impact, impactOf } from './impact.ts'
import type { BudgetContext } from './input.ts'
import type { LineResponse } from './line-evidence.ts'
import { type OpenBudget, openBudget } from './open-budget.ts'
import {
  alternativeWithin,
  checkedPlan,
  type NoPlan,
  planAllocation,
  type PlanRequest,
} from './optimal-plan.ts'
import { planGroups } from './plan-groups.ts'
import { impactLinesFor } from './plan-impact.ts'
import { planMoves } from './plan-moves.ts'
import { type PlanTransfer, planTransfers } from './plan-transfers.ts'
import type { ReallocationBasis } from './reallocation.ts'
import { simulateImpact } from './simulated-impact.ts'

/** A plan beside the ways of splitting the same money without a model. */
export interface PlanReview {
  readonly lineIds: readonly string[]
  readonly lines: readonly MonthLine[]
  /** The limits that a plan must keep, in the order of the lines. */
  readonly request: PlanRequest
  readonly outcome:
    | {
        readonly status: 'planned'
        readonly plan: readonly number[]
        /** What the checker found, independently of the solver. */
        readonly verdict: PlanVerdict
        /** Its probability of a gain is of one beyond the switching cost. */
        readonly impact: Impact
        /** The same probability over simulated worlds, beside the delta method's. */
        readonly simulatedProbability: number
        /** Value lost while receiving lines learn; minor units. */
        readonly switchingCost: number
        /** Null where a way knows no plan within the limits. */
        readonly baselines: {
          readonly proRata: Impact | null
          readonly averageReturn: Impact | null
        }
        /** The same ways as plans, minor units. */
        readonly baselinePlans: {
          readonly proRata: readonly number[] | null
          readonly averageReturn: readonly number[] | null
        }
        readonly open: OpenBudget
        /** Of the errors of two lines, as the impact takes them. */
        readonly correlation: number
        /** Gain of the plan over today's, net of switching, is sure enough. */
        readonly isAccepted: boolean
      }
    | NoPlan
  /** The plan from line to line, each part with what it brings alone; empty where it is not proposed. */
  readonly transfers: readonly PlanTransfer[]
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
  const request = requestFor(lines, basis)
  const asked = { lineIds: request.lines.map(({ id }) => id), lines, request }
  const averages = lines.map(({ response }) => response.averageReturn)
  const [proRata = null, averageReturn = null] = [
    proRataPlan(request.lines, request.budget),
    averageReturnPlan(request.lines, averages, request.budget),
  ].map((plan) => plan && alternativeWithin(request, plan))
  const alternatives = [proRata, averageReturn].filter((plan) => plan !== null)
  const outcome = planAllocation(request, alternatives)
  if (outcome.status !== 'planned') return { ...asked, outcome, ...STILL }
  const { impact_correlation: rho, max_gap_share: gapShare } = context.policy.budget
  const verdict = verdictOf(checkedPlan(request, outcome.plan), outcome.certificates, gapShare)
  if (verdict.faults.length > 0) return { ...asked, outcome: refuted(), ...STILL }
  const impactFor = (plan: readonly number[]): Impact =>
    impactOf(impactLinesFor(lines, plan), rho, switchingCostOf(lines, plan, context))
  const impactOfWay = (plan: readonly number[] | null) => plan && impactFor(plan)
  const judged = judgeGain(lines, outcome.plan, { impact: impactFor(outcome.plan), context })
  const transfers = judged.isAccepted ? planTransfers(lines, outcome.plan, context) : []
  return {
    ...asked,
    outcome: {
      status: 'planned',
      plan: outcome.plan,
      verdict,
      ...judged,
      correlation: rho,
      baselines: {
        proRata: impactOfWay(proRata),
        averageReturn: impactOfWay(averageReturn),
      },
      baselinePlans: { proRata, averageReturn },
      open: openBudget(request, {
        hurdle: context.policy.budget.hurdle_marginal_roi,
        targetReturn:
          context.policy.targets.find((target) => target.id === 'roas')?.at_least ?? null,
      }),
    },
    transfers,
    moves: planMoves(transfers, {
      probability: judged.impact.probabilityGain,
      isProvenBest: verdict.isProvenBest,
      context,
    }),
  }
}

/** Nothing is proposed. */
const STILL = { transfers: [], moves: [] }

/** Is the gain of a plan over today's, net of switching, sure enough? */
function judgeGain(
  lines: readonly MonthLine[],
  plan: readonly number[],
  { impact, context }: { readonly impact: Impact; readonly context: BudgetContext },
) {
  const { gate } = context.policy.budget
  const switchingCost = switchingCostOf(lines, plan, context)
  const simulated = simulateImpact(impactLinesFor(lines, plan), switchingCost)
  const simulatedProbability = simulated.probabilityGain
  const isSure = Math.min(impact.probabilityGain, simulatedProbability) >= gate.probability_better
  const isAccepted = movedBy(lines, plan) > 0 && isSure && impact.delta > switchingCost
  return { impact, simulatedProbability, switchingCost, isAccepted }
}

function switchingCostOf(
  lines: readonly MonthLine[],
  plan: readonly number[],
  { policy }: BudgetContext,
): number {
  return policy.budget.bounds.switching_cost_share * movedBy(lines, plan)
}

/** What the receiving lines get, minor units. */
function movedBy(lines: readonly MonthLine[], plan: readonly number[]): number {
  return plan.reduce(
    (sum, amount, index) => sum + Math.max(0, amount - (lines[index]?.planned ?? 0)),
    0,
  )
}

/** A plan whose check fails is not shown: something in the solver is wrong, and the rest of the review is not. */
function refuted(): NoPlan {
  return {
    status: 'conflict',
    cause: 'plan_fails_its_check',
    conflicts: [],
    turnoverShort: null,
  }
}

/** A share of an amount can miss a whole unit by rounding. */
const SHARE_ROUNDING = 1e-6

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
    maxTurnover: Math.floor(bounds.turnover_share * budget + SHARE_ROUNDING),
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
