import { exp, log } from '../kernel/elementary.ts'
import { findRoot } from '../kernel/root.ts'
import { exactSum, logMarginals, totalResponse } from './curve-columns.ts'
import { ALL_PRICES, type Demand, demandOf } from './demand.ts'
import { fill, type FillProblem, outerBracket, type Unfillable } from './fill.ts'
import { spendAt } from './price.ts'

/** Lines with bounds whose total is not given but follows from a goal. Concave curves only. */
export type OpenProblem = Omit<FillProblem, 'budget'>

/** A plan with what it spends and brings. */
export interface FlexibleFilled {
  readonly status: 'optimal'
  readonly plan: Float64Array
  readonly spend: number
  readonly value: number
  readonly logPrice: number | null
  /** What stopped the spend: the price one is willing to pay, the cap, the goal, or the lines' own bounds. */
  readonly binding: 'hurdle' | 'cap' | 'target' | 'bounds'
}

/** The goal is out of reach; `best` is the nearest to it that the bounds allow. */
export interface OutOfReach {
  readonly status: 'out_of_reach'
  readonly best: number
}

/**
 * Spends on every line as long as the next unit brings at least the hurdle, up to a cap.
 *
 * price = max(hurdle, the price at which the cap is spent).
 *
 * 1000·ln(1 + x/100) and 600·ln(1 + x/100), hurdle 2: 1000 ÷ (100 + 400) = 600 ÷ (100 + 200) = 2, so 400 and 200. A cap of 500 raises the price
 * to 1600 ÷ 700 = 2.29: 337.5 and 162.5.
 *
 * @param hurdle Least marginal response worth paying for, > 0.
 */
export function fillToHurdle(
  problem: OpenProblem,
  { hurdle, cap }: { readonly hurdle: number; readonly cap: number },
): FlexibleFilled | Unfillable {
  const { demand, plan } = start(problem)
  spendAt(demand, plan, log(hurdle))
  const spend = exactSum(plan)
  if (spend <= cap) return finish(problem, plan, { logPrice: log(hurdle), binding: 'hurdle' })
  const capped = fill({ ...problem, budget: cap })
  return capped.status === 'optimal'
    ? finish(problem, capped.plan, { logPrice: capped.logPrice, binding: 'cap' })
    : capped
}

/**
 * The greatest value whose average return, value ÷ spend, is still at least the target.
 *
 * Along falling prices, value − target·spend rises until the price is the target and falls after; the price sought is where it is back at 0.
 * @param target Least value per unit of spend, > 0.
 */
export function fillToReturn(problem: OpenProblem, target: number): FlexibleFilled | OutOfReach {
  const { demand, plan } = start(problem)
  const surplus = (logPrice: number): number => {
    spendAt(demand, plan, logPrice)
    return totalResponse(problem.curves, plan) - target * exactSum(plan)
  }
  const dear = log(target)
  const atTarget = surplus(dear)
  if (atTarget < 0) {
    return { status: 'out_of_reach', best: totalResponse(problem.curves, plan) / exactSum(plan) }
  }
  const cheap = Math.min(dear, cheapestOf(demand))
  const atCheap = surplus(cheap)
  if (atCheap >= 0) return finish(problem, plan, { logPrice: null, binding: 'bounds' })
  const logPrice = findRoot(surplus, { a: cheap, fa: atCheap, b: dear, fb: atTarget })
  surplus(logPrice)
  return finish(problem, plan, { logPrice, binding: 'target' })
}

/** Share of a value that the order of its addends may make or lose: a goal missed by less is met. */
const ROUNDING = 1e-12

/** The least spend that brings a value; all that the bounds allow where that just brings it. */
export function fillToValue(problem: OpenProblem, value: number): FlexibleFilled | OutOfReach {
  const { demand, plan } = start(problem)
  const missing = (logPrice: number): number => {
    spendAt(demand, plan, logPrice)
    return totalResponse(problem.curves, plan) - value
  }
  const atFloors = totalResponse(problem.curves, problem.lower) - value
  if (atFloors >= 0) {
    return finish(problem, problem.lower.slice(), { logPrice: null, binding: 'bounds' })
  }
  const cheap = cheapestOf(demand)
  const most = missing(cheap)
  if (most < -ROUNDING * value) return { status: 'out_of_reach', best: most + value }
  if (most <= 0) return finish(problem, plan, { logPrice: null, binding: 'bounds' })
  const { dear } = outerBracket(demand, plan, exactSum(problem.lower))
  const logPrice = findRoot(missing, { a: cheap, fa: most, b: dear, fb: missing(dear) })
  missing(logPrice)
  return finish(problem, plan, { logPrice, binding: 'target' })
}

/**
 * How the goal "value ÷ spend ≥ target", written as spend − value ÷ target ≤ 0, answers to one more unit on each line: 1 − marginal ÷ target.
 * Above 0 the line's next unit uses up room, below 0 it makes room.
 */
export function returnGoalGradient(
  curves: FillProblem['curves'],
  plan: Float64Array,
  target: number,
): Float64Array {
  return logMarginals(curves, plan).map((logMarginal) => 1 - exp(logMarginal) / target)
}

/** The price of a plan as a number. */
export function priceOf(logPrice: number | null): number | null {
  return logPrice === null ? null : exp(logPrice)
}

function start(problem: OpenProblem): { demand: Demand; plan: Float64Array } {
  const plan = problem.lower.slice()
  return { plan, demand: demandOf(problem.curves, problem, { window: ALL_PRICES, plan }) }
}

/** ln of the price at which every line has reached its upper bound; Infinity when none can move. */
function cheapestOf(demand: Demand): number {
  return demand.arrives.subarray(0, demand.size).reduce((least, y) => Math.min(least, y), Infinity)
}

function finish(
  problem: OpenProblem,
  plan: Float64Array,
  found: Pick<FlexibleFilled, 'logPrice' | 'binding'>,
): FlexibleFilled {
  return {
    status: 'optimal',
    plan,
    spend: exactSum(plan),
    value: totalResponse(problem.curves, plan),
    ...found,
  }
}
