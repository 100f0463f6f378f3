import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isBusinessDay } from '#rules/kernel/business-days.ts'
import { addMonths, monthRange } from '#rules/kernel/calendar.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'
import { isFeasible, startDayOf, type ReviewCalendar } from '#rules/schedule/start-day.ts'
import type { SchedulePlan } from '#rules/schema/schedule-plan.ts'

const WEEK = [0, 1, 2, 3, 4]
const calendar: ReviewCalendar = {
  workingDays: WEEK,
  holidays: new Set(['2026-11-26', '2026-12-25', '2027-01-01']),
  meetingBusinessDay: 5,
}
const after = (businessDay: number): SchedulePlan => ({
  day: { kind: 'after_month_end', businessDay },
  minute: 420,
})
const before = (businessDays: number): SchedulePlan => ({
  day: { kind: 'before_meeting', businessDays },
  minute: 420,
})

describe('startDayOf', () => {
  it.each([
    // October 2026 ends on a Saturday: Monday is business day 1.
    ['2026-10', after(1), '2026-11-02'],
    ['2026-10', after(3), '2026-11-04'],
    // November 2026 ends on a Monday, so the next day is business day 1.
    ['2026-11', after(1), '2026-12-01'],
    ['2026-11', after(18), '2026-12-24'],
    // Christmas is a Friday: business day 19 waits for Monday.
    ['2026-11', after(19), '2026-12-28'],
    // New Year's Day 2027 is a Friday.
    ['2026-12', after(1), '2027-01-04'],
    // February of a leap year and of another.
    ['2028-02', after(1), '2028-03-01'],
    ['2027-02', after(1), '2027-03-01'],
    // The meeting is on business day 5, Friday 2026-11-06.
    ['2026-10', before(1), '2026-11-05'],
    ['2026-10', before(4), '2026-11-02'],
    // Over a weekend: business day 5 of December 2026 is Monday the 7th.
    ['2026-11', before(1), '2026-12-04'],
  ])('%s with %o starts on %s', (month, plan, day) => {
    expect(startDayOf(month, plan, calendar)).toBe(day)
  })

  it('counts other working days', () => {
    const sunday = { ...calendar, workingDays: [6, 0, 1, 2, 3] }
    // 2026-11-01 is a Sunday.
    expect(startDayOf('2026-10', after(1), sunday)).toBe('2026-11-01')
  })

  it('is a business day after the month, the same one counted either way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 240 }),
        fc.integer({ min: 1, max: 4 }),
        (offset, count) => {
          const month = addMonths('2020-01', offset)
          const day = startDayOf(month, before(count), calendar)
          expect(isBusinessDay(day, calendar)).toBe(true)
          expect(day > monthRange(month).to).toBe(true)
          expect(day).toBe(startDayOf(month, after(5 - count), calendar))
        },
      ),
    )
  })

  it('refuses a start that does not lie after the month', () => {
    expect(() => startDayOf('2026-10', before(5), calendar)).toThrow(InvariantError)
  })
})

describe('isFeasible', () => {
  it.each([
    [after(20), true],
    [before(4), true],
    // On the meeting's own count the start would fall on the month's last business day.
    [before(5), false],
    [before(6), false],
  ])('%o: %s', (plan, feasible) => {
    expect(isFeasible(plan, calendar)).toBe(feasible)
  })
})
