import { attributionSource, type AttributionInput } from '#rules/attribution/input.ts'
import { reviewAttribution } from '#rules/attribution/review.ts'

import type { Agent, ReviewContext, Warehouse } from '../ports.ts'
import { measureJourneys } from './journeys.ts'
import { ChannelNameQueryRow } from './rows.ts'
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
  const names = await warehouse.rows('attribution/channel-names', {}, ChannelNameQueryRow)
  return {
    presence,
    measured: await measure(attributionSource(presence), context, warehouse),
    names: new Map(names.map((row) => [row.id, row.name])),
  }
}

async function measure(
  source: ReturnType<typeof attributionSource>,
  context: ReviewContext,
  warehouse: Warehouse,
): Promise<AttributionInput['measured']> {
  const seed = Number(context.month.replace('-', ''))
  if (source === 'none') return null
  return source === 'touchpoints'
    ? measureTouchpoints(context, warehouse, seed)
    : measureJourneys(context, warehouse, seed)
}
