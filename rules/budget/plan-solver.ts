import { curveColumns, totalResponse } from '../allocation/curve-columns.ts'
import { isConcave } from '../allocation/curve.ts'
import { planDiscrete } from '../allocation/discrete.ts'
import type { FillProblem } from '../allocation/fill.ts'
import { fillGroups, type GroupedProblem, groupRanges } from '../allocation/group-fill.ts'
import { roundPlan, type WholeBounds } from '../allocation/round-plan.ts'
import { fillSCurves, type ProofTree } from '../allocation/s-curve-fill.ts'
import { fillTurnover, type TurnoverFilled } from '../allocation/turnover-fill.ts'
import { exp } from '../kernel/elementary.ts'
import { drawBack } from './draw-back.ts'
import type { NoPlan, PlanRequest } from './optimal-plan.ts'
import { exchangePairs } from './pair-exchange.ts'
import { keepsLimits, valueOfPlan } from './plan-limits.ts'
import { wholePlan } from './whole-plan.ts'

const NO_PRICES = { price: null, turnoverPrice: 0, groupPrices: [] } as const

/** What a solver says of all plans at once: prices, or a proof tree, and the value that no plan exceeds. */
export interface SolverClaim {
  /** Marginal response of the budget; null when no line is free to name one. */
  readonly price: number | null
  readonly turnoverPrice: number
  readonly groupPrices: readonly (number | null)[]
  readonly proof?: ProofTree
  /** Value at the solver's own unrounded optimum; null when the prices are a hint and claim nothing. */
  readonly valueBound: number | null
}

/** A plan in whole minor units with the claims that go with it. */
export interface Solved {
  readonly plan: readonly number[]
  readonly claims: readonly SolverClaim[]
}

/**
 * Solves one plan by the method its limits ask for: dynamic programming for whole steps, branch and bound with an S-curve, nested water-filling with
 * groups, else water-filling under turnover. Where the method knows nothing of turnover or groups and they bind, its plan is drawn back towards
 * today's until they hold and then bettered pair by pair; its claim stays that of the looser limits.
 *
 * @param request Lines that start within their bounds.
 */
export function solvePlan(request: PlanRequest): Solved | NoPlan {
  const smooth = solveSmooth({ ...request, steps: null })
  if (request.steps === null || 'status' in smooth) return smooth
  const stepped = inSteps(request, request.steps)
  // The claims of the plan to the unit hold for all plans, those in whole steps among them.
  return 'status' in stepped ? stepped : { plan: stepped.plan, claims: smooth.claims }
}

function solveSmooth(request: PlanRequest): Solved | NoPlan {
  const problem = problemOf(request)
  if (request.lines.some((line) => !isConcave(line.curve))) return withSCurves(request, problem)
  return request.groups.length > 0
    ? inGroups(request, groupedProblem(request))
    : underTurnover(request, problem)
}

/** The request as a grouped problem; without groups, one that binds nothing. */
export function groupedProblem(request: PlanRequest): GroupedProblem {
  const { groups, lines } = request
  const hasGroups = groups.length > 0
  return {
    ...problemOf(request),
    group: Int32Array.from(lines, (line) => (hasGroups ? (line.group ?? 0) : 0)),
    groupLower: hasGroups ? groups.map((group) => group.lower) : [0],
    groupUpper: hasGroups ? groups.map((group) => group.upper) : [Number.MAX_SAFE_INTEGER],
  }
}

function problemOf({ lines, budget }: PlanRequest): FillProblem {
  return {
    curves: curveColumns(lines.map((line) => line.curve)),
    lower: Float64Array.from(lines, (line) => line.lower),
    upper: Float64Array.from(lines, (line) => line.upper),
    budget,
  }
}

function underTurnover(request: PlanRequest, problem: FillProblem): Solved | NoPlan {
  const current = Float64Array.from(request.lines, (line) => line.current)
  const found = fillTurnover({ ...problem, current, maxTurnover: request.maxTurnover })
  if (found.status !== 'optimal') {
    return noPlan('turnover_too_small', found.gap)
  }
  const claim = { ...turnoverPrices(found), valueBound: totalResponse(problem.curves, found.plan) }
  const rounded = roundPlan(found.plan, problem, request.budget)
  return finish(request, { exact: [found.plan], rounded, claims: [claim] })
}

/** The prices of buying and selling as one price and a turnover's beside it. */
function turnoverPrices(found: TurnoverFilled): Omit<SolverClaim, 'valueBound'> {
  const buy = found.buyLogPrice ?? found.sellLogPrice
  if (buy === null) return NO_PRICES
  const sell = found.sellLogPrice ?? buy
  return {
    groupPrices: [],
    price: (exp(buy) + exp(sell)) / 2,
    turnoverPrice: Math.max(0, (exp(buy) - exp(sell)) / 2),
  }
}

function withSCurves(request: PlanRequest, problem: FillProblem): Solved | NoPlan {
  const found = fillSCurves(problem)
  if (found.status !== 'optimal') return noPlan('limits_conflict', found.gap)
  const tree = { ...NO_PRICES, proof: found.proof, valueBound: found.bound }
  const limited = withoutGroups(request, problem)
  return finish(request, {
    exact: [found.plan, ...limited.plans],
    rounded: roundPlan(found.plan, problem, request.budget),
    // Of S-curves the turnover's search sees the envelopes: its prices are worth a try, its plan's value bounds nothing.
    claims: [tree, ...limited.claims.map((claim) => ({ ...claim, valueBound: null }))],
  })
}

function inGroups(request: PlanRequest, problem: GroupedProblem): Solved | NoPlan {
  const found = fillGroups(problem)
  const claim = {
    turnoverPrice: 0,
    price: priceOf(found.logPrice),
    groupPrices: found.groupLogPrices.map(priceOf),
    valueBound: totalResponse(problem.curves, found.plan),
  }
  const limited = withoutGroups(request, problem)
  return finish(request, {
    exact: [found.plan, ...limited.plans],
    rounded: roundInGroups(found.plan, problem),
    claims: [claim, ...limited.claims],
  })
}

function priceOf(logPrice: number | null): number | null {
  return logPrice === null ? null : exp(logPrice)
}

/** The optimum under turnover that groups and the bend of S-curves leave out of account; its prices bound what any plan can bring. */
function withoutGroups(
  request: PlanRequest,
  problem: FillProblem,
): { readonly plans: readonly Float64Array[]; readonly claims: readonly SolverClaim[] } {
  const current = Float64Array.from(request.lines, (line) => line.current)
  const found = fillTurnover({ ...problem, current, maxTurnover: request.maxTurnover })
  if (found.status !== 'optimal') return { plans: [], claims: [] }
  const valueBound = totalResponse(problem.curves, found.plan)
  return { plans: [found.plan], claims: [{ ...turnoverPrices(found), valueBound }] }
}

/** The rounded plan where it keeps all limits, else the best of the exact ones drawn back to them and bettered pair by pair. */
function finish(
  request: PlanRequest,
  found: {
    /** Optima under some of the limits; the way back may end best from any of them. */
    readonly exact: readonly Float64Array[]
    readonly rounded: Float64Array
    readonly claims: readonly SolverClaim[]
  },
): Solved | NoPlan {
  const limits = { ...request, minMove: 0 }
  const rounded = [...found.rounded]
  const { claims } = found
  if (keepsLimits(limits, rounded)) return { plan: rounded, claims }
  const best = found.exact
    .map((plan) => wholePlan(limits, drawBack(limits, [...plan])))
    .filter((plan) => plan !== null)
    .map((plan) => exchangePairs(limits, plan))
    .toSorted((a, b) => valueOfPlan(request.lines, b) - valueOfPlan(request.lines, a))[0]
  return best === undefined ? noPlan('limits_not_solved', null) : { plan: best, claims }
}

function inSteps(
  { lines, budget, maxTurnover, minMove, groups }: PlanRequest,
  steps: NonNullable<PlanRequest['steps']>,
): Pick<Solved, 'plan'> | NoPlan {
  const found = planDiscrete(lines, {
    increment: steps.increment,
    maxStepShare: steps.maxShare,
    minMoveShare: 0,
    maxChangedLines: steps.maxLines,
    budget,
    minMove,
    maxTurnover,
    groups,
  })
  return found.status === 'optimal'
    ? { plan: found.plan }
    : noPlan(found.status === 'too_many_steps' ? 'too_many_steps' : 'no_plan_in_whole_steps', null)
}

function noPlan(cause: NoPlan['cause'], turnoverShort: number | null): NoPlan {
  return { status: 'conflict', cause, conflicts: [], turnoverShort }
}

/** Whole units that keep the bounds of groups: first the groups' sums, then the lines of each. */
function roundInGroups(plan: Float64Array, problem: GroupedProblem): Float64Array {
  const { group, budget } = problem
  const ranges = groupRanges(problem)
  const sums = Float64Array.from(ranges, () => 0)
  for (const [line, index] of group.entries()) sums[index] = (sums[index] ?? 0) + (plan[line] ?? 0)
  const limits = {
    lower: Float64Array.from(ranges, (range) => range.low),
    upper: Float64Array.from(ranges, (range) => range.high),
  }
  const whole = roundPlan(sums, limits, budget)
  const rounded = new Float64Array(plan.length)
  for (const [index, sum] of whole.entries()) {
    const members = Array.from(group.keys()).filter((line) => group[line] === index)
    const pick = (column: Float64Array): Float64Array =>
      Float64Array.from(members, (line) => column[line] ?? 0)
    const bounds: WholeBounds = { lower: pick(problem.lower), upper: pick(problem.upper) }
    const part = roundPlan(pick(plan), bounds, sum)
    for (const [place, line] of members.entries()) rounded[line] = part[place] ?? 0
  }
  return rounded
}
