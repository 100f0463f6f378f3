import { type Missing, notMeasured, unreadable } from '../kernel/quantity.ts'
import type { Policy } from '../policy/policy.ts'
import type { SalesBooks } from './claims.ts'

/** Whether a data set was there to be read. */
export type Presence = 'absent' | 'empty' | 'present' | 'unreadable'

/** One row of `budgets` for the month; null campaign or channel means all of them. Amounts in minor units. */
export interface PlanRow {
  readonly campaignId: string | null
  readonly channelId: string | null
  readonly plannedMinor: number
  readonly committedMinor: number | null
  readonly minMinor: number | null
  readonly maxMinor: number | null
}

/** Delivery of a campaign's channel on one complete day; a measure is null when any row of the day left it out. */
export interface DeliveryDay {
  readonly date: string
  readonly campaignId: string
  readonly channelId: string
  readonly spendMinor: number
  readonly impressions: number | null
  readonly clicks: number | null
  readonly conversions: number | null
  readonly valueMinor: number | null
  readonly rows: number
}

/** A campaign with its budget over the whole flight, in minor units. */
export interface CampaignRow {
  readonly campaignId: string
  readonly name: string
  readonly status: string | null
  readonly startOn: string | null
  readonly endOn: string | null
  readonly budgetMinor: number | null
}

/** Media spend of a campaign in the cost ledger, in one month. */
export interface MediaRow {
  readonly campaignId: string
  readonly month: string
  readonly amountMinor: number
  readonly rows: number
}

/** One row of `budget_actions`. */
export interface ActionRow {
  readonly actionId: string
  readonly createdMs: number
  readonly createdOn: string
  readonly decidedMs: number | null
  readonly campaignId: string
  readonly fromChannelId: string | null
  readonly toChannelId: string | null
  readonly amountMinor: number
  readonly currency: string
  readonly reasonCode: string
  readonly status: string
}

/** One row of `risk_signals`. */
export interface RiskRow {
  readonly riskId: string
  readonly raisedMs: number
  readonly campaignId: string | null
  readonly riskType: string
  readonly severity: string
  readonly evidence: string | null
  readonly status: string
}

/** A channel that a campaign uses, as any data set shows it. */
export interface UsedLine {
  readonly campaignId: string
  readonly channelId: string
}

export type BudgetDataset =
  | 'budgets'
  | 'ad_performance'
  | 'cost_ledger'
  | 'campaigns'
  | 'budget_actions'
  | 'risk_signals'

/** Everything the budget stage looks at. Delivery holds complete days only: from the evidence window to the day before the review's date. */
export interface BudgetInput {
  readonly plans: readonly PlanRow[]
  readonly delivery: readonly DeliveryDay[]
  readonly campaigns: readonly CampaignRow[]
  readonly channels: readonly {
    readonly channelId: string
    readonly name: string
    readonly platform: string | null
  }[]
  readonly media: readonly MediaRow[]
  readonly actions: readonly ActionRow[]
  readonly risks: readonly RiskRow[]
  readonly usedLines: readonly UsedLine[]
  /**
   * Rows of the ad performance that were rejected when it was read, but exact copies, and that may be of the month: those dated in it so far, and
   * those whose date could not be read either. What they spent and brought nobody knows.
   */
  readonly rejectedDelivery: number
  /** Days before the month of which a row was rejected, each once: what a line did on them is not known. */
  readonly rejectedDays: readonly string[]
  /** What the company's own books say of the month, for claims of the platforms to be held against. */
  readonly books: SalesBooks
  readonly presence: Readonly<Record<BudgetDataset, Presence>>
}

/** What a rule of this stage is told besides its rows. */
export interface BudgetContext {
  readonly month: string
  /** First local date whose spend is not complete: the day after the one the review speaks for. */
  readonly asOfOn: string
  readonly policy: Policy
}

/** Why a data set gives no figure. */
export function absence(dataset: BudgetDataset, presence: Presence): string {
  const name = dataset.replaceAll('_', ' ')
  const isPlural = name.endsWith('s')
  if (presence === 'unreadable') return `the ${name} could not be read`
  if (presence === 'absent') return `no ${name} ${isPlural ? 'were' : 'was'} provided`
  return `the ${name} ${isPlural ? 'hold' : 'holds'} no row`
}

/** Is every row of the month's delivery read? Otherwise no sum of it is one. */
export function isDeliveryWhole({
  rejectedDelivery,
}: Pick<BudgetInput, 'rejectedDelivery'>): boolean {
  return rejectedDelivery === 0
}

/** Delivery of days of which every row was read: an earlier day that lost one counts as not reported, and a month that did has none. */
export function knownDelivery(
  input: Pick<BudgetInput, 'delivery' | 'rejectedDelivery' | 'rejectedDays'>,
): readonly DeliveryDay[] {
  if (!isDeliveryWhole(input)) return []
  const lost = new Set(input.rejectedDays)
  return input.delivery.filter(({ date }) => !lost.has(date))
}

/** Why a part of the budget has no delivery, where it has none. */
export function noDelivery(input: BudgetInput): Missing {
  if (!isDeliveryWhole(input)) return unreadable('rows of the ad performance were rejected')
  const presence = input.presence.ad_performance
  if (presence === 'present') return notMeasured('the ad performance has no row for it this month')
  const reason = absence('ad_performance', presence)
  return presence === 'unreadable' ? unreadable(reason) : notMeasured(reason)
}
