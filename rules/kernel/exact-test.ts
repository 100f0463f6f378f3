import { binomialAtLeast, binomialCdf, binomialLogPmf } from './binomial.ts'
import { exp, log } from './elementary.ts'
import { hypergeometricLogPmf, hypergeometricOdds, type Urn } from './hypergeometric.ts'
import { checkProportion, type Proportion } from './proportion.ts'
import type { TwoProportions } from './two-proportions.ts'

/** A single-peaked distribution on whole numbers. */
export interface CountDistribution {
  readonly lowest: number
  readonly highest: number
  readonly mode: number
  readonly logPmf: (count: number) => number
  readonly atMost: (count: number) => number
  readonly atLeast: (count: number) => number
}

/** Outcomes whose ln probabilities differ by less count as equally likely: they would be equal without rounding. As in R. */
const TIE = 1e-7

/**
 * Two-sided exact p value: the probability of all outcomes no more likely than the observed one.
 *
 * They are the tail that holds the observed outcome and, beyond the mode, the tail that begins where outcomes are no more
 * likely. Two heads in ten tosses of a fair coin: 0, 1, 2 and 8, 9, 10 heads, 112 of 1024 outcomes, p = 0.109375.
 *
 * Source: R `binom.test`, `poisson.test`, `fisher.test`; SciPy `binomtest`.
 */
export function leastLikelyPValue(distribution: CountDistribution, observed: number): number {
  const { lowest, highest, mode, logPmf, atMost, atLeast } = distribution
  const limit = logPmf(observed) + TIE
  if (logPmf(mode) <= limit) return 1
  const isUnlikely = (count: number): boolean => logPmf(count) <= limit
  if (observed < mode) {
    const steps = firstStep(highest - mode + 1, (step) => isUnlikely(mode + step))
    return Math.min(1, atMost(observed) + atLeast(mode + steps))
  }
  const steps = firstStep(mode - lowest + 1, (step) => isUnlikely(mode - step))
  return Math.min(1, atLeast(observed) + atMost(mode - steps))
}

/** The first step, from 1 on, that holds, where each after it holds too; `end` when none before it does. */
function firstStep(end: number, holds: (step: number) => boolean): number {
  let [below, above] = [0, end]
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2)
    if (holds(middle)) above = middle
    else below = middle
  }
  return above
}

/** Exact two-sided p value of a share against an expected share in (0, 1). Source: SciPy `binomtest`. */
export function binomialTwoSided(sample: Proportion, expected: number): number {
  checkProportion(sample)
  const { successes, trials } = sample
  const distribution: CountDistribution = {
    lowest: 0,
    highest: trials,
    mode: Math.min(trials, Math.floor((trials + 1) * expected)),
    logPmf: (count) => binomialLogPmf(count, trials, expected),
    atMost: (count) => binomialCdf(count, trials, expected),
    atLeast: (count) => binomialAtLeast(count, trials, expected),
  }
  return leastLikelyPValue(distribution, successes)
}

/**
 * Fisher's exact test: given how many convert in all, how surprising is their split? Two-sided; the test to use when
 * conversions are few.
 *
 * Source: R. A. Fisher, 1935; SciPy `fisher_exact`.
 */
export function fisherExactP({ control, treatment }: TwoProportions): number {
  checkProportion(control)
  checkProportion(treatment)
  const urn: Urn = {
    marked: treatment.trials,
    unmarked: control.trials,
    draws: control.successes + treatment.successes,
  }
  const lowest = Math.max(0, urn.draws - urn.unmarked)
  const highest = Math.min(urn.draws, urn.marked)
  const total = urn.marked + urn.unmarked
  const peak = Math.floor(((urn.draws + 1) * (urn.marked + 1)) / (total + 2))
  const distribution: CountDistribution = {
    lowest,
    highest,
    mode: Math.min(highest, Math.max(lowest, peak)),
    logPmf: (count) => hypergeometricLogPmf(count, urn),
    atMost: (count) => (count < lowest ? 0 : tailSum(urn, count, -1)),
    atLeast: (count) => (count > highest ? 0 : tailSum(urn, count, 1)),
  }
  return leastLikelyPValue(distribution, treatment.successes)
}

/** Probability of a possible `count` and of all beyond it; past the last one the odds are none, which ends the sum. */
function tailSum(urn: Urn, count: number, step: -1 | 1): number {
  let term = 1
  let sum = 0
  for (let at = count; term > sum * 1e-18; at += step) {
    sum += term
    term *= step === 1 ? hypergeometricOdds(at, urn) : 1 / hypergeometricOdds(at - 1, urn)
  }
  return exp(hypergeometricLogPmf(count, urn) + log(sum))
}
