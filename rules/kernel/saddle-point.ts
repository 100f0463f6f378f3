import { log, log1p } from './elementary.ts'
import { present } from './invariant.ts'

/** ln(2π). */
export const LOG_TWO_PI = 1.8378770664093453

/** Where the asymptotic series below reaches the last digit. */
const SERIES_FROM = 10

/** The error at ½, 1, 1½ … below 10: the arguments of nearly every tail probability. */
const HALVES = Array.from({ length: 2 * SERIES_FROM - 1 }, (_, index) =>
  byRecurrence((index + 1) / 2),
)

/**
 * Error of Stirling's formula: ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π], for x > 0.
 *
 * Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000; the asymptotic series of
 * NIST DLMF 5.11.1, reached below 10 by the recurrence of Γ.
 */
export function stirlingError(x: number): number {
  return x < SERIES_FROM && Number.isInteger(2 * x)
    ? present(HALVES[2 * x - 1], 'the error at a half')
    : byRecurrence(x)
}

function byRecurrence(x: number): number {
  let shifted = x
  let correction = 0
  for (; shifted < SERIES_FROM; shifted++) correction += log1p(1 / shifted) * (shifted + 0.5) - 1
  return correction + bySeries(shifted)
}

function bySeries(x: number): number {
  const r = 1 / (x * x)
  const series =
    1 / 12 -
    r *
      (1 / 360 -
        r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360_360 - r * (1 / 156))))))
  return series / x
}

/**
 * Deviance x ln(x/m) + m − x of a count x ≥ 0 against its mean m > 0, exact to the last digits also near x = m.
 *
 * @param gap x − m, where the caller knows it with more digits than the subtraction leaves.
 * Source: C. Loader, 2000, function bd0.
 */
export function deviance(x: number, mean: number, gap = x - mean): number {
  if (x === 0) return mean
  if (Math.abs(gap) >= 0.1 * (x + mean)) return x * log(x / mean) - gap
  const v = gap / (x + mean)
  const square = v * v
  let sum = gap * v
  let term = 2 * x * v
  for (let odd = 3; ; odd += 2) {
    term *= square
    const next = sum + term / odd
    if (next === sum) return sum
    sum = next
  }
}

/** ln Γ(x) for x > 0. Source: Stirling's formula with the error above, NIST DLMF 5.11.1. */
export function logGamma(x: number): number {
  return (x - 0.5) * log(x) - x + 0.5 * LOG_TWO_PI + stirlingError(x)
}

/** ln B(a, b) for a, b > 0, without the cancellation of ln Γ(a) + ln Γ(b) − ln Γ(a + b). */
export function logBeta(a: number, b: number): number {
  const total = a + b
  return (
    0.5 * LOG_TWO_PI +
    stirlingError(a) +
    stirlingError(b) -
    stirlingError(total) +
    (a - 0.5) * log(a / total) +
    (b - 0.5) * log(b / total) -
    0.5 * log(total)
  )
}
