import { exp, log } from '../kernel/elementary.ts'
import { type CurveColumns, curveOf, FAMILIES } from './curve-columns.ts'
import { hillSpendAt, logMarginalAt } from './curve.ts'
import { envelopeOf } from './envelope.ts'

/** Bounds of each line. */
export interface Bounds {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/** ln prices between which the one that spends the budget is sought. A price is a marginal response. */
export interface Window {
  readonly cheap: number
  readonly dear: number
}

/** Lines that stand between their bounds somewhere in a window, one entry per line; the others are settled. */
export interface Demand {
  readonly columns: CurveColumns
  readonly bounds: Bounds
  size: number
  /** Sum of the lines that stand at one bound all over the window. */
  settled: number
  readonly line: Int32Array
  /** ln of the price at which an entry leaves its lower bound, and at which it reaches its upper. */
  readonly leaves: Float64Array
  readonly arrives: Float64Array
  /** Constants of the family's demand, so that one price costs at most one exponential per entry. */
  readonly first: Float64Array
  readonly second: Float64Array
  /** Knees of S-curves by line: the least spend above the lower bound that is worth having. */
  readonly knees: Map<number, number>
}

/** ln price with the powers of the price that the families share. */
export interface Price {
  readonly y: number
  /** e^(−y) and e^(−y/2). */
  readonly inverse: number
  readonly inverseRoot: number
}

const POWER = FAMILIES.indexOf('power')
const LOG = FAMILIES.indexOf('log')
const SATURATING = FAMILIES.indexOf('saturating')
const EXPONENTIAL = FAMILIES.indexOf('exponential')

/** The window that excludes nothing. */
export const ALL_PRICES: Window = { cheap: -Infinity, dear: Infinity }

/**
 * The demand of a set of lines within a window of prices. Lines that stand at a bound all over the window are written into the plan.
 *
 * @param stride Takes every stride-th line only.
 */
export function demandOf(
  columns: CurveColumns,
  bounds: Bounds,
  { window, plan, stride = 1 }: { window: Window; plan: Float64Array; stride?: number },
): Demand {
  const size = Math.ceil(columns.size / stride)
  const floats = (): Float64Array => new Float64Array(size)
  const demand: Demand = {
    columns,
    bounds,
    size: 0,
    settled: 0,
    line: new Int32Array(size),
    leaves: floats(),
    arrives: floats(),
    first: floats(),
    second: floats(),
    knees: new Map(),
  }
  for (let line = 0; line < columns.size; line += stride) {
    const settled = enter(demand, line, window)
    if (settled < 0) continue
    plan[line] = settled
    demand.settled += settled
  }
  return demand
}

/** The price e^y with its powers. */
export function priceAt(y: number): Price {
  return { y, inverse: exp(-y), inverseRoot: exp(-y / 2) }
}

/** What an entry between its bounds wants to spend at a price. */
export function wanted(demand: Demand, entry: number, price: Price): number {
  const first = demand.first[entry] ?? 0
  const second = demand.second[entry] ?? 0
  const line = demand.line[entry] ?? 0
  switch (demand.columns.family[line] ?? 0) {
    case POWER:
      return exp(first - second * price.y)
    case LOG:
      return first * price.inverse - second
    case SATURATING:
      return first * price.inverseRoot - second
    case EXPONENTIAL:
      return first - second * price.y
    default:
      return Math.max(
        demand.knees.get(line) ?? 0,
        hillSpendAt(curveOf(demand.columns, line), price.y),
      )
  }
}

/** −dx ÷ d ln(price) of an entry that spends x between its bounds. */
export function sensitivity(demand: Demand, entry: number, x: number): number {
  const second = demand.second[entry] ?? 0
  const line = demand.line[entry] ?? 0
  switch (demand.columns.family[line] ?? 0) {
    case POWER:
      return second * x
    case LOG:
      return x + second
    case SATURATING:
      return (x + second) / 2
    case EXPONENTIAL:
      return second
    default: {
      const { shape, steepness } = curveOf(demand.columns, line)
      const odds = 1 / (1 + exp(steepness * log(shape / x)))
      return x / Math.max(1 - steepness + 2 * steepness * odds, Number.EPSILON)
    }
  }
}

/** Enters a line, or returns the spend at which it is settled; −1 when it was entered. */
function enter(demand: Demand, line: number, { cheap, dear }: Window): number {
  const low = demand.bounds.lower[line] ?? 0
  const high = demand.bounds.upper[line] ?? 0
  if (low >= high) return low
  const entry = demand.size
  demand.line[entry] = line
  enterConstants(demand, entry)
  demand.leaves[entry] = logMarginal(demand, entry, low)
  demand.arrives[entry] = logMarginal(demand, entry, high)
  if ((demand.columns.steepness[line] ?? 1) > 1) enterChord(demand, entry, { low, high })
  if (cheap >= (demand.leaves[entry] ?? 0)) return low
  if (dear <= (demand.arrives[entry] ?? 0)) return high
  demand.size++
  return -1
}

function enterChord(
  demand: Demand,
  entry: number,
  { low, high }: { readonly low: number; readonly high: number },
): void {
  const line = demand.line[entry] ?? 0
  const { knee, logSlope } = envelopeOf(curveOf(demand.columns, line), low, high)
  if (knee <= low) return
  demand.knees.set(line, knee)
  demand.leaves[entry] = logSlope
  if (knee >= high) demand.arrives[entry] = logSlope
}

/** ln of the marginal response, from the constants of the demand. */
function logMarginal(demand: Demand, entry: number, x: number): number {
  const first = demand.first[entry] ?? 0
  const second = demand.second[entry] ?? 0
  const line = demand.line[entry] ?? 0
  switch (demand.columns.family[line] ?? 0) {
    case POWER:
      return (first - log(x)) / second
    case LOG:
      return log(first / (second + x))
    case SATURATING:
      return 2 * log(first / (second + x))
    case EXPONENTIAL:
      return (first - x) / second
    default:
      return logMarginalAt(curveOf(demand.columns, line), x)
  }
}

function enterConstants(demand: Demand, entry: number): void {
  const line = demand.line[entry] ?? 0
  const scale = demand.columns.scale[line] ?? 0
  const shape = demand.columns.shape[line] ?? 0
  let [first, second] = [scale, shape]
  switch (demand.columns.family[line] ?? 0) {
    case POWER:
      first = log(scale * shape) / (1 - shape)
      second = 1 / (1 - shape)
      break
    case SATURATING:
      first = Math.sqrt(scale * shape)
      break
    case EXPONENTIAL:
      first = shape * log(scale / shape)
      break
  }
  demand.first[entry] = first
  demand.second[entry] = second
}
