import { describe, expect, it } from 'vitest'

import { AppError } from '#src/errors.ts'
import { asOfReview, localDateOf } from '#src/runtime/local-time.ts'

const asOf = (
  month: string,
  {
    asked,
    timeZone = 'UTC',
    now = '2027-01-01T12:00:00Z',
  }: {
    asked?: string
    timeZone?: string
    now?: string
  } = {},
) => asOfReview(month, { asked, timeZone, now: new Date(now) })

describe('the day a review speaks for', () => {
  it.each([
    ['the last day of the month', '2026-02', {}, '2026-02-28'],
    ['the last day of a leap month', '2028-02', { now: '2028-05-01T00:00:00Z' }, '2028-02-29'],
    ['today while the month runs', '2026-03', { now: '2026-03-15T12:00:00Z' }, '2026-03-15'],
    ['the last day, on that day', '2026-03', { now: '2026-03-31T12:00:00Z' }, '2026-03-31'],
    ['the last day, a day later', '2026-03', { now: '2026-04-01T00:00:00Z' }, '2026-03-31'],
    ['the day asked for', '2026-03', { asked: '2026-04-02' }, '2026-04-02'],
    ['the first day, when asked for', '2026-03', { asked: '2026-03-01' }, '2026-03-01'],
  ])('is %s', (_which, month, options, localDate) => {
    expect(asOf(month, options).localDate).toBe(localDate)
  })

  // At 23:30 UTC of the 31st it is the first of April in Auckland and still the 31st in Los Angeles.
  it.each([
    ['Pacific/Auckland', '2026-03-30T23:30:00Z', '2026-03-31'],
    ['America/Los_Angeles', '2026-03-31T02:00:00Z', '2026-03-30'],
    ['Asia/Kolkata', '2026-03-30T18:30:00Z', '2026-03-31'],
    ['Asia/Kolkata', '2026-03-30T18:29:59Z', '2026-03-30'],
  ])('is that of the company’s zone: %s at %s', (timeZone, now, localDate) => {
    expect(asOf('2026-03', { timeZone, now }).localDate).toBe(localDate)
  })

  it.each([
    ['UTC', '2026-03-31', '2026-03-31T23:59:59Z'],
    // Clocks went forward in New York on 8 March and in Berlin on 29 March.
    ['America/New_York', '2026-03-07', '2026-03-08T04:59:59Z'],
    ['America/New_York', '2026-03-08', '2026-03-09T03:59:59Z'],
    ['Europe/Berlin', '2026-03-28', '2026-03-28T22:59:59Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-29T21:59:59Z'],
    ['Asia/Kathmandu', '2026-03-31', '2026-03-31T18:14:59Z'],
  ])('ends at midnight in %s: %s', (timeZone, asked, instant) => {
    expect(asOf('2026-03', { timeZone, asked }).instant).toBe(instant)
  })

  it('ends where midnight itself is skipped', () => {
    // Clocks in Santiago jumped from 2026-09-05 24:00 to 01:00, so the next day began an hour later.
    const { instant } = asOf('2026-09', { timeZone: 'America/Santiago', asked: '2026-09-05' })
    expect(instant).toBe('2026-09-06T03:59:59Z')
    expect(localDateOf(instant, 'America/Santiago')).toBe('2026-09-05')
  })

  it.each([
    ['a day before the month', '2026-03', { asked: '2026-02-28' }, 'before its month'],
    ['a month that has not begun', '2026-03', { now: '2026-02-27T00:00:00Z' }, 'before its month'],
    ['a day that is not in the calendar', '2026-03', { asked: '2026-02-30' }, 'not readable'],
    ['a day written another way', '2026-03', { asked: '31.03.2026' }, 'not readable'],
  ])('is refused for %s', (_what, month, options, message) => {
    expect(() => asOf(month, options)).toThrow(AppError)
    expect(() => asOf(month, options)).toThrow(message)
  })
})

describe('the local date of an instant', () => {
  it.each([
    ['2026-03-31T23:59:59Z', 'UTC', '2026-03-31'],
    ['2026-03-31T23:59:59Z', 'Pacific/Auckland', '2026-04-01'],
    ['2026-03-31T03:59:59Z', 'America/New_York', '2026-03-30'],
    ['2026-03-31T04:00:00Z', 'America/New_York', '2026-03-31'],
  ])('%s in %s is %s', (instant, zone, date) => {
    expect(localDateOf(instant, zone)).toBe(date)
  })
})
