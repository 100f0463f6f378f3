import { exp, log } from '../kernel/elementary.ts'
import { type Interval, UPPER_OF_95 } from '../kernel/interval.ts'
import { invariant } from '../kernel/invariant.ts'
import { normalQuantile, normalTwoSided } from '../kernel/normal.ts'

/** Numerator and denominator of one unit (a campaign, an ad, a day, a user). */
export interface RatioUnit {
  readonly numerator: number
  readonly denominator: number
}

/** Σ numerator ÷ Σ denominator with the error that comes from units differing. */
interface RatioEstimate {
  readonly ratio: number
  /** √(Σ (numerator − ratio · denominator)² ÷ (n − 1) ÷ n) ÷ mean denominator; null with one unit. */
  readonly standardError: number | null
  /** What treating each click as independent would give: too small, never decides. null where the ratio is no share. */
  readonly binomialStandardError: number | null
  /** The mean of the units' own ratios: another question, kept to show how far it strays. */
  readonly meanOfUnitRatios: number | null
}

export interface RatioChange {
  readonly previous: RatioEstimate
  readonly current: RatioEstimate
  /** current ÷ previous − 1; null from a zero. */
  readonly lift: number | null
  readonly z: number | null
  readonly p: number | null
  /** 95 % interval of the lift, by the logarithm of the ratio; null where a ratio or its error is missing or zero. */
  readonly liftInterval: Interval | null
}

/**
 * Did a ratio of sums (CTR, CPC, CPA) change between two groups of units?
 *
 * @param previous, current Units with denominators ≥ 0, not all zero.
 * @throws InvariantError when a group's denominators sum to zero: there is no ratio to compare.
 * Source: Cochran (1977), Sampling Techniques §6; Deng et al. (2018), delta method.
 */
export function compareRatios(
  previous: readonly RatioUnit[],
  current: readonly RatioUnit[],
): RatioChange {
  const before = estimate(previous)
  const now = estimate(current)
  const z = scoreOf(before, now)
  return {
    previous: before,
    current: now,
    lift: before.ratio === 0 ? null : now.ratio / before.ratio - 1,
    z,
    p: z === null ? null : normalTwoSided(z),
    liftInterval: liftInterval(before, now),
  }
}

function estimate(units: readonly RatioUnit[]): RatioEstimate {
  const numerator = units.reduce((sum, unit) => sum + unit.numerator, 0)
  const denominator = units.reduce((sum, unit) => sum + unit.denominator, 0)
  invariant(denominator > 0, 'compareRatios: expected a denominator above zero')
  const ratio = numerator / denominator
  const squares = units.reduce((sum, unit) => {
    const residual = unit.numerator - ratio * unit.denominator
    return sum + residual * residual
  }, 0)
  const count = units.length
  const unitRatios = units
    .filter((unit) => unit.denominator > 0)
    .map((unit) => unit.numerator / unit.denominator)
  return {
    ratio,
    standardError:
      count < 2 ? null : Math.sqrt(squares / (count - 1) / count) / (denominator / count),
    binomialStandardError:
      ratio >= 0 && ratio <= 1 ? Math.sqrt((ratio * (1 - ratio)) / denominator) : null,
    meanOfUnitRatios: unitRatios.reduce((sum, value) => sum + value, 0) / unitRatios.length,
  }
}

function scoreOf(before: RatioEstimate, now: RatioEstimate): number | null {
  if (before.standardError === null || now.standardError === null) return null
  const error = root(before.standardError, now.standardError)
  return error === 0 ? null : (now.ratio - before.ratio) / error
}

function liftInterval(before: RatioEstimate, now: RatioEstimate): Interval | null {
  if (before.standardError === null || now.standardError === null) return null
  if (before.ratio <= 0 || now.ratio <= 0) return null
  const centre = log(now.ratio / before.ratio)
  const error = root(before.standardError / before.ratio, now.standardError / now.ratio)
  const width = normalQuantile(UPPER_OF_95) * error
  return { low: exp(centre - width) - 1, high: exp(centre + width) - 1 }
}

/** √(a² + b²). */
function root(a: number, b: number): number {
  return Math.sqrt(a * a + b * b)
}
