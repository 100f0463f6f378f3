import type { Policy } from '../policy/policy.ts'

/** One arm of one metric of an experiment. A count or moment is null when the data set does not state it. */
export interface ExperimentArmRow {
  readonly experimentId: string
  readonly campaignId: string | null
  readonly name: string
  readonly status: string
  /** Local dates. */
  readonly startedOn: string
  readonly endedOn: string | null
  readonly metric: string
  readonly arm: string
  readonly isControl: boolean
  /** Share of the traffic the arm was planned to get, in [0, 1]. */
  readonly plannedShare: number | null
  readonly users: number
  readonly conversions: number | null
  /** Mean and sample variance of the metric per user. */
  readonly mean: number | null
  readonly variance: number | null
  /**
   * What a ratio is divided by, per user, and its sample covariance with the metric, whose `mean` and `variance` are
   * then the numerator's. All null where the metric is no ratio. Whoever reads them in makes what is nearer to zero than 1e-12 zero, and
   * lets in at most 9e9, so that no power of them leaves the range of numbers.
   */
  readonly denominatorMean: number | null
  readonly denominatorVariance: number | null
  readonly covariance: number | null
  /** How often someone has looked at the result. */
  readonly looks: number | null
}

/** What an arm states of a metric. */
export type ArmFigures = Pick<
  ExperimentArmRow,
  | 'isControl'
  | 'users'
  | 'conversions'
  | 'mean'
  | 'variance'
  | 'denominatorMean'
  | 'denominatorVariance'
  | 'covariance'
>

/** One metric of an experiment as an earlier review of the company showed it. */
export interface EarlierReading {
  readonly reviewId: string
  readonly experimentId: string
  readonly metric: string
  readonly campaignId: string | null
  readonly startedOn: string
  readonly arms: readonly ArmFigures[]
}

/** Something that was done, as the decision log words it. */
export interface LoggedDecision {
  readonly id: string
  readonly decidedOn: string
  readonly campaignId: string | null
  readonly text: string
}

/** Everything the reading of experiments looks at. */
export interface ExperimentsInput {
  readonly rows: readonly ExperimentArmRow[]
  readonly presence: 'absent' | 'empty' | 'present' | 'unreadable'
  readonly log: readonly LoggedDecision[]
  /** What earlier reviews showed, oldest first. */
  readonly earlierReadings: readonly EarlierReading[]
}

export interface ExperimentsContext {
  /** `YYYY-MM`. */
  readonly month: string
  /** Local date the review speaks for. */
  readonly asOfOn: string
  readonly policy: Policy
}

export type ExperimentRules = Policy['experiments']
