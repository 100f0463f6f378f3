import { normalQuantile } from '../kernel/normal.ts'
import { sampleMedian } from '../kernel/sample-quantile.ts'

/** When a run of falling values counts as a decline. */
export interface DeclineTerms {
  /** Falls in a row that make a run. */
  readonly runLength: number
  /** Least fall over the run, as a share of where it began. */
  readonly minDrop: number
  /** One-sided chance of calling noise a decline. */
  readonly alpha: number
}

/** A value and its standard deviation, oldest first. */
export interface Reading {
  readonly value: number
  readonly sd: number
}

/** What a series says of a decline. */
export interface Decline {
  readonly consecutiveDeclines: number
  /** Chance that values in random order fall `runLength` times in a row: 1 ÷ (runLength + 1)!. */
  readonly randomRunProbability: number
  /** The rest needs more values than the run is long; null before. */
  readonly comparison: {
    /** (last − value before the run) ÷ its standard deviation. */
    readonly z: number
    readonly drop: number
    /** Mann–Kendall over the last (up to six) values. */
    readonly mannKendall: number
    readonly mannKendallZ: number
    readonly theilSen: number
    readonly values: number
  } | null
  readonly trigger: boolean
}

const TREND_VALUES = 6

/**
 * Has this series fallen long enough, far enough and beyond its noise?
 *
 * Triggers when the last `runLength` steps all fell, the fall is at least `minDrop`, and z ≤ −z(1 − alpha). Mann–Kendall's variance is
 * taken without the tie correction, which errs towards "no trend".
 * Source: H. B. Mann 1945, M. G. Kendall 1975 (trend); P. K. Sen 1968 (slope).
 */
export function declineOf(readings: readonly Reading[], terms: DeclineTerms): Decline {
  const values = readings.map((reading) => reading.value)
  const consecutiveDeclines = runOfDeclines(values)
  const comparison = compare(readings, terms.runLength)
  let orders = 1
  for (let count = 2; count <= terms.runLength + 1; count++) orders *= count
  return {
    consecutiveDeclines,
    randomRunProbability: 1 / orders,
    comparison,
    trigger:
      comparison !== null &&
      consecutiveDeclines >= terms.runLength &&
      comparison.drop >= terms.minDrop &&
      comparison.z <= -normalQuantile(1 - terms.alpha),
  }
}

function runOfDeclines(values: readonly number[]): number {
  let run = 0
  for (let index = values.length - 1; index > 0; index--) {
    if ((values[index] ?? 0) >= (values[index - 1] ?? 0)) break
    run++
  }
  return run
}

function compare(readings: readonly Reading[], runLength: number): Decline['comparison'] {
  const last = readings.at(-1)
  const start = readings.at(-1 - runLength)
  if (last === undefined || start === undefined) return null
  const values = readings.slice(-TREND_VALUES).map((reading) => reading.value)
  return {
    z: (last.value - start.value) / Math.sqrt(last.sd * last.sd + start.sd * start.sd),
    drop: (start.value - last.value) / Math.abs(start.value),
    ...trend(values),
    values: values.length,
  }
}

function trend(values: readonly number[]) {
  const slopes: number[] = []
  let score = 0
  for (const [later, value] of values.entries()) {
    for (let earlier = 0; earlier < later; earlier++) {
      const change = value - (values[earlier] ?? 0)
      score += Math.sign(change)
      slopes.push(change / (later - earlier))
    }
  }
  const n = values.length
  const sd = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  return {
    mannKendall: score,
    mannKendallZ: (score - Math.sign(score)) / sd,
    theilSen: sampleMedian(slopes),
  }
}
