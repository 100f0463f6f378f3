import type { Presence } from '../kernel/presence.ts'
import type { Policy } from '../policy/policy.ts'
import type { Rejected } from './rejected.ts'

/** One sum of the cost ledger, in minor units. */
export interface CostRow {
  readonly month: string
  readonly campaignId: string
  readonly costType: string
  readonly amountMinor: number
  readonly rows: number
}

/** One sum of the value ledger, in minor units. */
export interface ValueRow {
  readonly month: string
  readonly campaignId: string
  readonly source: string
  readonly amountMinor: number
  readonly rows: number
}

/**
 * Delivery as the platforms report it, summed per campaign × channel × segment and month. A sum is null when any of the rows left it out:
 * half a sum is not a sum.
 */
export interface DeliveryRow {
  readonly month: string
  readonly campaignId: string
  readonly channelId: string
  readonly segmentId: string | null
  readonly spendMinor: number
  readonly impressions: number | null
  readonly clicks: number | null
  readonly conversions: number | null
  readonly conversionValueMinor: number | null
  readonly rows: number
}

/** Won business of the CRM per month and campaign; `amountMinor` is null when a won row has no amount. */
export interface WonRow {
  readonly month: string
  readonly campaignId: string | null
  readonly wins: number
  readonly amountMinor: number | null
  readonly rows: number
}

/** What one ad (creative × campaign × channel × segment) delivered in a month; null where a row of it left the measure out. */
export interface AdMonth {
  readonly month: string
  /** The same in every month, and of no other ad. */
  readonly ad: string
  readonly spendMinor: number
  readonly impressions: number | null
  readonly clicks: number | null
  readonly conversions: number | null
  readonly rows: number
}

/** A won deal in minor units; null where its row has no amount. */
export interface DealAmount {
  readonly month: string
  readonly amountMinor: number | null
}

/** Single ads and deals of the month and of the month before; deals ordered by amount. */
export interface TrendInput {
  readonly ads: readonly AdMonth[]
  readonly deals: readonly DealAmount[]
}

/** Everything campaign ROI looks at; rows reach back thirteen months. */
export interface CampaignRoiInput {
  readonly costs: readonly CostRow[]
  readonly values: readonly ValueRow[]
  readonly delivery: readonly DeliveryRow[]
  readonly won: readonly WonRow[]
  readonly trend: TrendInput
  readonly names: {
    readonly campaigns: ReadonlyMap<string, string>
    readonly channels: ReadonlyMap<string, string>
    readonly segments: ReadonlyMap<string, string>
  }
  readonly rejected: Rejected
  readonly presence: Readonly<
    Record<'cost_ledger' | 'value_ledger' | 'ad_performance' | 'deals', Presence>
  >
}

/** What a rule of this stage is told besides its rows. */
export interface CampaignRoiContext {
  readonly month: string
  readonly asOfOn: string
  readonly policy: Policy
}
