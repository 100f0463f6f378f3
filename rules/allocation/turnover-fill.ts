import { exactSum } from './curve-columns.ts'
import { fill, type FillProblem } from './fill.ts'

/** Lines that start from a plan and may not change by more than a turnover in all. */
export interface TurnoverProblem extends FillProblem {
  readonly current: Float64Array
  /** Most that Σ |plan − current| may be. */
  readonly maxTurnover: number
}

/** A plan within its turnover. A line moves only when it gains more than the two prices differ. */
export interface TurnoverFilled {
  readonly status: 'optimal'
  readonly plan: Float64Array
  readonly turnover: number
  /** ln of the marginal response at which lines still buy, and down to which they sell; equal when turnover does not bind. */
  readonly buyLogPrice: number | null
  readonly sellLogPrice: number | null
}

/** Why no plan exists. `turnover_too_small`: the budget or the bounds force more change than is allowed. */
export interface TurnoverUnfillable {
  readonly status: 'floors_above_budget' | 'caps_below_budget' | 'turnover_too_small'
  readonly gap: number
}

/**
 * How is a budget split when only so much may change?
 *
 * Without the limit first. Where it binds, buys and sells are known sums, turnover ± change of the budget, halved; they then part into two
 * separate splits: the lines that buy, from their current spend up, and the lines that sell, from it down. Each has one price; between the two a
 * line stays.
 *
 * 3√x, √x and 2√x at 400, 400 and 600, a budget 100 higher and a turnover of 300: (300 + 100) ÷ 2 = 200 is bought by the first, (300 − 100) ÷ 2 =
 * 100 is sold by the second: 600, 300 and 600.
 */
export function fillTurnover(problem: TurnoverProblem): TurnoverFilled | TurnoverUnfillable {
  const free = fill(problem)
  if (free.status !== 'optimal') return free
  const turnover = turnoverOf(problem.current, free.plan)
  if (turnover <= problem.maxTurnover) {
    const { plan, logPrice } = free
    return { status: 'optimal', plan, turnover, buyLogPrice: logPrice, sellLogPrice: logPrice }
  }
  return fillBinding(problem)
}

/** Σ |plan − current|. */
export function turnoverOf(current: Float64Array, plan: Float64Array): number {
  return exactSum(plan.map((x, line) => Math.abs(x - (current[line] ?? 0))))
}

const ROUNDING = 1e-12

function fillBinding(problem: TurnoverProblem): TurnoverFilled | TurnoverUnfillable {
  const { current, lower, upper, maxTurnover } = problem
  // Where the current spend lies outside a line's bounds, the way to the bound is forced and already part of the turnover.
  const start = current.map((x, line) => Math.min(upper[line] ?? 0, Math.max(lower[line] ?? 0, x)))
  const forced = turnoverOf(current, start)
  const change = problem.budget - exactSum(start)
  const left = maxTurnover - forced
  if (Math.abs(change) > left + ROUNDING * problem.budget) {
    return { status: 'turnover_too_small', gap: Math.abs(change) - left }
  }
  const buys = Math.max(0, left + change) / 2
  const sells = Math.max(0, left - change) / 2
  const base = exactSum(start)
  const bought = fill({ ...problem, lower: start, budget: base + buys })
  const sold = fill({ ...problem, upper: start, budget: base - sells })
  // The unlimited plan turns over more than the limit, so both sides have room; no side can be unfillable.
  if (bought.status !== 'optimal') return bought
  if (sold.status !== 'optimal') return sold
  const plan = start.map((x, line) => {
    const [rise, fall] = [(bought.plan[line] ?? 0) - x, (sold.plan[line] ?? 0) - x]
    return x + rise + fall
  })
  return {
    status: 'optimal',
    plan,
    turnover: turnoverOf(current, plan),
    buyLogPrice: bought.logPrice,
    sellLogPrice: sold.logPrice,
  }
}
