import { describe, expect, test } from 'vitest'

import { createEventFold } from '#rules/funnel/event-fold.ts'
import { createMotionReader, type MotionPeople } from '#rules/funnel/people.ts'
import { personBreakdown, personFunnel, personVocabulary } from '#rules/funnel/person-funnel.ts'

import { contextWith } from './inputs.ts'

const DAY = 86_400_000
const MOTION = { id: 'm', stages: ['visit', 'signup', 'won'], from: 'rows' } as const

const policyOf = (changes: Readonly<Record<string, unknown>> = {}) =>
  contextWith(changes).policy.funnel

describe('personFunnel', () => {
  test('reads any attempt inside the window where the policy says nothing else', () => {
    expect(personFunnel(MOTION, policyOf())).toEqual({
      steps: MOTION.stages,
      order: 'any_attempt',
      windowMs: 30 * DAY,
      exclusions: [],
      excluded: 'leaves',
    })
  })

  test('keeps exclusions between two stages of the motion, in its order', () => {
    const between = (from: string, to: string) => ({ stage: 'refund', from, to })
    const exclusions = [
      between('visit', 'signup'),
      between('signup', 'visit'),
      between('signup', 'signup'),
      between('lead', 'won'),
      between('visit', 'paid'),
      between('signup', 'won'),
    ]
    expect(personFunnel(MOTION, policyOf({ exclusions })).exclusions).toEqual([
      { stage: 'refund', fromStep: 0, toStep: 1 },
      { stage: 'refund', fromStep: 1, toStep: 2 },
    ])
  })

  test('persons count by their entry, or by the first or last event with a cell', () => {
    expect(personBreakdown(policyOf())).toEqual({ step: 0 })
    expect(personBreakdown(policyOf({ breakdown: 'last_touch' }))).toBe('last_touch')
  })

  test('the log numbers steps, what excludes, and what else people do, each once', () => {
    const exclusions = [{ stage: 'refund', from: 'visit', to: 'won' }]
    expect(personVocabulary([MOTION], policyOf({ exclusions }), ['blog', 'signup'])).toEqual([
      'visit',
      'signup',
      'won',
      'refund',
      'blog',
    ])
  })
})

type Event = readonly [day: number, stage: string, label?: number]

function follow(
  changes: Readonly<Record<string, unknown>>,
  persons: readonly (readonly Event[])[],
  asOfDay = 60,
): MotionPeople {
  const policy = policyOf(changes)
  const vocabulary = personVocabulary([MOTION], policy, ['blog'])
  const reader = createMotionReader(MOTION, {
    vocabulary,
    policy,
    asOfMs: asOfDay * DAY,
    wholeWindow: null,
  })
  const fold = createEventFold([reader.read])
  for (const [person, events] of persons.entries()) {
    fold.add({
      person: events.map(() => person),
      timeMs: events.map(([day]) => day * DAY),
      kind: events.map(([, stage]) => vocabulary.indexOf(stage)),
      period: events.map(([day]) => (day < 30 ? 0 : 1)),
      label: events.map(([, , label]) => label ?? 0),
    })
  }
  fold.finish()
  return reader.finish()
}

const reached = ({ current }: MotionPeople) => current.funnel.steps.map((step) => step.persons)

describe('the policy decides how persons are followed', () => {
  const detour: readonly Event[] = [
    [31, 'visit'],
    [32, 'blog'],
    [33, 'signup'],
    [34, 'won'],
  ]
  const again: readonly Event[] = [
    [31, 'visit'],
    [32, 'visit'],
    [62, 'signup'],
  ]
  const backwards: readonly Event[] = [
    [31, 'won'],
    [32, 'signup'],
    [33, 'visit'],
  ]

  const stutter: readonly Event[] = [
    [31, 'visit'],
    [32, 'signup'],
    [33, 'signup'],
    [34, 'won'],
  ]

  test.each([
    ['any_attempt', [4, 3, 2]],
    ['first_entry', [4, 2, 2]],
    ['strict', [4, 2, 0]],
    ['strict_repeats', [4, 2, 1]],
    ['unordered', [4, 4, 3]],
  ])('%s', (order, expected) => {
    expect(reached(follow({ order }, [detour, again, backwards, stutter], 70))).toEqual(expected)
  })

  test('in any order a person counts in the month of the first event of the attempt', () => {
    const people = follow({ order: 'unordered' }, [
      [
        [29, 'signup'],
        [31, 'visit'],
      ],
    ])
    expect(people.before.funnel.steps.map((step) => step.persons)).toEqual([1, 1, 0])
    expect(reached(people)).toEqual([0, 0, 0])
    expect(people.before.cohort.entered).toBe(1)
    expect(people.current.cohort.entered).toBe(0)
    expect(people.weeks).toEqual([])
  })

  test('an exclusion takes a person out of every count', () => {
    const refunded: readonly Event[] = [
      [31, 'visit'],
      [32, 'refund'],
      [33, 'signup'],
    ]
    const exclusions = [{ stage: 'refund', from: 'visit', to: 'signup' }]
    const out = follow({ exclusions }, [refunded, detour])
    expect(reached(out)).toEqual([1, 1, 1])
    expect(out.current.funnel.excluded).toBe(1)
    expect(out.current.cohort.entered).toBe(1)
    const kept = follow({ exclusions, excluded: 'keeps_steps' }, [refunded, detour])
    expect(reached(kept)).toEqual([2, 1, 1])
    expect(kept.current.cohort.entered).toBe(2)
  })

  test('a breakdown by last touch looks beyond the entry', () => {
    const persons: readonly (readonly Event[])[] = [
      [
        [31, 'visit', 4],
        [32, 'signup', 7],
      ],
    ]
    expect([...follow({}, persons).current.byLabel.keys()]).toEqual([4])
    expect([...follow({ breakdown: 'last_touch' }, persons).current.byLabel.keys()]).toEqual([7])
  })

  test('habits are counted once the window is over, not before', () => {
    const habits = (asOfDay: number) => follow({}, [detour], asOfDay).current.habits
    expect(habits(60)).toEqual([])
    expect(habits(61)).toEqual([
      {
        stage: 'blog',
        table: { successWith: 1, failureWith: 0, successTotal: 1, failureTotal: 0 },
      },
    ])
  })

  test('weeks are counted back from the review, as far as the log has them whole', () => {
    const asOfDay = 35
    const { weeks } = follow(
      {},
      [
        [[8, 'visit']],
        [
          [14, 'visit'],
          [15, 'signup'],
          [16, 'won'],
        ],
        [[34, 'visit']],
      ],
      asOfDay,
    )
    // The log begins on day 8: the week of days 7 to 14 is not whole.
    expect(weeks.map(({ period, entered, converted }) => [period, entered, converted])).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [2, 0, 0],
    ])
    const whole = follow(
      {},
      [
        [[7, 'blog']],
        [
          [14, 'visit'],
          [15, 'signup'],
          [16, 'won'],
        ],
      ],
      asOfDay,
    )
    expect(whole.weeks.at(-1)).toEqual({ period: 3, entered: 1, converted: 1, rate: 1 })
    expect(whole.weeks.at(-2)).toEqual({ period: 2, entered: 0, converted: 0, rate: null })
    expect(follow({}, [[[0, 'visit']]], 500).weeks).toHaveLength(8)
  })
})
