import { chiSquareSurvival } from '../kernel/chi-square.ts'
import { exp, log } from '../kernel/elementary.ts'
import { type Interval, UPPER_OF_95 } from '../kernel/interval.ts'
import { invariant } from '../kernel/invariant.ts'
import { normalTwoSided } from '../kernel/normal.ts'
import { squaredDeviations } from '../kernel/squared-deviations.ts'
import { studentTQuantile, studentTTwoSided } from '../kernel/student-t.ts'

/** A change of daily counts when the days scatter more (or less) than chance alone would make them. */
export interface ClusteredChange {
  /** ln(mean of the current days ÷ mean of the previous days). */
  readonly logRatio: number
  /** Pearson χ² ÷ (days − 2) around the two means: 1 when events come one by one, above when they come in clusters. */
  readonly dispersion: number
  /** χ² itself, and how often chance alone exceeds it. */
  readonly dispersionStatistic: number
  readonly dispersionP: number
  /** Standard error of logRatio with and without the dispersion. */
  readonly standardError: number
  readonly poissonStandardError: number
  /** Two-sided p: t with days − 2 degrees (decides), normal, and plain Poisson. */
  readonly p: number
  readonly pNormal: number
  readonly pPoisson: number
  /** 95 % interval of the ratio of daily means. */
  readonly ratioInterval: Interval
}

/**
 * Did daily counts change, when they may come in clusters?
 *
 * Quasi-Poisson: standard error of ln ratio = √(dispersion · (1 ÷ Σ previous + 1 ÷ Σ current)).
 *
 * Days of 1 and 3, then of 2 and 6: means 2 and 4, χ² = (1 + 1) ÷ 2 + (4 + 4) ÷ 4 = 3 on 2 degrees, dispersion 1.5. The ratio is 2 with a
 * standard error of √(1.5 · (1/4 + 1/8)) = 0.75 where Poisson says 0.61; t = ln 2 ÷ 0.75 = 0.92, p = 0.45.
 *
 * @param previous, current Counts per day ≥ 0; three days in all at least, each period with an event.
 * @returns null when a period has no event or fewer than three days came: a ratio then has no standard error.
 * Source: McCullagh and Nelder (1989), §6.2; equal to a Poisson GLM with Pearson scale.
 */
export function compareClusteredCounts(
  previous: readonly number[],
  current: readonly number[],
): ClusteredChange | null {
  const [before, now] = [total(previous), total(current)]
  const degrees = previous.length + current.length - 2
  if (before === 0 || now === 0 || degrees < 1) return null
  const statistic =
    pearson(previous, before / previous.length) + pearson(current, now / current.length)
  const dispersion = statistic / degrees
  const logRatio = log(now / current.length / (before / previous.length))
  const poissonStandardError = Math.sqrt(1 / before + 1 / now)
  const standardError = Math.sqrt(dispersion * (1 / before + 1 / now))
  return {
    logRatio,
    dispersion,
    dispersionStatistic: statistic,
    dispersionP: chiSquareSurvival(statistic, degrees),
    standardError,
    poissonStandardError,
    ...testOf(logRatio, standardError, degrees),
    pPoisson: normalTwoSided(logRatio / poissonStandardError),
  }
}

/** Days that do not scatter at all leave nothing to chance: any difference is then certain, none is no difference. */
function testOf(logRatio: number, standardError: number, degrees: number) {
  const width = studentTQuantile(UPPER_OF_95, degrees) * standardError
  const score = logRatio === 0 ? 0 : logRatio / standardError
  return {
    p: Number.isFinite(score) ? studentTTwoSided(score, degrees) : 0,
    pNormal: Number.isFinite(score) ? normalTwoSided(score) : 0,
    ratioInterval: { low: exp(logRatio - width), high: exp(logRatio + width) },
  }
}

/** Dispersion up to which counts pass as Poisson: at 1.3 the Poisson error is 12 % too small. */
export const POISSON_DISPERSION_MAX = 1.3
/** Level at which a dispersion as large by chance is ruled out. */
const DISPERSION_ALPHA = 0.05

/** True when the plain Poisson p would be too small: the scatter is significant, or its size is above what passes as Poisson. */
export function isClustered({ dispersion, dispersionP }: ClusteredChange): boolean {
  return dispersionP < DISPERSION_ALPHA || dispersion > POISSON_DISPERSION_MAX
}

/** Pearson χ² of daily counts against their mean: Σ (count − mean)² ÷ mean. */
function pearson(days: readonly number[], mean: number): number {
  return squaredDeviations(days, mean) / mean
}

function total(days: readonly number[]): number {
  return days.reduce((sum, count) => {
    invariant(Number.isFinite(count) && count >= 0, `compareClusteredCounts: got ${count}`)
    return sum + count
  }, 0)
}
