import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { LocalTime } from '#rules/governance/local-clock.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { judgeSchedule, type ScheduleState } from '#rules/schedule/due.ts'

/** Business day 2 at 07:00, Monday to Friday. For October 2026 that is Tuesday 2026-11-03. */
const state = (now: LocalTime, changes: Partial<ScheduleState> = {}): ScheduleState => ({
  plan: { day: { kind: 'after_month_end', businessDay: 2 }, minute: 420 },
  calendar: { workingDays: [0, 1, 2, 3, 4], holidays: new Set(), meetingBusinessDay: 5 },
  now,
  firstMonth: '2026-10',
  begun: new Set(),
  ...changes,
})
const NEXT_OCTOBER = { month: '2026-10', at: { on: '2026-11-03', minute: 420 } }
const NEXT_NOVEMBER = { month: '2026-11', at: { on: '2026-12-02', minute: 420 } }

describe('judgeSchedule', () => {
  it.each([
    {
      what: 'the day before',
      now: { on: '2026-11-02', minute: 1439 },
      due: [],
      next: NEXT_OCTOBER,
    },
    { what: 'a minute early', now: { on: '2026-11-03', minute: 419 }, due: [], next: NEXT_OCTOBER },
    {
      what: 'on the minute',
      now: { on: '2026-11-03', minute: 420 },
      due: ['2026-10'],
      next: NEXT_NOVEMBER,
    },
    {
      what: 'late on the day',
      now: { on: '2026-11-03', minute: 1439 },
      due: ['2026-10'],
      next: NEXT_NOVEMBER,
    },
    {
      what: 'after days without anybody asking',
      now: { on: '2026-11-20', minute: 0 },
      due: ['2026-10'],
      next: NEXT_NOVEMBER,
    },
    {
      what: 'a minute before the next month is due',
      now: { on: '2026-12-02', minute: 419 },
      due: ['2026-10'],
      next: NEXT_NOVEMBER,
    },
    {
      what: 'after a month without anybody asking',
      now: { on: '2026-12-02', minute: 420 },
      due: ['2026-10', '2026-11'],
      next: { month: '2026-12', at: { on: '2027-01-04', minute: 420 } },
    },
  ])('$what', ({ now, due, next }) => {
    expect(judgeSchedule(state(now))).toEqual({ due, next })
  })

  it('begins no month twice, nor one before the first', () => {
    const now = { on: '2026-12-10', minute: 0 }
    expect(judgeSchedule(state(now, { begun: new Set(['2026-10']) })).due).toEqual(['2026-11'])
    expect(judgeSchedule(state(now, { begun: new Set(['2026-10', '2026-11']) })).due).toEqual([])
    expect(judgeSchedule(state(now, { firstMonth: '2026-11' })).due).toEqual(['2026-11'])
    expect(judgeSchedule(state(now, { firstMonth: '2026-12' }))).toEqual({
      due: [],
      next: { month: '2026-12', at: { on: '2027-01-04', minute: 420 } },
    })
  })

  it('says nothing new to a clock that jumped back', () => {
    const begun = new Set(['2026-10'])
    expect(judgeSchedule(state({ on: '2026-11-01', minute: 0 }, { begun })).due).toEqual([])
    expect(judgeSchedule(state({ on: '2020-01-01', minute: 0 }, { begun })).due).toEqual([])
  })

  it('catches up a year and no more', () => {
    const now = { on: '2028-03-20', minute: 0 }
    const { due } = judgeSchedule(state(now))
    expect([due.length, due[0], due.at(-1)]).toEqual([12, '2027-03', '2028-02'])
  })

  // 2026-03-29 Berlin skips 02:00–03:00 and 2026-10-25 shows it twice; neither is a start day here, so the plan is moved onto them.
  it.each([
    ['the hour before the skip', { on: '2026-03-29', minute: 119 }, false],
    ['the first minute after the skip', { on: '2026-03-29', minute: 180 }, true],
    ['the hour shown twice, first time', { on: '2026-10-25', minute: 150 }, true],
    ['the hour shown twice, second time', { on: '2026-10-25', minute: 150 }, true],
  ])('on a day of a time change: %s', (_what, now, due) => {
    const everyDay = {
      workingDays: [0, 1, 2, 3, 4, 5, 6],
      holidays: new Set<string>(),
      meetingBusinessDay: 31,
    }
    const businessDay = now.on === '2026-03-29' ? 29 : 25
    const asked = state(now, {
      plan: { day: { kind: 'after_month_end', businessDay }, minute: 150 },
      calendar: everyDay,
      firstMonth: now.on === '2026-03-29' ? '2026-02' : '2026-09',
    })
    expect(judgeSchedule(asked).due.length === 1).toBe(due)
  })

  it('once due stays due until it is begun, however often it is asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 40 }),
        (day, later) => {
          const first = { on: addDays('2026-11-01', day), minute: 420 }
          const second = { on: addDays(first.on, later), minute: 420 }
          const { due, next } = judgeSchedule(state(first))
          const again = judgeSchedule(state(second)).due
          expect(again).toEqual(expect.arrayContaining([...due]))
          expect(next.at.on >= first.on).toBe(true)
          expect(judgeSchedule(state(first, { begun: new Set(due) })).due).toEqual([])
        },
      ),
    )
  })
})
