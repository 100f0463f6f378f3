import { describe, expect, test } from 'vitest'

import { instantOfWallClock, wallClock } from '#src/schedule/local-clock.ts'

describe('wallClock', () => {
  test.each([
    // New York goes from 02:00 to 03:00 on 2026-03-08 at 07:00 UTC.
    ['2026-03-08T06:59:59.999Z', 'America/New_York', '2026-03-08', 119],
    ['2026-03-08T07:00:00Z', 'America/New_York', '2026-03-08', 180],
    // Berlin shows 02:00–03:00 twice on 2026-10-25.
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25', 150],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25', 150],
    // The day begins elsewhere.
    ['2026-10-31T23:30:00Z', 'Pacific/Kiritimati', '2026-11-01', 810],
    ['2026-11-01T03:29:59Z', 'America/St_Johns', '2026-11-01', 59],
    ['2026-12-31T18:29:00Z', 'Asia/Kolkata', '2026-12-31', 1439],
  ])('%s in %s', (instant, zone, on, minute) => {
    expect(wallClock(new Date(instant), zone)).toEqual({ on, minute })
  })
})

describe('instantOfWallClock', () => {
  test.each([
    ['2026-11-03', 420, 'UTC', '2026-11-03T07:00:00.000Z'],
    ['2026-11-03', 420, 'America/New_York', '2026-11-03T12:00:00.000Z'],
    // Skipped: half an hour into the gap is half an hour after it.
    ['2026-03-08', 150, 'America/New_York', '2026-03-08T07:30:00.000Z'],
    // Shown twice: the first.
    ['2026-10-25', 150, 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    // A midnight that Beirut skips.
    ['2026-03-29', 0, 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
  ])('%s, minute %s, in %s is %s', (on, minute, zone, instant) => {
    expect(instantOfWallClock({ on, minute }, zone).toISOString()).toBe(instant)
  })

  test('is reached when the wall clock shows the time or more', () => {
    for (const [on, minute] of [
      ['2026-03-08', 150],
      ['2026-11-01', 90],
    ] as const) {
      const shown = wallClock(
        instantOfWallClock({ on, minute }, 'America/New_York'),
        'America/New_York',
      )
      expect([shown.on, shown.minute >= minute]).toEqual([on, true])
    }
  })
})
