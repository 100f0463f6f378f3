import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  addDays,
  addMonths,
  dateOfDay,
  dayNumber,
  daysBetween,
  isMonthOver,
  lastMonthOver,
  monthRange,
  priorQuarter,
  weekday,
} from '#rules/kernel/calendar.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

describe('day numbers', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2000-02-29', 11_016],
    ['2000-03-01', 11_017],
    ['1900-03-01', -25_508],
    ['2026-11-21', 20_778],
    ['0001-01-01', -719_162],
    ['9999-12-31', 2_932_896],
  ])('%s is %d, and back', (date, number) => {
    expect(dayNumber(date)).toBe(number)
    expect(dateOfDay(number)).toBe(date)
  })

  it.each([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-4-1',
    '20260401',
    '',
    '2026-04-01T00:00',
  ])('refuses %s', (date) => {
    expect(() => dayNumber(date)).toThrow(InvariantError)
  })

  it('agree with the proleptic Gregorian calendar of the platform', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (days) => {
        const iso = new Date(days * 86_400_000).toISOString()
        expect(dateOfDay(days)).toBe(iso.slice(0, iso.indexOf('T')))
        expect(dayNumber(dateOfDay(days))).toBe(days)
      }),
    )
  })
})

describe('weekdays and spans', () => {
  it.each([
    ['2026-11-16', 0],
    ['2026-11-21', 5],
    ['2026-11-22', 6],
    ['1969-12-28', 6],
  ])('%s is weekday %d', (date, day) => {
    expect(weekday(date)).toBe(day)
  })

  it('counts days between dates in both directions', () => {
    expect(daysBetween('2026-02-27', '2026-03-01')).toBe(2)
    expect(daysBetween('2026-03-01', '2026-02-27')).toBe(-2)
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
  })
})

describe('months', () => {
  it.each([
    ['2026-02', '2026-02-01', '2026-02-28'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2026-12', '2026-12-01', '2026-12-31'],
  ])('%s runs from %s to %s', (month, from, to) => {
    expect(monthRange(month)).toStrictEqual({ from, to })
  })

  it.each([
    ['2026-01', -1, '2025-12'],
    ['2026-12', 1, '2027-01'],
    ['2026-03', -12, '2025-03'],
    ['2026-03', 0, '2026-03'],
    ['2026-03', -15, '2024-12'],
  ])('%s plus %d is %s', (month, count, expected) => {
    expect(addMonths(month, count)).toBe(expected)
  })

  it('refuses what is no month', () => {
    for (const text of ['2026-3', '12026-03', '2026-031', '']) {
      expect(() => addMonths(text, 1)).toThrow(InvariantError)
    }
  })

  it.each([
    ['2026-01', ['2025-10', '2025-11', '2025-12']],
    ['2026-02', ['2025-10', '2025-11', '2025-12']],
    ['2026-03', ['2025-10', '2025-11', '2025-12']],
    ['2026-04', ['2026-01', '2026-02', '2026-03']],
    ['2026-12', ['2026-07', '2026-08', '2026-09']],
  ])('the quarter before the one of %s is %o', (month, expected) => {
    expect(priorQuarter(month)).toStrictEqual(expected)
  })
})

describe('isMonthOver', () => {
  // A review speaks for the end of its day.
  it.each([
    ['2026-03-30', false],
    ['2026-03-31', true],
    ['2026-04-01', true],
  ])('March on %s: %s', (asOfOn, over) => {
    expect(isMonthOver('2026-03', asOfOn)).toBe(over)
  })

  it('knows a leap day', () => {
    expect(isMonthOver('2028-02', '2028-02-28')).toBe(false)
    expect(isMonthOver('2028-02', '2028-02-29')).toBe(true)
  })
})

describe('lastMonthOver', () => {
  it.each([
    ['2026-03-30', '2026-02'],
    ['2026-03-31', '2026-03'],
    ['2026-04-01', '2026-03'],
    ['2026-01-30', '2025-12'],
    ['2028-02-28', '2028-01'],
    ['2028-02-29', '2028-02'],
  ])('at the end of %s is %s', (asOfOn, month) => {
    expect(lastMonthOver(asOfOn)).toBe(month)
  })
})
