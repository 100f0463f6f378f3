import { chiSquareQuantile, chiSquareSurvival } from '../kernel/chi-square.ts'
import { log } from '../kernel/elementary.ts'
import { invariant } from '../kernel/invariant.ts'
import { ascending, sampleQuantile } from '../kernel/sample-quantile.ts'
import { firstAtLeast } from './search.ts'

/** How far the scores of today have moved from those of a reference time. */
export interface Drift {
  /** Population stability index Σ (a − e) · ln(a ÷ e) over the bins' shares. */
  readonly psi: number
  /** The same with half a lead added to every bin instead of a floor: steadier when a bin is empty. */
  readonly psiSmoothed: number
  /** psi ÷ (1/n + 1/m), chi-square with `degrees` of freedom when nothing drifted, and its p. */
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

/** A bin without a lead counts as this share, so that the logarithm exists. */
const SMALLEST_SHARE = 1e-4

/**
 * Did the distribution of scores move?
 *
 * The usual reading "0.1 watch, 0.25 alarm" ignores the sample size; the p value does not.
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
    (leads + 0.5) / (size + 0.5 * reference.length)
  const psi = index(reference, current, flooredShare)
  return {
    psi,
    psiSmoothed: index(reference, current, smooth),
    statistic: psi / scale,
    degrees,
    p: chiSquareSurvival(psi / scale, degrees),
    critical95: chiSquareQuantile(0.95, degrees) * scale,
  }
}

/**
 * Counts scores into bins cut at the reference's distinct inner deciles; a score on an edge goes to the lower bin.
 *
 * @throws InvariantError when the reference is empty.
 */
export function driftBins(reference: readonly number[], current: readonly number[]): DriftBins {
  const sorted = ascending(reference)
  const deciles = Array.from({ length: 9 }, (_, part) => sampleQuantile(sorted, (part + 1) / 10))
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

function index(
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
