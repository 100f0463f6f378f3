import { curveColumns } from '../allocation/curve-columns.ts'
import { isConcave } from '../allocation/curve.ts'
import { planDiscrete } from '../allocation/discrete.ts'
import type { FillProblem } from '../allocation/fill.ts'
import { fillGroups, type GroupedProblem, groupRanges } from '../allocation/group-fill.ts'
import { roundPlan, type WholeBounds } from '../allocation/round-plan.ts'
import { fillSCurves, type ProofTree } from '../allocation/s-curve-fill.ts'
import { fillTurnover } from '../allocation/turnover-fill.ts'
import { exp } from '../kernel/elementary.ts'
import type { NoPlan, PlanRequest } from './optimal-plan.ts'

/** A plan in whole minor units and the prices that go with it; a null price is one that no line names. */
export interface Solved {
  readonly plan: readonly number[]
  readonly price: number | null
  readonly turnoverPrice: number
  readonly groupPrices: readonly (number | null)[]
  readonly proof?: ProofTree
}

const NO_PRICES = { price: null, turnoverPrice: 0, groupPrices: [] } as const

/**
 * Solves one plan by the method its limits ask for: dynamic programming for whole steps, branch and bound with an S-curve, nested water-filling with
 * groups, else water-filling under turnover. The middle two are drawn back towards the current plan where turnover binds.
 *
 * @param frozen Lines that stay where they are.
 */
export function solvePlan(request: PlanRequest, frozen: ReadonlySet<number>): Solved | NoPlan {
  if (request.steps !== null) return inSteps(request, request.steps)
  const problem = problemOf(request, frozen)
  if (request.lines.some((line) => !isConcave(line.curve))) return withSCurves(request, problem)
  return request.groups.length > 0
    ? inGroups(request, { ...groupedProblem(request), ...problem })
    : underTurnover(request, problem)
}

/** The request as a grouped problem; without groups, one that binds nothing. */
export function groupedProblem(request: PlanRequest): GroupedProblem {
  const { groups, lines } = request
  const hasGroups = groups.length > 0
  return {
    ...problemOf(request, new Set()),
    group: Int32Array.from(lines, (line) => (hasGroups ? (line.group ?? 0) : 0)),
    groupLower: hasGroups ? groups.map((group) => group.lower) : [0],
    groupUpper: hasGroups ? groups.map((group) => group.upper) : [Number.MAX_SAFE_INTEGER],
  }
}

function problemOf({ lines, budget }: PlanRequest, frozen: ReadonlySet<number>): FillProblem {
  const bound = (side: 'lower' | 'upper'): Float64Array =>
    Float64Array.from(lines, (line, index) => (frozen.has(index) ? line.current : line[side]))
  return {
    curves: curveColumns(lines.map((line) => line.curve)),
    lower: bound('lower'),
    upper: bound('upper'),
    budget,
  }
}

function underTurnover(request: PlanRequest, problem: FillProblem): Solved | NoPlan {
  const current = Float64Array.from(request.lines, (line) => line.current)
  const found = fillTurnover({ ...problem, current, maxTurnover: keptBack(request) })
  if (found.status !== 'optimal') return noPlan(found.gap)
  const [buy, sell] = [
    found.buyLogPrice ?? found.sellLogPrice,
    found.sellLogPrice ?? found.buyLogPrice,
  ]
  const plan = [...roundPlan(found.plan, problem, request.budget)]
  if (buy === null || sell === null) return { ...NO_PRICES, plan }
  return {
    plan,
    groupPrices: [],
    price: (exp(buy) + exp(sell)) / 2,
    turnoverPrice: (exp(buy) - exp(sell)) / 2,
  }
}

function withSCurves(request: PlanRequest, problem: FillProblem): Solved | NoPlan {
  const found = fillSCurves(problem)
  if (found.status !== 'optimal') return noPlan(found.gap)
  const plan = [...roundPlan(drawBack(found.plan, request), problem, request.budget)]
  return { ...NO_PRICES, plan, proof: found.proof }
}

function inGroups(request: PlanRequest, problem: GroupedProblem): Solved | NoPlan {
  const found = fillGroups(problem)
  const plan = roundInGroups(drawBack(found.plan, request), problem)
  return {
    plan: [...plan],
    turnoverPrice: 0,
    price: found.logPrice === null ? null : exp(found.logPrice),
    groupPrices: found.groupLogPrices.map((price) => (price === null ? null : exp(price))),
  }
}

function inSteps(
  { lines, budget }: PlanRequest,
  steps: NonNullable<PlanRequest['steps']>,
): Solved | NoPlan {
  const found = planDiscrete(lines, {
    increment: steps.increment,
    maxStepShare: steps.maxShare,
    minMoveShare: 0,
    maxChangedLines: steps.maxLines,
    budget,
  })
  return found.status === 'optimal' ? { ...NO_PRICES, plan: found.plan } : noPlan(null)
}

function noPlan(turnoverShort: number | null): NoPlan {
  return { status: 'conflict', conflicts: [], turnoverShort }
}

/** Rounding moves each line by less than a unit; so much turnover is kept back for it. */
function keptBack({ maxTurnover, lines }: PlanRequest): number {
  return Math.max(0, maxTurnover - lines.length)
}

/** The point on the way from the current plan to another at which the turnover is used up. */
function drawBack(plan: Float64Array, request: PlanRequest): Float64Array {
  const { lines } = request
  const most = keptBack(request)
  const turnover = plan.reduce((sum, x, line) => sum + Math.abs(x - (lines[line]?.current ?? 0)), 0)
  if (turnover <= most) return plan
  return plan.map((x, line) => {
    const from = lines[line]?.current ?? 0
    return from + (most / turnover) * (x - from)
  })
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
