import { invariant } from '../kernel/invariant.ts'
import { type Curve, type CurveFamily, logMarginalAt, responseAt } from './curve.ts'

/** Curves of many lines, column by column: a million objects cost more than the allocation itself. */
export interface CurveColumns {
  readonly size: number
  /** Index into `FAMILIES`. */
  readonly family: Uint8Array
  readonly scale: Float64Array
  readonly shape: Float64Array
  readonly steepness: Float64Array
}

/** Families in the order of their codes. */
export const FAMILIES: readonly CurveFamily[] = [
  'power',
  'log',
  'saturating',
  'exponential',
  'hill',
]

/**
 * The columns of a list of curves.
 *
 * @throws InvariantError when a parameter is out of the range its family allows.
 */
export function curveColumns(curves: readonly Curve[]): CurveColumns {
  for (const curve of curves) checkCurve(curve)
  return {
    size: curves.length,
    family: Uint8Array.from(curves, (curve) => FAMILIES.indexOf(curve.family)),
    scale: Float64Array.from(curves, (curve) => curve.scale),
    shape: Float64Array.from(curves, (curve) => curve.shape),
    steepness: Float64Array.from(curves, (curve) => curve.steepness),
  }
}

/** The curve of one line. */
export function curveOf(columns: CurveColumns, line: number): Curve {
  return {
    family: FAMILIES[columns.family[line] ?? 0] ?? 'power',
    scale: columns.scale[line] ?? 0,
    shape: columns.shape[line] ?? 0,
    steepness: columns.steepness[line] ?? 1,
  }
}

/** Sum of the responses of a plan, added with compensation so that its last digits do not depend on how many lines there are. */
export function totalResponse(columns: CurveColumns, plan: Float64Array): number {
  return exactSum(plan.map((spend, line) => responseAt(curveOf(columns, line), spend)))
}

/** Sum of a column, with the error of every addition kept. Source: T. Ogita, S. Rump, S. Oishi, SIAM J. Sci. Comput. 26 (2005), Sum2. */
export function exactSum(values: Float64Array): number {
  let sum = 0
  let lost = 0
  // Indexed, since a million lines are summed several times for one plan.
  for (let place = 0; place < values.length; place++) {
    const value = values[place] ?? 0
    const next = sum + value
    const added = next - sum
    lost += sum - (next - added) + (value - added)
    sum = next
  }
  return sum + lost
}

/** ln marginal response of each line at the plan. */
export function logMarginals(columns: CurveColumns, plan: Float64Array): Float64Array {
  return plan.map((spend, line) => logMarginalAt(curveOf(columns, line), spend))
}

function checkCurve({ family, scale, shape, steepness }: Curve): void {
  invariant(
    [scale, shape, steepness].every((parameter) => parameter > 0 && parameter < Infinity),
    `curve: bad ${family} parameters`,
  )
  invariant(family !== 'power' || shape < 1, 'curve: the exponent of a power must be below 1')
  invariant(family === 'hill' || steepness === 1, `curve: a ${family} has steepness 1`)
}
