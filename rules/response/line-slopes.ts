import { dot } from './linear-system.ts'
import type { PanelCell } from './panel-slope.ts'
import { type CentredLine, periodEffects, type PeriodEffects } from './period-effects.ts'

/** The elasticity of one line of a panel. */
export interface LineSlope {
  readonly slope: number
  /** Standard error, infinite where the panel does not tell the slope from what all lines share. */
  readonly error: number
  /** Standard deviation of ln(value) around the line. */
  readonly sigma: number
}

/** A mean square of ln spend below this is rounding: the line's spend stands still. */
const STILL = 1e-14

/**
 * The elasticity of each unit of a panel, each its own, with an effect of every period that all units share.
 *
 * ln(value) = a_i + b_i·ln(spend) + g_t + e, by least squares: first the effects g (`periodEffects`), then b_i = Σ x̃(y − g) ÷ Σ x̃², x̃ the
 * unit's ln spend less its mean. A holiday week that lifts all lines is thus not credited to those that spent more in it. Taking period means
 * out of spend and value instead would mix the units' slopes.
 * error² = σ_i² ÷ Σ x̃² + σ²·x̃′V x̃ ÷ (Σ x̃²)², V the variance of the effects: own noise, and that of the effects. A unit's n − 2 degrees of
 * freedom bear their share of the periods' effects.
 *
 * @param units How many units there are; cells name them 0 … units − 1.
 * @returns One entry per unit.
 * Source: partitioned regression (Frisch, Waugh and Lovell); J. Wooldridge, Econometric Analysis, 2nd ed., §11.7 (unit-specific slopes).
 */
export function lineSlopes(cells: readonly PanelCell[], units: number): readonly LineSlope[] {
  const { lines, periods } = centredLines(sharedCells(cells), units)
  const found = periodEffects(lines, periods)
  return found === null
    ? lines.map(() => ({ slope: 0, error: Infinity, sigma: Infinity }))
    : fitLines(lines, found)
}

/** In a period with one unit alone its effect is all there is to see. */
function sharedCells(cells: readonly PanelCell[]): readonly PanelCell[] {
  const seen = new Map<number, number>()
  for (const { period } of cells) seen.set(period, (seen.get(period) ?? 0) + 1)
  return cells.filter(({ period }) => (seen.get(period) ?? 0) > 1)
}

/** The units less their means, their periods numbered from 0 in the order in which the units hold them. */
function centredLines(
  cells: readonly PanelCell[],
  units: number,
): { readonly lines: readonly CentredLine[]; readonly periods: number } {
  const byUnit = Array.from({ length: units }, (_cells, unit) =>
    cells.filter((cell) => cell.unit === unit),
  )
  const periods = [...new Set(byUnit.flat().map(({ period }) => period))]
  const placeOf = new Map(periods.map((period, place) => [period, place]))
  const lines = byUnit.map((own): CentredLine => {
    const logSpend = centred(own.map((cell) => cell.logSpend))
    const squares = dot(logSpend, logSpend)
    return {
      periods: own.map(({ period }) => placeOf.get(period) ?? 0),
      logSpend,
      logValue: centred(own.map((cell) => cell.logValue)),
      spendSquares: squares > STILL * own.length ? squares : 0,
    }
  })
  return { lines, periods: periods.length }
}

function fitLines(
  lines: readonly CentredLine[],
  { effects, variance }: PeriodEffects,
): readonly LineSlope[] {
  const cells = sumOf(lines, ({ periods }) => periods.length)
  // Of every cell this part is left when the effects have taken theirs.
  const degreesPerCell = 1 - (effects.length - 1) / cells
  const fits = lines.map((line) => ({
    line,
    ...fitLine(line, effects),
    degrees: Math.max(1, line.periods.length * degreesPerCell - 2),
  }))
  const pooledVariance =
    sumOf(fits, ({ squares }) => squares) / sumOf(fits, ({ degrees }) => degrees)
  return fits.map(({ line, slope, squares, degrees }) => {
    const { periods, logSpend, spendSquares } = line
    const sigma = Math.sqrt(squares / degrees)
    if (spendSquares === 0) return { slope, error: Infinity, sigma }
    const ofEffects = quadraticForm(logSpend, variance, periods)
    const error = Math.sqrt(
      (sigma * sigma + (pooledVariance * ofEffects) / spendSquares) / spendSquares,
    )
    return { slope, error, sigma }
  })
}

/** Slope of a line net of the effects, and the sum of squares around it. */
function fitLine(
  { periods, logSpend, logValue, spendSquares }: CentredLine,
  effects: readonly number[],
): { readonly slope: number; readonly squares: number } {
  const own = centred(periods.map((period) => effects[period] ?? 0))
  const net = logValue.map((value, index) => value - (own[index] ?? 0))
  const slope = spendSquares === 0 ? 0 : dot(logSpend, net) / spendSquares
  const squares = net.reduce(
    (sum, value, index) => sum + (value - slope * (logSpend[index] ?? 0)) ** 2,
    0,
  )
  return { slope, squares }
}

/** x′Vx over the rows and columns of V that belong to the entries of x. */
function quadraticForm(
  vector: readonly number[],
  matrix: PeriodEffects['variance'],
  places: readonly number[],
): number {
  return vector.reduce(
    (sum, left, row) =>
      sum +
      left *
        vector.reduce(
          (part, right, column) =>
            part + right * (matrix[places[row] ?? 0]?.[places[column] ?? 0] ?? 0),
          0,
        ),
    0,
  )
}

function sumOf<Item>(items: readonly Item[], figure: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + figure(item), 0)
}

function centred(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value - mean)
}
