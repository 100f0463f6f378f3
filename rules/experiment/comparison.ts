import { log } from '../kernel/elementary.ts'
import { fisherExactP } from '../kernel/exact-test.ts'
import type { Interval } from '../kernel/interval.ts'
import { fiellerLift, relativeLift } from '../kernel/lift-interval.ts'
import { miettinenNurminenInterval } from '../kernel/miettinen-nurminen.ts'
import type { Proportion } from '../kernel/proportion.ts'
import { scoreLiftInterval } from '../kernel/score-lift.ts'
import { studentTQuantile } from '../kernel/student-t.ts'
import { correctedPValue, rateDifference, type TwoProportions } from '../kernel/two-proportions.ts'
import { type PairReading, readPair } from './adjustment.ts'
import type { PlainArm } from './arm.ts'
import { logBayesFactor } from './bayes-factor.ts'
import { posteriorOf } from './bayes.ts'
import { compareBetas } from './beta-comparison.ts'
import { type Effect, type Effects, effectsOf, type NoEffect } from './effect.ts'
import { twoSidedTest } from './fixed-test.ts'
import { sequentialTest } from './sequential.ts'

/** What a comparison of two arms says; figures are treatment against control. */
export interface Comparison {
  /** `welch`: t test of the difference. `exact`: Fisher's test and exact intervals, where conversions are few. */
  readonly method: 'welch' | 'exact'
  readonly difference: number
  readonly interval: Interval
  /** Relative to the control; null where the control is at zero, its interval also where the control is too near zero. */
  readonly lift: number | null
  readonly liftInterval: Interval | null
  /** Standard error of the lift, for pooling; null where the method is exact or there is no lift. */
  readonly liftError: number | null
  readonly pValue: number
  /** With continuity correction, as many tools show it; null for means. */
  readonly correctedPValue: number | null
  readonly chanceToWin: number
  /** What may be called at any look: an interval that excludes zero, or few conversions with overwhelming odds. */
  readonly anytime: {
    readonly interval: Interval | null
    readonly liftInterval: Interval | null
    readonly callable: boolean
  }
}

export type ComparisonResult =
  | { readonly ok: true; readonly comparison: Comparison }
  | { readonly ok: false; readonly reason: NoEffect }

/** How a comparison is to be read. */
export interface ComparisonRules {
  readonly alpha: number
  /** Error rate of the anytime reading: alpha shared among the comparisons of an experiment. */
  readonly anytimeAlpha: number
  readonly tunedTo: number
  readonly exactBelow: number
  readonly lowerIsBetter: boolean
}

/**
 * Compares a treatment with its control. The absolute difference decides; the lift is told.
 *
 * By Welch's test, its interval of the difference and Fieller's of the lift exclude zero exactly where p < alpha. Rates
 * with fewer than `exactBelow` conversions, or users who did not convert, in an arm are compared exactly: Fisher's test
 * decides, and is stricter than the score intervals beside it, which agree with one another but may exclude zero where
 * it does not decide.
 */
export function compareArms(
  control: PlainArm,
  treatment: PlainArm,
  rules: ComparisonRules,
): ComparisonResult {
  if (control.kind === 'proportion' && treatment.kind === 'proportion') {
    const samples = {
      control: { successes: control.conversions, trials: control.users },
      treatment: { successes: treatment.conversions, trials: treatment.users },
    }
    if (isThin(samples.control, rules) || isThin(samples.treatment, rules)) {
      return { ok: true, comparison: compareExactly(samples, rules) }
    }
    const result = compareMoments(readPair(control, treatment), rules)
    return result.ok
      ? {
          ok: true,
          comparison: { ...result.comparison, correctedPValue: correctedPValue(samples) },
        }
      : result
  }
  return compareMoments(readPair(control, treatment), rules)
}

function isThin({ successes, trials }: Proportion, { exactBelow }: ComparisonRules): boolean {
  return Math.min(successes, trials - successes) < exactBelow
}

function compareMoments(pair: PairReading, rules: ComparisonRules): ComparisonResult {
  const result = effectsOf(pair)
  if (!result.ok) return result
  const { absolute, relative } = result.effects
  const test = twoSidedTest(absolute, rules.alpha)
  return {
    ok: true,
    comparison: {
      method: 'welch',
      difference: absolute.estimate,
      interval: test.interval,
      lift: relative?.estimate ?? null,
      liftInterval: liftInterval(pair, absolute, rules.alpha),
      liftError: relative?.standardError ?? null,
      pValue: test.pValue,
      correctedPValue: null,
      chanceToWin: posteriorOf(absolute, null, rules).chanceToWin,
      anytime: anytimeReading(pair, result.effects, rules),
    },
  }
}

function anytimeReading(
  { control, treatment }: PairReading,
  { absolute, relative }: Effects,
  { anytimeAlpha: alpha, tunedTo }: ComparisonRules,
): Comparison['anytime'] {
  const at = (effect: Effect): Interval =>
    sequentialTest(effect, control.users + treatment.users, { alpha, tunedTo }).interval
  const interval = at(absolute)
  return {
    interval,
    liftInterval: relative === null ? null : at(relative),
    callable: interval.low > 0 || interval.high < 0,
  }
}

/** Fieller's interval with the t value of the absolute test; relative to |control|, so it turns round for a negative control. */
function liftInterval(
  { control, treatment }: PairReading,
  absolute: Effect,
  alpha: number,
): Interval | null {
  const critical = -studentTQuantile(alpha / 2, absolute.df)
  const interval = fiellerLift(
    { mean: control.mean, variance: control.variance / control.users },
    { mean: treatment.mean, variance: treatment.variance / treatment.users },
    critical,
  )
  if (interval === null || control.mean > 0) return interval
  return { low: -interval.high, high: -interval.low }
}

function compareExactly(samples: TwoProportions, rules: ComparisonRules): Comparison {
  const { chanceToWin } = compareBetas(samples, { a: 1, b: 1 })
  const confidence = 1 - rules.alpha
  return {
    method: 'exact',
    difference: rateDifference(samples),
    interval: miettinenNurminenInterval(samples, confidence),
    lift: relativeLift(samples),
    liftInterval: scoreLiftInterval(samples, confidence),
    liftError: null,
    pValue: fisherExactP(samples),
    correctedPValue: correctedPValue(samples),
    chanceToWin: rules.lowerIsBetter ? 1 - chanceToWin : chanceToWin,
    anytime: {
      interval: null,
      liftInterval: null,
      callable: logBayesFactor(samples) >= -log(rules.anytimeAlpha),
    },
  }
}
