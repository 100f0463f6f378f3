import type { z } from 'zod'

import type { CampaignRoiInput, TrendInput } from '#rules/campaign-roi/input.ts'
import type { Rejected } from '#rules/campaign-roi/rejected.ts'
import { reviewCampaignRoi } from '#rules/campaign-roi/review.ts'
import { reviewExperiments } from '#rules/experiment/review.ts'
import { addMonths, lastMonthOver } from '#rules/kernel/calendar.ts'

import type { Agent, ReviewContext, Warehouse } from '../ports.ts'
import { gatherExperiments } from './experiments.ts'
import {
  AdQueryRow,
  CostQueryRow,
  DealAmountQueryRow,
  DeliveryQueryRow,
  NameQueryRow,
  RejectedQueryRow,
  ValueQueryRow,
  WonQueryRow,
} from './rows.ts'

/** Campaign ROI: reads the ledgers, the platforms and the CRM, and asks what each campaign returned and what its tests showed. */
export const campaignRoiAgent: Agent = {
  stage: 'campaign_roi',
  run: async (context, { warehouse }) => {
    const { month, asOfOn, policy } = context
    const money = reviewCampaignRoi(await gather(context, warehouse), { month, asOfOn, policy })
    const tests = reviewExperiments(await gatherExperiments(context, warehouse), {
      month,
      asOfOn,
      policy,
    })
    return {
      ...money,
      facts: [...money.facts, ...tests.facts],
      decisions: [...money.decisions, ...tests.decisions],
      findings: [...money.findings, ...tests.findings],
      tables: [...money.tables, ...tests.tables],
      summary: [...money.summary, ...tests.summary],
    }
  },
}

async function gather(
  { month, asOfOn }: ReviewContext,
  warehouse: Warehouse,
): Promise<CampaignRoiInput> {
  const range = { from_month: addMonths(month, -13), to_month: month, as_of_on: asOfOn }
  const booked = { ...range, closed_month: lastMonthOver(asOfOn) }
  const [costs, values, delivery, won] = await Promise.all([
    warehouse.rows('campaign-roi/costs', booked, CostQueryRow),
    warehouse.rows('campaign-roi/values', booked, ValueQueryRow),
    warehouse.rows('campaign-roi/delivery', { month, as_of_on: asOfOn }, DeliveryQueryRow),
    warehouse.rows('campaign-roi/won', range, WonQueryRow),
  ])
  const rejected = await warehouse.rows('intake/rejected', {}, RejectedQueryRow)
  return {
    costs: costs.map((row) => ({
      month: row.month,
      campaignId: row.campaign_id,
      costType: row.cost_type,
      amountMinor: row.amount_minor,
      rows: row.row_count,
    })),
    values: values.map((row) => ({
      month: row.month,
      campaignId: row.campaign_id,
      source: row.value_source,
      amountMinor: row.amount_minor,
      rows: row.row_count,
    })),
    delivery: delivery.map((row) => ({
      month: row.month,
      campaignId: row.campaign_id,
      channelId: row.channel_id,
      segmentId: row.segment_id,
      spendMinor: row.spend_minor,
      impressions: row.impressions,
      clicks: row.clicks,
      conversions: row.conversions,
      conversionValueMinor: row.conversion_value_minor,
      rows: row.row_count,
    })),
    won: won.map((row) => ({
      month: row.month,
      campaignId: row.campaign_id,
      wins: row.wins,
      amountMinor: row.amount_minor,
      rows: row.wins,
    })),
    trend: await gatherTrend({ month, asOfOn }, warehouse),
    names: {
      campaigns: await names(warehouse, 'campaign'),
      channels: await names(warehouse, 'channel'),
      segments: await names(warehouse, 'segment'),
    },
    rejected: rejectedRows(rejected),
    presence: {
      cost_ledger: warehouse.dataset('cost_ledger').state,
      value_ledger: warehouse.dataset('value_ledger').state,
      ad_performance: warehouse.dataset('ad_performance').state,
      deals: warehouse.dataset('deals').state,
    },
  }
}

const BOOKS = ['cost_ledger', 'value_ledger', 'ad_performance', 'deals'] as const

/** Rejected rows by book, with the month of each where its date could be read. */
function rejectedRows(rows: readonly z.infer<typeof RejectedQueryRow>[]): Rejected {
  const lost = BOOKS.flatMap((book) =>
    rows.filter(({ dataset }) => dataset === book).map((row) => ({ book, ...row })),
  )
  const undated = { cost_ledger: 0, value_ledger: 0, ad_performance: 0, deals: 0 }
  for (const { book, dated_on: on, row_count: count } of lost)
    if (on === null) undated[book] += count
  return {
    undated,
    dated: lost.flatMap(({ book, dated_on: on, row_count: count }) =>
      on === null ? [] : [{ book, month: on.slice(0, 'YYYY-MM'.length), rows: count }],
    ),
  }
}

async function gatherTrend(
  { month, asOfOn }: Pick<ReviewContext, 'month' | 'asOfOn'>,
  warehouse: Warehouse,
): Promise<TrendInput> {
  const range = { previous_month: addMonths(month, -1), month, as_of_on: asOfOn }
  const [ads, deals] = await Promise.all([
    warehouse.rows('campaign-roi/ads', range, AdQueryRow),
    warehouse.rows('campaign-roi/deal-amounts', range, DealAmountQueryRow),
  ])
  return {
    ads: ads.map((row) => ({
      month: row.month,
      // As the query groups them, so that a name comes once a month.
      ad: JSON.stringify([row.campaign_id, row.channel_id, row.segment_id, row.creative_id]),
      spendMinor: row.spend_minor,
      impressions: row.impressions,
      clicks: row.clicks,
      conversions: row.conversions,
      rows: row.row_count,
    })),
    deals: deals.map((row) => ({ month: row.month, amountMinor: row.amount_minor })),
  }
}

async function names(
  warehouse: Warehouse,
  dimension: 'campaign' | 'channel' | 'segment',
): Promise<ReadonlyMap<string, string>> {
  const rows = await warehouse.rows(`campaign-roi/${dimension}-names`, {}, NameQueryRow)
  return new Map(rows.map((row) => [row.id, row.name]))
}
