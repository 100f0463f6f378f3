import { addBusinessDays, type WorkingCalendar } from '../kernel/business-days.ts'
import { SEVERITIES, type RiskPolicy } from '../policy/synthesis.ts'
import type { RiskSignal } from './signal.ts'

/** What is done about an open risk. */
export type RiskAction = 'pause' | 'review' | 'check_tracking' | 'revise_copy'

/** Action, owner and day; the reason says where the action comes from. */
export interface RiskResponse {
  readonly action: RiskAction
  readonly reason: 'recommended' | 'grave_without_recommendation' | 'no_recommendation'
  /** Key of `operating_model.owners`. */
  readonly area: string
  readonly dueOn: string
}

/** Recommendations as monitors and people write them. */
const RECOMMENDED: Readonly<Record<string, RiskAction>> = {
  pause: 'pause',
  stop: 'pause',
  human_review: 'review',
  review: 'review',
  investigate_tracking: 'check_tracking',
  check_tracking: 'check_tracking',
  revise_copy: 'revise_copy',
}

/**
 * What must be done about an open risk, by whom and until when?
 *
 * The recommended action when it is one we know; a critical risk without one is paused first, any other is reviewed by a person. The owner
 * is the area the policy gives to the risk's type; due within the business days the policy gives to its severity, after the review's date.
 */
export function respondTo(
  { recommendedAction, severity, riskType }: RiskSignal,
  policy: RiskPolicy,
  { asOfOn, calendar }: { readonly asOfOn: string; readonly calendar: WorkingCalendar },
): RiskResponse {
  const recommended = RECOMMENDED[recommendedAction ?? '']
  const grave = severity === SEVERITIES.at(-1)
  return {
    action: recommended ?? (grave ? 'pause' : 'review'),
    reason: reasonOf(recommended !== undefined, grave),
    area: policy.owner_areas[riskType] ?? policy.default_area,
    dueOn: addBusinessDays(asOfOn, policy.due_business_days[severity], calendar),
  }
}

function reasonOf(recommended: boolean, grave: boolean): RiskResponse['reason'] {
  if (recommended) return 'recommended'
  return grave ? 'grave_without_recommendation' : 'no_recommendation'
}
