import { exp, log } from '../kernel/elementary.ts'
import { invariant } from '../kernel/invariant.ts'
import { studentTQuantile } from '../kernel/student-t.ts'
import type { ResponsePoint } from './family-fit.ts'

/** The line ln(value) = intercept + slope·ln(spend) of least squares; slope is the elasticity. */
export interface LogLogFit {
  /** Points used: those with spend and value above 0. */
  readonly points: number
  readonly intercept: number
  readonly slope: number
  /** Standard deviation of the residuals, and standard error and 90 % interval of the slope (Student's t, n − 2). */
  readonly sigma: number
  readonly slopeError: number
  readonly slopeLow: number
  readonly slopeHigh: number
  /** NaN when the value does not vary. */
  readonly r2: number
  /** Mean of e^residual: what the median line must be multiplied by to give means. */
  readonly smearing: number
}

const UPPER_OF_90 = 0.95

/**
 * What is the elasticity of value to spend, on logarithms?
 *
 * @returns Null with fewer than three usable points or spend that does not vary: no slope can be read.
 * Source: ordinary least squares; N. Duan, JASA 78 (1983) 605 (smearing).
 */
export function fitLogLog(points: readonly ResponsePoint[]): LogLogFit | null {
  const used = points.filter((point) => point.spend > 0 && point.value > 0)
  const n = used.length
  if (n < 3) return null
  const xs = used.map((point) => log(point.spend))
  const ys = used.map((point) => log(point.value))
  const [meanX, meanY] = [mean(xs), mean(ys)]
  const spread = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0)
  if (spread <= 0) return null
  const slope = xs.reduce((sum, x, index) => sum + (x - meanX) * (ys[index] ?? 0), 0) / spread
  const intercept = meanY - slope * meanX
  const residuals = xs.map((x, index) => (ys[index] ?? 0) - intercept - slope * x)
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0)
  const total = ys.reduce((sum, y) => sum + (y - meanY) ** 2, 0)
  const sigma = Math.sqrt(squares / (n - 2))
  const slopeError = sigma / Math.sqrt(spread)
  const reach = studentTQuantile(UPPER_OF_90, n - 2) * slopeError
  return {
    points: n,
    intercept,
    slope,
    sigma,
    slopeError,
    slopeLow: slope - reach,
    slopeHigh: slope + reach,
    r2: 1 - squares / total,
    smearing: mean(residuals.map(exp)),
  }
}

/** How much the spend varied: coefficient of variation (n − 1) and highest ÷ lowest. Spend above 0. */
export function spendVariation(points: readonly ResponsePoint[]): {
  readonly cv: number
  readonly ratio: number
} {
  invariant(points.length > 1, 'spendVariation: expected two points')
  const spends = points.map((point) => point.spend)
  const center = mean(spends)
  const squares = spends.reduce((sum, spend) => sum + (spend - center) ** 2, 0)
  return {
    cv: Math.sqrt(squares / (spends.length - 1)) / center,
    ratio: Math.max(...spends) / Math.min(...spends),
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
