import { exp, expm1, log, log1p } from './elementary.ts'
import { invariant } from './invariant.ts'
import { bracketRoot, findRoot } from './root.ts'

/**
 * Both tails of a distribution at one point, held as the logarithm of the side that was computed. The other side is
 * its complement, so neither is lost by subtracting from 1 and neither underflows.
 */
export interface Tails {
  readonly side: 'lower' | 'upper'
  /** ln P(X ≤ x) when `side` is `lower`, ln P(X > x) when `upper`; ≤ 0. */
  readonly log: number
}

/** P(X ≤ x). */
export function lowerTail(tails: Tails): number {
  return tails.side === 'lower' ? exp(tails.log) : -expm1(tails.log)
}

/** P(X > x). */
export function upperTail(tails: Tails): number {
  return tails.side === 'upper' ? exp(tails.log) : -expm1(tails.log)
}

/** ln P(X ≤ x). */
export function logLowerTail(tails: Tails): number {
  return tails.side === 'lower' ? tails.log : logComplement(tails.log)
}

/** ln P(X > x). */
export function logUpperTail(tails: Tails): number {
  return tails.side === 'upper' ? tails.log : logComplement(tails.log)
}

/** ln(1 − e^logShare) for logShare ≤ 0. Source: M. Mächler, "Accurately computing log(1 − exp(−|a|))", 2012. */
export function logComplement(logShare: number): number {
  return logShare > -Math.LN2 ? log(-expm1(logShare)) : log1p(0 - exp(logShare))
}

/** The two masses a quantile has to leave on its sides; they add up to 1, and the smaller one carries the digits. */
export interface TailMasses {
  readonly lower: number
  readonly upper: number
}

/** u is a logarithm or a logit: a step of this size changes the sixteenth digit of the quantile. */
const SMALLEST_STEP = 1e-17

/**
 * The point u at which a distribution leaves the masses asked for.
 *
 * Solves on the logarithm of the smaller mass, so that far quantiles keep their digits.
 *
 * @param tailsAt The tails at u; the lower one grows with u, over all of (−∞, ∞).
 * @param start Somewhere near the middle of the distribution.
 * @param masses Both above 0.
 */
export function invertTails(
  tailsAt: (u: number) => Tails,
  masses: TailMasses,
  start: number,
): number {
  invariant(masses.lower > 0 && masses.upper > 0, 'invertTails: both masses must be positive')
  const useLower = masses.lower <= masses.upper
  const target = log(useLower ? masses.lower : masses.upper)
  const excess = (u: number): number =>
    useLower ? logLowerTail(tailsAt(u)) - target : target - logUpperTail(tailsAt(u))
  return findRoot(excess, bracketRoot(excess, start), SMALLEST_STEP)
}
