import { minorPerMajor } from '../kernel/currency.ts'
import { compareRatio, exactRatio, type Ratio } from '../kernel/printed-decimal.ts'
import type { Target } from '../policy/verdict.ts'
import type { Fact } from '../schema/review.ts'

/** A target held against what was reached. */
export interface TargetRuling {
  readonly status: 'met' | 'missed' | 'not_assessable'
  readonly reason: 'bound_held' | 'bound_broken' | 'actual_missing' | 'actual_without_number'
}

/**
 * Is a target met?
 *
 * The exact quotient behind the actual figure is compared with the bound as printed and the operator as printed: 4 of 6 is below 0.67,
 * although both print as 67 %. A figure that was not measured neither meets nor misses.
 *
 * @param actual The fact the target speaks of; undefined when the review has none.
 */
export function judgeTarget(target: Target, actual: Fact | undefined): TargetRuling {
  if (actual === undefined || actual.value === null) {
    return { status: 'not_assessable', reason: 'actual_missing' }
  }
  const ratio = ratioOf(actual)
  if (ratio === null) return { status: 'not_assessable', reason: 'actual_without_number' }
  return holds(ratio, target)
    ? { status: 'met', reason: 'bound_held' }
    : { status: 'missed', reason: 'bound_broken' }
}

/**
 * The exact quotient behind a fact, money in whole currency units; null for a date or a text.
 *
 * The numerator and denominator of the fact where it has them, since its value is already rounded to a double.
 */
export function ratioOf({ value, numerator, denominator = 0 }: Fact): Ratio | null {
  if (value === null || typeof value === 'string') return null
  const unit = typeof value === 'number' ? 1 : minorPerMajor(value.currency)
  if (numerator !== undefined && denominator > 0) {
    return exactRatio(numerator, denominator * unit)
  }
  return exactRatio(typeof value === 'number' ? value : value.minor, unit)
}

/** The bound of a target, whichever way it points; the policy's schema makes sure there is exactly one. */
export function boundOf({ at_least: floor, at_most: ceiling }: Target): number {
  return floor ?? ceiling ?? 0
}

function holds(actual: Ratio, { at_least: floor, at_most: ceiling }: Target): boolean {
  return (
    (floor === undefined || compareRatio(actual, floor) >= 0) &&
    (ceiling === undefined || compareRatio(actual, ceiling) <= 0)
  )
}
