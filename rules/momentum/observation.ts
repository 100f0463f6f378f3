import type { Proportion } from '../kernel/proportion.ts'
import type { DailyCount } from './counts.ts'
import type { RatioUnit } from './ratio-metric.ts'
import type { NamedUnit } from './repeated-ratio.ts'
import type { Pending } from './reporting-lag.ts'

/**
 * What is known of one figure in two periods. Its kind decides the test: a rate has trials, a count comes one by one over days, a ratio is
 * a quotient of two sums over units (other ones in each period, or the same), revenue is a list of amounts, and a stated change comes without the counts behind it.
 */
export type Observation =
  | { readonly kind: 'rate'; readonly previous: Proportion; readonly current: Proportion }
  | {
      readonly kind: 'count'
      readonly previous: DailyCount
      readonly current: DailyCount
      /** The same counts day by day, where they are known: shows whether events come in clusters. */
      readonly daily?: { readonly previous: readonly number[]; readonly current: readonly number[] }
    }
  | {
      readonly kind: 'ratio'
      readonly previous: readonly RatioUnit[]
      readonly current: readonly RatioUnit[]
    }
  | {
      /** A ratio over units that may take part in both periods, each under one name. */
      readonly kind: 'repeated_ratio'
      readonly previous: readonly NamedUnit[]
      readonly current: readonly NamedUnit[]
    }
  | {
      readonly kind: 'revenue'
      readonly previous: readonly number[]
      readonly current: readonly number[]
    }
  | { readonly kind: 'stated'; readonly change: number }

/** One subject (a segment, a channel, a campaign) whose momentum is asked for. */
export interface MomentumSubject {
  /** `segment:SEG_002@CAMP_001`. */
  readonly id: string
  readonly observation: Observation
  /** Cost figures improve when they fall. */
  readonly betterWhen: 'higher' | 'lower'
  /** False while the current period still runs: then nothing is called. */
  readonly complete: boolean
  /** Where conversions of the period are still expected: no direction is called that they could turn. */
  readonly pending?: Pending
}
