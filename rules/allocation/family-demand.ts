import { exp, log } from '../kernel/elementary.ts'
import { curveOf, FAMILIES } from './curve-columns.ts'
import { hillSpendAt, logMarginalAt } from './curve.ts'
import type { Demand } from './demand.ts'

// What a line wants at a price e^y solves marginal response = price. Of each family two constants are kept, so that one price costs at most one
// exponential per line (c = scale, h = shape):
//
//   family       marginal response   wanted                    first               second        −dx ÷ dy
//   power        c·h·x^(h − 1)       e^(first − second·y)      ln(c·h) ÷ (1 − h)   1 ÷ (1 − h)   second·x
//   log          c ÷ (h + x)         first·e^(−y) − second     c                   h             x + second
//   saturating   c·h ÷ (h + x)²      first·e^(−y/2) − second   √(c·h)              h             (x + second) ÷ 2
//   exponential  c/h·e^(−x/h)        first − second·y          h·ln(c/h)           h             second
//
// A log line of scale 300 and shape 100 wants 300 ÷ 2 − 100 = 50 at a price of 2. Hill curves have no closed form (`hillSpendAt`).

const POWER = FAMILIES.indexOf('power')
const LOG = FAMILIES.indexOf('log')
const SATURATING = FAMILIES.indexOf('saturating')
const EXPONENTIAL = FAMILIES.indexOf('exponential')

/** ln price with the powers of the price that the families share. */
export interface Price {
  readonly y: number
  /** e^(−y) and e^(−y/2). */
  readonly inverse: number
  readonly inverseRoot: number
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

/** ln of the marginal response, from the constants of the demand. */
export function logMarginal(demand: Demand, entry: number, x: number): number {
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

/** Writes the constants of the table above for an entry whose line is known. */
export function enterConstants(demand: Demand, entry: number): void {
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
