import { present } from '../kernel/invariant.ts'
import { dot, invertDefinite } from './linear-system.ts'

/** One line of a panel: its periods by their places, and ln spend and ln value less their means. */
export interface CentredLine {
  readonly periods: readonly number[]
  readonly logSpend: readonly number[]
  readonly logValue: readonly number[]
  /** Σ x̃² of the centred ln spend; 0 where spend moves by rounding only. */
  readonly spendSquares: number
}

/** What all lines share in each period, beside the first, whose effect is 0 without an error. */
export interface PeriodEffects {
  readonly effects: readonly number[]
  /** Their covariance at a residual variance of 1. */
  readonly variance: readonly (readonly number[])[]
}

/**
 * By how much does every period lift or lower the ln value of all lines alike, each line having a slope of its own?
 *
 * The effects g solve Σ M_i g = Σ M_i y_i, with M_i the residual maker of line i's constant and ln spend: entry (t, u) is
 * [t = u] − 1/n − x̃_t·x̃_u ÷ Σ x̃², and M_i y_i is what is left of its ln value when its own line through ln spend is taken out.
 *
 * @param periods How many places there are, the first of which is measured against.
 * @returns Null where the panel does not determine the effects.
 * Source: partitioned regression (Frisch, Waugh and Lovell).
 */
export function periodEffects(
  lines: readonly CentredLine[],
  periods: number,
): PeriodEffects | null {
  const inverse = invertDefinite(sumOfResidualMakers(lines, periods))
  if (inverse === null) return null
  // The first effect is 0 without an error; the 1 that pins it is none.
  const variance = inverse.map((row, period) => (period === 0 ? row.map(() => 0) : row))
  const residuals = sumOfResiduals(lines, periods)
  return { variance, effects: variance.map((row) => dot(row, residuals)) }
}

function sumOfResidualMakers(lines: readonly CentredLine[], periods: number): number[][] {
  const sums = Array.from({ length: periods }, () => new Float64Array(periods))
  for (const { periods: own, logSpend, spendSquares } of lines) {
    for (const [first, row] of own.entries()) {
      for (const [second, column] of own.entries()) {
        const fitted = 1 / own.length + spendPart(logSpend, spendSquares, [first, second])
        const entries = present(sums[row], 'a row for every period')
        entries[column] = (entries[column] ?? 0) + (row === column ? 1 : 0) - fitted
      }
    }
  }
  return sums.map((row, at) => Array.from(row, (value, column) => pinned(value, at, column)))
}

/** The effect of the first period is 0: its row and column say nothing else. */
function pinned(value: number, row: number, column: number): number {
  if (row > 0 && column > 0) return value
  return row === column ? 1 : 0
}

function spendPart(
  logSpend: readonly number[],
  spendSquares: number,
  [first, second]: readonly [number, number],
): number {
  return spendSquares === 0 ? 0 : ((logSpend[first] ?? 0) * (logSpend[second] ?? 0)) / spendSquares
}

function sumOfResiduals(lines: readonly CentredLine[], periods: number): number[] {
  const sums = new Float64Array(periods)
  for (const { periods: own, logSpend, logValue, spendSquares } of lines) {
    const slope = spendSquares === 0 ? 0 : dot(logSpend, logValue) / spendSquares
    for (const [index, period] of own.entries()) {
      const residual = (logValue[index] ?? 0) - slope * (logSpend[index] ?? 0)
      sums[period] = (sums[period] ?? 0) + residual
    }
  }
  return [...sums]
}
