import { log } from '../kernel/elementary.ts'
import { findRoot } from '../kernel/root.ts'
import { type Curve, inflectionOf, marginalAt, responseAt } from './curve.ts'

/**
 * The smallest concave curve above a response on [low, high]: a straight chord from `low` to the knee, the curve itself beyond. A curve
 * that is concave there has its knee at `low`.
 */
export interface Envelope {
  readonly knee: number
  /** ln of the chord's slope; for a knee at `low` there is no chord and the value is NaN. */
  readonly logSlope: number
}

/**
 * Where does the concave envelope of a curve leave its chord?
 *
 * The knee t solves f(t) − f(low) = f′(t)·(t − low) on the concave branch; when even `high` lies before it, the chord reaches `high`.
 * @param low Least spend, < high.
 */
export function envelopeOf(curve: Curve, low: number, high: number): Envelope {
  const bend = inflectionOf(curve)
  if (low >= bend) return { knee: low, logSlope: Number.NaN }
  const base = responseAt(curve, low)
  const excess = (t: number): number =>
    marginalAt(curve, t) * (t - low) - (responseAt(curve, t) - base)
  const atHigh = high > bend ? excess(high) : 1
  const knee =
    atHigh >= 0
      ? high
      : findRoot(excess, { a: bend, fa: Math.max(0, excess(bend)), b: high, fb: atHigh })
  return { knee, logSlope: log((responseAt(curve, knee) - base) / (knee - low)) }
}

/** The envelope's value at a spend in [low, high]. */
export function envelopeAt(
  curve: Curve,
  { knee }: Envelope,
  { low, spend }: { readonly low: number; readonly spend: number },
): number {
  if (spend >= knee || knee <= low) return responseAt(curve, spend)
  const base = responseAt(curve, low)
  return base + ((responseAt(curve, knee) - base) * (spend - low)) / (knee - low)
}
