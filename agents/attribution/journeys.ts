import { indexChannels } from '#rules/attribution/channels.ts'
import type { AttributionInput } from '#rules/attribution/input.ts'
import { startPathMeasurement } from '#rules/attribution/month-measurement.ts'
import { parsePath } from '#rules/attribution/path-fold.ts'
import { present } from '#rules/kernel/invariant.ts'

import type { ReviewContext, Warehouse } from '../ports.ts'
import { numbers, numbersOrNull, texts } from './columns.ts'
import { JourneysControlQueryRow } from './rows.ts'

type Measured = NonNullable<AttributionInput['measured']>

/** Journeys counted by path: a first reading finds the channels, a second one runs every row through the models. */
export async function measureJourneys(
  { policy }: ReviewContext,
  warehouse: Warehouse,
  seed: number,
): Promise<Measured> {
  const names = new Set<string>()
  for await (const batch of warehouse.batches('attribution/journeys', {})) {
    for (const path of texts(batch, 'path')) for (const name of parsePath(path)) names.add(name)
  }
  const channels = indexChannels(names)
  const fold = startPathMeasurement({ channels, policy: policy.attribution, seed })
  for await (const batch of warehouse.batches('attribution/journeys', {})) {
    fold.add({
      path: texts(batch, 'path').map(parsePath),
      conversions: numbers(batch, 'conversions'),
      valueMinor: numbersOrNull(batch, 'conversion_value_minor'),
      nulls: numbersOrNull(batch, 'nulls'),
    })
  }
  const rows = await warehouse.rows('attribution/journeys-control', {}, JourneysControlQueryRow)
  const row = present(rows[0], 'the row of attribution/journeys-control')
  const control = {
    conversions: row.conversions,
    valueMinor: row.value_minor,
    withoutValue: row.without_value,
    foreignCurrency: 0,
  }
  return { measurement: fold.finish(), control }
}
