import { groupByText } from '../kernel/order.ts'
import type { DeliveryDay } from './input.ts'
import type { BudgetLine } from './lines.ts'

/** How conversions of a line scatter from day to day, given its spend: variance ÷ mean, 1 when they come one by one, above when in clusters. */
export interface Dispersion {
  /** What the stop-loss allows for, ≥ 1. */
  readonly value: number
  /** `own_days`: the line's days and the policy's assumption together; `assumed`: the assumption alone, for want of a conversion to read. */
  readonly basis: 'own_days' | 'assumed'
  /** What the line's days say by themselves is squares ÷ due; nothing where no conversion was due, for want of two days of a month with one. */
  readonly squares: number
  readonly due: number
  /** Days with spend that it was read from. */
  readonly days: number
  /** What the policy takes it to be before any day is read, and how many days that counts as. */
  readonly assumed: number
  readonly assumedDays: number
}

/**
 * As many days as the assumption counts for: few enough that a month of own days outweighs it, enough that a first fortnight which happens to
 * scatter little does not pass for proof. By simulation, see the folder's README.
 */
const ASSUMED_DAYS = 14

/**
 * How far do conversions of a line cluster, when some of its days are known, or none?
 *
 * φ = max(1, (days × squares ÷ due + 14 × assumed) ÷ (days + 14)). What the days say: within a calendar month, conversions are held against the same
 * rate per spend on every day; of C conversions on days with shares p of the spend, squares = Σ (c − p·C)² and due = C·(1 − Σ p²), both
 * added over months before they are divided. Drift and weekdays within a month count as scatter, which errs towards going on.
 *
 * Each line is read by itself: what other lines show of their own says nothing of one whose conversions cluster more.
 *
 * @param assumed The policy's, ≥ 1.
 * Source: P. McCullagh and J. Nelder, Generalized Linear Models, 1989, §6.2, with days weighted by what was due on them instead of
 * equally, so that a day of little spend does not decide.
 */
export function conversionDispersion(line: BudgetLine, assumed: number): Dispersion {
  const scatter = scatterOf([...line.history, ...line.days])
  const { squares, due, days } = scatter
  const known = { ...scatter, assumed, assumedDays: ASSUMED_DAYS }
  if (due <= 0) return { ...known, value: assumed, basis: 'assumed' }
  const value = (days * (squares / due) + ASSUMED_DAYS * assumed) / (days + ASSUMED_DAYS)
  return { ...known, value: Math.max(1, value), basis: 'own_days' }
}

/** Squares around the rate of the month, and what they would add up to if conversions came one by one. */
interface Scatter {
  readonly squares: number
  readonly due: number
  readonly days: number
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
