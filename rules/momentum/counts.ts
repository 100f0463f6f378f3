import { binomialAtLeast, binomialCdf, binomialPmf } from '../kernel/binomial.ts'
import { binomialTwoSided } from '../kernel/exact-test.ts'
import { gammaQuantile } from '../kernel/gamma.ts'
import { type Interval, LOWER_OF_95, UPPER_OF_95 } from '../kernel/interval.ts'
import { invariant } from '../kernel/invariant.ts'
import { normalTwoSided } from '../kernel/normal.ts'
import { clopperPearsonInterval, wilsonInterval } from '../kernel/proportion.ts'

/** Events counted over a stretch of days. */
export interface DailyCount {
  readonly count: number
  /** Above 0. */
  readonly days: number
}

/** How a count per day changed, with the tests that fit a count. */
export interface CountChange {
  /** Events per day. */
  readonly previousRate: number
  readonly currentRate: number
  /** currentRate ÷ previousRate; null from a zero. */
  readonly rateRatio: number | null
  /** Exact 95 % interval of the current rate (Garwood). */
  readonly currentRateInterval: Interval
  /** null when neither period has an event. */
  readonly test: CountTest | null
}

interface CountTest {
  /** Two-sided p of the conditional binomial: the smaller tail doubled. Decides. */
  readonly pExact: number
  /** The same, counting outcomes no more likely than the one seen. */
  readonly pMinimumLikelihood: number
  /** The smaller tail doubled with half of the point itself: less cautious. */
  readonly pMid: number
  /** Normal score and its p. */
  readonly z: number
  readonly pScore: number
  /** 95 % intervals of the rate ratio; `high` is Infinity when the previous count is zero. */
  readonly ratioExact: Interval
  readonly ratioScore: Interval
}

/**
 * Did a count (leads, deals, demo requests) change from one period to the next, allowing for their different lengths?
 *
 * Given the total n of both, the current count is binomial with share w = days₁ ÷ (days₀ + days₁) when the daily rates are equal. Not for
 * money, and only where events come one by one: see clustered-counts.ts.
 *
 * 3 leads in ten days, then 1 in ten: of four events one or none falls into the second period with a chance of (1 + 4) ÷ 16, doubled p = 0.625.
 *
 * @param previous, current Whole counts ≥ 0 over whole days > 0.
 * @throws InvariantError on a negative or fractional count, or no days.
 * Source: Przyborowski and Wilenski (1940); Clopper and Pearson (1934); Garwood (1936).
 */
export function compareCounts(previous: DailyCount, current: DailyCount): CountChange {
  for (const { count, days } of [previous, current]) {
    invariant(
      Number.isSafeInteger(count) && count >= 0,
      `compareCounts: expected a count, got ${count}`,
    )
    invariant(days > 0, `compareCounts: expected days, got ${days}`)
  }
  const previousRate = previous.count / previous.days
  const currentRate = current.count / current.days
  return {
    previousRate,
    currentRate,
    rateRatio: previous.count === 0 ? null : currentRate / previousRate,
    currentRateInterval: {
      low: current.count === 0 ? 0 : gammaQuantile(LOWER_OF_95, current.count) / current.days,
      high: gammaQuantile(UPPER_OF_95, current.count + 1) / current.days,
    },
    test: previous.count + current.count === 0 ? null : testCounts(previous, current),
  }
}

function testCounts(previous: DailyCount, current: DailyCount): CountTest {
  const total = previous.count + current.count
  const share = current.days / (previous.days + current.days)
  const sample = { successes: current.count, trials: total }
  const atMost = binomialCdf(current.count, total, share)
  const atLeast = binomialAtLeast(current.count, total, share)
  const half = binomialPmf(current.count, total, share) / 2
  const z = (current.count - total * share) / Math.sqrt(total * share * (1 - share))
  const exposure = previous.days / current.days
  return {
    pExact: Math.min(1, 2 * Math.min(atMost, atLeast)),
    pMinimumLikelihood: binomialTwoSided(sample, share),
    pMid: Math.min(1, 2 * Math.min(atMost - half, atLeast - half)),
    z,
    pScore: normalTwoSided(z),
    ratioExact: asRatio(clopperPearsonInterval(sample, 0.95), exposure),
    ratioScore: asRatio(wilsonInterval(sample, 0.95), exposure),
  }
}

/** A share q of all events as a ratio of daily rates: q ÷ (1 − q) · days₀ ÷ days₁; Infinity at 1. */
function asRatio({ low, high }: Interval, exposure: number): Interval {
  const ratio = (share: number): number => (share / (1 - share)) * exposure
  return { low: ratio(low), high: ratio(high) }
}
