import { describe, expect, it } from 'vitest'

import { businessHoursOf } from '#rules/governance/business-hours.ts'
import { isExpired, requestClock } from '#rules/governance/expiry.ts'
import { CalendarPolicy } from '#rules/policy/organisation.ts'

const utc = (text: string): number => Date.parse(text)
const company = {
  hours: businessHoursOf(CalendarPolicy.parse({ holidays: ['2026-11-26'] })),
  offsets: [
    { fromMs: utc('2026-03-08T07:00:00Z'), offsetMinutes: -240 },
    { fromMs: utc('2026-11-01T06:00:00Z'), offsetMinutes: -300 },
  ],
}

describe('requestClock', () => {
  it('counts business hours only: filed on a Friday afternoon', () => {
    // Friday 2026-11-20, 16:00 in New York. 8 hours end on Monday 16:00, 24 hours on Wednesday 16:00.
    expect(
      requestClock(utc('2026-11-20T21:00:00Z'), { answerHours: 8, expiryHours: 24 }, company),
    ).toEqual({
      remindAtMs: utc('2026-11-23T17:00:00Z'),
      escalateAtMs: utc('2026-11-23T21:00:00Z'),
      expiresAtMs: utc('2026-11-25T21:00:00Z'),
    })
  })

  it('keeps to the wall clock over the end of summer time', () => {
    // Friday 2026-10-30, 12:00 (UTC−4); 8 hours end on Monday 12:00, which is UTC−5 by then.
    const clock = requestClock(
      utc('2026-10-30T16:00:00Z'),
      { answerHours: undefined, expiryHours: 8 },
      company,
    )
    expect(clock.expiresAtMs).toBe(utc('2026-11-02T17:00:00Z'))
  })

  it('counts parts of an hour', () => {
    const times = { answerHours: 0.5, expiryHours: 1.25 }
    expect(requestClock(utc('2026-11-23T15:00:00Z'), times, company)).toEqual({
      remindAtMs: utc('2026-11-23T15:15:00Z'),
      escalateAtMs: utc('2026-11-23T15:30:00Z'),
      expiresAtMs: utc('2026-11-23T16:15:00Z'),
    })
  })

  it('sets no time where the policy sets none', () => {
    expect(requestClock(0, { answerHours: undefined, expiryHours: undefined }, company)).toEqual({
      remindAtMs: null,
      escalateAtMs: null,
      expiresAtMs: null,
    })
  })
})

describe('isExpired', () => {
  const clock = { remindAtMs: null, escalateAtMs: null, expiresAtMs: 1000 }

  it.each([
    [999, false],
    // The deadline itself is too late, as for the database.
    [1000, true],
    [1001, true],
  ])('at %d: %s', (atMs, expired) => {
    expect(isExpired(atMs, clock)).toBe(expired)
  })

  it('never expires without a deadline', () => {
    expect(isExpired(Number.MAX_SAFE_INTEGER, { ...clock, expiresAtMs: null })).toBe(false)
  })
})
