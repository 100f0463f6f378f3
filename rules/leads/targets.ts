import { compareToPrinted } from '../kernel/printed-decimal.ts'
import { isMeasured, notMeasured, measured, type Quantity } from '../kernel/quantity.ts'
import type { Decision } from '../schema/review.ts'
import type { LeadRows } from './lead-rows.ts'

/** A rate of the month held against a target of the policy. */
export interface TargetRate {
  /** `acceptance` or `sales_qualification`. */
  readonly topic: string
  readonly name: string
  readonly reached: number
  readonly base: number
  /** The leads of the base. */
  readonly leads: LeadRows
  /** Why there may be no base. */
  readonly missing: string
  readonly formula: string
  readonly target: number
  /** Where the policy keeps the target. */
  readonly targetKey: string
}

/** reached ÷ base; not measured without a base. */
export function targetRate({ reached, base, missing }: TargetRate): Quantity {
  return base === 0 ? notMeasured(missing) : measured(reached / base)
}

/**
 * Does a rate reach its target?
 *
 * Compared exactly: reached ÷ base against the target as printed. Without a base nothing is called.
 */
export function judgeTarget(rate: TargetRate, policyVersion: string): Decision {
  const ruleId = `lead_scoring.${rate.topic}`
  return {
    id: ruleId,
    stage: 'lead_scoring',
    subject: `rate:${rate.topic}`,
    subjectName: rate.name,
    ...callOf(rate),
    ruleId,
    policyVersion,
    evidence: { reached: rate.reached, base: rate.base, target: rate.target },
  }
}

function callOf(rate: TargetRate): Pick<Decision, 'action' | 'reason'> {
  if (!isMeasured(targetRate(rate))) return { action: 'not_assessable', reason: 'no_base' }
  const order = compareToPrinted({ numerator: rate.reached, denominator: rate.base }, rate.target)
  return order < 0
    ? { action: 'below_target', reason: 'rate_below_target' }
    : { action: 'on_target', reason: 'rate_at_least_target' }
}
