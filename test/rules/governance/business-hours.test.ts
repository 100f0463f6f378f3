import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { addBusinessMinutes, businessHoursOf } from '#rules/governance/business-hours.ts'
import { isBusinessDay } from '#rules/kernel/business-days.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'
import { CalendarPolicy } from '#rules/policy/organisation.ts'

/** Monday to Friday, nine to five, Thanksgiving closed. */
const hours = businessHoursOf(CalendarPolicy.parse({ holidays: ['2026-11-26'] }))
const at = (on: string, hour: number, minute = 0) => ({ on, minute: hour * 60 + minute })

describe('businessHoursOf', () => {
  it('reads days, holidays and hours of the policy', () => {
    const odd = CalendarPolicy.parse({
      working_days: ['sun', 'mon'],
      working_hours: { from: '08:15', to: '16:45' },
    })
    expect(businessHoursOf(odd)).toEqual({
      workingDays: [6, 0],
      holidays: new Set(),
      opens: 495,
      closes: 1005,
    })
  })
})

describe('addBusinessMinutes', () => {
  it.each([
    // 2026-11-23 is a Monday.
    {
      what: 'within the day',
      start: at('2026-11-23', 10),
      minutes: 90,
      end: at('2026-11-23', 11, 30),
    },
    {
      what: 'to the very end of the day',
      start: at('2026-11-23', 10),
      minutes: 420,
      end: at('2026-11-23', 17),
    },
    {
      what: 'one minute beyond it',
      start: at('2026-11-23', 10),
      minutes: 421,
      end: at('2026-11-24', 9, 1),
    },
    {
      what: 'over two days',
      start: at('2026-11-23', 16),
      minutes: 480 + 61,
      end: at('2026-11-25', 9, 1),
    },
    {
      what: 'from before opening',
      start: at('2026-11-23', 7),
      minutes: 60,
      end: at('2026-11-23', 10),
    },
    { what: 'from closing', start: at('2026-11-23', 17), minutes: 60, end: at('2026-11-24', 10) },
    {
      what: 'from the evening',
      start: at('2026-11-23', 22),
      minutes: 60,
      end: at('2026-11-24', 10),
    },
    {
      what: 'over a weekend',
      start: at('2026-11-20', 16),
      minutes: 120,
      end: at('2026-11-23', 10),
    },
    {
      what: 'over a holiday',
      start: at('2026-11-25', 16),
      minutes: 120,
      end: at('2026-11-27', 10),
    },
    {
      what: 'from a Sunday',
      start: at('2026-11-22', 12),
      minutes: 30,
      end: at('2026-11-23', 9, 30),
    },
    {
      what: 'nothing, within hours',
      start: at('2026-11-23', 12),
      minutes: 0,
      end: at('2026-11-23', 12),
    },
    {
      what: 'nothing, at night',
      start: at('2026-11-23', 20),
      minutes: 0,
      end: at('2026-11-24', 9),
    },
  ])('counts $what', ({ start, minutes, end }) => {
    expect(addBusinessMinutes(start, minutes, hours)).toEqual(end)
  })

  it.each([-1, 0.5])('refuses %d minutes', (minutes) => {
    expect(() => addBusinessMinutes(at('2026-11-23', 10), minutes, hours)).toThrow(InvariantError)
  })

  it('refuses a calendar without a business day in a year', () => {
    const closed = { ...hours, workingDays: [] }
    expect(() => addBusinessMinutes(at('2026-11-23', 10), 1, closed)).toThrow(InvariantError)
  })

  it('ends in business hours, and two spans in a row equal their sum', () => {
    fc.assert(
      fc.property(
        fc.record({
          day: fc.integer({ min: 0, max: 400 }),
          minute: fc.integer({ min: 0, max: 1439 }),
          first: fc.integer({ min: 1, max: 3000 }),
          second: fc.integer({ min: 1, max: 3000 }),
        }),
        ({ day, minute, first, second }) => {
          const start = { on: addDays('2026-01-01', day), minute }
          const once = addBusinessMinutes(start, first, hours)
          expect(isBusinessDay(once.on, hours)).toBe(true)
          expect(once.minute).toBeGreaterThan(hours.opens)
          expect(once.minute).toBeLessThanOrEqual(hours.closes)
          expect(addBusinessMinutes(once, second, hours)).toEqual(
            addBusinessMinutes(start, first + second, hours),
          )
        },
      ),
    )
  })
})
