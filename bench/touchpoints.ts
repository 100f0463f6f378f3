import { join } from 'node:path'

import { instantText, withEngine, writeWorkspace } from './engine.ts'

/**
 * Writes a workspace with `touches` touchpoints of March 2026 (four a person, six channels) and a conversion for every fifth person. The same
 * size gives the same bytes.
 */
export async function writeTouchpoints(directory: string, touches: number): Promise<void> {
  const data = await writeWorkspace(directory)
  await withEngine(async (run) => {
    await run(`copy (
      select
        'P' || (i // 4) as person_id,
        ${secondsIn('(hash(i) % 2500000)::bigint')} as occurred_at,
        ['Direct', 'Email', 'Paid search', 'LinkedIn', 'Organic', 'Display'][1 + (hash(i * 7 + 1) % 6)::bigint] as channel
      from range(${touches}) numbers(i)
    ) to '${join(data, 'touchpoints.csv')}' (format csv, header)`)
    await run(`copy (
      select 'C' || i as conversion_id, 'P' || i as person_id, ${secondsIn('2600000 + i % 70000')} as occurred_at, 10 + i % 90 as value, 'USD' as currency
      from range(0, ${Math.floor(touches / 4)}, 5) numbers(i)
    ) to '${join(data, 'conversions.csv')}' (format csv, header)`)
  })
}

/** SQL of an instant that many seconds into the month. */
function secondsIn(seconds: string): string {
  return instantText(`timestamp '2026-03-01' + to_seconds(${seconds})`)
}
