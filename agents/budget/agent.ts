import type { z } from 'zod'

import type {
  ActionRow,
  BudgetContext,
  BudgetInput,
  CampaignRow,
  DeliveryDay,
  MediaRow,
  PlanRow,
  RiskRow,
} from '#rules/budget/input.ts'
import { reviewBudget } from '#rules/budget/review.ts'
import { addDays, addMonths, lastMonthOver } from '#rules/kernel/calendar.ts'
import type { BudgetStageResult } from '#rules/schema/budget-move.ts'

import type { Agent, ReviewContext, Warehouse } from '../ports.ts'
import {
  ActionQueryRow,
  CampaignQueryRow,
  ChannelQueryRow,
  DealQueryRow,
  DeliveryQueryRow,
  MediaQueryRow,
  PlanQueryRow,
  RejectedQueryRow,
  RiskQueryRow,
  UsedLineQueryRow,
  ValueQueryRow,
} from './rows.ts'

/** Budget: reads plans, delivery, recorded moves and risks, and asks which money should move. Returns its moves beside the stage result. */
export const budgetAgent = {
  stage: 'budget',
  run: async (context, { warehouse }): Promise<BudgetStageResult> =>
    reviewBudget(await gatherBudget(context, warehouse), budgetContext(context)),
} as const satisfies Agent

/** What the budget rules are told besides the rows. */
export function budgetContext(context: ReviewContext): BudgetContext {
  return { month: context.month, asOfOn: firstOpenDay(context), policy: context.policy }
}

/**
 * Everything the budget rules look at, read from the warehouse.
 *
 * @param knownOn The last day whose proposals, decisions and risks are known: the day of the review for what a stage finds; `EVER` for what a
 * request is held to, which moves money in the world as it is.
 */
export async function gatherBudget(
  context: ReviewContext,
  warehouse: Warehouse,
  knownOn: string = context.asOfOn,
): Promise<BudgetInput> {
  const month = { month: context.month }
  const window = deliveryWindow(context)
  const asOf = { as_of_on: context.asOfOn }
  const known = { as_of_on: knownOn }
  const booked = { ...month, ...asOf, closed_month: lastMonthOver(context.asOfOn) }
  const [plans, delivery, campaigns, channels, media, actions, risks, usedLines, rejected] =
    await Promise.all([
      warehouse.rows('budget/plans', month, PlanQueryRow),
      warehouse.rows('budget/delivery', window, DeliveryQueryRow),
      warehouse.rows('budget/campaigns', {}, CampaignQueryRow),
      warehouse.rows('budget/channels', {}, ChannelQueryRow),
      warehouse.rows('budget/media', booked, MediaQueryRow),
      warehouse.rows('budget/actions', known, ActionQueryRow),
      warehouse.rows('budget/risks', known, RiskQueryRow),
      warehouse.rows('budget/used-lines', asOf, UsedLineQueryRow),
      warehouse.rows('intake/rejected', {}, RejectedQueryRow),
    ])
  const books = await gatherBooks(context, warehouse, rejected)
  return {
    plans: plans.map(toPlan),
    delivery: delivery.map(toDelivery),
    campaigns: campaigns.map(toCampaign),
    channels: channels.map((row) => ({
      channelId: row.channel_id,
      name: row.name,
      platform: row.platform,
    })),
    media: media.map(toMedia),
    actions: actions.map(toAction),
    risks: risks.map(toRisk),
    usedLines: usedLines.map((row) => ({
      campaignId: row.campaign_id,
      channelId: row.channel_id,
    })),
    ...rejectedDelivery(rejected, context),
    books,
    presence: {
      budgets: warehouse.dataset('budgets').state,
      ad_performance: warehouse.dataset('ad_performance').state,
      cost_ledger: warehouse.dataset('cost_ledger').state,
      campaigns: warehouse.dataset('campaigns').state,
      budget_actions: warehouse.dataset('budget_actions').state,
      risk_signals: warehouse.dataset('risk_signals').state,
    },
  }
}

/** No day is left out. */
export const EVER = '9999-12-31'

/** A review speaks for the end of its day: that day's spend is complete, the next day's is not. */
function firstOpenDay({ asOfOn }: ReviewContext): string {
  return addDays(asOfOn, 1)
}

/** Complete days of the month and of the evidence weeks before it. */
function deliveryWindow(context: ReviewContext) {
  const { month, policy } = context
  const first = `${month}-01`
  const monthEnd = `${addMonths(month, 1)}-01`
  const openFrom = firstOpenDay(context)
  return {
    from_date: addDays(first, -7 * policy.budget.evidence.history_weeks),
    before_date: openFrom < monthEnd ? openFrom : monthEnd,
  }
}

/** Won deals and booked values of the month; a book that is not there, or may have lost a row of the month, says nothing. */
async function gatherBooks(
  { month, asOfOn }: ReviewContext,
  warehouse: Warehouse,
  rejected: readonly z.infer<typeof RejectedQueryRow>[],
): Promise<BudgetInput['books']> {
  const isWhole = (book: 'deals' | 'value_ledger'): boolean =>
    warehouse.dataset(book).state === 'present' &&
    !rejected.some(
      ({ dataset, dated_on: on }) => dataset === book && (on === null || on.startsWith(month)),
    )
  const when = { month, as_of_on: asOfOn }
  const deals = isWhole('deals') ? await warehouse.rows('budget/deals', when, DealQueryRow) : null
  const values = isWhole('value_ledger')
    ? await warehouse.rows(
        'budget/values',
        { ...when, closed_month: lastMonthOver(asOfOn) },
        ValueQueryRow,
      )
    : null
  return {
    deals:
      deals?.map((row) => ({
        campaignId: row.campaign_id,
        channelId: row.channel_id,
        wins: row.wins,
        amountMinor: row.amount_minor,
      })) ?? null,
    values:
      values?.map((row) => ({
        campaignId: row.campaign_id,
        amountMinor: row.amount_minor,
        rows: row.row_count,
      })) ?? null,
  }
}

/** Rejected rows of the ad performance that may be of the month, and the days before it that lost a row. */
function rejectedDelivery(
  rejected: readonly z.infer<typeof RejectedQueryRow>[],
  context: ReviewContext,
): Pick<BudgetInput, 'rejectedDelivery' | 'rejectedDays'> {
  const { month, asOfOn } = context
  const { from_date: from } = deliveryWindow(context)
  const lost = rejected.filter((row) => row.dataset === 'ad_performance')
  return {
    rejectedDelivery: lost
      .filter(({ dated_on: on }) => on === null || (on.startsWith(month) && on <= asOfOn))
      .reduce((sum, row) => sum + row.row_count, 0),
    rejectedDays: lost.flatMap(({ dated_on: on }) =>
      on !== null && on >= from && on < `${month}-01` ? [on] : [],
    ),
  }
}

function toPlan(row: z.infer<typeof PlanQueryRow>): PlanRow {
  return {
    campaignId: row.campaign_id,
    channelId: row.channel_id,
    plannedMinor: row.planned_minor,
    committedMinor: row.committed_minor,
    minMinor: row.min_minor,
    maxMinor: row.max_minor,
  }
}

function toDelivery(row: z.infer<typeof DeliveryQueryRow>): DeliveryDay {
  return {
    date: row.delivered_on,
    campaignId: row.campaign_id,
    channelId: row.channel_id,
    spendMinor: row.spend_minor,
    impressions: row.impressions,
    clicks: row.clicks,
    conversions: row.conversions,
    valueMinor: row.value_minor,
    rows: row.row_count,
  }
}

function toCampaign(row: z.infer<typeof CampaignQueryRow>): CampaignRow {
  return {
    campaignId: row.campaign_id,
    name: row.name,
    status: row.status,
    startOn: row.start_on,
    endOn: row.end_on,
    budgetMinor: row.budget_minor,
  }
}

function toMedia(row: z.infer<typeof MediaQueryRow>): MediaRow {
  return {
    campaignId: row.campaign_id,
    month: row.month,
    amountMinor: row.amount_minor,
    rows: row.row_count,
  }
}

function toAction(row: z.infer<typeof ActionQueryRow>): ActionRow {
  return {
    actionId: row.action_id,
    createdMs: row.created_ms,
    createdOn: row.created_on,
    decidedMs: row.answered_ms,
    campaignId: row.campaign_id,
    fromChannelId: row.from_channel_id,
    toChannelId: row.to_channel_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    reasonCode: row.reason_code,
    status: row.standing,
  }
}

function toRisk(row: z.infer<typeof RiskQueryRow>): RiskRow {
  return {
    riskId: row.risk_id,
    raisedMs: row.raised_ms,
    campaignId: row.campaign_id,
    riskType: row.risk_type,
    severity: row.severity,
    evidence: row.evidence,
    status: row.status,
  }
}
