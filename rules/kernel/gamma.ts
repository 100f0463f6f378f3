import { exp, log } from './elementary.ts'
import { invariant } from './invariant.ts'
import { deviance, LOG_TWO_PI, stirlingError } from './saddle-point.ts'
import { invertTails, logUpperTail, lowerTail, type Tails, upperTail } from './tails.ts'

/**
 * The gamma distribution with scale 1, that is the regularised incomplete gamma functions P(a, x) and Q(a, x).
 *
 * Source: series and continued fraction of NIST DLMF 8.11.4 and 8.9.2 (evaluated by Lentz's method) under the
 * saddle-point prefactor of C. Loader, 2000.
 */

const MAX_TERMS = 1_000_000

/** P(X ≤ x) of a gamma distribution with this shape (> 0) and scale 1. */
export function gammaCdf(x: number, shape: number): number {
  return lowerTail(gammaTails(x, shape))
}

/** P(X > x) of a gamma distribution with this shape (> 0) and scale 1. */
export function gammaSurvival(x: number, shape: number): number {
  return upperTail(gammaTails(x, shape))
}

/** ln P(X > x); finite where P(X > x) underflows. */
export function gammaLogSurvival(x: number, shape: number): number {
  return logUpperTail(gammaTails(x, shape))
}

/** The x with P(X ≤ x) = p, for p in [0, 1]. */
export function gammaQuantile(p: number, shape: number): number {
  invariant(p >= 0 && p <= 1, `gammaQuantile: expected a probability, got ${p}`)
  if (p === 0) return 0
  if (p === 1) return Infinity
  return exp(invertTails((u) => gammaTails(exp(u), shape), { lower: p, upper: 1 - p }, log(shape)))
}

/**
 * Both tails at x.
 *
 * @throws InvariantError when the shape is not a positive number or x is NaN.
 */
export function gammaTails(x: number, shape: number): Tails {
  invariant(shape > 0 && shape < Infinity, `gammaTails: expected a shape above 0, got ${shape}`)
  invariant(!Number.isNaN(x), 'gammaTails: expected a number, got NaN')
  if (x <= 0) return { side: 'lower', log: -Infinity }
  if (x === Infinity) return { side: 'upper', log: -Infinity }
  const prefactor = logPrefactor(x, shape)
  return x < shape + 1
    ? { side: 'lower', log: prefactor + log(lowerSeries(x, shape)) }
    : { side: 'upper', log: prefactor + log(shape * upperFraction(x, shape)) }
}

/** ln[x^a e^−x / Γ(a + 1)]. */
function logPrefactor(x: number, shape: number): number {
  return -deviance(shape, x) - 0.5 * (LOG_TWO_PI + log(shape)) - stirlingError(shape)
}

/** Σ x^n / ((a+1)…(a+n)). */
function lowerSeries(x: number, shape: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (shape + n)
    sum += term
  }
  return sum
}

/** Γ(a, x) e^x x^−a as a continued fraction; from x = a + 1 on no sum in it falls below half of its larger term, so that none is zero. */
function upperFraction(x: number, shape: number): number {
  let b = x + 1 - shape
  let c = Infinity
  let d = 1 / b
  let product = d
  for (let i = 1; i < MAX_TERMS; i++) {
    const numerator = -i * (i - shape)
    b += 2
    d = 1 / (numerator * d + b)
    c = b + numerator / c
    const factor = c * d
    product *= factor
    if (Math.abs(factor - 1) < 1e-16) break
  }
  return product
}
