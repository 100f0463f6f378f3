import { describe, expect, test } from 'vitest'

import { runStages } from '#test/support/stage-run.ts'
import { workspaceWith } from '#test/support/workspace.ts'

const POLICY = [
  'version: p1',
  'effective_from: 2026-01-01',
  'company: { name: Long Window, currency: USD, time_zone: UTC }',
  'funnel: { window_days: 90 }',
  'operating_model: { lifecycle_stages: [visit, won] }',
  '',
].join('\n')

/** A visit, and after some days a win. */
function person(id: string, visitAt: string, wonAt?: string): string[] {
  return [`${id},visit,${visitAt}`, ...(wonAt === undefined ? [] : [`${id},won,${wonAt}`])]
}

interface Asked {
  readonly policy: string
  readonly month: string
  readonly asOfOn: string
}

const IN_MARCH: Asked = { policy: POLICY, month: '2026-03', asOfOn: '2026-03-31' }

async function review(
  persons: readonly (readonly string[])[],
  { policy, month, asOfOn }: Asked = IN_MARCH,
) {
  const rows = ['person_id,stage,occurred_at', ...persons.flat(), '']
  const directory = await workspaceWith({
    'policy.yaml': policy,
    'data/funnel_events.csv': rows.join('\n'),
  })
  const { facts } = await runStages(directory, month, asOfOn)
  return (part: string): unknown => {
    const fact = facts.get(`funnel.motion.lifecycle.${part}`)
    return fact?.value ?? fact?.status
  }
}

const YOUNG = [
  person('m1', '2026-03-10T10:00:00Z'),
  person('m2', '2026-03-11T10:00:00Z', '2026-03-12T10:00:00Z'),
]

test('a window longer than two months still has a rate: that of the newest who had it', async () => {
  const valueOf = await review([
    ...YOUNG,
    // So that the log reaches back far enough.
    person('old', '2025-11-20T10:00:00Z', '2025-11-21T10:00:00Z'),
    // A minute before the first of the four weeks, and on it.
    person('a0', '2025-12-03T23:59:00Z', '2025-12-05T10:00:00Z'),
    person('a1', '2025-12-04T00:00:00Z', '2026-03-01T10:00:00Z'),
    person('a2', '2025-12-20T10:00:00Z', '2025-12-29T10:00:00Z'),
    person('a3', '2025-12-31T10:00:00Z'),
    person('a4', '2025-12-24T10:00:00Z', '2026-03-26T10:00:00Z'),
    person('late', '2026-01-02T10:00:00Z', '2026-01-04T10:00:00Z'),
  ])
  expect(valueOf('matured_rate')).toBe('not_measured')
  expect(valueOf('entered')).toBe(2)
  expect(valueOf('whole_window.from_on')).toBe('2025-12-04')
  expect(valueOf('whole_window.to_on')).toBe('2025-12-31')
  // Of four, one won 87 days after entry, one after 9, one after 92, which is too late, and one never.
  expect(valueOf('whole_window.entered')).toBe(4)
  expect(valueOf('whole_window.rate')).toBe(0.5)
  expect(valueOf('whole_window.since_entered')).toBe(7)
  expect(valueOf('whole_window.since_open')).toBe(1)
  // Days 1 (1 of 7), 2 (1 of 6), 9 (1 of 5), then m1 leaves after 21, and 87 (1 of 3): 1 − 6/7 × 5/6 × 4/5 × 2/3.
  expect(valueOf('whole_window.curve_rate')).toBeCloseTo(1 - (4 / 7) * (2 / 3), 12)
})

test('a log that begins within the four weeks says from which day it speaks', async () => {
  const valueOf = await review([...YOUNG, person('b', '2025-12-30T10:00:00Z')])
  expect(valueOf('whole_window.from_on')).toBe('2025-12-30')
  expect(valueOf('whole_window.rate')).toBe(0)
})

test('a log that begins after them knows no such rate', async () => {
  const valueOf = await review(YOUNG)
  expect(valueOf('whole_window.rate')).toBeUndefined()
  expect(valueOf('entered')).toBe(2)
})

describe('across a change of the clock, the days and the persons told are the same', () => {
  const policy = POLICY.replace('UTC', 'Europe/Berlin').replace('90', '30')
  const DAYS = ['from_on', 'to_on', 'entered', 'converted', 'rate'].map(
    (part) => `whole_window.${part}`,
  )

  test('in autumn, when the window of the hour after the last day is over too', async () => {
    // 30 times 24 hours before 31 October, 24:00 at UTC+1, is 2 October, 01:00 at UTC+2.
    const valueOf = await review(
      [
        person('old', '2026-08-01T10:00:00Z'),
        person('before', '2026-09-03T23:59:59+02:00', '2026-09-05T10:00:00Z'),
        person('first', '2026-09-04T00:00:00+02:00', '2026-09-05T10:00:00Z'),
        person('last', '2026-10-01T23:59:59+02:00'),
        person('hour after', '2026-10-02T00:00:00+02:00', '2026-10-05T10:00:00Z'),
        person('young', '2026-10-20T10:00:00Z'),
      ],
      { policy, month: '2026-10', asOfOn: '2026-10-31' },
    )
    expect(DAYS.map(valueOf)).toEqual(['2026-09-04', '2026-10-01', 2, 1, 0.5])
    expect(valueOf('whole_window.since_entered')).toBe(4)
  })

  test('in spring, when the window of the last hour is not over', async () => {
    // 30 times 24 hours before 31 March, 24:00 at UTC+2, is 1 March, 23:00 at UTC+1: 28 February is the last whole day.
    const valueOf = await review(
      [
        person('old', '2026-01-01T10:00:00Z'),
        person('before', '2026-01-31T23:59:59+01:00', '2026-02-05T10:00:00Z'),
        person('first', '2026-02-01T00:00:00+01:00', '2026-02-05T10:00:00Z'),
        person('last', '2026-02-28T23:59:59+01:00'),
        person('day after', '2026-03-01T00:00:00+01:00', '2026-03-05T10:00:00Z'),
        person('hour too late', '2026-03-01T23:30:00+01:00', '2026-03-05T10:00:00Z'),
      ],
      { policy, month: '2026-03', asOfOn: '2026-03-31' },
    )
    expect(DAYS.map(valueOf)).toEqual(['2026-02-01', '2026-02-28', 2, 1, 0.5])
    expect(valueOf('whole_window.since_entered')).toBe(4)
  })
})
