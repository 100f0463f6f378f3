import type { Interval } from '../kernel/interval.ts'
import { invariant, present } from '../kernel/invariant.ts'
import { createRandom } from '../kernel/random.ts'
import {
  ascending,
  percentileInterval,
  sampleMedian,
  sampleQuantile,
} from '../kernel/sample-quantile.ts'
import { compareRanks, type RankTest } from './ranks.ts'
import { compareMeans, meanOf, type WelchTest } from './welch.ts'

/** How revenue per deal (or customer) changed, and whether one deal made the difference. All in the unit of the amounts. */
export interface RevenueChange {
  readonly welch: WelchTest
  /** 95 % percentile ranges over resampled periods, of the difference and of the lift (null when no resampled previous period earned anything). */
  readonly bootstrap: { readonly difference: Interval; readonly lift: Interval | null }
  /** The same comparison with every amount capped at the pooled 99th percentile. */
  readonly capped: { readonly cap: number; readonly welch: WelchTest }
  /** Do typical deals differ? Another question than revenue. null when all amounts are equal. */
  readonly ranks: RankTest | null
  /** Largest current amount ÷ current sum; null when nothing was earned. */
  readonly largestShare: number | null
  /** Difference of means without the largest current amount; null when it is the only one. */
  readonly differenceWithoutLargest: number | null
  readonly previousMedian: number
  readonly currentMedian: number
}

export interface Resampling {
  /** Seeds the generator: the same seed gives the same range. */
  readonly seed: number
  readonly resamples: number
}

/**
 * Did revenue per deal change, given that a few large deals carry most of it?
 *
 * @param previous, current Amounts of single deals; with one in a period Welch's test is undefined (null).
 * @throws InvariantError when a period has no amount.
 * Source: Welch (1947); Efron and Tibshirani (1993) §13, percentile interval; generator mulberry32.
 */
export function compareRevenue(
  previous: readonly number[],
  current: readonly number[],
  resampling: Resampling,
): RevenueChange {
  invariant(
    previous.length > 0 && current.length > 0,
    'compareRevenue: expected an amount in each period',
  )
  const welch = compareMeans(previous, current)
  const cap = sampleQuantile(ascending([...previous, ...current]), 0.99)
  const capAll = (amounts: readonly number[]): number[] =>
    amounts.map((amount) => Math.min(amount, cap))
  return {
    welch,
    bootstrap: bootstrapRanges(previous, current, resampling),
    capped: { cap, welch: compareMeans(capAll(previous), capAll(current)) },
    ranks: compareRanks(current, previous),
    ...withoutLargest(current, welch.previousMean),
    previousMedian: sampleMedian(previous),
    currentMedian: sampleMedian(current),
  }
}

/**
 * Differences and lifts of the means of resampled periods, in drawing order: all draws of the previous period before those of the current.
 * A draw whose previous mean is zero has no lift and is left out of the lifts.
 */
export function resampleMeans(
  previous: readonly number[],
  current: readonly number[],
  { seed, resamples }: Resampling,
): { differences: number[]; lifts: number[] } {
  const random = createRandom(seed)
  const differences: number[] = []
  const lifts: number[] = []
  for (let round = 0; round < resamples; round++) {
    const before = meanOfDraws(previous, random)
    const now = meanOfDraws(current, random)
    differences.push(now - before)
    if (before !== 0) lifts.push(now / before - 1)
  }
  return { differences, lifts }
}

function bootstrapRanges(
  previous: readonly number[],
  current: readonly number[],
  resampling: Resampling,
): RevenueChange['bootstrap'] {
  const { differences, lifts } = resampleMeans(previous, current, resampling)
  return {
    difference: percentileInterval(differences),
    lift: lifts.length === 0 ? null : percentileInterval(lifts),
  }
}

function meanOfDraws(amounts: readonly number[], random: () => number): number {
  let sum = 0
  for (let draw = 0; draw < amounts.length; draw++) {
    sum += present(amounts[Math.floor(random() * amounts.length)], 'a drawn amount')
  }
  return sum / amounts.length
}

function withoutLargest(current: readonly number[], previousMean: number) {
  const largest = current.reduce((most, amount) => Math.max(most, amount), -Infinity)
  const sum = current.reduce((total, amount) => total + amount, 0)
  const rest = current.toSpliced(current.indexOf(largest), 1)
  return {
    largestShare: sum === 0 ? null : largest / sum,
    differenceWithoutLargest: rest.length === 0 ? null : meanOf(rest) - previousMean,
  }
}
