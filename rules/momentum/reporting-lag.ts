import { addDays, addMonths, daysBetween, isMonthOver, monthRange } from '../kernel/calendar.ts'
import { log } from '../kernel/elementary.ts'
import { power } from '../kernel/power.ts'
import type { Policy } from '../policy/policy.ts'
import type { Observation } from './observation.ts'

/** A figure as it will stand when the conversions still expected have been reported. */
export interface Pending {
  readonly observation: Observation
  /** Share of the month's conversions not reported yet, of 1. */
  readonly missingShare: number
  /** First day at whose end too little is missing to matter; null where the policy has no least change worth acting on. */
  readonly settledOn: string | null
}

/** Share of each month's conversions expected to be reported by now, of 1. */
interface ReportedShares {
  readonly previous: number
  readonly current: number
}

/** What is missing matters from this share of the least change worth acting on. */
const MATTERS = 0.1

/**
 * How will a figure counted in conversions stand once late ones are in?
 *
 * Conversions of a day `age` days ago are reported up to 1 − ½^(age ÷ half-life), as the stop-loss takes them; a review speaks for the end of its
 * day, a day's clicks for its middle, and a month's are taken as even over its days.
 *
 * With a half-life of two days, 9.3 % of March is missing on March 31: its last day is half a day old and lacks 84 %, the day before 59 %. A
 * minimum of 5 % lets 0.5 % be missing, which is so from April 9 on.
 *
 * @param mature The observation with exposures (clicks, spend) counted by those shares: conversions are held against what could have led to them.
 * @returns undefined while the month runs, without a lag, and when less is missing than a tenth of the policy's business minimum.
 */
export function pendingFigure(
  {
    month,
    asOfOn,
    policy,
  }: { readonly month: string; readonly asOfOn: string; readonly policy: Policy },
  mature: (shares: ReportedShares) => Observation,
): Pending | undefined {
  const halfLife = policy.stop_loss.lag_half_life_days
  if (halfLife === 0 || !isMonthOver(month, asOfOn)) return undefined
  const missingShare = missingOf(month, asOfOn, halfLife)
  const most = policy.momentum.business_minimum * MATTERS
  if (missingShare < most) return undefined
  const previous = 1 - missingOf(addMonths(month, -1), asOfOn, halfLife)
  return {
    observation: mature({ previous, current: 1 - missingShare }),
    missingShare,
    settledOn: most === 0 ? null : settledOn(asOfOn, halfLife, missingShare / most),
  }
}

/** Mean over the month's days of ½^(age ÷ half-life). */
function missingOf(month: string, asOfOn: string, halfLife: number): number {
  const { from, to } = monthRange(month)
  const days = daysBetween(from, to) + 1
  const missing = Array.from({ length: days }, (_, index) =>
    power(0.5, (daysBetween(addDays(from, index), asOfOn) + 0.5) / halfLife),
  )
  return missing.reduce((sum, share) => sum + share, 0) / days
}

/** What is missing halves with each half-life, whatever the days: the first day on which it is below 1 ÷ `times` of today's. */
function settledOn(asOfOn: string, halfLife: number, times: number): string {
  return addDays(asOfOn, Math.floor((halfLife * log(times)) / log(2)) + 1)
}
