import { present } from '../kernel/invariant.ts'

/** One cell of a panel: a unit (line, market) in a period, with logarithms of spend and value. */
export interface PanelCell {
  readonly unit: number
  readonly period: number
  readonly logSpend: number
  readonly logValue: number
}

/** A common elasticity net of everything that is constant within a unit or common to a period. */
export interface PanelSlope {
  readonly slope: number
  /** Standard error if cells err independently, and if cells of a unit err together. */
  readonly slopeError: number
  readonly clusteredError: number
  readonly cells: number
  readonly units: number
  readonly periods: number
}

/** A cell less its unit's and its period's mean. */
export interface WithinCell {
  readonly unit: number
  readonly logSpend: number
  readonly logValue: number
}

const ROUNDS_MAX = 10_000
const STILL = 1e-14

/**
 * What is left of spend and value when the means of units and of periods are taken out? The panel may have gaps.
 *
 * Unit means and period means are subtracted in turn until nothing moves.
 * Source: alternating projections; P. Guimarães and P. Portugal, Stata Journal 10 (2010) 628.
 */
export function withinCells(cells: readonly PanelCell[]): readonly WithinCell[] {
  const units = cells.map((cell) => cell.unit)
  const periods = cells.map((cell) => cell.period)
  const spend = withoutMeans(
    cells.map((cell) => cell.logSpend),
    [units, periods],
  )
  const value = withoutMeans(
    cells.map((cell) => cell.logValue),
    [units, periods],
  )
  return cells.map(({ unit }, index) => ({
    unit,
    logSpend: spend[index] ?? 0,
    logValue: value[index] ?? 0,
  }))
}

/**
 * The elasticity common to all units, with effects of units and periods.
 *
 * slope = Σ x̃ỹ ÷ Σ x̃². Independent errors: σ² = Σ e² ÷ (n − units − periods). Clustered by unit: G/(G − 1)·Σ_g (Σ x̃e)² ÷ (Σ x̃²)².
 *
 * @returns Null when no spend varies within units beyond what is common to a period.
 * Source: two-way fixed effects; K.-Y. Liang and S. Zeger, Biometrika 73 (1986) 13 (clustered errors).
 */
export function panelSlope(cells: readonly PanelCell[]): PanelSlope | null {
  const within = withinCells(cells)
  const spread = within.reduce((sum, cell) => sum + cell.logSpend * cell.logSpend, 0)
  const units = new Set(cells.map((cell) => cell.unit)).size
  const periods = new Set(cells.map((cell) => cell.period)).size
  const degrees = cells.length - units - periods
  if (spread <= STILL * cells.length || degrees <= 0 || units < 2) return null
  const slope = within.reduce((sum, cell) => sum + cell.logSpend * cell.logValue, 0) / spread
  const scores = new Map<number, number>()
  let squares = 0
  for (const { unit, logSpend, logValue } of within) {
    const error = logValue - slope * logSpend
    squares += error * error
    scores.set(unit, (scores.get(unit) ?? 0) + logSpend * error)
  }
  const clustered = [...scores.values()].reduce((sum, score) => sum + score * score, 0)
  return {
    slope,
    slopeError: Math.sqrt(squares / degrees / spread),
    clusteredError: Math.sqrt((clustered * units) / (units - 1)) / spread,
    cells: cells.length,
    units,
    periods,
  }
}

function withoutMeans(
  values: readonly number[],
  groupings: readonly (readonly number[])[],
): readonly number[] {
  let current = values
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const next = groupings.reduce<readonly number[]>(withoutGroupMeans, current)
    const moved = next.reduce(
      (most, value, index) => Math.max(most, Math.abs(value - (current[index] ?? 0))),
      0,
    )
    current = next
    if (moved <= STILL) break
  }
  return current
}

function withoutGroupMeans(values: readonly number[], groups: readonly number[]): number[] {
  const totals = new Map<number, { sum: number; count: number }>()
  const own = groups.map((group, index) => {
    const total = totals.get(group) ?? { sum: 0, count: 0 }
    totals.set(group, total)
    total.sum += values[index] ?? 0
    total.count++
    return total
  })
  return values.map((value, index) => {
    const { sum, count } = present(own[index], 'a group for every value')
    return value - sum / count
  })
}
