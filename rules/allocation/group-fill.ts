import { exactSum } from './curve-columns.ts'
import { ALL_PRICES, type Demand, demandOf } from './demand.ts'
import { fill, type FillProblem, outerBracket, subProblem } from './fill.ts'
import { spendAt } from './price.ts'

/** Lines in groups whose sums are bounded too. */
export interface GroupedProblem extends FillProblem {
  /** Group of each line, an index into the two lists of bounds. */
  readonly group: Int32Array
  readonly groupLower: readonly number[]
  readonly groupUpper: readonly number[]
}

/** A plan within the bounds of lines and groups. */
export interface GroupFilled {
  readonly status: 'optimal'
  readonly plan: Float64Array
  /** ln price of the budget; null when no line is free to follow it. */
  readonly logPrice: number | null
  /** ln price inside each group: the budget's, or the group's own where a bound of its sum binds; null where no line is free. */
  readonly groupLogPrices: readonly (number | null)[]
}

/** What each group may spend at least and at most, its lines' bounds included. */
export interface GroupRange {
  readonly low: number
  readonly high: number
}

/**
 * How is a budget split over grouped lines?
 *
 * At a price every group wants what its lines want, held within its bounds; the price is the one at which the groups spend the budget. A group
 * held at a bound splits that amount at a price of its own.
 *
 * 1,400 over 3√x, √x and 2√x go 9 : 1 : 4: 900, 100 and 400. With at most 600 for the first two together they have 540 and 60, at a dearer price of
 * their own, and the third has 800.
 *
 * @param problem Feasible: every group's range is not empty and the ranges hold the budget (see `conflictsOf`).
 * Source: nested constraints of separable resource allocation, D. Hochbaum, Mathematics of Operations Research 19 (1994) 390.
 */
export function fillGroups(problem: GroupedProblem): GroupFilled {
  const { budget } = problem
  const ranges = groupRanges(problem)
  const plan = problem.lower.slice()
  const demand = demandOf(problem.curves, problem, { window: ALL_PRICES, plan })
  const sums = sumsAtPrice(problem, { demand, plan, ranges })
  const held = ranges.map((range, group) => heldAt(sums[group] ?? 0, range))
  const heldSum = held.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  const isFree = (line: number): boolean => held[problem.group[line] ?? 0] === null
  const pool = fillPart(problem, { includes: isFree, budget: budget - heldSum, plan })
  const groupLogPrices = held.map((amount, index) =>
    amount === null
      ? pool
      : fillPart(problem, {
          includes: (line) => problem.group[line] === index,
          budget: amount,
          plan,
        }),
  )
  return { status: 'optimal', plan, logPrice: pool, groupLogPrices }
}

/** What each group can spend within the bounds of its lines and its own. */
export function groupRanges(problem: GroupedProblem): readonly GroupRange[] {
  const low: number[] = []
  const high: number[] = []
  for (const [line, group] of problem.group.entries()) {
    low[group] = (low[group] ?? 0) + (problem.lower[line] ?? 0)
    high[group] = (high[group] ?? 0) + (problem.upper[line] ?? 0)
  }
  return problem.groupLower.map((bound, group) => ({
    low: Math.max(bound, low[group] ?? 0),
    high: Math.min(problem.groupUpper[group] ?? 0, high[group] ?? 0),
  }))
}

/** What the groups want at the price at which they spend the budget together. */
function sumsAtPrice(
  problem: GroupedProblem,
  search: { demand: Demand; plan: Float64Array; ranges: readonly GroupRange[] },
): readonly number[] {
  const { demand, plan, ranges } = search
  const wants = (logPrice: number): readonly number[] => {
    spendAt(demand, plan, logPrice)
    const sums: number[] = []
    for (const [line, group] of problem.group.entries()) {
      sums[group] = (sums[group] ?? 0) + (plan[line] ?? 0)
    }
    return sums
  }
  let { cheap, dear } = outerBracket(demand, plan, exactSum(problem.lower))
  while (dear - cheap > Number.EPSILON * Math.max(1, Math.abs(dear))) {
    const middle = (cheap + dear) / 2
    const sums = wants(middle)
    const sum = ranges.reduce((total, range, group) => total + clip(sums[group] ?? 0, range), 0)
    if (sum > problem.budget) cheap = middle
    else dear = middle
  }
  return wants(dear)
}

function clip(value: number, { low, high }: GroupRange): number {
  return Math.min(high, Math.max(low, value))
}

/** The bound a group's sum is held at, or null when it lies between its bounds. */
function heldAt(sum: number, range: GroupRange): number | null {
  const held = clip(sum, range)
  return held === sum ? null : held
}

/** Fills the lines of a part with its budget, into the plan; returns its ln price. */
function fillPart(
  problem: FillProblem,
  part: { includes: (line: number) => boolean; budget: number; plan: Float64Array },
): number | null {
  const { lines, ...sub } = subProblem(problem, part.includes, part.budget)
  const filled = fill(sub)
  if (filled.status !== 'optimal') return null
  for (const [index, line] of lines.entries()) part.plan[line] = filled.plan[index] ?? 0
  return filled.logPrice
}
