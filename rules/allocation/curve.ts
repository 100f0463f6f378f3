import { exp, expm1, log, log1p } from '../kernel/elementary.ts'
import { power } from '../kernel/power.ts'

/** Shapes of response to spend; all start at 0 and never fall. */
export type CurveFamily = 'power' | 'log' | 'saturating' | 'exponential' | 'hill'

/**
 * Response of a line to its spend x:
 * power scale·x^shape (0 < shape < 1) · log scale·ln(1 + x/shape) · saturating scale·x/(shape + x) (Michaelis–Menten) ·
 * exponential scale·(1 − e^(−x/shape)) · hill scale·x^s/(shape^s + x^s), an S-curve when its steepness s is above 1.
 */
export interface Curve {
  readonly family: CurveFamily
  /** > 0; the response it tends to for the last three families. */
  readonly scale: number
  /** > 0; the exponent for `power`, a spend for the others. */
  readonly shape: number
  /** > 0; 1 for every family but `hill`. */
  readonly steepness: number
}

type Parameters = Omit<Curve, 'family'>

const RESPONSE: Readonly<Record<CurveFamily, (curve: Parameters, x: number) => number>> = {
  power: ({ scale, shape }, x) => scale * power(x, shape),
  log: ({ scale, shape }, x) => scale * log1p(x / shape),
  saturating: ({ scale, shape }, x) => (scale * x) / (shape + x),
  exponential: ({ scale, shape }, x) => -scale * expm1(-x / shape),
  hill: hillResponse,
}

const LOG_MARGINAL: Readonly<Record<CurveFamily, (curve: Parameters, x: number) => number>> = {
  power: ({ scale, shape }, x) => log(scale * shape) - (1 - shape) * log(x),
  log: ({ scale, shape }, x) => log(scale / (shape + x)),
  saturating: ({ scale, shape }, x) => log(scale * shape) - 2 * log(shape + x),
  exponential: ({ scale, shape }, x) => log(scale / shape) - x / shape,
  hill: hillLogMarginal,
}

/** Response at spend x ≥ 0. */
export function responseAt(curve: Curve, x: number): number {
  return RESPONSE[curve.family](curve, x)
}

/** ln of the marginal response (response per further unit of spend) at x ≥ 0; Infinity where it is infinite, −Infinity where it is 0. */
export function logMarginalAt(curve: Curve, x: number): number {
  return LOG_MARGINAL[curve.family](curve, x)
}

/** Marginal response at x ≥ 0. */
export function marginalAt(curve: Curve, x: number): number {
  return exp(logMarginalAt(curve, x))
}

/**
 * The curve of a longer period in which spend is even: `count` times the response to a count-th of the spend.
 *
 * @param count Periods of the given curve in the longer one, > 0.
 */
export function overPeriods(curve: Curve, count: number): Curve {
  return curve.family === 'power'
    ? { ...curve, scale: curve.scale * power(count, 1 - curve.shape) }
    : { ...curve, scale: curve.scale * count, shape: curve.shape * count }
}

/** True when the marginal response falls everywhere, so that water-filling is exact. */
export function isConcave({ steepness }: Parameters): boolean {
  return steepness <= 1
}

/** Spend at which an S-curve turns from convex to concave: shape·((s − 1)/(s + 1))^(1/s); 0 for a concave curve. */
export function inflectionOf(curve: Parameters): number {
  if (isConcave(curve)) return 0
  const { shape, steepness } = curve
  return shape * power((steepness - 1) / (steepness + 1), 1 / steepness)
}

/** From whichever side of its half the spend lies, so that neither a tiny nor a huge quotient is taken. */
function hillResponse({ scale, shape, steepness }: Parameters, x: number): number {
  if (x > shape) return scale / (1 + power(shape / x, steepness))
  const odds = power(x / shape, steepness)
  return (scale * odds) / (1 + odds)
}

function hillLogMarginal({ scale, shape, steepness }: Parameters, x: number): number {
  if (x === 0) return steepness === 1 ? log(scale / shape) : (1 - steepness) * Infinity
  return log((scale * steepness) / shape) + hillSlope(log(x / shape) * steepness, steepness)
}

/** ln of the hill's marginal at z = (x/shape)^s, less its factor: (1 − 1/s)·w − 2·ln(1 + e^w) with w = ln z. */
function hillSlope(w: number, steepness: number): number {
  return (1 - 1 / steepness) * w - 2 * (Math.max(0, w) + log1p(exp(-Math.abs(w))))
}

/**
 * Spend on the concave branch of a hill curve where ln marginal = `logPrice`; the inflection (0 for a concave hill) when no spend there
 * is worth the price.
 *
 * Newton's method in w = s·ln(x/shape): the slope is concave in w, so from the right of the root every step stays to its right.
 */
export function hillSpendAt(hill: Parameters, logPrice: number): number {
  const bend = inflectionOf(hill)
  if (hillLogMarginal(hill, bend) <= logPrice) return bend
  const { scale, shape, steepness } = hill
  const target = logPrice - log((scale * steepness) / shape)
  const rise = 1 - 1 / steepness
  let w = Infinity
  // The slope lies below (rise − 2)·w for w ≥ 0, and below rise·w: where the former meets the target is right of the root.
  let next = target / (rise - 2)
  while (next < w) {
    w = next
    const share = 1 / (1 + exp(-w))
    next = w - (hillSlope(w, steepness) - target) / (rise - 2 * share)
  }
  return shape * exp(w / steepness)
}
