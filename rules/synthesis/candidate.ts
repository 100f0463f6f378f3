import type { ImpactRuling } from './impact.ts'

/** What kind of action a candidate is. */
export type ActionKind =
  | 'pause'
  | 'decide_move'
  | 'stop'
  | 'scale'
  | 'revise'
  | 'respond'
  | 'repair'
  | 'carried_over'

/** Something that leadership could be asked for; ranked against the others by what it is expected to bring. */
export interface ActionCandidate {
  /** `KIND:SUBJECT`, the same in every review of the same subject. */
  readonly id: string
  readonly kind: ActionKind
  /** What it is about, so that two candidates for one thing can be told: `campaign:CAMP_003`. */
  readonly subject: string
  readonly title: string
  /** Key of `operating_model.owners`. */
  readonly area: string
  readonly dueOn: string
  readonly ruling: ImpactRuling
  /** Orders what has no measured impact, the most urgent first. */
  readonly urgency: number
  readonly resources: readonly string[]
  readonly decisionIds: readonly string[]
}

/** How urgent an action is whose impact nobody can state. Larger comes first. */
export const URGENCY = {
  critical_risk: 90,
  stop_loss: 80,
  high_risk: 70,
  stop: 60,
  move: 50,
  carried_over: 45,
  repair: 40,
  medium_risk: 35,
  scale: 30,
  revise: 20,
  low_risk: 10,
} as const

/** What each kind of action takes, besides the owner's time. */
export const RESOURCES: Readonly<Record<ActionKind, readonly string[]>> = {
  pause: ['Time of the campaign’s owner', 'No budget'],
  decide_move: [
    'Approvers of the move’s tier',
    'No new money: what one line gives, another receives',
  ],
  stop: ['An approver of the stop', 'No budget'],
  scale: ['Budget from a move that governance approves', 'Time of the channel’s owner'],
  revise: ['Copy and creative work', 'No media budget'],
  respond: ['Time of the risk’s owner', 'No budget'],
  repair: ['Time of whoever owns the data or the entry', 'No budget'],
  carried_over: ['As agreed in the earlier review'],
}
