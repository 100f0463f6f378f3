import { indexChannels } from '#rules/attribution/channels.ts'
import type { AttributionInput, ControlTotals } from '#rules/attribution/input.ts'
import { startTimedMeasurement } from '#rules/attribution/month-measurement.ts'
import { monthRange } from '#rules/kernel/calendar.ts'
import { present } from '#rules/kernel/invariant.ts'

import type { ReviewContext, Warehouse } from '../ports.ts'
import { numbers, numbersOrNull } from './columns.ts'
import { ChannelQueryRow, ControlQueryRow } from './rows.ts'

type Measured = NonNullable<AttributionInput['measured']>

/** Every touch and conversion of everyone active in the month, once through all models, and how many touches there are up to its day. */
export async function measureTouchpoints(
  context: ReviewContext,
  warehouse: Warehouse,
  seed: number,
): Promise<{ readonly measured: Measured; readonly touches: number }> {
  const { policy } = context
  const { currency } = policy.company
  const month = monthRange(context.month)
  // A review in the middle of its month knows nothing of later days.
  const lastOn = context.asOfOn < month.to ? context.asOfOn : month.to
  const range = { from_on: month.from, to_on: lastOn, currency }
  const rows = await warehouse.rows('attribution/channels', { to_on: lastOn }, ChannelQueryRow)
  const channels = indexChannels(rows.map((row) => row.channel))
  const codeAt = rows.map((row) => channels.codeOf.get(row.channel))
  const fold = startTimedMeasurement({ channels, policy: policy.attribution, seed })
  for await (const batch of warehouse.batches('attribution/events', range)) {
    fold.add({
      person: numbers(batch, 'person'),
      atMs: numbers(batch, 'at_ms'),
      channel: numbersOrNull(batch, 'channel_place').map((place) =>
        place === null ? -1 : present(codeAt[place - 1], 'channel'),
      ),
      valueMinor: numbersOrNull(batch, 'conversion_minor'),
      inMonth: numbers(batch, 'in_month'),
    })
  }
  const control = await readControl(warehouse, range)
  const touches = rows.reduce((sum, row) => sum + row.row_count, 0)
  return { measured: { measurement: fold.finish(), control }, touches }
}

async function readControl(
  warehouse: Warehouse,
  range: Readonly<Record<string, string>>,
): Promise<ControlTotals> {
  const rows = await warehouse.rows('attribution/control', range, ControlQueryRow)
  const row = present(rows[0], 'the row of attribution/control')
  return {
    conversions: row.conversions,
    valueMinor: row.value_minor,
    withoutValue: row.without_value,
    foreignCurrency: row.foreign_currency,
  }
}
