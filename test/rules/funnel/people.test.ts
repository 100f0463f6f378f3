import { describe, expect, test } from 'vitest'

import type { CohortMember } from '#rules/funnel/cohort.ts'
import { createCohortTally } from '#rules/funnel/cohort.ts'
import { createEventFold } from '#rules/funnel/event-fold.ts'
import type { Motion } from '#rules/funnel/motion.ts'
import { judgeMotion, velocity } from '#rules/funnel/pace.ts'
import { cellsOfPeople } from '#rules/funnel/people-cells.ts'
import {
  createMotionReader,
  type MotionPeople,
  type PeopleOptions,
  type PeriodPeople,
} from '#rules/funnel/people.ts'

import { contextWith } from './inputs.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const VOCABULARY = ['visit', 'signup', 'won']
const MOTION = { id: 'lifecycle', stages: VOCABULARY, from: 'rows' } as const

type Event = readonly [timeMs: number, stage: string, period: number, label?: number]

function follow(
  persons: readonly (readonly Event[])[],
  asOfMs: number,
  {
    motion = MOTION,
    policy = contextWith().policy.funnel,
    wholeWindow = null,
  }: Partial<Pick<PeopleOptions, 'policy' | 'wholeWindow'> & { motion: Motion }> = {},
): MotionPeople {
  const reader = createMotionReader(motion, { vocabulary: VOCABULARY, policy, asOfMs, wholeWindow })
  const fold = createEventFold([reader.read])
  const log = persons.flat()
  fold.add({
    person: persons.flatMap((events, person) => events.map(() => person)),
    timeMs: log.map(([timeMs]) => timeMs),
    kind: log.map(([, stage]) => VOCABULARY.indexOf(stage)),
    period: log.map(([, , monthOf]) => monthOf),
    label: log.map(([, , , label]) => label ?? 0),
  })
  fold.finish()
  return reader.finish()
}

describe('createMotionReader', () => {
  test('follows entrants of both months, each into what comes after', () => {
    const { current, before } = follow(
      [
        [
          [0, 'visit', 0],
          [2 * DAY, 'signup', 1],
        ],
        [[1 * DAY, 'visit', 1, 5]],
        [[0, 'visit', -1]],
      ],
      10 * DAY,
    )
    expect(before.funnel.steps.map((step) => step.persons)).toEqual([1, 1, 0])
    expect(current.funnel.steps.map((step) => step.persons)).toEqual([1, 0, 0])
    expect([...current.byLabel.keys()]).toEqual([5])
  })

  test('counts entries by week back from the review, whoever comes before in the log', () => {
    const { weeks } = follow(
      [
        [[0, 'visit', 1]],
        [[DAY, 'visit', 1]],
        [
          [8 * DAY, 'visit', 1],
          [9 * DAY, 'won', 1],
        ],
        [
          [9 * DAY, 'visit', 1],
          [10 * DAY, 'signup', 1],
          [12 * DAY, 'won', 1],
        ],
        [[13 * DAY, 'visit', 1]],
      ],
      14 * DAY,
    )
    // The last week began after day 7: three entered, one came through all steps. The one before began after the first event.
    expect(weeks).toEqual([
      { period: 0, entered: 3, converted: 1, rate: 1 / 3 },
      { period: 1, entered: 1, converted: 0, rate: 0 },
    ])
  })

  test('counts waits in hours rounded up, open ones in hours gone by', () => {
    const { current } = follow(
      [
        [
          [0, 'visit', 1],
          [90 * 60_000, 'signup', 1],
          [25 * HOUR, 'won', 1],
        ],
        [[0.5 * HOUR, 'visit', 1]],
      ],
      10 * HOUR + 26 * HOUR,
    )
    expect(current.gaps[0]?.curve.steps).toMatchObject([{ time: 2 / 24, converted: 1 }])
    // From 1.5 h to 25 h are 23.5 hours.
    expect(current.gaps[1]?.curve.steps).toMatchObject([{ time: 1, converted: 1 }])
    expect(current.cohort.curve.steps).toMatchObject([{ time: 25 / 24, converted: 1 }])
    // Entered half an hour in, watched for 35.5 hours.
    expect(current.gaps[0]?.waits).toContainEqual({ time: 35 / 24, converted: 0, open: 1 })
    // Only who reached a step waits for the next one.
    expect(current.gaps.map(({ entered }) => entered)).toEqual([2, 1])
  })

  test('who is through stays through when the clock ran less than an hour more', () => {
    const { current } = follow(
      [
        [
          [0, 'visit', 1],
          [10.2 * HOUR, 'signup', 1],
        ],
      ],
      10.5 * HOUR,
    )
    expect(current.gaps[0]).toMatchObject({ converted: 1, open: 0 })
    expect(current.gaps[0]?.curve.followUp).toBe(11 / 24)
  })

  test('waiting ends with the window of the entry, or when the review looks', () => {
    const persons: Event[][] = [
      [
        [0, 'visit', 1],
        [20 * DAY, 'signup', 1],
      ],
    ]
    expect(follow(persons, 60 * DAY).current.gaps[1]?.curve.followUp).toBe(10)
    expect(follow(persons, 60 * DAY).current.cohort).toMatchObject({ matured: 1, open: 0 })
    expect(follow(persons, 25 * DAY).current.gaps[1]?.curve.followUp).toBe(5)
    expect(follow(persons, 25 * DAY).current.cohort).toMatchObject({ matured: 0, open: 1 })
    // Matured only when the whole window is over: one hour less is not.
    expect(follow(persons, 30 * DAY).current.cohort.matured).toBe(1)
    expect(follow(persons, 30 * DAY - 1).current.cohort.matured).toBe(0)
    expect(follow(persons, 10 * DAY).current.gaps[1]?.curve.followUp).toBe(0)
  })
})

describe('cellsOfPeople', () => {
  const people = follow(
    [
      [
        [0, 'visit', 1, 1],
        [DAY, 'signup', 1, 0],
      ],
      [[0, 'visit', 1, 1]],
      [[0, 'visit', 0, 0]],
      [[0, 'visit', 1, -1]],
    ],
    90 * DAY,
  )
  const keys = [
    { campaignId: 'P', segmentId: null, channelId: null },
    { campaignId: 'P', segmentId: 'S', channelId: 'C' },
  ]

  test('counts persons in the cell they entered through, and zero is a zero', () => {
    const { cells, earlier, motionOfCell } = cellsOfPeople([people], keys)
    expect(cells.map((cell) => cell.id)).toEqual(['-@-@-', 'S@C@P'])
    expect(Object.fromEntries(cells[1]?.stages ?? [])).toEqual({
      visit: { count: 2, rows: 2 },
      signup: { count: 1, rows: 1 },
      won: { count: 0, rows: 0 },
    })
    expect(earlier.map((cell) => cell.id)).toEqual(['-@-@P'])
    expect(cells.map(motionOfCell)).toEqual([MOTION, MOTION])
    expect(cells[1]?.factPart).toBe('S:C:P')
  })

  test('several motions keep their cells apart', () => {
    const other = { ...people, motion: { ...MOTION, id: 'other' } }
    const { cells, motionOfCell } = cellsOfPeople([people, other], keys)
    expect(cells.map((cell) => cell.id)).toEqual([
      '-@-@-@lifecycle',
      'S@C@P@lifecycle',
      '-@-@-@other',
      'S@C@P@other',
    ])
    expect(cells.map((cell) => motionOfCell(cell)?.id)).toEqual([
      'lifecycle',
      'lifecycle',
      'other',
      'other',
    ])
  })
})

function cohortOf(entrants: readonly CohortMember[]) {
  const tally = createCohortTally(30)
  for (const member of entrants) tally.enter(member)
  return tally.finish()
}

function period(entrants: readonly CohortMember[]): PeriodPeople {
  const cohort = cohortOf(entrants)
  return {
    funnel: { steps: [], totalMeanMs: null, totalMedianMs: null, excluded: 0 },
    byLabel: new Map(),
    cohort,
    gaps: [cohort],
    habits: [],
  }
}

/** `share` in a hundred convert on `day`; all have been in for `elapsed` days. */
function members(share: number, day: number, elapsed = 60): CohortMember[] {
  return Array.from({ length: 100 }, (_, index) => ({
    elapsedDays: elapsed,
    convertedAfterDays: index < share ? day : null,
  }))
}

const tenTimes = (entrants: readonly CohortMember[]): CohortMember[] =>
  Array.from({ length: 10 }, () => entrants).flat()

describe('judgeMotion', () => {
  const { funnel } = contextWith({ min_matured_share: 0.9 }).policy
  const motion = { id: 'm', stages: ['visit', 'won'], from: 'rows' } as const
  const judge = (now: readonly CohortMember[], before: readonly CohortMember[]) =>
    judgeMotion(
      { motion, current: period(now), before: period(before), weeks: [], wholeWindow: null },
      funnel,
    )

  test.each([
    ['nobody', [], 'empty', null],
    ['all had the window', members(5, 3), 'mature', 1],
    [
      'nine in ten had it',
      [...members(5, 3).slice(0, 90), ...members(0, 1, 29).slice(0, 10)],
      'mature',
      0.9,
    ],
    [
      'one fewer',
      [...members(5, 3).slice(0, 89), ...members(0, 1, 29).slice(0, 11)],
      'young',
      0.89,
    ],
  ] satisfies [string, CohortMember[], string, number | null][])(
    'maturity: %s',
    (_name, now, maturity, share) => {
      expect(judge(now, members(5, 3))).toMatchObject({ maturity, maturedShare: share })
    },
  )

  test.each([
    ['fewer come through', members(10, 5), members(40, 5), 'worse'],
    ['more come through', members(40, 5), members(10, 5), 'better'],
    ['as many come through', members(20, 5), members(20, 5), 'unchanged'],
    ['the difference is chance', members(20, 5), members(22, 5), 'unchanged'],
    ['as many, but later', tenTimes(members(40, 20)), tenTimes(members(40, 2)), 'worse'],
    ['as many, but sooner', tenTimes(members(40, 2)), tenTimes(members(40, 20)), 'better'],
    ['a few more, but far later', tenTimes(members(41, 20)), tenTimes(members(40, 2)), 'worse'],
    ['too few to compare', members(2, 5), members(2, 5), 'not_comparable'],
    ['just enough to compare', members(2, 5), members(3, 5), 'unchanged'],
    ['nobody now', [], members(40, 5), 'not_comparable'],
    ['nobody before', members(40, 5), [], 'not_comparable'],
  ] satisfies [string, CohortMember[], CohortMember[], string][])(
    'pace: %s',
    (_name, now, before, pace) => {
      const judged = judge(now, before)
      expect(judged.change.pace).toBe(pace)
      expect(judged.gaps.map((gap) => gap.change.pace)).toEqual([pace])
    },
  )

  test('says by how many conversions the month is behind equal pace', () => {
    const judged = judge(tenTimes(members(40, 20)), tenTimes(members(40, 2)))
    // Day 2: none of 400 among 1000 of 2000, 200 expected. Day 20: all 400 among 1000 of 1600, 250 expected.
    expect(judged.change.excess).toBeCloseTo(0 - 200 + 400 - 250, 9)
    expect(judged.change).toMatchObject({ convertedNow: 0.4, convertedBefore: 0.4 })
    expect(judge(members(2, 5), members(2, 5)).change).toMatchObject({ excess: null, pValue: null })
    expect(judge(members(20, 5), members(20, 5)).change.excess).toBe(0)
  })

  test('a young month is compared where both were watched', () => {
    const judged = judge(members(0, 20, 10), members(40, 20))
    expect(judged.maturity).toBe('young')
    expect(judged.change).toMatchObject({ comparedDays: 10, convertedNow: 0, convertedBefore: 0 })
    expect(judged.change.pace).not.toBe('worse')
  })

  test('curves are compared within the window, however long people were watched', () => {
    expect(judge(members(5, 3), members(5, 3)).change.comparedDays).toBe(30)
  })

  test('steps are corrected for their number', () => {
    const [now, before] = [period(members(20, 5)), period(members(33, 5))]
    const people = {
      motion: { id: 'm', stages: ['a', 'b', 'c'], from: 'rows' } as const,
      current: { ...now, gaps: [now.cohort, now.cohort] },
      before: { ...before, gaps: [before.cohort, before.cohort] },
      weeks: [],
      wholeWindow: null,
    }
    const judged = judgeMotion(people, funnel)
    expect(judged.change.pace).toBe('worse')
    expect(judged.gaps.map(({ from, to }) => `${from}>${to}`)).toEqual(['a>b', 'b>c'])
    expect(judged.gaps[0]?.change.pValue).toBeCloseTo(2 * (judged.change.pValue ?? 0), 12)
    expect(judged.gaps.map((gap) => gap.change.pace)).toEqual(['unchanged', 'unchanged'])
  })
})

describe('velocity', () => {
  test('states when half and nine in ten are through, and half of those who get through', () => {
    const cohort = cohortOf([...members(60, 2), ...members(95, 8)])
    // 77.5 % get through: half of all by day 8, half of those who do (38.75 %) by day 8, and nine in ten never.
    expect(velocity(cohort, 30)).toEqual({ medianDays: 8, p90Days: null, typicalDays: 8 })
    expect(velocity(cohortOf(members(40, 3)), 30)).toEqual({
      medianDays: null,
      p90Days: null,
      typicalDays: 3,
    })
    expect(velocity(cohortOf(members(95, 3)), 30)).toEqual({
      medianDays: 3,
      p90Days: 3,
      typicalDays: 3,
    })
  })

  test('nobody through has no time', () => {
    expect(velocity(cohortOf(members(0, 1)), 30)).toEqual({
      medianDays: null,
      p90Days: null,
      typicalDays: null,
    })
  })

  test('what lies beyond the window is not counted as getting through', () => {
    expect(velocity(cohortOf(members(60, 40)), 30).typicalDays).toBeNull()
  })
})
