import { addDays, monthRange } from '../kernel/calendar.ts'
import { groupByText } from '../kernel/order.ts'
import { isMeasured, type Missing, type Quantity } from '../kernel/quantity.ts'
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
  readonly spent: number | null
  readonly committed: number | null
  readonly available: number | null
  readonly daysElapsed: number
  readonly daysReported: number
  readonly daysLeft: number
  /** Days, of the month and before it, that the part's file covers. */
  readonly daysCovered: number
  /** Days of the month to be forecast, with what the calendar says of each against its weekday. */
  readonly unseen: readonly { readonly date: string; readonly factor: number }[]
  /** Mean-1 weights of the weekdays, Monday first; empty where there is nothing to pace. */
  readonly weights: readonly number[]
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
  /** Why there is no delivery, where nothing of it was read. */
  readonly noDelivery: Missing
}

const WEIGHT_DAYS = 56

/**
 * How is this part of the budget pacing, and where will the month land?
 *
 * A day counts as reported when the file that would hold the part's rows has any row of its date; on such a day a part without a row spent nothing.
 * Elapsed days that nobody reported are treated like days to come, and when too many are missing nothing is forecast. The level of spend is read from
 * the part's first row on: before it the part had not begun, which is no spend of zero to learn from.
 *
 * @param reported Dates the part's file covers, see `coverageOf`.
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
    daysCovered: reported.size,
  }
  if (!isMeasured(part.planned)) return noPace(part.planned.reason, counts)
  if (reported.size === 0) return noPace(part.noDelivery.reason, counts)
  const { min_day_coverage: least, ...bounds } = context.policy.budget.pacing
  if (!closed && seen.length < least * elapsed.length) {
    return noPace('spend is reported on too few of the elapsed days', counts)
  }
  const spendOn = spendByDate(part.delivery)
  const toDays = (list: readonly string[]): DaySpend[] =>
    list.map((date) => ({ date, spend: spendOn.get(date) ?? 0 }))
  const first = firstDate(part.delivery)
  const begun = (date: string): boolean => first === null || date >= first
  const history = toDays(
    historyDates(context.month).filter((date) => reported.has(date) && begun(date)),
  )
  const period: PacePeriod = {
    budget: part.planned.value,
    committed: isMeasured(part.committed) ? part.committed.value : 0,
    seen: toDays(seen),
    unseen: closed ? [] : dates.filter((date) => !seen.includes(date)),
    weights: weekdayWeights(history),
    holidays: bounds.day_factors,
  }
  const running = { ...period, seen: period.seen.filter((day) => begun(day.date)) }
  const landing =
    landWithDrift(running, history, bounds.watch) ?? landWithRecent(running, bounds.watch)
  const available = period.budget - spentOf(period) - period.committed
  const reading = { budget: period.budget, available, daysLeft: counts.daysLeft, landing }
  return {
    status: judgePace(reading, bounds),
    reason: landing === null ? 'too few days have spend to forecast from' : null,
    budget: period.budget,
    spent: spentOf(period),
    committed: period.committed,
    available,
    ...counts,
    unseen: period.unseen.map((date) => ({ date, factor: period.holidays[date] ?? 1 })),
    weights: period.weights,
    linear: linearPace(period),
    weekday: weekdayPace(period),
    landing,
    deviation: landingDeviation(reading),
    requiredDay: counts.daysLeft > 0 ? Math.max(...requiredDaily(period)) : null,
  }
}

function noPace(
  reason: string,
  counts: Pick<LinePace, 'daysElapsed' | 'daysReported' | 'daysLeft' | 'daysCovered'>,
): LinePace {
  const money = { budget: null, spent: null, committed: null, available: null }
  const forecast = { unseen: [], weights: [], linear: null, weekday: null, landing: null }
  const status = 'unknown'
  return { status, reason, ...counts, ...money, ...forecast, deviation: null, requiredDay: null }
}

function spendByDate(delivery: readonly DeliveryDay[]): ReadonlyMap<string, number> {
  const spend = new Map<string, number>()
  for (const day of delivery) spend.set(day.date, (spend.get(day.date) ?? 0) + day.spendMinor)
  return spend
}

function firstDate(delivery: readonly DeliveryDay[]): string | null {
  return delivery.reduce<string | null>(
    (first, day) => (first === null || day.date < first ? day.date : first),
    null,
  )
}

/**
 * On which dates does the file cover a line that may have no row of its own?
 *
 * A platform's export covers a date when any channel of the platform has a row of it. A line whose channel names no platform, and a line of several
 * channels, is covered by any row of the company.
 */
export function coverageOf(
  delivery: readonly DeliveryDay[],
  platforms: ReadonlyMap<string, string | null>,
): (channelId: string | null) => ReadonlySet<string> {
  const all = new Set(delivery.map((day) => day.date))
  const byPlatform = groupByText(delivery, (day) => platforms.get(day.channelId) ?? '')
  const covered = new Map(
    [...byPlatform].map(([platform, days]) => [platform, new Set(days.map((day) => day.date))]),
  )
  return (channelId) => {
    const platform = platforms.get(channelId ?? '') ?? null
    return platform === null ? all : (covered.get(platform) ?? new Set())
  }
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
