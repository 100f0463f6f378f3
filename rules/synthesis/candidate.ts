import type { CampaignStanding } from '../governance/campaign-standing.ts'
import { addBusinessDays, type WorkingCalendar } from '../kernel/business-days.ts'
import type { Policy } from '../policy/policy.ts'
import type { Fact } from '../schema/review.ts'
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
  pause: ['time of the campaign’s owner', 'no budget'],
  decide_move: [
    'approvers of the move’s tier',
    'no new money: what one line gives, another receives',
  ],
  stop: ['an approver of the stop, asked outside this program', 'no budget'],
  scale: ['budget from a move that governance approves', 'time of the channel’s owner'],
  revise: ['copy and creative work', 'no media budget'],
  respond: ['time of the risk’s owner', 'no budget'],
  repair: ['time of whoever owns the data or the entry', 'no budget'],
  carried_over: ['as agreed in the earlier review'],
}

/** What candidates are made with. */
export interface CandidateContext {
  readonly asOfOn: string
  readonly calendar: WorkingCalendar
  readonly policy: Policy
  /** Facts of the earlier stages by id. */
  readonly facts: ReadonlyMap<string, Fact>
  /** How campaigns stand; one that is not named is taken to run. */
  readonly standings: ReadonlyMap<string, CampaignStanding>
}

/** By when an action of a kind is due: so many business days after the day the review speaks for. */
export function dueIn(
  kind: keyof Policy['synthesis']['due_business_days'],
  context: CandidateContext,
): string {
  const days = context.policy.synthesis.due_business_days[kind]
  return addBusinessDays(context.asOfOn, days, context.calendar)
}
