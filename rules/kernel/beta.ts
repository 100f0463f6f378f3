import { exp, log } from './elementary.ts'
import { invariant } from './invariant.ts'
import { deviance, LOG_TWO_PI, stirlingError } from './saddle-point.ts'
import { invertTails, lowerTail, type TailMasses, type Tails, upperTail } from './tails.ts'

/**
 * The beta distribution, that is the regularised incomplete beta function I_x(a, b).
 *
 * Source: even part of the continued fraction of NIST DLMF 8.17.22, as BFRAC in A. R. DiDonato and A. H. Morris,
 * ACM TOMS 18 (1992), 360–373, evaluated by Lentz's method, under the saddle-point prefactor of
 * C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
 */

const MAX_TERMS = 1_000_000

/** A point of the unit interval with its complement, so that neither loses digits near an end; they add up to 1. */
export interface UnitPoint {
  readonly x: number
  readonly complement: number
}

/** P(X ≤ x) of a beta distribution, a and b > 0. */
export function betaCdf(x: number, a: number, b: number): number {
  return lowerTail(betaTails({ x, complement: 1 - x }, a, b))
}

/** P(X > x) of a beta distribution, a and b > 0. */
export function betaSurvival(x: number, a: number, b: number): number {
  return upperTail(betaTails({ x, complement: 1 - x }, a, b))
}

/** The x with P(X ≤ x) = p, for p in [0, 1]. */
export function betaQuantile(p: number, a: number, b: number): number {
  invariant(p >= 0 && p <= 1, `betaQuantile: expected a probability, got ${p}`)
  if (p === 0 || p === 1) return p
  return logistic(betaLogitQuantile({ lower: p, upper: 1 - p }, a, b)).x
}

/** ln(x ÷ (1 − x)) of the point that leaves these masses; for distributions that are a beta in disguise. */
export function betaLogitQuantile(masses: TailMasses, a: number, b: number): number {
  return invertTails((u) => betaTails(logistic(u), a, b), masses, log(a / b))
}

/** 1 ÷ (1 + e^−u) with its complement. */
export function logistic(u: number): UnitPoint {
  const odds = exp(-Math.abs(u))
  const small = odds / (1 + odds)
  const large = 1 / (1 + odds)
  return u < 0 ? { x: small, complement: large } : { x: large, complement: small }
}

/**
 * Both tails at a point; outside the unit interval all mass is on one side.
 *
 * @throws InvariantError when a or b is not a positive number or the point is NaN.
 */
export function betaTails({ x, complement }: UnitPoint, a: number, b: number): Tails {
  invariant(
    a > 0 && b > 0 && a < Infinity && b < Infinity,
    `betaTails: expected a, b > 0, got ${a}, ${b}`,
  )
  invariant(!Number.isNaN(x), 'betaTails: expected a number, got NaN')
  if (x <= 0) return { side: 'lower', log: -Infinity }
  if (complement <= 0) return { side: 'upper', log: -Infinity }
  const n = a + b
  // a − n·x and b − n·(1 − x) are opposite; the smaller mean gives the one with more digits.
  const excess = x < complement ? a - n * x : n * complement - b
  return excess > 0
    ? { side: 'lower', log: logLower({ x, complement, excess }, a, b) }
    : { side: 'upper', log: logLower({ x: complement, complement: x, excess: -excess }, b, a) }
}

/** A point below the mean; `excess` is a − (a + b)·x ≥ 0. */
interface PointBelowMean extends UnitPoint {
  readonly excess: number
}

function logLower(point: PointBelowMean, a: number, b: number): number {
  return logPrefactor(point, a, b) - log(fraction(point, a, b))
}

/** ln[x^a (1 − x)^b / B(a, b)]. */
function logPrefactor({ x, complement, excess }: PointBelowMean, a: number, b: number): number {
  const n = a + b
  return (
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, n * x, excess) -
    deviance(b, n * complement, -excess) +
    0.5 * (log(a) + log(b / n) - LOG_TWO_PI)
  )
}

/** The even part of the continued fraction; below the mean no sum in it falls below half of its larger term, so that none is zero. */
function fraction({ x, excess }: PointBelowMean, a: number, b: number): number {
  let value = (a * (excess + 1)) / (a + 1)
  let c = value
  let d = 0
  for (let m = 1; m < MAX_TERMS; m++) {
    const position = a + 2 * m
    const share = (m * (b - m) * x) / (position - 1)
    const numerator = (((a + m - 1) * (a + b + m - 1) * x) / (position - 1)) * share
    const denominator = m + share + ((a + m) * (excess + 1 + m * (2 - x))) / (position + 1)
    d = 1 / (denominator + numerator * d)
    c = denominator + numerator / c
    value *= c * d
    if (Math.abs(c * d - 1) < 1e-16) break
  }
  return value
}
