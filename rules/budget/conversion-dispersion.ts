import { groupByText } from '../kernel/order.ts'
import type { DeliveryDay } from './input.ts'
import type { BudgetLine } from './lines.ts'

/** How conversions of a line scatter from day to day, given its spend. */
export interface Dispersion {
  /** Variance ÷ mean of a day's conversions, ≥ 1: 1 when they come one by one, above when they come in clusters. */
  readonly value: number
  /** What it was read from; `assumed`: too few days of all lines together, so that conversions are taken as independent. */
  readonly basis: 'own_days' | 'all_lines' | 'assumed'
  /** Days with spend that it was read from. */
  readonly days: number
}

/** Least days with spend and least conversions that a reading needs, of one line and of all lines together. */
const OWN = { days: 28, due: 10 }
const ALL = { days: 7, due: 5 }

/**
 * How far do conversions of each line cluster?
 *
 * Within a calendar month, the conversions of a line are held against the same rate per spend on every day: of C conversions on days with
 * shares p of the spend, φ = Σ (c − p·C)² ÷ (C·(1 − Σ p²)), numerators and denominators added over months before they are divided. It errs
 * by about √(2 ÷ days) of itself; one such error is added, so that a low reading does not prove a failure. Drift and weekdays within a month
 * count as scatter, which errs towards going on. A line with too few days takes the reading of all lines together.
 *
 * Source: P. McCullagh and J. Nelder, Generalized Linear Models, 1989, §6.2, with days weighted by what was due on them instead of
 * equally, so that a day of little spend does not decide.
 */
export function conversionDispersions(lines: readonly BudgetLine[]): readonly Dispersion[] {
  const scatters = lines.map((line) => scatterOf([...line.history, ...line.days]))
  const all = add(scatters)
  return scatters.map((own) => {
    if (isEnough(own, OWN)) return { value: dispersionOf(own), basis: 'own_days', days: own.days }
    if (isEnough(all, ALL)) return { value: dispersionOf(all), basis: 'all_lines', days: all.days }
    return { value: 1, basis: 'assumed', days: all.days }
  })
}

/** Squares around the rate of the month, and what they would add up to if conversions came one by one. */
interface Scatter {
  readonly squares: number
  readonly due: number
  readonly days: number
}

function isEnough(scatter: Scatter, least: Pick<Scatter, 'days' | 'due'>): boolean {
  return scatter.days >= least.days && scatter.due >= least.due
}

function dispersionOf({ squares, due, days }: Scatter): number {
  return Math.max(1, (squares / due) * (1 + Math.sqrt(2 / days)))
}

function add(scatters: readonly Scatter[]): Scatter {
  return {
    squares: scatters.reduce((sum, { squares }) => sum + squares, 0),
    due: scatters.reduce((sum, { due }) => sum + due, 0),
    days: scatters.reduce((sum, { days }) => sum + days, 0),
  }
}

interface DayCount {
  readonly spend: number
  readonly conversions: number
}

function scatterOf(rows: readonly DeliveryDay[]): Scatter {
  const months = groupByText(rows, ({ date }) => date.slice(0, 'YYYY-MM'.length))
  return add([...months.values()].map((month) => scatterOfMonth(countsByDay(month))))
}

/** Days with spend whose conversions every row tells. */
function countsByDay(rows: readonly DeliveryDay[]): readonly DayCount[] {
  return [...groupByText(rows, ({ date }) => date).values()]
    .filter((day) => day.every(({ conversions }) => conversions !== null))
    .map((day) => ({
      spend: day.reduce((sum, { spendMinor }) => sum + spendMinor, 0),
      conversions: day.reduce((sum, { conversions }) => sum + (conversions ?? 0), 0),
    }))
    .filter(({ spend }) => spend > 0)
}

function scatterOfMonth(days: readonly DayCount[]): Scatter {
  const spend = days.reduce((sum, day) => sum + day.spend, 0)
  const conversions = days.reduce((sum, day) => sum + day.conversions, 0)
  const shares = days.map((day) => ({ ...day, share: day.spend / spend }))
  return {
    squares: shares.reduce((sum, day) => sum + (day.conversions - day.share * conversions) ** 2, 0),
    due: conversions * (1 - shares.reduce((sum, { share }) => sum + share ** 2, 0)),
    days: days.length,
  }
}
