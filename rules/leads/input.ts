import type { Policy } from '../policy/policy.ts'

/** Leads that became an MQL in one month. Later stages count what had happened by the review's date. */
export interface MqlMonth {
  /** `YYYY-MM`. */
  readonly month: string
  readonly mqls: number
  readonly accepted: number
  readonly rejected: number
  readonly salesQualified: number
  readonly opportunities: number
  readonly wins: number
  /** MQLs old enough for sales to have answered (policy leads.sales_days), and how many of them became an SQL in time. */
  readonly matureMqls: number
  readonly matureSalesQualified: number
}

/** MQLs of the month in one score band, best first: hql, mql, mel, below; `unscored` without a score. */
export interface BandCounts {
  readonly band: 'hql' | 'mql' | 'mel' | 'below' | 'unscored'
  readonly mqls: number
  readonly accepted: number
  readonly rejected: number
  readonly salesQualified: number
  readonly opportunities: number
  readonly wins: number
}

/** How often sales gave one answer on the MQLs of a month; `accepted`, or the reason for rejecting. */
export interface AnswerCount {
  readonly month: string
  readonly answer: string
  readonly count: number
}

/** MQLs a rep answered on, over the history. */
export interface RepCounts {
  readonly owner: string
  readonly decided: number
  readonly accepted: number
}

/** Mature MQLs of a month in one channel, and how many became an SQL in time. */
export interface ChannelMonth {
  readonly month: string
  readonly channelId: string
  readonly matureMqls: number
  readonly matureSalesQualified: number
}

/** A lead whose outcome is settled: old enough (policy leads.outcome_days), won within that time or not. */
export interface SettledLead {
  readonly score: number
  readonly converted: boolean
  readonly channelId: string | null
}

/** How many rows fill each column the stage can use, up to the review's date. */
export interface ColumnFill {
  readonly leads: number
  readonly score: number
  readonly mql: number
  readonly salesQualified: number
  readonly opportunity: number
  readonly won: number
  readonly feedback: number
  readonly owner: number
}

/** Everything lead scoring looks at. */
export interface LeadScoringInput {
  readonly presence: 'absent' | 'empty' | 'present' | 'unreadable'
  readonly filled: ColumnFill
  /** Leads created in the review month and the month before. */
  readonly created: { readonly current: number; readonly previous: number }
  /** Months with an MQL, oldest first, the review month included; reaches back policy leads.history_months. */
  readonly months: readonly MqlMonth[]
  /** MQLs per day of the review month and the month before, a zero for a day without. */
  readonly daily: { readonly previous: readonly number[]; readonly current: readonly number[] }
  readonly bands: readonly BandCounts[]
  readonly answers: readonly AnswerCount[]
  readonly reps: readonly RepCounts[]
  readonly channels: readonly ChannelMonth[]
  /** The score version in force, null when none is named; the two fields below hold its leads only. */
  readonly scoreVersion: string | null
  /** Oldest first; ties by lead id. */
  readonly settled: readonly SettledLead[]
  /** Scores of leads created in the review month. */
  readonly currentScores: readonly number[]
  readonly channelNames: ReadonlyMap<string, string>
}

/** What the stage is told about the review. */
export interface LeadScoringContext {
  readonly month: string
  readonly asOfOn: string
  readonly policy: Policy
}
