import * as fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'

import { minorDigitsOf } from '#src/ingest/minor-digits.ts'
import { inGap, isTimeZone, zoneOffsets } from '#src/ingest/zone.ts'

const FROM = Date.parse('2000-01-01T00:00:00Z')
const TO = Date.parse('2040-01-01T00:00:00Z')
const ZONES = [
  'UTC',
  'America/New_York',
  'America/Sao_Paulo',
  'Europe/Berlin',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
] as const

describe.each(ZONES)('%s', (timeZone) => {
  const zone = zoneOffsets(timeZone, FROM, TO)

  test('has the transitions Temporal finds', () => {
    const expected: number[] = []
    let at = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(timeZone)
    for (;;) {
      const next = at.getTimeZoneTransition('next')
      if (next === null || next.epochMilliseconds > TO) break
      expected.push(next.epochMilliseconds)
      at = next
    }
    const found = zone.transitions.map(({ atMs }) => atMs).filter((atMs) => atMs <= TO)
    expect(found).toEqual(expected)
  })

  test('has the offset Temporal has at any instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: FROM, max: TO }), (ms) => {
        const earlier = zone.transitions.filter(({ atMs }) => atMs <= ms)
        const offset = earlier.at(-1)?.afterMs ?? zone.firstMs
        const zoned = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
        expect(offset).toBe(zoned.offsetNanoseconds / 1_000_000)
      }),
    )
  })
})

test('a zone without changes has no gap', () => {
  expect(inGap('x', zoneOffsets('UTC', FROM, TO))).toBeUndefined()
  expect(inGap('x', zoneOffsets('Asia/Tokyo', FROM, TO))).toBeUndefined()
})

test('a gap covers the skipped local times', () => {
  const day = Date.parse('2026-03-08T00:00:00Z')
  const gap = inGap('x', zoneOffsets('America/New_York', day, day))
  expect(gap).toBe(
    `(x >= ${Date.parse('2026-03-08T02:00:00Z')} and x < ${Date.parse('2026-03-08T03:00:00Z')})`,
  )
})

test.each([
  ['America/New_York', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['', false],
])('%j is a time zone: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected)
})

test.each([
  ['USD', 2],
  ['JPY', 0],
  ['KWD', 3],
])('%s has %i decimals', (currency, digits) => {
  expect(minorDigitsOf(currency)).toBe(digits)
})
