import { type Interval, UPPER_OF_95 } from '../kernel/interval.ts'
import { squaredDeviations } from '../kernel/squared-deviations.ts'
import { studentTQuantile, studentTTwoSided } from '../kernel/student-t.ts'

/** Two means compared without assuming equal spread. */
export interface WelchTest {
  readonly previousMean: number
  readonly currentMean: number
  /** currentMean − previousMean. */
  readonly difference: number
  /** null when neither period scatters or one has a single value: nothing to test against. */
  readonly t: number | null
  readonly degrees: number | null
  readonly p: number | null
  /** 95 % interval of the difference. */
  readonly interval: Interval | null
}

/**
 * Do two means differ?
 *
 * t = difference ÷ √(s₀²/n₀ + s₁²/n₁), degrees of freedom by Welch and Satterthwaite.
 *
 * @param previous, current At least one value each.
 * Source: Welch (1947), Biometrika 34; Satterthwaite (1946).
 */
export function compareMeans(previous: readonly number[], current: readonly number[]): WelchTest {
  const [previousMean, currentMean] = [meanOf(previous), meanOf(current)]
  const difference = currentMean - previousMean
  const before = errorOf(previous, previousMean)
  const now = errorOf(current, currentMean)
  const variance = before + now
  const means = { previousMean, currentMean, difference }
  // One value has no spread (NaN), equal values have none to test against (0).
  if (!(variance > 0)) return { ...means, t: null, degrees: null, p: null, interval: null }
  const degrees =
    (variance * variance) /
    ((before * before) / (previous.length - 1) + (now * now) / (current.length - 1))
  const t = difference / Math.sqrt(variance)
  const width = studentTQuantile(UPPER_OF_95, degrees) * Math.sqrt(variance)
  return {
    ...means,
    t,
    degrees,
    p: studentTTwoSided(t, degrees),
    interval: { low: difference - width, high: difference + width },
  }
}

/** The arithmetic mean, added in the order given. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Squared standard error of a mean: s² ÷ n. */
function errorOf(values: readonly number[], mean: number): number {
  return squaredDeviations(values, mean) / (values.length - 1) / values.length
}
