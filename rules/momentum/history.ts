import { exp, log } from '../kernel/elementary.ts'
import { type Interval, LOWER_OF_95, UPPER_OF_95 } from '../kernel/interval.ts'
import { invariant } from '../kernel/invariant.ts'
import { negativeBinomialAtLeast, negativeBinomialCdf } from '../kernel/negative-binomial.ts'
import { sampleMedian } from '../kernel/sample-quantile.ts'
import { squaredDeviations } from '../kernel/squared-deviations.ts'
import { studentTQuantile, studentTTwoSided } from '../kernel/student-t.ts'

/** The month beside the months before it. */
export interface HistoryReading {
  readonly median: number
  /** Median of the absolute distances from the median. */
  readonly mad: number
  /** (current − median) ÷ (1.4826 · mad); null when half of the months are equal. */
  readonly robustZ: number | null
  /** 95 % range for one new month if the past ones were normal; null with one past month. */
  readonly prediction: Interval | null
  /** The same on logarithms; null unless every figure is above zero. */
  readonly logPrediction: Interval | null
  /** Two-sided p of the current month on logarithms; null when the past does not scatter. */
  readonly logP: number | null
  /** Variance ÷ mean of the past: near 1 the Poisson reading may be used. */
  readonly poissonDispersion: number | null
  /** Two-sided p and 95 % range if counts are Poisson with an unknown mean (Jeffreys prior); null unless all are whole counts. */
  readonly poissonP: number | null
  readonly poissonPrediction: Interval | null
}

/** What Jeffreys' prior of a Poisson mean adds to the events counted. */
const JEFFREYS = 0.5

/** 1 ÷ Φ⁻¹(¾): makes the median distance estimate a normal standard deviation. */
const MAD_TO_SIGMA = 1.4826

/**
 * Is the current month unusual against the past months?
 *
 * @param history Past months, ≥ 0, at least one; fewer than five support no verdict (see judgeHistory).
 * @throws InvariantError on an empty history or a figure that is negative or not finite.
 * Source: Iglewicz and Hoaglin (1993) for the robust z; Geisser (1993) for predictive ranges; Jeffreys prior for the Poisson mean.
 */
export function readHistory(history: readonly number[], current: number): HistoryReading {
  invariant(history.length > 0, 'readHistory: expected at least one past month')
  for (const value of [...history, current]) {
    invariant(
      Number.isFinite(value) && value >= 0,
      `readHistory: expected a figure ≥ 0, got ${value}`,
    )
  }
  const median = sampleMedian(history)
  const mad = sampleMedian(history.map((value) => Math.abs(value - median)))
  return {
    median,
    mad,
    robustZ: mad === 0 ? null : (current - median) / (MAD_TO_SIGMA * mad),
    prediction: predict(moments(history)),
    ...logReading(history, current),
    ...poissonReading(history, current),
  }
}

interface Moments {
  readonly count: number
  readonly mean: number
  /** Sample standard deviation; null with one value. */
  readonly deviation: number | null
}

function moments(values: readonly number[]): Moments {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const squares = squaredDeviations(values, mean)
  return { count, mean, deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)) }
}

/** Where one new value of a normal sample of n with mean and deviation s falls: mean ± t · s · √(1 + 1/n), t with n − 1 degrees. */
function predict({ count, mean, deviation }: Moments): Interval | null {
  if (deviation === null) return null
  const width = studentTQuantile(UPPER_OF_95, count - 1) * deviation * Math.sqrt(1 + 1 / count)
  return { low: mean - width, high: mean + width }
}

function logReading(history: readonly number[], current: number) {
  if (current <= 0 || history.some((value) => value <= 0)) {
    return { logPrediction: null, logP: null }
  }
  const logs = moments(history.map((value) => log(value)))
  const range = predict(logs)
  return {
    logPrediction: range === null ? null : { low: exp(range.low), high: exp(range.high) },
    logP: logTail(logs, log(current)),
  }
}

function logTail({ count, mean, deviation }: Moments, current: number): number | null {
  if (deviation === null || deviation === 0) return null
  const t = (current - mean) / (deviation * Math.sqrt(1 + 1 / count))
  return studentTTwoSided(t, count - 1)
}

/**
 * Counts with one unknown Poisson mean: after n months with a sum S the mean is believed Gamma(S + ½, n) (Jeffreys), so the next month is
 * negative binomial of size S + ½ and p = n ÷ (n + 1). Five empty months: a sixth has none with chance (5/6)^½ = 0.91, one or more with
 * 0.087 (p twice that, 0.17: usual), two or more with 0.011 (p 0.022: unusual).
 */
function poissonReading(history: readonly number[], current: number) {
  const { count, mean, deviation } = moments(history)
  const total = history.reduce((sum, value) => sum + value, 0)
  const whole = [...history, current].every((value) => Number.isSafeInteger(value))
  const poissonDispersion = deviation === null || mean === 0 ? null : (deviation * deviation) / mean
  if (!whole) return { poissonDispersion, poissonP: null, poissonPrediction: null }
  const [size, p] = [total + JEFFREYS, count / (count + 1)]
  const tail = Math.min(
    negativeBinomialCdf(current, size, p),
    negativeBinomialAtLeast(current, size, p),
  )
  return {
    poissonDispersion,
    poissonP: Math.min(1, 2 * tail),
    poissonPrediction: {
      low: negativeBinomialQuantile(LOWER_OF_95, size, p),
      high: negativeBinomialQuantile(UPPER_OF_95, size, p),
    },
  }
}

/** The smallest count whose cumulative probability reaches `share`. */
function negativeBinomialQuantile(share: number, size: number, p: number): number {
  let high = 1
  while (negativeBinomialCdf(high, size, p) < share) high *= 2
  let low = -1
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (negativeBinomialCdf(middle, size, p) >= share) high = middle
    else low = middle
  }
  return high
}
