import { around, type Interval } from '../kernel/interval.ts'
import { studentTQuantile, studentTSurvival, studentTTwoSided } from '../kernel/student-t.ts'
import type { Effect } from './effect.ts'

/** A test that was to be looked at once, at its end. */
export interface FixedTest {
  readonly t: number
  readonly pValue: number
  readonly interval: Interval
}

/** A test of one direction; the interval is open on the other side. */
export interface OneSidedTest {
  readonly pValue: number
  readonly bound: number
}

/**
 * Welch's two-sided t test of "no effect", with the interval of level 1 − alpha.
 *
 * Source: B. L. Welch, 1947; tail probabilities from the own kernel, so that tiny p values do not vanish.
 */
export function twoSidedTest(effect: Effect, alpha: number): FixedTest {
  const critical = -studentTQuantile(alpha / 2, effect.df)
  return {
    t: effect.estimate / effect.standardError,
    pValue: twoSidedP(effect),
    interval: around(effect.estimate, critical * effect.standardError),
  }
}

/** P value of the two-sided test alone. */
export function twoSidedP({ estimate, standardError, df }: Effect): number {
  return studentTTwoSided(estimate / standardError, df)
}

/** Is the effect above zero? `bound` is the lower end at level 1 − alpha. */
export function greaterTest(effect: Effect, alpha: number): OneSidedTest {
  const half = -studentTQuantile(alpha, effect.df) * effect.standardError
  return {
    pValue: studentTSurvival(effect.estimate / effect.standardError, effect.df),
    bound: effect.estimate - half,
  }
}

/** Is the effect below zero? `bound` is the upper end at level 1 − alpha. */
export function lesserTest(effect: Effect, alpha: number): OneSidedTest {
  const half = -studentTQuantile(alpha, effect.df) * effect.standardError
  return {
    pValue: studentTSurvival(-effect.estimate / effect.standardError, effect.df),
    bound: effect.estimate + half,
  }
}
