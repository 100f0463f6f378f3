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
 * Below `srm_alarm` the arms hold different people: mismatch. Between alarm and `srm_watch`: watch. More than
 * `max_leaked_share` of the users in arms planned to get none: leak. Where no arm states a share, an equal split was meant.
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
