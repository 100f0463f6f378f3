import { describe, expect, it } from 'vitest'

import { instantOf, localTimeOf } from '#rules/governance/local-clock.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

const utc = (text: string): number => Date.parse(text)

/** New York: UTC−5, from 2026-03-08T07:00Z UTC−4, from 2026-11-01T06:00Z UTC−5 again. */
const newYork = [
  { fromMs: utc('2025-11-02T06:00:00Z'), offsetMinutes: -300 },
  { fromMs: utc('2026-03-08T07:00:00Z'), offsetMinutes: -240 },
  { fromMs: utc('2026-11-01T06:00:00Z'), offsetMinutes: -300 },
]

/** Berlin: UTC+1, from 2026-03-29T01:00Z UTC+2, then back and forth again. */
const berlin = [
  { fromMs: utc('2025-10-26T01:00:00Z'), offsetMinutes: 60 },
  { fromMs: utc('2026-03-29T01:00:00Z'), offsetMinutes: 120 },
  { fromMs: utc('2026-10-25T01:00:00Z'), offsetMinutes: 60 },
  { fromMs: utc('2027-03-28T01:00:00Z'), offsetMinutes: 120 },
]

describe('localTimeOf', () => {
  it.each([
    ['2026-01-15T14:30:00Z', '2026-01-15', 570],
    ['2026-07-15T14:30:00Z', '2026-07-15', 630],
    ['2026-01-15T03:00:00Z', '2026-01-14', 1320],
    // A started minute counts as the next one.
    ['2026-01-15T14:30:00.001Z', '2026-01-15', 571],
    ['2026-01-16T04:59:30Z', '2026-01-16', 0],
    // On the second of the change the new offset holds.
    ['2026-03-08T06:59:00Z', '2026-03-08', 119],
    ['2026-03-08T07:00:00Z', '2026-03-08', 180],
    // Earlier than every offset: the first one covers it.
    ['2020-01-15T14:30:00Z', '2020-01-15', 570],
  ])('%s is %s at minute %d', (instant, on, minute) => {
    expect(localTimeOf(utc(instant), newYork)).toEqual({ on, minute })
  })

  it('refuses a zone without offsets', () => {
    expect(() => localTimeOf(0, [])).toThrow(InvariantError)
  })
})

describe('instantOf', () => {
  it.each([
    ['2026-01-15', 570, '2026-01-15T14:30:00Z'],
    ['2026-07-15', 630, '2026-07-15T14:30:00Z'],
    // 01:30 comes twice on 1 November: the first one counts.
    ['2026-11-01', 90, '2026-11-01T05:30:00Z'],
    // 02:30 is skipped on 8 March: read with the offset before, it is 03:30 by the clock.
    ['2026-03-08', 150, '2026-03-08T07:30:00Z'],
    ['2026-03-08', 120, '2026-03-08T07:00:00Z'],
    ['2026-03-08', 179, '2026-03-08T07:59:00Z'],
    ['2026-03-08', 180, '2026-03-08T07:00:00Z'],
  ])('%s at minute %d is %s', (on, minute, instant) => {
    expect(instantOf({ on, minute }, newYork)).toBe(utc(instant))
  })

  it.each([
    // 02:30 is skipped on 29 March 2026 and on 28 March 2027: by the clock before, it is 03:30.
    ['2026-03-29', 150, '2026-03-29T01:30:00Z'],
    ['2027-03-28', 150, '2027-03-28T01:30:00Z'],
    // 02:30 comes twice on 25 October: the first one counts.
    ['2026-10-25', 150, '2026-10-25T00:30:00Z'],
  ])('east of Greenwich %s at minute %d is %s', (on, minute, instant) => {
    expect(instantOf({ on, minute }, berlin)).toBe(utc(instant))
  })

  it('refuses a zone without offsets', () => {
    expect(() => instantOf({ on: '2026-01-15', minute: 0 }, [])).toThrow(InvariantError)
  })
})
