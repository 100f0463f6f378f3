import { attributionSource, type AttributionInput } from '#rules/attribution/input.ts'
import { reviewAttribution } from '#rules/attribution/review.ts'

import type { Agent, ReviewContext, Warehouse } from '../ports.ts'
import { measureJourneys } from './journeys.ts'
import { ChannelNameQueryRow, RejectedQueryRow } from './rows.ts'
import { measureTouchpoints } from './touchpoints.ts'

/** Attribution: lets every touch run once through the models and asks who earned the conversions. */
export const attributionAgent: Agent = {
  stage: 'attribution',
  run: async (context, { warehouse }) =>
    reviewAttribution(await gather(context, warehouse), {
      month: context.month,
      policy: context.policy,
    }),
}

async function gather(context: ReviewContext, warehouse: Warehouse): Promise<AttributionInput> {
  const presence = {
    touchpoints: warehouse.dataset('touchpoints'),
    conversions: warehouse.dataset('conversions'),
    journeys: warehouse.dataset('journeys'),
  }
  const rejected = await countRejected(warehouse)
  const rows = await warehouse.rows('attribution/channel-names', {}, ChannelNameQueryRow)
  const names = new Map(rows.map((row) => [row.id, row.name]))
  const seed = Number(context.month.replace('-', ''))
  const source = attributionSource(presence)
  if (source === 'none') return { presence, rejected, measured: null, names }
  if (source === 'journeys') {
    const measured = await measureJourneys(context, warehouse, seed)
    return { presence, rejected, measured, names }
  }
  const { measured, touches } = await measureTouchpoints(context, warehouse, seed)
  const touchpoints = { ...presence.touchpoints, rows: touches }
  return { presence: { ...presence, touchpoints }, rejected, measured, names }
}

async function countRejected(warehouse: Warehouse): Promise<AttributionInput['rejected']> {
  const rows = await warehouse.rows('intake/rejected', {}, RejectedQueryRow)
  const lost = (dataset: string): number =>
    rows.reduce((sum, row) => sum + (row.dataset === dataset ? row.row_count : 0), 0)
  return {
    touchpoints: lost('touchpoints'),
    conversions: lost('conversions'),
    journeys: lost('journeys'),
  }
}
