import { measured, type Missing, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { DeliveryDay } from './input.ts'

/** Delivery summed over days; amounts in minor units. */
export interface Delivery {
  readonly spend: Quantity
  readonly impressions: Quantity
  readonly clicks: Quantity
  readonly conversions: Quantity
  readonly value: Quantity
  readonly rows: number
}

/**
 * What was delivered on these days? A measure that any row left out is not measured: half a sum is not a sum.
 *
 * @param missing What is said where there are no days.
 */
export function deliveryOf(days: readonly DeliveryDay[], missing: Missing): Delivery {
  return {
    spend: add(days, (day) => day.spendMinor, missing),
    impressions: add(days, (day) => day.impressions, missing),
    clicks: add(days, (day) => day.clicks, missing),
    conversions: add(days, (day) => day.conversions, missing),
    value: add(days, (day) => day.valueMinor, missing),
    rows: days.reduce((sum, day) => sum + day.rows, 0),
  }
}

function add(
  days: readonly DeliveryDay[],
  pick: (day: DeliveryDay) => number | null,
  missing: Missing,
): Quantity {
  if (days.length === 0) return missing
  let total = 0
  for (const day of days) {
    const value = pick(day)
    if (value === null) return notMeasured('some rows of the ad performance leave it out')
    total += value
  }
  return measured(total)
}
