import { exp, log } from '../kernel/elementary.ts'
import type { ResponsePoint } from './family-fit.ts'
import { weightedSum } from './least-squares.ts'
import { invertDefinite, solveDefinite } from './linear-system.ts'

/** The mean value = e^intercept · spend^slope with variance phi × mean. Periods without any value count in full. */
export interface PoissonPowerFit {
  readonly points: number
  readonly intercept: number
  readonly slope: number
  /** Pearson's dispersion: 1 for Poisson counts, more when they cluster. */
  readonly phi: number
  /** Covariance of intercept and slope. */
  readonly covariance: readonly (readonly number[])[]
  readonly slopeError: number
  /** Standard error of the slope that holds whatever the variance is (HC1). */
  readonly robustSlopeError: number
}

const STEPS_MAX = 200
/** A step this short changes no digit. */
const CLOSE = 1e-13
/** Intercept and slope. */
const PARAMETERS = 2

/**
 * What is the elasticity of counts or values to spend, zeros included?
 *
 * Quasi-Poisson regression of value y on x = (1, ln spend) by Newton's method: ln μ = x·β, score Σ x(y − μ), information I = Σ μ·xxᵀ.
 * phi = Σ (y − μ)²/μ ÷ (n − 2); covariance phi·I⁻¹; robust (HC1) I⁻¹·Σ (y − μ)² xxᵀ·I⁻¹·n ÷ (n − 2).
 *
 * @returns Null when there are fewer than three points with spend, no value at all, or spend does not vary.
 * Source: McCullagh and Nelder, Generalized Linear Models, 1989, §6; J. Santos Silva and S. Tenreyro, REStat 88 (2006) 641 (PPML).
 */
export function fitPoissonPower(points: readonly ResponsePoint[]): PoissonPowerFit | null {
  const used = points.filter((point) => point.spend > 0)
  const total = used.reduce((sum, point) => sum + point.value, 0)
  if (used.length < 3) return null
  const rows = used.map((point) => [1, log(point.spend)])
  let parameters = [log(total / used.length), 0]
  for (let step = 0; step < STEPS_MAX; step++) {
    const move = newtonStep(rows, used, parameters)
    if (move === null) return null
    parameters = parameters.map((value, index) => value + (move[index] ?? 0))
    if (Math.max(...move.map(Math.abs)) <= CLOSE) break
  }
  return fitAt(rows, used, parameters)
}

function meanAt(row: readonly number[], [intercept = 0, slope = 0]: readonly number[]): number {
  return exp(intercept + slope * (row[1] ?? 0))
}

function newtonStep(
  rows: readonly (readonly number[])[],
  points: readonly ResponsePoint[],
  parameters: readonly number[],
): number[] | null {
  const means = rows.map((row) => meanAt(row, parameters))
  const errors = errorsOf(points, means)
  const gradient = [0, 1].map((column) =>
    rows.reduce((sum, row, index) => sum + (row[column] ?? 0) * (errors[index] ?? 0), 0),
  )
  return solveDefinite(information(rows, means), gradient)
}

function errorsOf(points: readonly ResponsePoint[], means: readonly number[]): number[] {
  return points.map(({ value }, index) => value - (means[index] ?? 0))
}

/** Σ weight × row × rowᵀ. */
function information(rows: readonly (readonly number[])[], weights: readonly number[]): number[][] {
  return [0, 1].map((row) => [0, 1].map((column) => weightedSum(rows, weights, { row, column })))
}

/** The fit at the parameters found; null where they are not determined. */
function fitAt(
  rows: readonly (readonly number[])[],
  points: readonly ResponsePoint[],
  parameters: readonly number[],
): PoissonPowerFit | null {
  const n = rows.length
  const means = rows.map((row) => meanAt(row, parameters))
  const inverse = invertDefinite(information(rows, means))
  if (inverse === null) return null
  const residuals = errorsOf(points, means)
  const pearson = residuals.reduce(
    (sum, residual, index) => sum + (residual * residual) / (means[index] ?? 1),
    0,
  )
  const phi = pearson / (n - PARAMETERS)
  const covariance = inverse.map((row) => row.map((value) => value * phi))
  // What one period's error moves the slope by.
  const influence = rows.map((row) =>
    row.reduce((sum, value, column) => sum + value * (inverse[1]?.[column] ?? 0), 0),
  )
  const sandwich = residuals.reduce(
    (sum, residual, index) => sum + (residual * (influence[index] ?? 0)) ** 2,
    0,
  )
  return {
    points: n,
    intercept: parameters[0] ?? 0,
    slope: parameters[1] ?? 0,
    phi,
    covariance,
    slopeError: Math.sqrt(covariance[1]?.[1] ?? 0),
    robustSlopeError: Math.sqrt((sandwich * n) / (n - PARAMETERS)),
  }
}
