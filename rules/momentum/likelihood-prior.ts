import { logistic } from '../kernel/beta.ts'
import { exp, log } from '../kernel/elementary.ts'
import type { Proportion } from '../kernel/proportion.ts'
import { logBeta } from '../kernel/saddle-point.ts'
import { pooledRate, type RatePrior } from './shrinkage.ts'

/** Where the strength is looked for, in ln trials, and how finely before the search narrows. */
const LOG_STRENGTH = { low: -7, high: 16, steps: 24 }
/** How far the mean may lie from the pooled rate, which one cell with most of the trials can hold on to. */
const LOGIT_REACH = 12
/** A likelihood this little above the binomial one is no evidence that cells differ. */
const NO_GAIN = 1e-9

/** The likelihood of a strength with the mean that is best for it. */
interface Profile {
  readonly mean: number
  readonly logLikelihood: number
}

/**
 * The prior of greatest beta-binomial likelihood: how do rates differ between few, named cells?
 *
 * @param cells Each with a trial.
 * @returns null with fewer than two cells, or when none or all succeed.
 * Source: Griffiths (1973), Biometrics 29; Skellam (1948). Profile over the mean, golden section over ln strength.
 */
export function priorByLikelihood(cells: readonly Proportion[]): RatePrior | null {
  const pooled = pooledRate(cells)
  if (pooled === null) return null
  const profileAt = (logStrength: number): Profile =>
    bestMean(cells, { strength: exp(logStrength), pooled })
  const step = (LOG_STRENGTH.high - LOG_STRENGTH.low) / LOG_STRENGTH.steps
  let best = LOG_STRENGTH.low
  let highest = -Infinity
  for (let index = 0; index <= LOG_STRENGTH.steps; index++) {
    const logStrength = LOG_STRENGTH.low + index * step
    const { logLikelihood } = profileAt(logStrength)
    if (logLikelihood > highest) [best, highest] = [logStrength, logLikelihood]
  }
  const top = maximum((place) => profileAt(place).logLikelihood, best - step, best + step)
  const { mean, logLikelihood } = profileAt(top)
  return logLikelihood <= binomialLogLikelihood(cells, pooled) + NO_GAIN
    ? { mean: pooled, strength: Infinity }
    : { mean, strength: exp(top) }
}

/**
 * ln likelihood of k successes of n trials in each cell, without binomial coefficients: Σ ln B(α + k, β + n − k) − ln B(α, β), B the beta
 * function, α = mean · strength, β = (1 − mean) · strength.
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

/** The best mean for a given strength, looked for around the pooled rate on the logit scale. */
function bestMean(
  cells: readonly Proportion[],
  { strength, pooled }: { readonly strength: number; readonly pooled: number },
): Profile {
  const centre = log(pooled / (1 - pooled))
  const logit = maximum(
    (place) => betaBinomialLogLikelihood(cells, { mean: logistic(place).x, strength }),
    centre - LOGIT_REACH,
    centre + LOGIT_REACH,
  )
  const mean = logistic(logit).x
  return { mean, logLikelihood: betaBinomialLogLikelihood(cells, { mean, strength }) }
}

function binomialLogLikelihood(cells: readonly Proportion[], rate: number): number {
  return cells.reduce(
    (sum, { successes, trials }) =>
      sum + successes * log(rate) + (trials - successes) * log(1 - rate),
    0,
  )
}

/** Each look keeps this part of what is left, so that one of its two places serves again. */
const GOLDEN = (Math.sqrt(5) - 1) / 2
/** Around a maximum a function is flat: a narrower search would compare rounding errors. */
const WIDTH = 1e-7

/** The place of the maximum of a function with one peak between `from` and `to`. Source: Kiefer (1953), golden section search. */
function maximum(height: (place: number) => number, from: number, to: number): number {
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
