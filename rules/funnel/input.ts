import type { Policy } from '../policy/policy.ts'
import type { ClaimedDropOff } from './claimed-drop-offs.ts'
import type { MotionPeople } from './people.ts'

/** Where people were counted: a campaign × segment × channel; null where the data does not say. */
export interface CellKey {
  readonly campaignId: string | null
  readonly segmentId: string | null
  readonly channelId: string | null
}

/** How many reached a stage in a cell in a month, as one source reports it. */
export interface StageCountRow extends CellKey {
  readonly month: string
  readonly stage: string
  readonly source: string | null
  readonly count: number
  /** Data rows in the sum. */
  readonly rows: number
  /** Days of the sum on which another source reports the same stage of the same cell. */
  readonly sharedDays: number
}

/** A campaign and what it is meant to reach, in the words of its objective and main figure. */
export interface FunnelCampaign {
  readonly name: string
  readonly goalText: string
}

/** Whether a data set was there to be read. */
export type Presence = 'absent' | 'empty' | 'present' | 'unreadable'

/** Persons followed through the funnel. */
export interface PeopleInput {
  /** One per motion; empty without person-level events. */
  readonly motions: readonly MotionPeople[]
  /** The cell of each label. */
  readonly cellKeys: readonly CellKey[]
  /** Events of each stage that the months looked at have. */
  readonly events: ReadonlyMap<string, number>
}

/** Everything the funnel stage looks at. */
export interface FunnelInput {
  /** Counts of the review month and the month before. */
  readonly counts: readonly StageCountRow[]
  readonly people: PeopleInput
  /** Drop-offs that somebody already published. */
  readonly claims: readonly ClaimedDropOff[]
  readonly campaigns: ReadonlyMap<string, FunnelCampaign>
  readonly segments: ReadonlyMap<string, string>
  readonly channels: ReadonlyMap<string, string>
  readonly presence: Readonly<Record<'funnel_counts' | 'funnel_events', Presence>>
}

/** What a rule of this stage is told besides its rows. */
export interface FunnelContext {
  readonly month: string
  readonly policy: Policy
}
