import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { breakdownLabel, type BreakdownRule } from '#rules/funnel/breakdown.ts'
import type { FunnelPlan } from '#rules/funnel/definition.ts'
import { createEventFold, type PersonReader } from '#rules/funnel/event-fold.ts'
import { createFunnelTally } from '#rules/funnel/funnel-tally.ts'
import { append, createList, joinLists, meanOf, medianOf } from '#rules/funnel/growing-list.ts'
import { createMatcher } from '#rules/funnel/match.ts'
import { countRuns } from '#rules/funnel/run-count.ts'
import { createTrendTally } from '#rules/funnel/trend-tally.ts'

import { funnelOf, personOf, type Row, rowsOf } from './persons.ts'

function feed(plan: FunnelPlan, persons: readonly (readonly Row[])[], reader: PersonReader): void {
  const fold = createEventFold([reader])
  for (const [index, rows] of persons.entries()) {
    const person = personOf(plan, rows)
    fold.add({
      person: rows.map(() => index),
      timeMs: person.timesMs,
      kind: person.kinds,
      period: person.periods,
      label: person.labels,
    })
  }
  fold.finish()
}

describe('createFunnelTally', () => {
  const plan = funnelOf('ABC')
  const persons = [
    rowsOf('x1 A2 B3 C5'),
    rowsOf('A0 B2'),
    rowsOf('A0 B7'),
    rowsOf('A0'),
    rowsOf('B0'),
  ]

  test('counts persons, shares and times of each step', () => {
    const tally = createFunnelTally(plan)
    feed(plan, persons, tally.read)
    // Gaps A to B are 1, 2 and 7: mean 10/3, median 2.
    expect(tally.finish()).toEqual({
      all: {
        steps: [
          {
            stage: 'A',
            persons: 4,
            fromPrevious: null,
            fromFirst: 1,
            meanMs: null,
            medianMs: null,
          },
          {
            stage: 'B',
            persons: 3,
            fromPrevious: 0.75,
            fromFirst: 0.75,
            meanMs: 10 / 3,
            medianMs: 2,
          },
          { stage: 'C', persons: 1, fromPrevious: 1 / 3, fromFirst: 0.25, meanMs: 2, medianMs: 2 },
        ],
        totalMeanMs: 3,
        totalMedianMs: 3,
        excluded: 0,
      },
      byLabel: new Map(),
    })
  })

  test('nobody has no shares and no times, which are not zero', () => {
    const { all } = createFunnelTally(plan).finish()
    expect(all.steps.map((step) => step.persons)).toEqual([0, 0, 0])
    expect(all.steps.map((step) => step.fromFirst)).toEqual([null, null, null])
    expect(all.steps[1]).toMatchObject({ fromPrevious: null, meanMs: null, medianMs: null })
    expect([all.totalMeanMs, all.totalMedianMs]).toEqual([null, null])
  })

  test('breaks persons down by label, ascending, and the parts make the whole', () => {
    const labelled = (label: number, text: string): Row[] =>
      rowsOf(text).map(([time, stage]) => [time, stage, 0, label])
    const tally = createFunnelTally(plan, { breakdown: 'first_touch' })
    feed(
      plan,
      [labelled(9, 'A0 B4'), labelled(2, 'A0'), labelled(9, 'A0 B2'), rowsOf('A0')],
      tally.read,
    )
    const { all, byLabel } = tally.finish()
    expect([...byLabel.keys()]).toEqual([-1, 2, 9])
    expect(byLabel.get(9)?.steps.map((step) => step.persons)).toEqual([2, 2, 0])
    expect(byLabel.get(9)?.steps[1]).toMatchObject({ meanMs: 3, medianMs: 3 })
    expect(all.steps.map((step) => step.persons)).toEqual([4, 2, 0])
    expect(all.steps[1]).toMatchObject({ meanMs: 3, medianMs: 3 })
  })

  test('counts who an exclusion removed and nobody else of them', () => {
    const excluding = funnelOf('AB', { exclusions: [{ stage: 'x', fromStep: 0, toStep: 1 }] })
    const tally = createFunnelTally(excluding, { breakdown: { step: 0 } })
    feed(excluding, [rowsOf('A0 x1'), rowsOf('A0 B1')], tally.read)
    const { all, byLabel } = tally.finish()
    expect(all.excluded).toBe(1)
    expect(all.steps.map((step) => step.persons)).toEqual([1, 1])
    expect(byLabel.get(-1)?.excluded).toBe(1)
  })

  test('counts only entries of the period and shows every person to the next tally', () => {
    const seen: [number, number][] = []
    const tally = createFunnelTally(plan, {
      period: 2,
      also: (_person, match, label) => seen.push([match.depth, label]),
    })
    feed(
      plan,
      [
        [
          [0, 'A', 1],
          [1, 'B', 1],
        ],
        [
          [0, 'A', 2, 7],
          [1, 'B', 1, 7],
        ],
      ],
      tally.read,
    )
    expect(tally.finish().all.steps.map((step) => step.persons)).toEqual([1, 1, 0])
    expect(seen).toEqual([[2, -1]])
  })
})

describe('createFunnelTally in any order', () => {
  const plan = funnelOf('AB', { order: 'unordered' })
  const person: Row[] = [
    [0, 'x', 1],
    [1, 'B', 2],
    [2, 'A', 3],
  ]

  test.each([
    ['the period of the first event of the attempt', 2, [1, 1]],
    ['not that of an event before', 1, [0, 0]],
    ['not that of a later step', 3, [0, 0]],
    ['everybody when no period is asked for', undefined, [1, 1]],
  ])('a person counts in %s', (_name, period, expected) => {
    const tally = createFunnelTally(plan, period === undefined ? {} : { period })
    feed(plan, [person], tally.read)
    expect(tally.finish().all.steps.map((step) => step.persons)).toEqual(expected)
  })
})

describe('breakdownLabel', () => {
  const plan = funnelOf('AB')
  const rows: Row[] = [
    [0, 'x', 0, 9],
    [1, 'A', 0, -1],
    [2, 'A', 0, 3],
    [3, 'B', 0, 4],
    [4, 'B', 0, -1],
    [5, 'x', 0, 8],
  ]
  test.each<[string, BreakdownRule, number]>([
    ['the first funnel event that has a value', 'first_touch', 3],
    ['the last funnel event that has one', 'last_touch', 4],
    ['the event credited for the entry', { step: 0 }, 3],
    ['the event credited for a step', { step: 1 }, 4],
    ['nothing for a step not reached', { step: 2 }, -1],
  ])('%s', (_name, rule, expected) => {
    const person = personOf(plan, rows)
    const match = createMatcher(plan)(person)
    expect(breakdownLabel(plan, { person, match }, rule)).toBe(expected)
  })

  test('a credited event without a value has none, whatever others have', () => {
    const person = personOf(plan, [
      [0, 'A', 0, -1],
      [1, 'B', 0, 4],
    ])
    const match = createMatcher(plan)(person)
    expect(breakdownLabel(plan, { person, match }, { step: 0 })).toBe(-1)
    expect(breakdownLabel(plan, { person, match }, 'first_touch')).toBe(4)
  })

  test('a step that only the person before reached has none', () => {
    const match = createMatcher(plan)
    match(personOf(plan, rows))
    const person = personOf(plan, [
      [1, 'A', 0, 5],
      [2, 'x', 0, 6],
    ])
    expect(breakdownLabel(plan, { person, match: match(person) }, { step: 1 })).toBe(-1)
  })

  test('a person without any value has none', () => {
    const person = personOf(plan, rowsOf('A0 B1'))
    const match = createMatcher(plan)(person)
    expect(breakdownLabel(plan, { person, match }, 'first_touch')).toBe(-1)
    expect(breakdownLabel(plan, { person, match }, 'last_touch')).toBe(-1)
  })
})

describe('createTrendTally', () => {
  const plan = funnelOf('AB')
  test('books persons on the period they entered in, once each', () => {
    const tally = createTrendTally(plan)
    feed(
      plan,
      [
        [
          [0, 'A', 0],
          [5, 'B', 1],
          [6, 'A', 1],
          [7, 'A', 1],
        ],
        [[5, 'A', 1]],
        [[5, 'B', 1]],
      ],
      tally.read,
    )
    expect(tally.finish([0, 1, 2])).toEqual([
      { period: 0, entered: 1, converted: 1, rate: 1 },
      { period: 1, entered: 2, converted: 0, rate: 0 },
      { period: 2, entered: 0, converted: 0, rate: null },
    ])
  })

  test('from a later step, only who reached it counts as entered', () => {
    const tally = createTrendTally(funnelOf('ABC'), 1)
    feed(
      funnelOf('ABC'),
      [rowsOf('A0 B1 C2'), rowsOf('A0 B1'), rowsOf('A0'), rowsOf('B1 C2')],
      tally.read,
    )
    expect(tally.finish([0])).toEqual([{ period: 0, entered: 2, converted: 1, rate: 0.5 }])
  })
})

describe('countRuns', () => {
  const exclusions = [{ stage: 'x', fromStep: 0, toStep: 1 }]
  test.each([
    ['a run through', 'A0 B1 C2', [1, 1, 1]],
    ['two runs', 'A0 B1 C2 A3 B4 C5', [2, 2, 2]],
    ['an entry inside a run opens no other', 'A0 A1 B2', [1, 1, 0]],
    ['the window end, included', 'A0 B10', [1, 1, 0]],
    ['one beyond closes the run', 'A0 B11', [1, 0, 0]],
    ['and the event may open the next', 'A0 A11 B12', [2, 1, 0]],
    ['an exclusion closes the run', 'A0 x1 B2', [1, 0, 0]],
    ['after which the person may enter again', 'A0 x1 A2 B3', [2, 1, 0]],
    ['an exclusion after its reach does nothing', 'A0 B1 x2 C3', [1, 1, 1]],
    ['a step before the entry', 'B0 A1', [1, 0, 0]],
    ['the window counts from the entry', 'A0 B6 C11', [1, 1, 0]],
    ['other events pass', 'A0 y1 B2', [1, 1, 0]],
  ])('%s', (_name, text, expected) => {
    const plan = funnelOf('ABC', { exclusions })
    expect(countRuns(plan, personOf(plan, rowsOf(text)))).toEqual(expected)
  })

  test('an entry that excludes itself closes the run and opens none', () => {
    const plan = funnelOf('AB', { exclusions: [{ stage: 'A', fromStep: 0, toStep: 1 }] })
    // Mixpanel's worked example: enter, excluded, enter again, convert.
    expect(countRuns(plan, personOf(plan, rowsOf('A0 A1 A2 B3')))).toEqual([2, 1])
  })

  test('runs open only in the period', () => {
    const plan = funnelOf('AB')
    const person = personOf(plan, [
      [0, 'A', 1],
      [1, 'B', 1],
      [2, 'A', 2],
      [3, 'B', 1],
    ])
    person.openPeriod = 2
    expect(countRuns(plan, person)).toEqual([1, 1])
    person.openPeriod = 1
    expect(countRuns(plan, person)).toEqual([1, 1])
    person.openPeriod = 3
    expect(countRuns(plan, person)).toEqual([0, 0])
  })
})

describe('growing list', () => {
  test('mean and median of nothing are nothing', () => {
    expect([meanOf(createList()), medianOf(createList())]).toEqual([null, null])
  })

  test('keeps every number when it grows', () => {
    const list = createList()
    const values = Array.from({ length: 40 }, (_, index) => index + 1)
    for (const value of values) append(list, value)
    expect([...list.values.subarray(0, list.count)]).toEqual(values)
    // 1 + 2 + … + 40 = 820.
    expect([meanOf(list), medianOf(list)]).toEqual([20.5, 20.5])
  })

  test('equals sorting, for any numbers and lengths', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 80 }),
        (values) => {
          const list = createList()
          for (const value of values) append(list, value)
          const sorted = values.toSorted((left, right) => left - right)
          const upper = sorted[sorted.length >> 1] ?? 0
          const lower = sorted[(sorted.length - 1) >> 1] ?? 0
          expect(medianOf(list)).toBe((lower + upper) / 2)
          expect(meanOf(list)).toBeCloseTo(
            values.reduce((sum, value) => sum + value, 0) / values.length,
          )
          expect(Array.from(list.values.subarray(0, list.count))).toEqual(values)
        },
      ),
    )
  })

  test('joins lists in their order', () => {
    const [first, second] = [createList(), createList()]
    for (const value of [3, 1]) append(first, value)
    append(second, 2)
    const joined = joinLists([first, createList(), second])
    expect([...joined.values.subarray(0, joined.count)]).toEqual([3, 1, 2])
    expect(medianOf(joined)).toBe(2)
  })
})
