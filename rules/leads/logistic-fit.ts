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

const MAX_STEPS = 100
const ROUNDING = 1e-12
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
  const height = logLikelihood(points, line)
  let share = 1
  for (let halvings = 0; halvings < MAX_HALVINGS; halvings++) {
    const next = {
      intercept: line.intercept + move.intercept * share,
      slope: line.slope + move.slope * share,
    }
    if (logLikelihood(points, next) > height) return share
    share /= 2
  }
  return 0
}

function isSmall(move: LogisticLine, line: LogisticLine, limit: number): boolean {
  const size = Math.max(Math.abs(move.intercept), Math.abs(move.slope))
  return size <= limit * (1 + Math.abs(line.intercept) + Math.abs(line.slope))
}

function newtonStep(points: readonly LogisticPoint[], line: LogisticLine): LogisticLine {
  let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0]
  for (const { x, target } of points) {
    const { x: p, complement } = logistic(line.intercept + line.slope * x)
    const residual = target - p
    const weight = p * complement
    g0 += residual
    g1 += residual * x
    h00 += weight
    h01 += weight * x
    h11 += weight * x * x
  }
  const determinant = h00 * h11 - h01 * h01
  return {
    intercept: (h11 * g0 - h01 * g1) / determinant,
    slope: (h00 * g1 - h01 * g0) / determinant,
  }
}

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
