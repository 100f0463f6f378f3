import { betaQuantile, logistic } from '../kernel/beta.ts'
import { exp, log } from '../kernel/elementary.ts'
import type { Interval } from '../kernel/interval.ts'
import { checkProportion, type Proportion, rateOf } from '../kernel/proportion.ts'
import { logBeta } from '../kernel/saddle-point.ts'

/** How rates differ between cells (segments, reps): beta with this mean and strength = α + β. */
export interface RatePrior {
  /** In (0, 1). */
  readonly mean: number
  /** Trials the prior is worth; Infinity when cells differ no more than chance makes them. */
  readonly strength: number
}

/** What a cell's rate is believed to be once the other cells are taken into account. */
export interface ShrunkenRate {
  readonly raw: number
  readonly shrunken: number
  /** 90 % credible range. */
  readonly range: Interval
}

/** Bounds of the intra-class correlation, so that the prior stays proper. */
const RHO_MIN = 1e-6
const RHO_MAX = 0.999

/**
 * The prior by weighted moments, in closed form: mean = Σk ÷ Σn,
 * ρ = (Σ n(k/n − mean)² − mean(1 − mean)(m − 1)) ÷ (mean(1 − mean)(N − Σn²/N − (m − 1))), strength = 1/ρ − 1.
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
    const step = rateOf(cell) - mean
    return sum + cell.trials * step * step
  }, 0)
  const variance = mean * (1 - mean)
  const room = variance * (trials - squares / trials - (cells.length - 1))
  // One trial in each cell leaves no room to see a difference between cells.
  const rho = room > 0 ? (scatter - variance * (cells.length - 1)) / room : 0
  return { mean, strength: 1 / Math.min(Math.max(rho, RHO_MIN), RHO_MAX) - 1 }
}

/** Where the strength is looked for, in ln trials, and how finely before the search narrows. */
const LOG_STRENGTH = { low: -7, high: 16, steps: 24 }
/** How far the mean may lie from the pooled rate, which one cell with most of the trials can hold on to. */
const LOGIT_REACH = 12
/** A likelihood this little above the binomial one is no evidence that cells differ. */
const NO_GAIN = 1e-9

/**
 * The prior of greatest beta-binomial likelihood.
 *
 * @param cells Each with a trial.
 * @returns null with fewer than two cells, or when none or all succeed.
 * Source: Griffiths (1973), Biometrics 29; Skellam (1948). Profile over the mean, golden section over ln strength.
 */
export function priorByLikelihood(cells: readonly Proportion[]): RatePrior | null {
  const pooled = pooledRate(cells)
  if (pooled === null) return null
  const at = (logStrength: number): { mean: number; height: number } =>
    profile(cells, exp(logStrength), pooled)
  const step = (LOG_STRENGTH.high - LOG_STRENGTH.low) / LOG_STRENGTH.steps
  let best = LOG_STRENGTH.low
  let highest = -Infinity
  for (let index = 0; index <= LOG_STRENGTH.steps; index++) {
    const place = LOG_STRENGTH.low + index * step
    const { height } = at(place)
    if (height > highest) [best, highest] = [place, height]
  }
  const top = goldenSection((place) => at(place).height, best - step, best + step)
  const { mean, height } = at(top)
  return height <= binomialLogLikelihood(cells, pooled) + NO_GAIN
    ? { mean: pooled, strength: Infinity }
    : { mean, strength: exp(top) }
}

/**
 * ln likelihood without binomial coefficients: Σ ln B(α + k, β + n − k) − ln B(α, β).
 *
 * At infinite strength it is the plain binomial Σ k ln mean + (n − k) ln(1 − mean).
 */
export function betaBinomialLogLikelihood(
  cells: readonly Proportion[],
  { mean, strength }: RatePrior,
): number {
  if (strength === Infinity) return binomialLogLikelihood(cells, mean)
  const [alpha, beta] = [mean * strength, (1 - mean) * strength]
  const base = logBeta(alpha, beta)
  return cells.reduce(
    (sum, { successes, trials }) =>
      sum + logBeta(alpha + successes, beta + (trials - successes)) - base,
    0,
  )
}

/**
 * The cell's rate drawn towards the prior: (mean · strength + k) ÷ (strength + n). Rank and flag small cells by this, never by the raw rate.
 */
export function shrunkenMean(cell: Proportion, { mean, strength }: RatePrior): number {
  checkProportion(cell)
  if (strength === Infinity) return mean
  return (mean * strength + cell.successes) / (strength + cell.trials)
}

/** The cell's raw and drawn rates, with the 90 % range of the latter. */
export function shrinkRate(cell: Proportion, prior: RatePrior): ShrunkenRate {
  const raw = rateOf(cell)
  const shrunken = shrunkenMean(cell, prior)
  if (prior.strength === Infinity)
    return { raw, shrunken, range: { low: shrunken, high: shrunken } }
  const alpha = prior.mean * prior.strength + cell.successes
  const beta = (1 - prior.mean) * prior.strength + cell.trials - cell.successes
  return {
    raw,
    shrunken,
    range: { low: betaQuantile(0.05, alpha, beta), high: betaQuantile(0.95, alpha, beta) },
  }
}

function pooledRate(cells: readonly Proportion[]): number | null {
  for (const cell of cells) checkProportion(cell)
  const successes = cells.reduce((sum, cell) => sum + cell.successes, 0)
  const trials = cells.reduce((sum, cell) => sum + cell.trials, 0)
  return cells.length < 2 || successes === 0 || successes === trials ? null : successes / trials
}

/** The best mean for a given strength, looked for around the pooled rate on the logit scale. */
function profile(cells: readonly Proportion[], strength: number, pooled: number) {
  const centre = log(pooled / (1 - pooled))
  const logit = goldenSection(
    (place) => betaBinomialLogLikelihood(cells, { mean: logistic(place).x, strength }),
    centre - LOGIT_REACH,
    centre + LOGIT_REACH,
  )
  const mean = logistic(logit).x
  return { mean, height: betaBinomialLogLikelihood(cells, { mean, strength }) }
}

function binomialLogLikelihood(cells: readonly Proportion[], rate: number): number {
  return cells.reduce(
    (sum, { successes, trials }) =>
      sum + successes * log(rate) + (trials - successes) * log(1 - rate),
    0,
  )
}

const GOLDEN = (Math.sqrt(5) - 1) / 2
/** Around a maximum the height is flat: a narrower search would compare rounding errors. */
const WIDTH = 1e-7

/** The place of the maximum of a function with one peak between `from` and `to`. */
function goldenSection(height: (place: number) => number, from: number, to: number): number {
  let [low, high] = [from, to]
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
  let [atLeft, atRight] = [height(left), height(right)]
  while (high - low > WIDTH) {
    if (atLeft >= atRight) {
      ;[high, right, atRight] = [right, left, atLeft]
      left = high - GOLDEN * (high - low)
      atLeft = height(left)
    } else {
      ;[low, left, atLeft] = [left, right, atRight]
      right = low + GOLDEN * (high - low)
      atRight = height(right)
    }
  }
  return (low + high) / 2
}
