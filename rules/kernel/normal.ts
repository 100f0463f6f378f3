import { exp, log } from './elementary.ts'
import { gammaTails } from './gamma.ts'
import { invariant } from './invariant.ts'
import { LOG_TWO_PI } from './saddle-point.ts'
import { logUpperTail, lowerTail, upperTail } from './tails.ts'

/**
 * The standard normal distribution. Z² / 2 follows a gamma distribution of shape ½, so every figure here is one of
 * that kernel.
 *
 * Source: NIST DLMF 7.11.1, erfc(z) = Q(½, z²).
 */

/** P(Z ≤ z). */
export function normalCdf(z: number): number {
  return normalSurvival(-z)
}

/** P(Z > z), exact also far out: normalSurvival(37) is 5.7e-300. */
export function normalSurvival(z: number): number {
  const tails = gammaTails(0.5 * z * z, 0.5)
  return z < 0 ? 0.5 + 0.5 * lowerTail(tails) : 0.5 * upperTail(tails)
}

/** P(|Z| > |z|), the two-sided p value of a z statistic. */
export function normalTwoSided(z: number): number {
  return upperTail(gammaTails(0.5 * z * z, 0.5))
}

/** ln P(|Z| > |z|); finite where the p value itself underflows. */
export function normalLogTwoSided(z: number): number {
  return logUpperTail(gammaTails(0.5 * z * z, 0.5))
}

/** Density at z. */
export function normalDensity(z: number): number {
  return exp(-0.5 * (z * z + LOG_TWO_PI))
}

/**
 * The z with P(Z ≤ z) = p of a standard normal Z, for p in [0, 1].
 *
 * @throws InvariantError when p is no probability.
 * Source: M. J. Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), 477–484, PPND16.
 */
export function normalQuantile(p: number): number {
  invariant(p >= 0 && p <= 1, `normalQuantile: expected a probability, got ${p}`)
  const centred = p - 0.5
  if (Math.abs(centred) <= 0.425) return centred * evaluate(CENTRE, 0.180625 - centred * centred)
  const tail = Math.min(p, 1 - p)
  if (tail === 0) return p === 0 ? -Infinity : Infinity
  const root = Math.sqrt(-log(tail))
  const size = root <= 5 ? evaluate(SHOULDER, root - 1.6) : evaluate(TAIL, root - 5)
  return centred < 0 ? -size : size
}

/** Numerator and denominator of a rational function, highest power first. */
interface Rational {
  readonly top: readonly number[]
  readonly bottom: readonly number[]
}

/** For |p − ½| ≤ 0.425, in 0.180625 − (p − ½)². */
const CENTRE: Rational = {
  top: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  bottom: [
    5226.495278852546, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ],
}

/** For √(−ln tail) ≤ 5, in √(−ln tail) − 1.6. */
const SHOULDER: Rational = {
  top: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
    3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  bottom: [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
    0.6897673349851, 1.6763848301838038, 2.053191626637759, 1,
  ],
}

/** Beyond, in √(−ln tail) − 5. */
const TAIL: Rational = {
  top: [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
    0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  bottom: [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
    0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
  ],
}

function evaluate({ top, bottom }: Rational, x: number): number {
  return horner(top, x) / horner(bottom, x)
}

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
