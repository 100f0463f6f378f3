import { logistic } from '../kernel/beta.ts'
import { exp, log1p } from '../kernel/elementary.ts'
import { InvariantError } from '../kernel/invariant.ts'
import { bracketRoot, findRoot } from '../kernel/root.ts'

/** One point of a logistic regression; `target` is an outcome (0, 1) or a probability between them. */
export interface LogisticPoint {
  readonly x: number
  readonly target: number
}

/** ln odds = intercept + slope · x. */
export interface LogisticLine {
  readonly intercept: number
  readonly slope: number
}

/** More steps to the one maximum are a fault of ours. */
const MAX_STEPS = 100
/** Two x closer than this share of the largest are one. */
const ROUNDING = 1e-12
/** Halved so often, a step changes no digit. */
const MAX_HALVINGS = 60
/** Newton's steps shrink quadratically: one below this leaves nothing of the sixteenth digit to gain. */
const STEP_TOLERANCE = 1e-12
/** A Newton step this short is taken whole. */
const SURE_STEP = 1e-5

/**
 * The logistic line of greatest likelihood, by Newton's method with step halving.
 *
 * @param points Finite x, targets in [0, 1].
 * @returns null where no finite line exists: x does not vary, all targets agree, or a threshold on x separates the outcomes.
 * Source: McCullagh and Nelder (1989), §4; separation as in Albert and Anderson (1984).
 */
export function fitLogisticLine(points: readonly LogisticPoint[]): LogisticLine | null {
  if (!hasFiniteLine(points)) return null
  return climb(points)
}

/**
 * The intercept of greatest likelihood with the slope held at 1.
 *
 * @param points Finite x, targets in [0, 1].
 * @returns null when all targets are 0 or all are 1.
 */
export function fitInterceptOnly(points: readonly LogisticPoint[]): number | null {
  const mean = points.reduce((sum, point) => sum + point.target, 0) / points.length
  if (!(mean > 0 && mean < 1)) return null
  const excess = (intercept: number): number =>
    points.reduce((sum, { x, target }) => sum + logistic(intercept + x).x - target, 0)
  return findRoot(excess, bracketRoot(excess, 0), STEP_TOLERANCE)
}

/** The probability a line gives at x. */
export function probabilityAt({ intercept, slope }: LogisticLine, x: number): number {
  return logistic(intercept + slope * x).x
}

function climb(points: readonly LogisticPoint[]): LogisticLine {
  let line: LogisticLine = { intercept: 0, slope: 0 }
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const move = newtonStep(points, line)
    const share = shareThatGains(points, line, move)
    const taken = { intercept: move.intercept * share, slope: move.slope * share }
    line = { intercept: line.intercept + taken.intercept, slope: line.slope + taken.slope }
    if (isSmall(taken, line, STEP_TOLERANCE)) return line
  }
  throw new InvariantError('fitLogisticLine: no convergence on a likelihood with one maximum')
}

/** The whole step, or half of it, or a quarter…, until the likelihood rises; 0 when none does. */
function shareThatGains(
  points: readonly LogisticPoint[],
  line: LogisticLine,
  move: LogisticLine,
): number {
  // Near the top the likelihood cannot tell two points apart any more, but Newton's step still can.
  if (isSmall(move, line, SURE_STEP)) return 1
  const reached = logLikelihood(points, line)
  let share = 1
  for (let halvings = 0; halvings < MAX_HALVINGS; halvings++) {
    const next = {
      intercept: line.intercept + move.intercept * share,
      slope: line.slope + move.slope * share,
    }
    if (logLikelihood(points, next) > reached) return share
    share /= 2
  }
  return 0
}

function isSmall(move: LogisticLine, line: LogisticLine, limit: number): boolean {
  const size = Math.max(Math.abs(move.intercept), Math.abs(move.slope))
  return size <= limit * (1 + Math.abs(line.intercept) + Math.abs(line.slope))
}

/**
 * I⁻¹·s with s the score, Σ (target − p)·(1, x), and I Fisher's information, Σ p(1 − p)·[1, x; x, x²], inverted by its determinant.
 */
function newtonStep(points: readonly LogisticPoint[], line: LogisticLine): LogisticLine {
  let [s0, s1, i00, i01, i11] = [0, 0, 0, 0, 0]
  for (const { x, target } of points) {
    const { x: p, complement } = logistic(line.intercept + line.slope * x)
    const residual = target - p
    const weight = p * complement
    s0 += residual
    s1 += residual * x
    i00 += weight
    i01 += weight * x
    i11 += weight * x * x
  }
  const determinant = i00 * i11 - i01 * i01
  return {
    intercept: (i11 * s0 - i01 * s1) / determinant,
    slope: (i00 * s1 - i01 * s0) / determinant,
  }
}

/** Σ target · u − ln(1 + e^u), u the ln odds of the line at x. */
function logLikelihood(points: readonly LogisticPoint[], line: LogisticLine): number {
  let total = 0
  for (const { x, target } of points) {
    const u = line.intercept + line.slope * x
    total += target * u - softplus(u)
  }
  return total
}

/** ln(1 + e^u) without overflow. */
function softplus(u: number): number {
  return Math.max(u, 0) + log1p(exp(-Math.abs(u)))
}

/** A finite maximum needs x to vary and, when targets are plain outcomes, some overlap of the two outcomes on x. */
function hasFiniteLine(points: readonly LogisticPoint[]): boolean {
  const ones = { low: Infinity, high: -Infinity }
  const zeros = { low: Infinity, high: -Infinity }
  for (const { x, target } of points) {
    if (target > 0) widen(ones, x)
    if (target < 1) widen(zeros, x)
  }
  const largest = Math.max(-ones.low, ones.high, -zeros.low, zeros.high)
  // Claims that differ by rounding alone do not vary: a slope over them has no digit.
  const grain = ROUNDING * largest
  return ones.high - zeros.low > grain && zeros.high - ones.low > grain
}

function widen(range: { low: number; high: number }, x: number): void {
  range.low = Math.min(range.low, x)
  range.high = Math.max(range.high, x)
}
