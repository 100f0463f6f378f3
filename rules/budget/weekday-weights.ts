import { dayNumber, weekday } from '../kernel/calendar.ts'
import { present } from '../kernel/invariant.ts'

/** Spend of one local date, in the units the caller uses throughout. */
export interface DaySpend {
  readonly date: string
  readonly spend: number
}

const EVEN_DAYS = 2

/**
 * How much of an average day is spent on each weekday, Monday first; the seven weights have mean 1.
 *
 * Each day is divided by the mean of the seven days around it, so a trend does not pass for a weekday. The ratios of a weekday are
 * averaged together with two days of ratio 1, which holds back weekdays seen a few times only. Without history every weight is 1.
 *
 * @param history Days in order; a day whose seven-day window has a gap or no spend tells nothing and is passed over.
 * Source: classical ratio-to-moving-average seasonal decomposition.
 */
export function weekdayWeights(history: readonly DaySpend[]): readonly number[] {
  const sums = Array.from({ length: 7 }, () => EVEN_DAYS)
  const counts = Array.from({ length: 7 }, () => EVEN_DAYS)
  for (let end = 7; end <= history.length; end++) {
    const window = history.slice(end - 7, end)
    const middle = present(window[3], 'the middle of a week')
    const mean = window.reduce((sum, day) => sum + day.spend, 0) / 7
    if (mean <= 0 || !isOneWeek(window)) continue
    const day = weekday(middle.date)
    sums[day] = (sums[day] ?? 0) + middle.spend / mean
    counts[day] = (counts[day] ?? 0) + 1
  }
  const shrunken = sums.map((sum, day) => sum / (counts[day] ?? EVEN_DAYS))
  const mean = shrunken.reduce((sum, weight) => sum + weight, 0) / 7
  return shrunken.map((weight) => weight / mean)
}

/** The weight of a date: its weekday's, times what the calendar says of a holiday (0.3: a third of a usual day). */
export function dayWeight(
  date: string,
  weights: readonly number[],
  holidays: Readonly<Record<string, number>>,
): number {
  return (weights[weekday(date)] ?? 1) * (holidays[date] ?? 1)
}

function isOneWeek(window: readonly DaySpend[]): boolean {
  const [first, last] = [present(window[0], 'the first day'), present(window[6], 'the last day')]
  return dayNumber(last.date) - dayNumber(first.date) === 6
}
