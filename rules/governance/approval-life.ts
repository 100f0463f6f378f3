import type { ApprovalState } from '../schema/approval-state.ts'

/** What can happen to an approval. */
export const APPROVAL_EVENTS = [
  'propose',
  'ask',
  'pass_by_rule',
  'approve',
  'reject',
  'expire',
  'supersede',
  'withdraw',
  'apply',
  'confirm',
  'fail',
  'verify',
  'roll_back',
] as const
export type ApprovalEvent = (typeof APPROVAL_EVENTS)[number]

/** One allowed step; who caused it is checked elsewhere (`decision-rights.ts`, `expiry.ts`, `staleness.ts`). */
export interface Transition {
  readonly from: ApprovalState
  readonly on: ApprovalEvent
  readonly to: ApprovalState
}

/**
 * Every step an approval may take; what is not listed is refused. Silence only ever expires: no row leads from `pending` to `approved`
 * but a decision. An amendment is `supersede` of the old approval and a new one from `draft`; a stale approval is superseded before it is
 * applied. After `applying` money may have moved, so the way out is `fail` and `roll_back`, never `withdraw`.
 */
export const APPROVAL_TRANSITIONS: readonly Transition[] = [
  { from: 'draft', on: 'propose', to: 'proposed' },
  { from: 'draft', on: 'withdraw', to: 'withdrawn' },
  { from: 'proposed', on: 'ask', to: 'pending' },
  { from: 'proposed', on: 'pass_by_rule', to: 'approved' },
  { from: 'proposed', on: 'supersede', to: 'superseded' },
  { from: 'proposed', on: 'withdraw', to: 'withdrawn' },
  { from: 'pending', on: 'approve', to: 'approved' },
  { from: 'pending', on: 'reject', to: 'rejected' },
  { from: 'pending', on: 'expire', to: 'expired' },
  { from: 'pending', on: 'supersede', to: 'superseded' },
  { from: 'pending', on: 'withdraw', to: 'withdrawn' },
  { from: 'approved', on: 'apply', to: 'applying' },
  { from: 'approved', on: 'supersede', to: 'superseded' },
  { from: 'approved', on: 'withdraw', to: 'withdrawn' },
  { from: 'applying', on: 'confirm', to: 'applied' },
  { from: 'applying', on: 'fail', to: 'failed' },
  { from: 'applied', on: 'verify', to: 'verified' },
  { from: 'applied', on: 'fail', to: 'failed' },
  { from: 'applied', on: 'roll_back', to: 'rolled_back' },
  { from: 'verified', on: 'roll_back', to: 'rolled_back' },
  { from: 'failed', on: 'apply', to: 'applying' },
  { from: 'failed', on: 'roll_back', to: 'rolled_back' },
]

export type StepRuling =
  | { readonly ok: true; readonly to: ApprovalState }
  | { readonly ok: false; readonly reason: 'ended' | 'not_allowed' }

/**
 * Where does an approval go when this happens to it?
 *
 * @returns The next state, or why there is none: `ended` when nothing can happen to it any more, `not_allowed` when something else could.
 */
export function stepOf(from: ApprovalState, event: ApprovalEvent): StepRuling {
  const ways = APPROVAL_TRANSITIONS.filter((transition) => transition.from === from)
  const way = ways.find((transition) => transition.on === event)
  if (way !== undefined) return { ok: true, to: way.to }
  return { ok: false, reason: ways.length === 0 ? 'ended' : 'not_allowed' }
}

/** True when the approval holds its money back from other plans: asked for, granted or being applied. */
export function reservesMoney(state: ApprovalState): boolean {
  return ['proposed', 'pending', 'approved', 'applying', 'failed'].includes(state)
}
