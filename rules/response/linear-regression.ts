import { invariant } from '../kernel/invariant.ts'
import { solveDefinite } from './linear-system.ts'

/** One observation: what was seen, and the drivers it is regressed on. */
export interface RegressionRow {
  readonly outcome: number
  readonly drivers: readonly number[]
}

/**
 * Slopes of a linear regression with an intercept: what one more unit of each driver goes with, the others held.
 *
 * Columns are centred first, so that a driver with a large level does not cost digits.
 *
 * @returns Null when the rows do not determine the slopes (too few, or drivers that move together).
 * @throws InvariantError when rows have different drivers.
 * Source: ordinary least squares by normal equations on centred columns (Frisch–Waugh–Lovell).
 */
export function regress(rows: readonly RegressionRow[]): readonly number[] | null {
  const width = rows[0]?.drivers.length ?? 0
  invariant(
    rows.every((row) => row.drivers.length === width),
    'regress: rows must have the same drivers',
  )
  if (rows.length <= width + 1) return null
  const meanOutcome = rows.reduce((sum, row) => sum + row.outcome, 0) / rows.length
  const means = Array.from(
    { length: width },
    (_mean, column) => rows.reduce((sum, row) => sum + (row.drivers[column] ?? 0), 0) / rows.length,
  )
  const centred = rows.map((row) => ({
    outcome: row.outcome - meanOutcome,
    drivers: row.drivers.map((value, column) => value - (means[column] ?? 0)),
  }))
  const product = (pick: (row: RegressionRow) => number, column: number): number =>
    centred.reduce((sum, row) => sum + pick(row) * (row.drivers[column] ?? 0), 0)
  const normal = means.map((_row, first) =>
    means.map((_column, second) => product((row) => row.drivers[first] ?? 0, second)),
  )
  const right = means.map((_mean, column) => product((row) => row.outcome, column))
  return solveDefinite(normal, right)
}
