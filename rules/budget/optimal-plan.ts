import { conflictsOf, type LimitConflict } from '../allocation/conflicts.ts'
import { inflectionOf, marginalAt } from '../allocation/curve.ts'
import type { Certificate, CheckedLine, CheckedPlan } from './certificate.ts'
import { drawBack } from './draw-back.ts'
import { keepsLimits, valueOfPlan } from './plan-limits.ts'
import { groupedProblem, type Solved, type SolverClaim, solvePlan } from './plan-solver.ts'
import { wholePlan } from './whole-plan.ts'

/** A line to be planned, amounts in whole minor units. */
export interface PlanLine extends Omit<CheckedLine, 'planned'> {
  readonly id: string
  readonly current: number
}

/** What a plan must keep. */
export interface PlanRequest {
  readonly lines: readonly PlanLine[]
  readonly budget: number
  readonly maxTurnover: number
  /** Bounds of sums of lines; a line names its group. Empty without any. */
  readonly groups: readonly { readonly lower: number; readonly upper: number }[]
  /** Least amount by which a line may move; a line that would move by less stays. */
  readonly minMove: number
  /** Whole steps, and how many lines may take one; null moves to the unit. */
  readonly steps: {
    readonly increment: number
    readonly maxLines: number
    readonly maxShare: number
  } | null
}

/** A plan in whole minor units that sums to the budget, with the solver's claims about all other plans. */
export interface OptimalPlan {
  readonly status: 'planned'
  readonly plan: readonly number[]
  /** What the solver claims, to be verified: see `verdictOf`. At least one. */
  readonly certificates: readonly Certificate[]
}

/** Why there is no plan. */
export type NoPlanCause =
  /** The limits in `conflicts` leave no plan. */
  | 'limits_conflict'
  /** The budget or the bounds force more change than the turnover allows, by `turnoverShort`. */
  | 'turnover_too_small'
  | 'no_plan_in_whole_steps'
  /** So many small steps that the search would not end in time. */
  | 'too_many_steps'
  /** Bounds, groups and turnover together were not brought into one plan. */
  | 'limits_not_solved'
  /** The solver's plan or claim was refuted by the checker. */
  | 'plan_fails_its_check'

/** There is no plan: the limits that conflict, or by how much the turnover falls short of what must change, or what was not solved. */
export interface NoPlan {
  readonly status: 'conflict'
  readonly cause: NoPlanCause
  readonly conflicts: readonly LimitConflict[]
  readonly turnoverShort: number | null
}

/**
 * The best plan within bounds, groups, turnover and least move, in whole minor units, with what the solver claims of it.
 *
 * The claims speak of all plans within bounds, groups and turnover: what rounding, the least move and whole steps cost is part of their gap. The plan
 * is never worse than today's, nor than one of the alternatives brought within the same limits.
 *
 * @param request Lines that start within their bounds and sum to about the budget.
 * @param alternatives Plans found in other ways, already within the limits (see `alternativeWithin`).
 */
export function planAllocation(
  request: PlanRequest,
  alternatives: readonly (readonly number[])[] = [],
): OptimalPlan | NoPlan {
  const conflicts = conflictsOf(groupedProblem(request))
  if (conflicts.length > 0) {
    return { status: 'conflict', cause: 'limits_conflict', conflicts, turnoverShort: null }
  }
  const free = solvePlan(request)
  if ('status' in free) return free
  const solved = solveAbove(request, free)
  if ('status' in solved) return solved
  const today = request.lines.map((line) => line.current)
  const plan = [today, ...alternatives]
    .filter((other) => keepsLimits(request, other))
    .reduce(
      (best, other) =>
        valueOfPlan(request.lines, other) > valueOfPlan(request.lines, best) ? other : best,
      solved.plan,
    )
  return {
    status: 'planned',
    plan,
    certificates: [
      ...free.claims.flatMap((claim) => certificatesOf(request, plan, claim)),
      ...stillPrices(request),
    ],
  }
}

/** A plan brought within the limits of a request: drawn back towards today's, in whole units; null when that fails. */
export function alternativeWithin(
  request: PlanRequest,
  plan: readonly number[],
): readonly number[] | null {
  return wholePlan(request, drawBack(request, plan))
}

/** The plan as the checker reads it. */
export function checkedPlan(request: PlanRequest, plan: readonly number[]): CheckedPlan {
  return {
    lines: request.lines.map((line, index) => ({ ...line, planned: plan[index] ?? 0 })),
    budget: request.budget,
    groups: request.groups,
    maxTurnover: request.maxTurnover,
    minMove: request.minMove,
    steps: request.steps,
  }
}

/** Solves again with every line that would move by too little held where it is, until none does. */
function solveAbove(request: PlanRequest, free: Solved): Solved | NoPlan {
  let frozen: ReadonlySet<number> = new Set<number>()
  let solved: Solved | NoPlan = free
  for (;;) {
    if ('status' in solved) return holding(request)
    const tooSmall = solved.plan.flatMap((amount, index) => {
      const moved = Math.abs(amount - (request.lines[index]?.current ?? 0))
      return moved > 0 && moved < request.minMove ? [index] : []
    })
    if (tooSmall.length === 0) return solved
    frozen = new Set([...frozen, ...tooSmall])
    solved = solvePlan(freeze(request, frozen))
  }
}

function freeze(request: PlanRequest, frozen: ReadonlySet<number>): PlanRequest {
  return {
    ...request,
    lines: request.lines.map((line, index) =>
      frozen.has(index) ? { ...line, lower: line.current, upper: line.current } : line,
    ),
  }
}

/** The current plan, when no plan of sufficiently large moves exists. */
function holding({ lines, budget }: PlanRequest): Solved | NoPlan {
  const plan = lines.map((line) => line.current)
  const gap = plan.reduce((sum, amount) => sum + amount, 0) - budget
  return gap === 0
    ? { plan, claims: [] }
    : {
        status: 'conflict',
        cause: 'turnover_too_small',
        conflicts: [],
        turnoverShort: Math.abs(gap),
      }
}

/**
 * Prices that prove today's plan where nothing may move: no turnover, or less than two least moves of an unchanged budget.
 *
 * With the steepest response M above today's plan, price and turnover price are M ÷ 2 each: more then costs M, which no line returns, and less pays
 * nothing. Without slack the turnover's price is paid for nothing, so it may be as high as that; S-curves are held by it too.
 */
function stillPrices({
  lines,
  budget,
  maxTurnover,
  ...limits
}: PlanRequest): readonly Certificate[] {
  const today = lines.reduce((sum, line) => sum + line.current, 0)
  const least = Math.max(1, limits.minMove, limits.steps?.increment ?? 0)
  if (today !== budget || maxTurnover >= 2 * least) return []
  const steepest = lines.map(({ curve, current, upper }) =>
    marginalAt(curve, Math.max(1, current, Math.min(upper, inflectionOf(curve)))),
  )
  const half = Math.max(...steepest) / 2
  return [{ price: half, turnoverPrice: half, claimedGap: null }]
}

/**
 * A claim as certificates of a plan. The claimed gap is what the solver's own optimum is worth beyond the plan: found without the prices, so that the
 * checker, who has only those, can refute it. Where every line stands at a bound no price was named, and the marginal responses of the lines are tried.
 */
function certificatesOf(
  request: PlanRequest,
  plan: readonly number[],
  { price, turnoverPrice, groupPrices, proof, valueBound }: SolverClaim,
): readonly Certificate[] {
  const value = valueOfPlan(request.lines, plan)
  const prices =
    price !== null || proof !== undefined
      ? [price ?? 0]
      : request.lines.map((line, index) => marginalAt(line.curve, Math.max(1, plan[index] ?? 0)))
  const claimedGap =
    valueBound === null || (price === null && proof === undefined)
      ? null
      : Math.max(0, valueBound - value)
  return prices.map((named) => ({
    price: named,
    turnoverPrice,
    claimedGap,
    ...(proof === undefined ? {} : { proof }),
    ...(groupPrices.length === 0 ? {} : { groupPrices: groupPrices.map((own) => own ?? named) }),
  }))
}
