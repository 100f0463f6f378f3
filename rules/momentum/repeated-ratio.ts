import { type Interval, UPPER_OF_95 } from '../kernel/interval.ts'
import { invariant } from '../kernel/invariant.ts'
import { studentTQuantile, studentTTwoSided } from '../kernel/student-t.ts'
import type { RatioUnit } from './ratio-metric.ts'

/** What one unit (an ad) added to both sums in a period, under a name that is the same in both periods and comes once in each. */
export interface NamedUnit extends RatioUnit {
  readonly id: string
}

/** A change of a ratio between two periods of which the same units may take part. */
export interface RepeatedRatioChange {
  readonly previousRatio: number
  readonly currentRatio: number
  /** Of currentRatio − previousRatio; null with a single unit in a period, or where no unit strays. */
  readonly standardError: number | null
  /** Units in the period with fewer, had all been of one size, less one; 1 at least. */
  readonly degrees: number
  /** Two-sided, by t; null without a standard error. */
  readonly p: number | null
  /** 95 % interval of the relative change; holds zero exactly when p is above 0.05. null where the ratio before may be zero. */
  readonly liftInterval: Interval | null
}

interface Period {
  readonly ratio: number
  /** Linearised value of each of n units: √(n ÷ (n − 1)) · (numerator − ratio · denominator) ÷ Σ denominator. */
  readonly linearised: Linearised
  /** Kish's effective number, (Σ denominator)² ÷ Σ denominator²: one unit with nearly all impressions leaves little to compare with. */
  readonly effectiveUnits: number
}

type Linearised = ReadonlyMap<string, number>

/** Variances of the two ratios and their covariance, which comes from the units of both periods. */
interface Covariances {
  readonly previous: number
  readonly current: number
  readonly both: number
}

/** A standard error below this share of the ratios is rounding, not scatter. */
const ROUNDING = 1e-12

/**
 * Did a ratio of sums (CTR, CPC, CPA) change between two periods in which the same ads may have run?
 *
 * SE² of the change = Σ over ads of (linearised value now − before)², zero in a period without the ad: what makes an ad a good or a bad one
 * stands in both months and drops out; an ad of one month keeps its whole value. Ads that share no name give the error of two independent
 * groups. t has as many degrees as the ads are worth, less one, since a ratio that rests on few large ads scatters more than its error says.
 * The interval of the lift is Fieller's: all lifts that the same test does not reject.
 *
 * Three ads of 100 impressions with 19, 20, 21 clicks, then 38, 39, 43: CTR 0.20 to 0.40. Clicks beyond the CTR −1, 0, 1, then −2, −1, 3, so
 * differences −1, −1, 2: SE = √(3/2 · 6) ÷ 300 = 0.01, t = 0.20 ÷ 0.01 = 20 with 2 degrees, p = 0.0025.
 *
 * @param previous, current Units with denominators ≥ 0, not all zero.
 * @throws InvariantError when a period's denominators sum to zero, or a name comes twice in a period.
 * Source: Cochran (1977), Sampling Techniques §6.9 and §12.11 (same units on two occasions); Fieller (1954), JRSS B 16; Kish (1965), Survey
 * Sampling §11.7, for the units' worth.
 */
export function compareRepeatedRatios(
  previous: readonly NamedUnit[],
  current: readonly NamedUnit[],
): RepeatedRatioChange {
  const [before, now] = [periodOf(previous), periodOf(current)]
  const degrees = Math.max(1, Math.min(before.effectiveUnits, now.effectiveUnits) - 1)
  const ratios = { previousRatio: before.ratio, currentRatio: now.ratio, degrees }
  const untested = { ...ratios, standardError: null, p: null, liftInterval: null }
  if (previous.length < 2 || current.length < 2) return untested
  const standardError = errorOf(before.linearised, now.linearised)
  if (standardError <= ROUNDING * (Math.abs(before.ratio) + Math.abs(now.ratio))) return untested
  return {
    ...ratios,
    standardError,
    p: studentTTwoSided((now.ratio - before.ratio) / standardError, degrees),
    liftInterval: fieller(
      ratios,
      covariancesOf(before.linearised, now.linearised),
      studentTQuantile(UPPER_OF_95, degrees),
    ),
  }
}

function periodOf(units: readonly NamedUnit[]): Period {
  const total = units.reduce((sum, { denominator }) => sum + denominator, 0)
  invariant(total > 0, 'compareRepeatedRatios: expected a denominator above zero')
  const ratio = units.reduce((sum, { numerator }) => sum + numerator, 0) / total
  const factor = Math.sqrt(units.length / (units.length - 1)) / total
  const linearised = new Map(
    units.map(({ id, numerator, denominator }) => [id, factor * (numerator - ratio * denominator)]),
  )
  invariant(
    linearised.size === units.length,
    'compareRepeatedRatios: a name came twice in a period',
  )
  const squares = units.reduce((sum, { denominator }) => sum + denominator * denominator, 0)
  return { ratio, linearised, effectiveUnits: (total * total) / squares }
}

/** √Σ (linearised value now − before)²; zero in a period without the unit. */
function errorOf(before: Linearised, now: Linearised): number {
  const squares = [...new Set([...before.keys(), ...now.keys()])].map((id) => {
    const difference = (now.get(id) ?? 0) - (before.get(id) ?? 0)
    return difference * difference
  })
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
}

function covariancesOf(before: Linearised, now: Linearised): Covariances {
  const sumOfSquares = (values: Linearised): number =>
    [...values.values()].reduce((sum, value) => sum + value * value, 0)
  return {
    previous: sumOfSquares(before),
    current: sumOfSquares(now),
    both: [...before].reduce((sum, [id, value]) => sum + value * (now.get(id) ?? 0), 0),
  }
}

/**
 * Every ratio ρ of the two ratios with (now − ρ · before)² ≤ t² · (V_now − 2ρ · C + ρ² · V_before), less one: between the roots of
 * aρ² − 2bρ + c = 0, a = before² − t² · V_before, b = before · now − t² · C, c = now² − t² · V_now.
 *
 * @returns null where the ratio before is not beyond chance of zero (a ≤ 0): then no lift is too large.
 */
function fieller(
  {
    previousRatio: before,
    currentRatio: now,
  }: Pick<RepeatedRatioChange, 'previousRatio' | 'currentRatio'>,
  { previous, current, both }: Covariances,
  quantile: number,
): Interval | null {
  const t2 = quantile * quantile
  const a = before * before - t2 * previous
  if (a <= 0) return null
  const b = before * now - t2 * both
  const c = now * now - t2 * current
  const root = Math.sqrt(Math.max(0, b * b - a * c))
  return { low: (b - root) / a - 1, high: (b + root) / a - 1 }
}
