import type { Momentum } from '../policy/momentum.ts'
import type { Evidence } from '../schema/review.ts'
import type { MomentumCall } from './momentum.ts'

/** The quantities a direction was called on, unrounded, for a decision's evidence. */
export function momentumEvidence(call: MomentumCall, policy: Momentum): Evidence {
  const { change, adjustedP, comparedChange, pending } = call
  return {
    test: change.test,
    previous: change.previous,
    current: change.current,
    relativeChange: change.relativeChange,
    comparedChange,
    intervalLow: change.interval?.low ?? null,
    intervalHigh: change.interval?.high ?? null,
    businessMinimum: policy.business_minimum,
    p: change.p,
    adjustedP,
    correction: policy.correction,
    alpha: policy.alpha,
    support: change.support,
    minConversions: policy.min_conversions,
    ...(pending === null
      ? {}
      : {
          missingShare: pending.missingShare,
          changeWhenReported: pending.change.relativeChange,
          settledOn: pending.settledOn,
        }),
  }
}
