import { isMonthOver } from '../kernel/calendar.ts'
import { derive, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { FactSource } from '../schema/review.ts'
import { findBookGaps, wholeCost, wholeValue, type PeriodRows } from './completeness.ts'
import { economics, type Economics } from './economics.ts'
import type { CampaignRoiInput } from './input.ts'
import { bookSources, summariseCost, summariseValue } from './ledger.ts'
import { periodsOf, within, type Period } from './periods.ts'
import { rejectedIn } from './rejected.ts'

/** The month against one earlier period. Money in minor units; a quarter counts as the average of its three months. */
export interface Comparison {
  readonly period: Period
  readonly economics: Economics
  /** The rows behind the earlier figures, month by month. */
  readonly sources: readonly FactSource[]
  /** (current − earlier) ÷ |earlier|, a signed share. */
  readonly costChange: Quantity
  readonly valueChange: Quantity
  /** current ROI − earlier ROI, as a difference of shares (0.05 = 5 points). */
  readonly roiChange: Quantity
}

/** How does the month stand against the month before, the quarter before and the year before? A part of a month is held against none. */
export function comparePeriods(
  current: Economics,
  input: CampaignRoiInput,
  { month, asOfOn }: { readonly month: string; readonly asOfOn: string },
): Comparison[] {
  const open = isMonthOver(month, asOfOn) ? null : notMeasured('the month is not over')
  return periodsOf(month).earlier.map((period) => {
    const { economics: earlier, sources } = averageEconomics(input, period)
    return {
      period,
      economics: earlier,
      sources,
      costChange: open ?? relativeChange(current.cost, earlier.cost, 'the earlier cost'),
      valueChange: open ?? relativeChange(current.value, earlier.value, 'the earlier value'),
      roiChange:
        open ?? derive([current.roi, earlier.roi], ([now = 0, before = 0]) => now - before),
    }
  })
}

/**
 * change = (now − before) ÷ |before|. A change from zero has no percentage.
 */
export function relativeChange(now: Quantity, before: Quantity, what: string): Quantity {
  const step = derive([now, before], ([current = 0, earlier = 0]) => current - earlier)
  const size = derive([before], ([earlier = 0]) => Math.abs(earlier))
  return quotient(step, size, what)
}

/** The rows of a period, book by book. */
export function rowsWithin(input: CampaignRoiInput, period: Period): PeriodRows {
  return {
    costs: within(input.costs, period),
    values: within(input.values, period),
    delivery: within(input.delivery, period),
    won: within(input.won, period),
  }
}

/** Every month of the period must be booked: an average over two of three months would compare unlike things. */
function averageEconomics(
  input: CampaignRoiInput,
  period: Period,
): Pick<Comparison, 'economics' | 'sources'> {
  const perMonth = period.months.map((month) => {
    const single = { ...period, months: [month] }
    const rows = rowsWithin(input, single)
    const gaps = findBookGaps(rows, input.presence)
    const rejected = rejectedIn(input.rejected, [month])
    const cost = wholeCost(
      summariseCost(rows.costs, input.presence.cost_ledger),
      rejected.cost_ledger,
      gaps.cost,
    )
    const booked = wholeValue(
      summariseValue(rows.values, rows.won, input.presence),
      rejected,
      gaps.value,
    )
    return { cost, booked, sources: bookSources(cost, booked, { month_key: month }) }
  })
  return {
    economics: economics(
      average(perMonth.map(({ cost }) => cost.total)),
      average(perMonth.map(({ booked }) => booked.value)),
    ),
    sources: perMonth.flatMap(({ sources }) => sources),
  }
}

function average(parts: readonly Quantity[]): Quantity {
  return derive(parts, (values) =>
    Math.round(values.reduce((sum, value) => sum + value, 0) / values.length),
  )
}
