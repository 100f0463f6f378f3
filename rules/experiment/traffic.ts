import type { ExperimentRules } from './input.ts'
import { type SampleRatio, testSampleRatio } from './sample-ratio.ts'
import type { Trial } from './trials.ts'

/** How the traffic came in against the plan. `unplanned`: some arms state a share and others none, so the split cannot be checked; the verdict stands and a finding says so. */
export type TrafficStatus = 'as_planned' | 'watch' | 'mismatch' | 'leak' | 'unplanned'

export interface Traffic {
  readonly status: TrafficStatus
  readonly split: SampleRatio | null
  /** Users in arms planned to get none ÷ all users; 0 where no users came, null where the split cannot be checked. */
  readonly leakedShare: number | null
}

/**
 * Did each arm get the traffic it was planned to get?
 *
 * First match wins: p of the split below `srm_alarm`: the arms hold different people, mismatch; more than `max_leaked_share` of the users in arms
 * planned to get none: leak; p below `srm_watch`: watch. Where no arm states a share, an equal split was meant.
 *
 * 44,700 and 45,489 users of an equal plan, 45,094.5 each: χ² = 2 · 394.5² ÷ 45,094.5 = 6.9, p = 0.0086: a watch between 0.001 and 0.01.
 */
export function judgeTraffic(trial: Trial, rules: ExperimentRules): Traffic {
  const stated = trial.arms.filter((arm) => arm.plannedShare !== null).length
  const positive = trial.arms.some((arm) => (arm.plannedShare ?? 0) > 0)
  if (stated > 0 && (stated < trial.arms.length || !positive)) {
    return { status: 'unplanned', split: null, leakedShare: null }
  }
  const split = testSampleRatio(
    trial.arms.map((arm) => ({ users: arm.users, weight: arm.plannedShare ?? 1 })),
  )
  const users = trial.arms.reduce((total, arm) => total + arm.users, 0)
  const leakedShare = users === 0 ? 0 : split.leakedUsers / users
  return { status: statusOf(split.pValue, leakedShare, rules), split, leakedShare }
}

function statusOf(pValue: number, leakedShare: number, rules: ExperimentRules): TrafficStatus {
  if (pValue < rules.srm_alarm) return 'mismatch'
  if (leakedShare > rules.max_leaked_share) return 'leak'
  return pValue < rules.srm_watch ? 'watch' : 'as_planned'
}
