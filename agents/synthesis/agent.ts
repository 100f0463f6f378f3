import { addMonths, lastMonthOver, monthRange } from '#rules/kernel/calendar.ts'
import { presentStatuses } from '#rules/risk/signal.ts'
import type { SynthesisStageResult } from '#rules/schema/synthesis.ts'
import type { EarlierStages, SynthesisInput } from '#rules/synthesis/input.ts'
import { reviewSynthesis } from '#rules/synthesis/review.ts'

import type { Agent, ReviewContext, Warehouse } from '../ports.ts'
import { monthsAsked, monthSums } from './months.ts'
import {
  ActionTakenRow,
  BudgetActionRow,
  CampaignRow,
  DataEndRow,
  ExperimentRow,
  FunnelCellRow,
  MonthRow,
  NameRow,
  PublishedRow,
  RiskDeliveryRow,
  RiskFunnelRow,
  RiskQueryRow,
  RollupQueryRow,
  SegmentDeliveryRow,
  SegmentNameRow,
  UsedLineRow,
} from './rows.ts'
import { slicesByRisk } from './slices.ts'
import { spendSums } from './spend.ts'
import {
  toBudgetAction,
  toDelivery,
  toFunnelCell,
  toPublished,
  toRisk,
  toRollup,
} from './translate.ts'

/** Synthesis: brings the stages, risks, segments and approvals together into the executive page. */
export const synthesisAgent = {
  stage: 'synthesis',
  run: async (context, { warehouse }, earlier): Promise<SynthesisStageResult> =>
    reviewSynthesis(await gather(context, warehouse, earlier), {
      month: context.month,
      asOfOn: context.asOfOn,
      policy: context.policy,
    }),
} as const satisfies Agent<EarlierStages>

async function gather(
  context: ReviewContext,
  warehouse: Warehouse,
  earlier: EarlierStages,
): Promise<SynthesisInput> {
  const { month, asOfOn } = context
  const [risks, segments, approvals, claims, names] = await Promise.all([
    gatherRisks(context, warehouse),
    gatherSegments(context, warehouse),
    gatherApprovals(context, warehouse),
    gatherClaims(context, warehouse),
    gatherNames(warehouse),
  ])
  const asked = monthsAsked(context.policy)
  const range = {
    from_month: addMonths(month, 1 - asked),
    to_month: month,
    as_of_on: asOfOn,
    closed_month: lastMonthOver(asOfOn),
  }
  const months = await warehouse.rows('synthesis/months', range, MonthRow)
  return {
    earlier,
    ...risks,
    ...segments,
    ...approvals,
    ...claims,
    ...names,
    months: monthSums(months, earlier.stages, { month, count: asked }),
    spend: spendSums(earlier.stages, segments.rollups),
    presence: {
      risk_signals: warehouse.dataset('risk_signals').state,
      budget_actions: warehouse.dataset('budget_actions').state,
    },
  }
}

async function gatherRisks(
  { month, asOfOn, policy }: ReviewContext,
  warehouse: Warehouse,
): Promise<Pick<SynthesisInput, 'risks' | 'riskSlices'>> {
  const when = { month, as_of_on: asOfOn, present: `|${presentStatuses(policy).join('|')}|` }
  const [risks, delivery, funnel] = await Promise.all([
    warehouse.rows('synthesis/risks', when, RiskQueryRow),
    warehouse.rows('synthesis/risk-delivery', when, RiskDeliveryRow),
    warehouse.rows('synthesis/risk-funnel', when, RiskFunnelRow),
  ])
  return { risks: risks.map(toRisk), riskSlices: slicesByRisk(delivery, funnel) }
}

async function gatherSegments(
  { month, asOfOn }: ReviewContext,
  warehouse: Warehouse,
): Promise<Pick<SynthesisInput, 'rollups' | 'delivery'>> {
  const [rollups, current, previous] = await Promise.all([
    warehouse.rows('synthesis/rollups', { month, as_of_on: asOfOn }, RollupQueryRow),
    warehouse.rows('synthesis/segment-delivery', { month, as_of_on: asOfOn }, SegmentDeliveryRow),
    warehouse.rows(
      'synthesis/segment-delivery',
      { month: addMonths(month, -1), as_of_on: asOfOn },
      SegmentDeliveryRow,
    ),
  ])
  return {
    rollups: rollups.map(toRollup),
    delivery: { current: current.map(toDelivery), previous: previous.map(toDelivery) },
  }
}

async function gatherApprovals(
  { month, asOfOn }: ReviewContext,
  warehouse: Warehouse,
): Promise<Pick<SynthesisInput, 'budgetActions' | 'usedLines' | 'taken'>> {
  const [actions, usedLines, taken] = await Promise.all([
    warehouse.rows('synthesis/budget-actions', { month, as_of_on: asOfOn }, BudgetActionRow),
    warehouse.rows('synthesis/used-lines', { as_of_on: asOfOn }, UsedLineRow),
    warehouse.rows('synthesis/actions-taken', { as_of_on: asOfOn }, ActionTakenRow),
  ])
  return {
    budgetActions: actions.map(toBudgetAction),
    usedLines: usedLines.map((row) => ({
      campaignId: row.campaign_id,
      channelId: row.channel_id,
    })),
    taken: taken.map((row) => ({ actionId: row.action_id, status: row.status })),
  }
}

/** What an earlier report claimed, and what it is held against; without a claim nothing else is read. */
async function gatherClaims(
  { month, asOfOn }: ReviewContext,
  warehouse: Warehouse,
): Promise<Pick<SynthesisInput, 'published' | 'funnel' | 'experiments' | 'dataEnds'>> {
  const published = await warehouse.rows('synthesis/published', {}, PublishedRow)
  if (published.length === 0) return { published: [], funnel: [], experiments: [], dataEnds: [] }
  const { from, to } = monthRange(month)
  const when = { month, as_of_on: asOfOn }
  const [funnel, experiments, ends] = await Promise.all([
    warehouse.rows('synthesis/funnel-cells', when, FunnelCellRow),
    warehouse.rows(
      'synthesis/experiments',
      { first_on: from, last_on: to, as_of_on: asOfOn },
      ExperimentRow,
    ),
    warehouse.rows('synthesis/data-end', when, DataEndRow),
  ])
  return {
    published: published.map(toPublished),
    funnel: funnel.map(toFunnelCell),
    experiments: experiments.map((row) => ({
      experimentId: row.experiment_id,
      status: row.standing,
    })),
    dataEnds: ends.map((row) => ({ dataset: row.dataset, lastOn: row.last_on })),
  }
}

async function gatherNames(
  warehouse: Warehouse,
): Promise<Pick<SynthesisInput, 'names' | 'flights'>> {
  const [campaigns, channels, segments] = await Promise.all([
    warehouse.rows('synthesis/campaigns', {}, CampaignRow),
    warehouse.rows('synthesis/channels', {}, NameRow),
    warehouse.rows('synthesis/segments', {}, SegmentNameRow),
  ])
  return {
    flights: new Map(campaigns.map(({ id, status, end_on: endOn }) => [id, { status, endOn }])),
    names: {
      campaigns: new Map(campaigns.map((row) => [row.id, row.name])),
      channels: new Map(channels.map((row) => [row.id, row.name])),
      segments: new Map(
        segments.map(({ segment_id: id, name, priority }) => [id, { name, priority }]),
      ),
    },
  }
}
