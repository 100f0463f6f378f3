import { betaQuantile } from '../kernel/beta.ts'
import type { Interval } from '../kernel/interval.ts'
import { checkProportion, type Proportion, rateOf } from '../kernel/proportion.ts'

/** How rates differ between cells (segments, reps): beta distributed, α = mean · strength, β = (1 − mean) · strength. */
export interface RatePrior {
  /** In (0, 1). */
  readonly mean: number
  /** α + β, the trials the prior is worth; Infinity when cells differ no more than chance makes them. */
  readonly strength: number
}

/** What a cell's rate is believed to be once the other cells are taken into account. */
export interface ShrunkenRate {
  readonly raw: number
  readonly shrunken: number
  /** 90 % credible range. */
  readonly range: Interval
}

/** Bounds of the intra-class correlation ρ = 1 ÷ (strength + 1), so that the prior stays proper. */
const RHO_MIN = 1e-6
const RHO_MAX = 0.999

/** What lies on each side of a 90 % range. */
const TAIL_OF_90 = 0.05

/**
 * The prior by weighted moments, in closed form, from m cells with k successes of n trials each, N = Σn: mean = Σk ÷ N,
 * ρ = (Σ n(k/n − mean)² − mean(1 − mean)(m − 1)) ÷ (mean(1 − mean)(N − Σn²/N − (m − 1))), strength = 1/ρ − 1.
 *
 * 2 of 10 and 6 of 10: mean 0.4, ρ = (0.8 − 0.24) ÷ (0.24 · 9) = 0.26, so the prior is worth 2.86 trials, and 2 of 10 becomes
 * (0.4 · 2.86 + 2) ÷ 12.86 = 24 %.
 *
 * @param cells Each with a trial.
 * @returns null with fewer than two cells, or when none or all succeed: nothing can then be said about how cells differ.
 * Source: Kleinman (1973), JASA 68.
 */
export function priorByMoments(cells: readonly Proportion[]): RatePrior | null {
  const mean = pooledRate(cells)
  if (mean === null) return null
  const trials = cells.reduce((sum, cell) => sum + cell.trials, 0)
  const squares = cells.reduce((sum, cell) => sum + cell.trials * cell.trials, 0)
  const scatter = cells.reduce((sum, cell) => {
    const deviation = rateOf(cell) - mean
    return sum + cell.trials * deviation * deviation
  }, 0)
  const variance = mean * (1 - mean)
  const byChance = variance * (cells.length - 1)
  const room = variance * (trials - squares / trials - (cells.length - 1))
  // One trial in each cell leaves no room to see a difference between cells.
  const rho = room > 0 ? (scatter - byChance) / room : 0
  return { mean, strength: 1 / Math.min(Math.max(rho, RHO_MIN), RHO_MAX) - 1 }
}

/**
 * The cell's rate drawn towards the prior: (mean · strength + k) ÷ (strength + n). Rank and flag small cells by this, never by the raw rate.
 */
export function shrunkenMean(cell: Proportion, { mean, strength }: RatePrior): number {
  checkProportion(cell)
  if (strength === Infinity) return mean
  return (mean * strength + cell.successes) / (strength + cell.trials)
}

/** The cell's raw and drawn rates, with the 90 % range of the latter: beta with α + k and β + n − k. */
export function shrinkRate(cell: Proportion, prior: RatePrior): ShrunkenRate {
  const raw = rateOf(cell)
  const shrunken = shrunkenMean(cell, prior)
  if (prior.strength === Infinity) {
    return { raw, shrunken, range: { low: shrunken, high: shrunken } }
  }
  const alpha = prior.mean * prior.strength + cell.successes
  const beta = (1 - prior.mean) * prior.strength + cell.trials - cell.successes
  return {
    raw,
    shrunken,
    range: {
      low: betaQuantile(TAIL_OF_90, alpha, beta),
      high: betaQuantile(1 - TAIL_OF_90, alpha, beta),
    },
  }
}

/** Σ successes ÷ Σ trials; null with fewer than two cells, or when none or all succeed. @throws InvariantError on impossible counts. */
export function pooledRate(cells: readonly Proportion[]): number | null {
  for (const cell of cells) checkProportion(cell)
  const successes = cells.reduce((sum, cell) => sum + cell.successes, 0)
  const trials = cells.reduce((sum, cell) => sum + cell.trials, 0)
  return cells.length < 2 || successes === 0 || successes === trials ? null : successes / trials
}
