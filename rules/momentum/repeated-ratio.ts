import type { Interval } from '../kernel/interval.ts'
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
  /** √(n ÷ (n − 1)) · (numerator − ratio · denominator) ÷ Σ denominator, per unit. */
  readonly strays: ReadonlyMap<string, number>
  /** (Σ denominator)² ÷ Σ denominator²: one unit with nearly all impressions leaves little to compare with. */
  readonly effectiveUnits: number
}

/** Variances of the two ratios and what they share. */
interface Spread {
  readonly previous: number
  readonly current: number
  readonly shared: number
}

/** A standard error below this share of the ratios is rounding, not scatter. */
const ROUNDING = 1e-12

/**
 * Did a ratio of sums (CTR, CPC, CPA) change between two periods in which the same ads may have run?
 *
 * Each ad's linearised value in a period is its stray, and zero in a period without it. SE² of the change = Σ over ads of (stray now − stray
 * before)²: what makes an ad a good or a bad one stands in both months and drops out; an ad of one month keeps its whole stray. Ads that share
 * no name give the error of two independent groups. t has as many degrees as the ads are worth, since a ratio that rests on few large ads
 * scatters more than its error says. The interval of the lift is Fieller's: all lifts that the same test does not reject.
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
  const standardError = errorOf(before.strays, now.strays)
  if (standardError <= ROUNDING * (Math.abs(before.ratio) + Math.abs(now.ratio))) return untested
  const spread = spreadOf(before.strays, now.strays)
  return {
    ...ratios,
    standardError,
    p: studentTTwoSided((now.ratio - before.ratio) / standardError, degrees),
    liftInterval: fieller(ratios, spread, studentTQuantile(0.975, degrees)),
  }
}

function periodOf(units: readonly NamedUnit[]): Period {
  const total = units.reduce((sum, { denominator }) => sum + denominator, 0)
  invariant(total > 0, 'compareRepeatedRatios: expected a denominator above zero')
  const ratio = units.reduce((sum, { numerator }) => sum + numerator, 0) / total
  const factor = Math.sqrt(units.length / (units.length - 1)) / total
  const strays = new Map(
    units.map(({ id, numerator, denominator }) => [id, factor * (numerator - ratio * denominator)]),
  )
  invariant(strays.size === units.length, 'compareRepeatedRatios: a name came twice in a period')
  const squares = units.reduce((sum, { denominator }) => sum + denominator * denominator, 0)
  return { ratio, strays, effectiveUnits: (total * total) / squares }
}

/** √Σ (stray now − stray before)²; no stray in a period without the unit. */
function errorOf(before: Period['strays'], now: Period['strays']): number {
  const squares = [...new Set([...before.keys(), ...now.keys()])].map((id) => {
    const difference = (now.get(id) ?? 0) - (before.get(id) ?? 0)
    return difference * difference
  })
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
}

function spreadOf(before: Period['strays'], now: Period['strays']): Spread {
  const squared = (strays: Period['strays']): number =>
    [...strays.values()].reduce((sum, stray) => sum + stray * stray, 0)
  return {
    previous: squared(before),
    current: squared(now),
    shared: [...before].reduce((sum, [id, stray]) => sum + stray * (now.get(id) ?? 0), 0),
  }
}

/** Every ρ with (now − ρ · before)² ≤ t² · variance of that difference, less one; bounded only where the ratio before is beyond chance of zero. */
function fieller(
  {
    previousRatio: before,
    currentRatio: now,
  }: Pick<RepeatedRatioChange, 'previousRatio' | 'currentRatio'>,
  spread: Spread,
  quantile: number,
): Interval | null {
  const t2 = quantile * quantile
  const lead = before * before - t2 * spread.previous
  if (lead <= 0) return null
  const middle = before * now - t2 * spread.shared
  const last = now * now - t2 * spread.current
  const width = Math.sqrt(Math.max(0, middle * middle - lead * last))
  return { low: (middle - width) / lead - 1, high: (middle + width) / lead - 1 }
}
