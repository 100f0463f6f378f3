import type { Presence } from '../kernel/presence.ts'
import { measured, notMeasured, quotient, unreadable, type Quantity } from '../kernel/quantity.ts'
import type { DeliveryRow } from './input.ts'

/** Delivery of one subject and the rates the field reads from it; money in minor units. */
export interface Delivery {
  readonly rows: number
  readonly spend: Quantity
  readonly impressions: Quantity
  readonly clicks: Quantity
  readonly conversions: Quantity
  readonly conversionValue: Quantity
  /** clicks ÷ impressions */
  readonly ctr: Quantity
  /** spend ÷ clicks, minor units a click */
  readonly cpc: Quantity
  /** spend ÷ conversions, minor units a conversion */
  readonly cpa: Quantity
  /** conversions ÷ clicks */
  readonly conversionRate: Quantity
  /** conversion value ÷ spend */
  readonly roas: Quantity
}

/**
 * What did the platforms deliver, and at what rates?
 *
 * @param rows Sums per campaign × channel × segment of one period; an empty list means nothing was reported, or that the report could not be read.
 * Source: Interactive Advertising Bureau, "Measurement Guidelines" (CTR, CPC, CPA, ROAS).
 */
export function summariseDelivery(rows: readonly DeliveryRow[], presence: Presence): Delivery {
  const total = (what: string, read: (row: DeliveryRow) => number | null): Quantity =>
    rows.length === 0 ? noRow(presence) : sumOf(rows.map(read), what)
  const spend = total('spend', (row) => row.spendMinor)
  const impressions = total('impressions', (row) => row.impressions)
  const clicks = total('clicks', (row) => row.clicks)
  const conversions = total('conversions', (row) => row.conversions)
  const conversionValue = total('conversion value', (row) => row.conversionValueMinor)
  return {
    rows: rows.reduce((count, row) => count + row.rows, 0),
    spend,
    impressions,
    clicks,
    conversions,
    conversionValue,
    ctr: quotient(clicks, impressions, 'impressions'),
    cpc: quotient(spend, clicks, 'clicks'),
    cpa: quotient(spend, conversions, 'conversions'),
    conversionRate: quotient(conversions, clicks, 'clicks'),
    roas: quotient(conversionValue, spend, 'spend'),
  }
}

function noRow(presence: Presence): Quantity {
  return presence === 'unreadable'
    ? unreadable('the platform rows could not be read')
    : notMeasured('no platform row in the period')
}

function sumOf(values: readonly (number | null)[], what: string): Quantity {
  const known = values.filter((value) => value !== null)
  if (known.length < values.length) {
    return notMeasured(
      `${what} left out in ${values.length - known.length} of ${values.length} groups`,
    )
  }
  return measured(known.reduce((sum, value) => sum + value, 0))
}
