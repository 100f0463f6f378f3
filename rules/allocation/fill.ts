import { type CurveColumns, exactSum } from './curve-columns.ts'
import { ALL_PRICES, type Bounds, type Demand, demandOf, type Window } from './demand.ts'
import { closeBudget, findPrice, spendAt } from './price.ts'

/** Lines with bounds that share a budget; amounts in one unit throughout, 0 ≤ lower ≤ upper. */
export interface FillProblem {
  readonly curves: CurveColumns
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly budget: number
}

/** A plan that spends the budget. */
export interface Filled {
  readonly status: 'optimal'
  readonly plan: Float64Array
  /** ln of the response that one more unit of budget would bring; null when every line stands at a bound and no price is named. */
  readonly logPrice: number | null
  /** Lines asked what they want, once for each price tried after the sample: what the plan cost. */
  readonly looks: number
}

/** Why no plan exists: the lower bounds need more than the budget, or the upper bounds cannot hold it. */
export interface Unfillable {
  readonly status: 'floors_above_budget' | 'caps_below_budget'
  /** By how much, > 0. */
  readonly gap: number
}

const ROUNDING = 1e-12
const SAMPLE_LINES = 16_384
/** Fewer lines are not worth a sample. */
const SAMPLED_FROM = 32_768
/** Half width of the window around a sample's price; wider than its error nearly always, and checked. */
const SAMPLE_REACH = 0.05

/**
 * How is a budget split over lines so that the total response is greatest?
 *
 * Every line spends until its marginal response falls to one common price, or stands at a bound; the price is the one at which the sum is
 * the budget. Of very many lines a sample first says about where the price lies, so that most lines settle in one pass. S-curves are
 * replaced by their concave envelopes, which gives an upper bound and, off the chords, the optimum.
 *
 * 1,000 over 3√x and √x: 1.5 ÷ √900 = 0.5 ÷ √100, so 900 and 100 at a price of 0.05. With at most 600 on the first, 600 and 400: the price
 * falls to 0.5 ÷ √400 = 0.025, and the first would take more if it might.
 *
 * Source: the water-filling solution of separable concave allocation, e.g. T. Ibaraki and N. Katoh, Resource Allocation Problems, 1988;
 * M. Patriksson, European Journal of Operational Research 185 (2008) 1–46.
 */
export function fill({ curves, lower, upper, budget }: FillProblem): Filled | Unfillable {
  const floors = exactSum(lower)
  const caps = exactSum(upper)
  const slack = ROUNDING * Math.abs(budget)
  if (floors > budget + slack) return { status: 'floors_above_budget', gap: floors - budget }
  if (caps < budget - slack) return { status: 'caps_below_budget', gap: budget - caps }
  if (floors >= budget - slack)
    return { status: 'optimal', plan: lower.slice(), logPrice: null, looks: 0 }
  if (caps <= budget + slack)
    return { status: 'optimal', plan: upper.slice(), logPrice: null, looks: 0 }
  const bounds = { lower, upper }
  const plan = new Float64Array(curves.size)
  if (curves.size > SAMPLED_FROM) {
    const share = (budget - floors) / (caps - floors)
    const window = sampleWindow(curves, bounds, share)
    const demand = demandOf(curves, bounds, { window, plan })
    const found = findPrice(demand, plan, { target: budget, bracket: window })
    if (found.isInside) return close(demand, plan, { budget, ...found })
  }
  const demand = demandOf(curves, bounds, { window: ALL_PRICES, plan })
  const bracket = outerBracket(demand, plan, budget)
  const found = findPrice(demand, plan, { target: budget, bracket })
  return close(demand, plan, { budget, ...found })
}

function close(
  demand: Demand,
  plan: Float64Array,
  found: { readonly budget: number; readonly logPrice: number; readonly looks: number },
): Filled {
  closeBudget(demand, plan, found)
  return { status: 'optimal', plan, logPrice: found.logPrice, looks: found.looks }
}

/**
 * About where is the price of very many lines?
 *
 * Where a sample of them finds its own, given the same share of its room; all prices when none of the sample can move.
 *
 * @param share Of the room between the bounds, which the budget fills, in (0, 1).
 */
export function sampleWindow(curves: CurveColumns, bounds: Bounds, share: number): Window {
  const stride = Math.ceil(curves.size / SAMPLE_LINES)
  let target = 0
  for (let line = 0; line < curves.size; line += stride) {
    const low = bounds.lower[line] ?? 0
    target += low + share * ((bounds.upper[line] ?? 0) - low)
  }
  const plan = new Float64Array(curves.size)
  const demand = demandOf(curves, bounds, { window: ALL_PRICES, plan, stride })
  if (demand.size === 0) return ALL_PRICES
  const bracket = outerBracket(demand, plan, target)
  const { logPrice } = findPrice(demand, plan, { target, bracket })
  return { cheap: logPrice - SAMPLE_REACH, dear: logPrice + SAMPLE_REACH }
}

/** A price at which the lines want at least the target, and one at which they want at most that, or as little as they can. */
export function outerBracket(demand: Demand, plan: Float64Array, target: number): Window {
  let [cheap, dear] = [Infinity, -Infinity]
  for (let entry = 0; entry < demand.size; entry++) {
    const leaves = demand.leaves[entry] ?? 0
    cheap = Math.min(cheap, demand.arrives[entry] ?? 0)
    if (leaves !== Infinity) dear = Math.max(dear, leaves)
  }
  dear = Math.max(dear, cheap)
  // Lower bounds may add up to a hair more than the target, in another order.
  const most = Math.max(target, spendAt(demand, plan, Infinity).sum)
  // A line that is infinitely steep at the start wants more at any price, and a chord up to the upper bound is wanted whole at its own.
  for (let step = 1; spendAt(demand, plan, dear).sum > most; step *= 2) dear += step
  return { cheap, dear }
}

/** The part of a problem that some of its lines make, with a budget of their own. */
export function subProblem(
  { curves, lower, upper }: FillProblem,
  includes: (line: number) => boolean,
  budget: number,
): FillProblem & { readonly lines: readonly number[] } {
  const lines = Array.from(lower.keys()).filter(includes)
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(lines, (line) => column[line] ?? 0)
  return {
    lines,
    budget,
    lower: pick(lower),
    upper: pick(upper),
    curves: {
      size: lines.length,
      family: Uint8Array.from(lines, (line) => curves.family[line] ?? 0),
      scale: pick(curves.scale),
      shape: pick(curves.shape),
      steepness: pick(curves.steepness),
    },
  }
}
