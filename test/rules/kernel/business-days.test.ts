import { describe, expect, it } from 'vitest'

import { addBusinessDays, isBusinessDay } from '#rules/kernel/business-days.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

const office = { workingDays: [0, 1, 2, 3, 4], holidays: new Set(['2026-11-26']) }

describe('business days', () => {
  it.each([
    ['2026-11-25', true],
    ['2026-11-26', false],
    ['2026-11-27', true],
    ['2026-11-28', false],
  ])('%s: %s', (date, expected) => {
    expect(isBusinessDay(date, office)).toBe(expected)
  })

  it.each([
    ['2026-11-25', 1, '2026-11-27'],
    ['2026-11-25', 2, '2026-11-30'],
    ['2026-11-27', 1, '2026-11-30'],
    ['2026-11-25', 0, '2026-11-25'],
  ])('%s and %d business days is %s', (date, count, expected) => {
    expect(addBusinessDays(date, count, office)).toBe(expected)
  })

  it('waits for a business day for a year, and no day longer', () => {
    const closedFor = (days: number) => ({
      workingDays: [0, 1, 2, 3, 4, 5, 6],
      holidays: new Set(Array.from({ length: days }, (_day, n) => addDays('2027-01-02', n))),
    })
    expect(addBusinessDays('2027-01-01', 1, closedFor(365))).toBe('2028-01-02')
    expect(() => addBusinessDays('2027-01-01', 1, closedFor(366))).toThrow('in a year')
  })

  it('refuses a calendar without a business day', () => {
    expect(() =>
      addBusinessDays('2026-01-01', 1, { workingDays: [], holidays: new Set() }),
    ).toThrow(InvariantError)
  })
})
