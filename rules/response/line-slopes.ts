import { present } from '../kernel/invariant.ts'
import { invertDefinite } from './linear-system.ts'
import type { PanelCell } from './panel-slope.ts'

/** The elasticity of one line of a panel. */
export interface LineSlope {
  readonly slope: number
  /** Standard error, infinite where the panel does not tell the slope from what all lines share. */
  readonly error: number
  /** Standard deviation of ln(value) around the line. */
  readonly sigma: number
}

/** One line: its weeks, and spend and value less their means. */
interface Line {
  readonly periods: readonly number[]
  readonly logSpend: readonly number[]
  readonly logValue: readonly number[]
  /** Σ of squared spend; 0 where spend moves by rounding only. */
  readonly spread: number
}

const STILL = 1e-14

/**
 * The elasticity of each unit of a panel, each its own, with an effect of every period that all units share.
 *
 * ln(value) = a_i + b_i·ln(spend) + g_t + e, by least squares: the effects g solve Σ M_i g = Σ M_i y_i, with M_i the residual maker of unit i's
 * constant and spend; then b_i = Σ x̃(y − g) ÷ Σ x̃². Taking period means out of spend and value instead would mix the units' slopes.
 * error² = σ_i² ÷ Σ x̃² + σ²·x̃′V x̃ ÷ (Σ x̃²)², V the inverse of Σ M_i: own noise, and that of the effects. A unit's n − 2 degrees of freedom
 * bear their share of the periods' effects.
 *
 * @param units How many units there are; cells name them 0 … units − 1.
 * @returns One entry per unit.
 * Source: partitioned regression (Frisch, Waugh and Lovell); J. Wooldridge, Econometric Analysis, 2nd ed., §11.7 (unit-specific slopes).
 */
export function lineSlopes(cells: readonly PanelCell[], units: number): readonly LineSlope[] {
  const lines = linesOf(sharedCells(cells), units)
  const periods = [...new Set(lines.flatMap((line) => line.periods))]
  const places = new Map(periods.map((period, place) => [period, place]))
  const placed = lines.map((line) => ({
    ...line,
    periods: line.periods.map((period) => places.get(period) ?? 0),
  }))
  const inverse = invertDefinite(effectSystem(placed, periods.length))
  if (inverse === null) return lines.map(() => ({ slope: 0, error: Infinity, sigma: Infinity }))
  // The first effect is 0 without an error; the 1 that pins it is none.
  const variance = inverse.map((row, period) => (period === 0 ? row.map(() => 0) : row))
  const right = rightSide(placed, periods.length)
  const effects = variance.map((row) => dot(row, right))
  return fitLines(placed, { effects, variance })
}

/** In a period with one unit alone its effect is all there is to see. */
function sharedCells(cells: readonly PanelCell[]): readonly PanelCell[] {
  const seen = new Map<number, number>()
  for (const { period } of cells) seen.set(period, (seen.get(period) ?? 0) + 1)
  return cells.filter(({ period }) => (seen.get(period) ?? 0) > 1)
}

function linesOf(cells: readonly PanelCell[], units: number): readonly Line[] {
  return Array.from({ length: units }, (_line, unit) => {
    const own = cells.filter((cell) => cell.unit === unit)
    const logSpend = centred(own.map((cell) => cell.logSpend))
    const logValue = centred(own.map((cell) => cell.logValue))
    const squares = dot(logSpend, logSpend)
    return {
      periods: own.map((cell) => cell.period),
      logSpend,
      logValue,
      spread: squares > STILL * own.length ? squares : 0,
    }
  })
}

/** The first period is the one that the others are measured from. */
function effectSystem(lines: readonly Line[], periods: number): number[][] {
  const system = Array.from({ length: periods }, () => new Float64Array(periods))
  for (const { periods: own, logSpend, spread } of lines) {
    for (const [first, row] of own.entries()) {
      for (const [second, column] of own.entries()) {
        const shared = 1 / own.length + slopePart(logSpend, spread, [first, second])
        const entries = present(system[row], 'a row for every period')
        entries[column] = (entries[column] ?? 0) + (row === column ? 1 : 0) - shared
      }
    }
  }
  return system.map((row, at) => Array.from(row, (value, column) => pinned(value, at, column)))
}

/** The effect of the first period is 0: its row and column say nothing else. */
function pinned(value: number, row: number, column: number): number {
  if (row > 0 && column > 0) return value
  return row === column ? 1 : 0
}

function slopePart(
  logSpend: readonly number[],
  spread: number,
  [first, second]: readonly [number, number],
): number {
  return spread === 0 ? 0 : ((logSpend[first] ?? 0) * (logSpend[second] ?? 0)) / spread
}

function rightSide(lines: readonly Line[], periods: number): number[] {
  const right = new Float64Array(periods)
  for (const { periods: own, logSpend, logValue, spread } of lines) {
    const slope = spread === 0 ? 0 : dot(logSpend, logValue) / spread
    for (const [index, period] of own.entries()) {
      const rest = (logValue[index] ?? 0) - slope * (logSpend[index] ?? 0)
      right[period] = (right[period] ?? 0) + rest
    }
  }
  return [...right]
}

function fitLines(
  lines: readonly Line[],
  { effects, variance }: { readonly effects: readonly number[]; readonly variance: number[][] },
): readonly LineSlope[] {
  const cells = lines.reduce((sum, line) => sum + line.periods.length, 0)
  const kept = 1 - (effects.length - 1) / cells
  const fitted = lines.map((line) => {
    const { periods, logSpend, logValue, spread } = line
    const own = centred(periods.map((period) => effects[period] ?? 0))
    const net = logValue.map((value, index) => value - (own[index] ?? 0))
    const slope = spread === 0 ? 0 : dot(logSpend, net) / spread
    const squares = net.reduce(
      (sum, value, index) => sum + (value - slope * (logSpend[index] ?? 0)) ** 2,
      0,
    )
    return { line, slope, squares, degrees: Math.max(1, periods.length * kept - 2) }
  })
  const pooled = sumOf(fitted, ({ squares }) => squares) / sumOf(fitted, ({ degrees }) => degrees)
  return fitted.map(({ line, slope, squares, degrees }) => {
    const { periods, logSpend, spread } = line
    const sigma = Math.sqrt(squares / degrees)
    if (spread === 0) return { slope, error: Infinity, sigma }
    const ofEffects = logSpend.reduce(
      (sum, left, first) =>
        sum +
        left *
          logSpend.reduce(
            (part, other, second) =>
              part + other * (variance[periods[first] ?? 0]?.[periods[second] ?? 0] ?? 0),
            0,
          ),
      0,
    )
    const error = Math.sqrt((sigma * sigma + (pooled * ofEffects) / spread) / spread)
    return { slope, error, sigma }
  })
}

function sumOf<Item>(items: readonly Item[], figure: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + figure(item), 0)
}

function centred(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value - mean)
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
}
