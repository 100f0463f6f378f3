import { fisherExactP } from '../kernel/exact-test.ts'
import type { Interval } from '../kernel/interval.ts'
import { miettinenNurminenInterval } from '../kernel/miettinen-nurminen.ts'
import { type Proportion, rateOf } from '../kernel/proportion.ts'
import { newcombeInterval, pooledZTest } from '../kernel/two-proportions.ts'

/** A change of a rate between two periods. */
export interface RateChange {
  readonly previousRate: number
  readonly currentRate: number
  /** currentRate − previousRate. */
  readonly difference: number
  /** 95 % interval of the difference. */
  readonly interval: Interval
  readonly p: number
  /** `score`: pooled z with Newcombe's interval. `exact`: Fisher with Miettinen–Nurminen's. */
  readonly test: 'score' | 'exact'
}

/**
 * Did a rate change?
 *
 * A thin table (an expected count below `thinBelow`) is tested exactly: the normal curve does not fit it.
 *
 * @param previous, current Whole successes of whole trials, at least one trial each.
 * @throws InvariantError when a period has no trial or more successes than trials.
 * Source: Newcombe (1998); Miettinen and Nurminen (1985); Cochran (1954) for the bound on expected counts.
 */
export function compareRates(
  previous: Proportion,
  current: Proportion,
  thinBelow: number,
): RateChange {
  const samples = { control: previous, treatment: current }
  const [previousRate, currentRate] = [rateOf(previous), rateOf(current)]
  const rates = { previousRate, currentRate, difference: currentRate - previousRate }
  return smallestExpected(previous, current) < thinBelow
    ? {
        ...rates,
        interval: miettinenNurminenInterval(samples, 0.95),
        p: fisherExactP(samples),
        test: 'exact',
      }
    : {
        ...rates,
        interval: newcombeInterval(samples, 0.95),
        p: pooledZTest(samples).pValue,
        test: 'score',
      }
}

/** The smallest of the four counts expected if both periods had one rate. */
function smallestExpected(previous: Proportion, current: Proportion): number {
  const trials = previous.trials + current.trials
  const successes = previous.successes + current.successes
  const rarer = Math.min(successes, trials - successes)
  return (rarer * Math.min(previous.trials, current.trials)) / trials
}
