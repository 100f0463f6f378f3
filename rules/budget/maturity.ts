import { power } from '../kernel/power.ts'

/** Spend of one day and how long ago its middle was, in days. */
export interface AgedSpend {
  readonly spend: number
  readonly ageDays: number
}

/**
 * How much of the spend has had its conversions reported by now?
 *
 * matured = Σ spend × (1 − ½^(age ÷ half-life)). A line must not be stopped for conversions that are still on their way.
 *
 * @param halfLifeDays Days until half of a day's conversions are in, > 0.
 */
export function maturedSpend(days: readonly AgedSpend[], halfLifeDays: number): number {
  return days.reduce(
    (sum, { spend, ageDays }) => sum + spend * (1 - power(0.5, ageDays / halfLifeDays)),
    0,
  )
}
