import { present } from '../kernel/invariant.ts'
import { ascending, sampleQuantile } from '../kernel/sample-quantile.ts'
import type { ForecastLead } from './accuracy.ts'
import { firstAtLeast } from './search.ts'

/** Leads whose claimed probability falls between two edges, the upper one included. */
interface CalibrationBin {
  readonly bin: number
  readonly low: number
  readonly high: number
  readonly leads: number
  readonly converted: number
  readonly meanProbability: number
  readonly rate: number
}

/** Claimed against observed rates, bin by bin; bins without a lead are left out. */
export interface CalibrationTable {
  readonly bins: readonly CalibrationBin[]
  /** Expected calibration error: Σ share of leads · |rate − mean probability|. */
  readonly expectedError: number
  /** The largest |rate − mean probability| of any bin. */
  readonly maximumError: number
}

const BINS = 10
/** Edges are multiples of it, as NumPy's linspace makes them. */
const BIN_WIDTH = 0.1

/**
 * How far do observed rates lie from claimed ones, over ten bins of equal width?
 *
 * Two leads claimed at 0.05 of which one won, a gap of 0.45, and one claimed at 0.85 that was lost, a gap of 0.85: the expected error is
 * 2/3 · 0.45 + 1/3 · 0.85 = 0.58, the maximum 0.85.
 *
 * @param leads At least one, probabilities in [0, 1].
 * Source: scikit-learn calibration_curve(strategy='uniform'); ECE as Naeini et al. (2015).
 */
export function calibrationByWidth(leads: readonly ForecastLead[]): CalibrationTable {
  const edges = Array.from({ length: BINS + 1 }, (_, index) => index * BIN_WIDTH)
  return tabulate(leads, edges)
}

/**
 * The same over ten bins that hold equally many leads, as far as ties allow.
 *
 * @param leads At least one, probabilities in [0, 1].
 * Source: scikit-learn calibration_curve(strategy='quantile').
 */
export function calibrationByCount(leads: readonly ForecastLead[]): CalibrationTable {
  const sorted = ascending(leads.map((lead) => lead.probability))
  const edges = Array.from({ length: BINS + 1 }, (_, index) => sampleQuantile(sorted, index / BINS))
  return tabulate(leads, edges)
}

function tabulate(leads: readonly ForecastLead[], edges: readonly number[]): CalibrationTable {
  const inner = edges.slice(1, -1)
  const sums = Array.from({ length: BINS }, () => ({ leads: 0, converted: 0, probability: 0 }))
  for (const { probability, converted } of leads) {
    const sum = present(sums[firstAtLeast(inner, probability)], 'calibration: the bin')
    sum.leads += 1
    sum.converted += converted ? 1 : 0
    sum.probability += probability
  }
  const bins = sums.flatMap((sum, bin) =>
    sum.leads === 0
      ? []
      : [
          {
            bin,
            low: edges[bin] ?? 0,
            high: edges[bin + 1] ?? 1,
            leads: sum.leads,
            converted: sum.converted,
            meanProbability: sum.probability / sum.leads,
            rate: sum.converted / sum.leads,
          },
        ],
  )
  const gaps = bins.map((bin) => Math.abs(bin.rate - bin.meanProbability))
  return {
    bins,
    expectedError: bins.reduce(
      (total, bin, index) => total + (bin.leads / leads.length) * (gaps[index] ?? 0),
      0,
    ),
    maximumError: Math.max(...gaps),
  }
}
