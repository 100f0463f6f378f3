import { addDays, dayNumber, weekday } from '../kernel/calendar.ts'
import type { DeliveryDay } from './input.ts'

/** One complete week (Monday to Sunday) of a line; amounts in minor units. Null: some row left the measure out. */
export interface LineWeek {
  readonly monday: string
  readonly spend: number
  readonly conversions: number | null
  readonly value: number | null
}

/** The Monday of a date's week. */
export function mondayOf(date: string): string {
  return addDays(date, -weekday(date))
}

/**
 * A line's delivery by complete weeks, oldest first. A week in which the line spent nothing is left out: it says nothing of how spend works.
 *
 * @param days The line's delivery in date order.
 * @param reported Dates with any delivery of the company; a week with an unreported day is not complete.
 */
export function lineWeeks(
  days: readonly DeliveryDay[],
  reported: ReadonlySet<string>,
): readonly LineWeek[] {
  const weeks = new Map<string, LineWeek>()
  for (const day of days) {
    const monday = mondayOf(day.date)
    const week = weeks.get(monday) ?? { monday, spend: 0, conversions: 0, value: 0 }
    weeks.set(monday, {
      monday,
      spend: week.spend + day.spendMinor,
      conversions: plus(week.conversions, day.conversions),
      value: plus(week.value, day.valueMinor),
    })
  }
  return [...weeks.values()]
    .filter((week) => week.spend > 0 && isComplete(week.monday, reported))
    .toSorted((left, right) => dayNumber(left.monday) - dayNumber(right.monday))
}

function plus(sum: number | null, value: number | null): number | null {
  return sum === null || value === null ? null : sum + value
}

function isComplete(monday: string, reported: ReadonlySet<string>): boolean {
  return Array.from({ length: 7 }, (_day, index) => addDays(monday, index)).every((date) =>
    reported.has(date),
  )
}
