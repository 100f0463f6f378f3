import { type CurveColumns, curveOf } from './curve-columns.ts'
import { envelopeOf } from './envelope.ts'
import { enterConstants, logMarginal } from './family-demand.ts'

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
  /** Constants of the family's demand, as `family-demand.ts` has them. */
  readonly first: Float64Array
  readonly second: Float64Array
  /** Knees of S-curves by line: the least spend above the lower bound that is worth having. */
  readonly knees: Map<number, number>
}

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
