import { addDays, monthRange } from '../kernel/calendar.ts'
import { isMeasured, type Quantity } from '../kernel/quantity.ts'
import type { BudgetContext, DeliveryDay } from './input.ts'
import { landWithDrift, landWithRecent, type Landing } from './landing.ts'
import { judgePace, landingDeviation, type PaceStatus } from './pace-status.ts'
import {
  linearPace,
  type Pace,
  type PacePeriod,
  requiredDaily,
  spentOf,
  weekdayPace,
} from './pace.ts'
import { type DaySpend, weekdayWeights } from './weekday-weights.ts'

/** Pace of one part of the budget over the month, or why there is none. Amounts in minor units. */
export interface LinePace {
  readonly status: PaceStatus
  /** Why nothing could be forecast; null when something was. */
  readonly reason: string | null
  readonly budget: number | null
  readonly available: number | null
  readonly daysElapsed: number
  readonly daysReported: number
  readonly daysLeft: number
  readonly linear: Pace | null
  readonly weekday: Pace | null
  readonly landing: Landing | null
  readonly deviation: number | null
  /** Greatest spend that one of the days left would need to land on plan; null when no day is left. */
  readonly requiredDay: number | null
}

/** What is paced: a plan, its promises, and the delivery that belongs to it. */
export interface PacedPart {
  readonly planned: Quantity
  readonly committed: Quantity
  readonly delivery: readonly DeliveryDay[]
}

const WEIGHT_DAYS = 56

/**
 * How is this part of the budget pacing, and where will the month land?
 *
 * A day counts as reported when any row of the ad performance bears its date; on such a day a part without a row spent nothing. Elapsed
 * days that nobody reported are treated like days to come, and when too many are missing nothing is forecast.
 *
 * @param reported Dates with any delivery at all.
 */
export function paceLine(
  part: PacedPart,
  reported: ReadonlySet<string>,
  context: BudgetContext,
): LinePace {
  const dates = monthDates(context.month)
  const elapsed = dates.filter((date) => date < context.asOfOn)
  const seen = elapsed.filter((date) => reported.has(date))
  const closed = elapsed.length === dates.length
  const counts = {
    daysElapsed: elapsed.length,
    daysReported: seen.length,
    daysLeft: dates.length - elapsed.length,
  }
  if (!isMeasured(part.planned)) return noPace(part.planned.reason, counts)
  const { min_day_coverage: least, ...bounds } = context.policy.budget.pacing
  if (!closed && seen.length < least * elapsed.length) {
    return noPace('spend is reported on too few of the elapsed days', counts)
  }
  const spendOn = spendByDate(part.delivery)
  const toDays = (list: readonly string[]): DaySpend[] =>
    list.map((date) => ({ date, spend: spendOn.get(date) ?? 0 }))
  const history = toDays(historyDates(context.month).filter((date) => reported.has(date)))
  const period: PacePeriod = {
    budget: part.planned.value,
    committed: isMeasured(part.committed) ? part.committed.value : 0,
    seen: toDays(seen),
    unseen: closed ? [] : dates.filter((date) => !seen.includes(date)),
    weights: weekdayWeights(history),
    holidays: bounds.day_factors,
  }
  const landing =
    landWithDrift(period, history, bounds.watch) ?? landWithRecent(period, bounds.watch)
  const available = period.budget - spentOf(period) - period.committed
  const reading = { budget: period.budget, available, daysLeft: counts.daysLeft, landing }
  return {
    status: judgePace(reading, bounds),
    reason: landing === null ? 'too few days have spend to forecast from' : null,
    budget: period.budget,
    available,
    ...counts,
    linear: linearPace(period),
    weekday: weekdayPace(period),
    landing,
    deviation: landingDeviation(reading),
    requiredDay: counts.daysLeft > 0 ? Math.max(...requiredDaily(period)) : null,
  }
}

function noPace(
  reason: string,
  counts: Pick<LinePace, 'daysElapsed' | 'daysReported' | 'daysLeft'>,
): LinePace {
  const nothing = { budget: null, available: null, linear: null, weekday: null, landing: null }
  return { status: 'unknown', reason, ...counts, ...nothing, deviation: null, requiredDay: null }
}

function spendByDate(delivery: readonly DeliveryDay[]): ReadonlyMap<string, number> {
  const spend = new Map<string, number>()
  for (const day of delivery) spend.set(day.date, (spend.get(day.date) ?? 0) + day.spendMinor)
  return spend
}

function monthDates(month: string): readonly string[] {
  const { from, to } = monthRange(month)
  const dates = [from]
  while ((dates.at(-1) ?? to) < to) dates.push(addDays(dates.at(-1) ?? to, 1))
  return dates
}

function historyDates(month: string): readonly string[] {
  return Array.from({ length: WEIGHT_DAYS }, (_day, index) =>
    addDays(`${month}-01`, index - WEIGHT_DAYS),
  )
}
