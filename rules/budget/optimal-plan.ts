import { conflictsOf, type LimitConflict } from '../allocation/conflicts.ts'
import { logMarginalAt } from '../allocation/curve.ts'
import { exp } from '../kernel/elementary.ts'
import { type Certificate, certify, type CheckedLine, type CheckedPlan } from './certificate.ts'
import { groupedProblem, type Solved, solvePlan } from './plan-solver.ts'

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

/** A plan in whole minor units that sums to the budget, with what proves it. */
export interface OptimalPlan {
  readonly status: 'planned'
  readonly plan: readonly number[]
  readonly certificate: Certificate
}

/** No plan keeps all limits: the limits that conflict, or by how much the turnover falls short of what must change. */
export interface NoPlan {
  readonly status: 'conflict'
  readonly conflicts: readonly LimitConflict[]
  readonly turnoverShort: number | null
}

/**
 * The best plan within bounds, groups, turnover and least move, in whole minor units, with its certificate.
 *
 * The certificate speaks of all plans within bounds, groups and turnover: what rounding, the least move and whole steps cost is part of its gap.
 *
 * @param request Lines that start within their bounds and sum to about the budget.
 */
export function planAllocation(request: PlanRequest): OptimalPlan | NoPlan {
  const conflicts = conflictsOf(groupedProblem(request))
  if (conflicts.length > 0) return { status: 'conflict', conflicts, turnoverShort: null }
  const solved = solveAbove(request)
  if ('status' in solved) return solved
  return {
    status: 'planned',
    plan: solved.plan,
    certificate: certificateFor(request, solved),
  }
}

/** The plan as the checker reads it. */
export function checkedPlan(request: PlanRequest, plan: readonly number[]): CheckedPlan {
  return {
    lines: request.lines.map((line, index) => ({ ...line, planned: plan[index] ?? 0 })),
    budget: request.budget,
    groups: request.groups,
    maxTurnover: request.maxTurnover,
  }
}

/** Solves again with every line that would move by too little held where it is, until none does. */
function solveAbove(request: PlanRequest): Solved | NoPlan {
  let frozen: ReadonlySet<number> = new Set<number>()
  for (;;) {
    const solved = solvePlan(request, frozen)
    if ('status' in solved) return frozen.size === 0 ? solved : holding(request)
    const tooSmall = solved.plan.flatMap((amount, index) => {
      const moved = Math.abs(amount - (request.lines[index]?.current ?? 0))
      return moved > 0 && moved < request.minMove ? [index] : []
    })
    if (tooSmall.length === 0) return solved
    frozen = new Set([...frozen, ...tooSmall])
  }
}

/** The current plan, when no plan of sufficiently large moves exists. */
function holding({ lines, budget }: PlanRequest): Solved | NoPlan {
  const plan = lines.map((line) => line.current)
  const gap = plan.reduce((sum, amount) => sum + amount, 0) - budget
  return gap === 0
    ? { plan, price: null, turnoverPrice: 0, groupPrices: [] }
    : { status: 'conflict', conflicts: [], turnoverShort: Math.abs(gap) }
}

/** The certificate with the least gap: at the solver's prices, or where it named none at the marginal response of one of the lines. */
function certificateFor(request: PlanRequest, solved: Solved): Certificate {
  const plan = checkedPlan(request, solved.plan)
  const prices =
    solved.price === null
      ? plan.lines.map((line) => exp(logMarginalAt(line.curve, Math.max(1, line.planned))))
      : [solved.price]
  const certificates = prices.map((price) => {
    const named = {
      price,
      turnoverPrice: solved.turnoverPrice,
      ...(solved.proof === undefined ? {} : { proof: solved.proof }),
      ...(solved.groupPrices.length === 0
        ? {}
        : { groupPrices: solved.groupPrices.map((own) => own ?? price) }),
    }
    return { ...named, ...certify(plan, named) }
  })
  return certificates.reduce((left, right) => (right.gap < left.gap ? right : left))
}
