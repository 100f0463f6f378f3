import type { FunnelInput, PeopleInput } from '#rules/funnel/input.ts'
import { reviewFunnel } from '#rules/funnel/review.ts'
import { addMonths } from '#rules/kernel/calendar.ts'

import type { Agent, ReviewContext, Warehouse } from '../ports.ts'
import { claimOfSubject } from './claims.ts'
import { gatherPeople } from './people.ts'
import { CampaignQueryRow, ClaimQueryRow, CountQueryRow, NameQueryRow } from './rows.ts'

/** Funnel: reads counts and events, and asks where people go on, where they stop, and which stops are real. */
export const funnelAgent: Agent = {
  stage: 'funnel',
  run: async (context, { warehouse }) =>
    reviewFunnel(await gather(context, warehouse), {
      month: context.month,
      policy: context.policy,
    }),
}

const NOBODY: PeopleInput = { motions: [], cellKeys: [], events: new Map() }

async function gather(context: ReviewContext, warehouse: Warehouse): Promise<FunnelInput> {
  const { month, asOfOn } = context
  const range = { month, prior_month: addMonths(month, -1), as_of_on: asOfOn }
  const counts = await warehouse.rows('funnel/counts', range, CountQueryRow)
  const campaigns = await warehouse.rows('funnel/campaigns', {}, CampaignQueryRow)
  const segments = await warehouse.rows('funnel/segment-names', {}, NameQueryRow)
  const channels = await warehouse.rows('funnel/channel-names', {}, NameQueryRow)
  const claims = await warehouse.rows('funnel/claims', {}, ClaimQueryRow)
  const presence = {
    funnel_counts: warehouse.dataset('funnel_counts').state,
    funnel_events: warehouse.dataset('funnel_events').state,
  }
  return {
    counts: counts.map((row) => ({
      month: row.month,
      campaignId: row.campaign_id,
      segmentId: row.segment_id,
      channelId: row.channel_id,
      stage: row.stage,
      source: row.source,
      count: row.people,
      rows: row.row_count,
      sharedDays: row.shared_days,
    })),
    people: presence.funnel_events === 'present' ? await gatherPeople(context, warehouse) : NOBODY,
    claims: claims.flatMap((row) => claimOfSubject(row.subject ?? '', month) ?? []),
    campaigns: new Map(
      campaigns.map((row) => [
        row.id,
        { name: row.name, goalText: [row.objective, row.primary_kpi].join(' ') },
      ]),
    ),
    segments: new Map(segments.map((row) => [row.id, row.name])),
    channels: new Map(channels.map((row) => [row.id, row.name])),
    presence,
  }
}
