import { join } from 'node:path'

import { instantText, withEngine, writeWorkspace } from './engine.ts'

export const STAGES = ['visit', 'signup', 'demo_request', 'feature_adopt']
export const SEGMENTS = Array.from({ length: 5 }, (_, index) => `SEG_00${index + 1}`)
export const CHANNELS = Array.from({ length: 7 }, (_, index) => `CH_0${index + 1}`)
export const EVENTS_PER_PERSON = 4
const DAY_MS = 86_400_000

/**
 * SQL of generated funnel events: four a person, nine days apart, in person order. Hashes of the row number stand for chance, so that every machine
 * generates the same events.
 */
export function funnelEvents(scale: number): string {
  return `
      select
        'person-' || lpad(cast(i // ${EVENTS_PER_PERSON} as varchar), 9, '0') as person_id,
        case
          when hash(i * 7) % 100 < 45 then 'visit'
          when hash(i * 7) % 100 < 65 then 'signup'
          when hash(i * 7) % 100 < 80 then 'demo_request'
          when hash(i * 7) % 100 < 92 then 'feature_adopt'
          else 'page_view'
        end as stage,
        1790000000000 + (i % ${EVENTS_PER_PERSON}) * ${9 * DAY_MS} + hash(i * 13) % ${9 * DAY_MS} as occurred_ms,
        'SEG_00' || (1 + (i // ${EVENTS_PER_PERSON}) % ${SEGMENTS.length}) as segment_id,
        'CH_0' || (1 + hash(i * 3) % ${CHANNELS.length}) as channel_id
      from range(${scale}) rows(i)`
}

/** The month of generated events in which most of them fall. */
export const FUNNEL_MONTH = '2026-10'

/** Writes a workspace with the same events, as a company would hand them over in Parquet. */
export async function writeFunnelWorkspace(directory: string, events: number): Promise<void> {
  const data = await writeWorkspace(directory)
  const at = instantText('make_timestamp(cast(occurred_ms as bigint) * 1000)')
  await withEngine(async (run) => {
    await run(`copy (
      select person_id, stage, ${at} as occurred_at, segment_id, channel_id from (${funnelEvents(events)})
    ) to '${join(data, 'funnel_events.parquet')}' (format parquet)`)
  })
}
