import { chiSquareQuantile, chiSquareSurvival } from '../kernel/chi-square.ts'
import { log } from '../kernel/elementary.ts'
import { invariant } from '../kernel/invariant.ts'
import { ascending, sampleQuantile } from '../kernel/sample-quantile.ts'
import { firstAtLeast } from './search.ts'

/** How far the scores of today have moved from those of a reference time. */
export interface Drift {
  /** Population stability index Σ (a − e) · ln(a ÷ e), a and e the share of today's (actual) and the reference's (expected) leads in a bin. */
  readonly psi: number
  /** The same with half a lead added to every bin instead of a floor: steadier when a bin is empty. */
  readonly psiSmoothed: number
  /** psi ÷ (1/n + 1/m), n and m the leads of both times: chi-square with bins − 1 degrees when nothing drifted, and its p. */
  readonly statistic: number
  readonly degrees: number
  readonly p: number
  /** The psi that chance alone exceeds in one of twenty comparisons of these sizes. */
  readonly critical95: number
}

/** Scores counted into the reference's own tenths. */
export interface DriftBins {
  readonly edges: readonly number[]
  readonly reference: readonly number[]
  readonly current: readonly number[]
}

const BINS = 10
/** A bin without a lead counts as this share, so that the logarithm exists. */
const SMALLEST_SHARE = 1e-4
/** One of twenty comparisons lies above by chance. */
const CONFIDENCE = 0.95
/** What smoothing adds to every bin instead. */
const HALF_A_LEAD = 0.5

/**
 * Did the distribution of scores move?
 *
 * The usual reading "0.1 watch, 0.25 alarm" ignores the sample size; the p value does not.
 *
 * 50 and 50 leads, then 25 and 75: psi = (0.25 − 0.5) · ln 0.5 + (0.75 − 0.5) · ln 1.5 = 0.27, statistic 0.27 ÷ (1/100 + 1/100) = 13.7 on one
 * degree, p = 0.0002. The same psi from 4 and 4, then 2 and 6 leads gives 1.1 and p = 0.29: chance.
 *
 * @param reference, current Leads per bin; both lists of one length ≥ 2 and each with at least one lead.
 * @throws InvariantError when the lists do not match or are empty.
 * Source: Yurdakul (2018), Statistical properties of the population stability index.
 */
export function measureDrift(reference: readonly number[], current: readonly number[]): Drift {
  invariant(
    reference.length === current.length && reference.length > 1,
    'measureDrift: expected two lists of the same bins',
  )
  const [n, m] = [total(reference), total(current)]
  invariant(n > 0 && m > 0, 'measureDrift: expected leads in both periods')
  const scale = 1 / n + 1 / m
  const degrees = reference.length - 1
  const smooth = (leads: number, size: number): number =>
    (leads + HALF_A_LEAD) / (size + HALF_A_LEAD * reference.length)
  const psi = stabilityIndex(reference, current, flooredShare)
  return {
    psi,
    psiSmoothed: stabilityIndex(reference, current, smooth),
    statistic: psi / scale,
    degrees,
    p: chiSquareSurvival(psi / scale, degrees),
    critical95: chiSquareQuantile(CONFIDENCE, degrees) * scale,
  }
}

/**
 * Counts scores into bins cut at the reference's distinct inner deciles; a score on an edge goes to the lower bin.
 *
 * @throws InvariantError when the reference is empty.
 */
export function driftBins(reference: readonly number[], current: readonly number[]): DriftBins {
  const sorted = ascending(reference)
  const deciles = Array.from({ length: BINS - 1 }, (_, inner) =>
    sampleQuantile(sorted, (inner + 1) / BINS),
  )
  const edges = [...new Set(deciles)]
  return { edges, reference: count(reference, edges), current: count(current, edges) }
}

function count(scores: readonly number[], edges: readonly number[]): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0)
  for (const score of scores) {
    const bin = firstAtLeast(edges, score)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}

function flooredShare(leads: number, size: number): number {
  return Math.max(leads / size, SMALLEST_SHARE)
}

function stabilityIndex(
  reference: readonly number[],
  current: readonly number[],
  share: (leads: number, size: number) => number,
): number {
  const [n, m] = [total(reference), total(current)]
  return reference.reduce((sum, expected, bin) => {
    const [e, a] = [share(expected, n), share(current[bin] ?? 0, m)]
    return sum + (a - e) * log(a / e)
  }, 0)
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, value) => sum + value, 0)
}
