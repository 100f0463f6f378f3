import { expect, it } from 'vitest'

import { meetingOf } from '#rules/governance/meeting.ts'

const calendar = { workingDays: [0, 1, 2, 3, 4], holidays: new Set(['2026-11-03']) }

// October 2026 ends on a Saturday: business day 1 is Monday the 2nd; the 3rd is a holiday.
it.each([
  [1, '10:00', { on: '2026-11-02', minute: 600 }],
  [2, '00:00', { on: '2026-11-04', minute: 0 }],
  [5, '09:30', { on: '2026-11-09', minute: 570 }],
])('business day %i at %s', (businessDay, at, expected) => {
  expect(meetingOf('2026-10', { businessDay, at }, calendar)).toStrictEqual(expected)
})
