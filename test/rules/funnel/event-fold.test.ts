import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createEventFold, type EventBatch } from '#rules/funnel/event-fold.ts'
import type { PersonEvents } from '#rules/funnel/person-events.ts'

interface Seen {
  readonly times: readonly number[]
  readonly kinds: readonly number[]
  readonly periods: readonly number[]
  readonly labels: readonly number[]
}

function seenOf({ from, to, timesMs, kinds, periods, labels }: PersonEvents): Seen {
  const part = (column: ArrayLike<number>): number[] => Array.from(column).slice(from, to)
  return {
    times: part(timesMs),
    kinds: part(kinds),
    periods: part(periods),
    labels: part(labels),
  }
}

function readAll(batches: readonly EventBatch[]): {
  seen: Seen[]
  persons: number
  events: number
} {
  const seen: Seen[] = []
  const fold = createEventFold([(person) => seen.push(seenOf(person))])
  for (const batch of batches) fold.add(batch)
  return { seen, ...fold.finish() }
}

type Row = readonly [person: string, time: number, kind: number, period: number, label: number]

function batchOf(rows: readonly Row[]): EventBatch {
  return {
    person: rows.map(([person]) => person),
    timeMs: rows.map(([, time]) => time),
    kind: rows.map(([, , kind]) => kind),
    period: rows.map(([, , , period]) => period),
    label: rows.map(([, , , , label]) => label),
  }
}

const ROWS: readonly Row[] = [
  ['a', 1, 0, 5, 7],
  ['a', 1, 1, 6, 8],
  ['b', 0, 2, 5, -1],
  ['c', 3, 2, 4, 2],
  ['c', 4, 0, 4, 2],
  ['c', 9, 1, 4, 3],
]

const PERSONS: readonly Seen[] = [
  { times: [1, 1], kinds: [0, 1], periods: [5, 6], labels: [7, 8] },
  { times: [0], kinds: [2], periods: [5], labels: [-1] },
  { times: [3, 4, 9], kinds: [2, 0, 1], periods: [4, 4, 4], labels: [2, 2, 3] },
]

describe('createEventFold', () => {
  test('hands each person to the readers, with all columns', () => {
    expect(readAll([batchOf(ROWS)])).toEqual({ seen: PERSONS, persons: 3, events: 6 })
  })

  test('however the log is cut into batches, the persons are the same', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 6 }), (cuts) => {
        const bounds = [0, ...cuts.toSorted((left, right) => left - right), ROWS.length]
        const batches = bounds
          .slice(1)
          .map((bound, index) => batchOf(ROWS.slice(bounds[index] ?? 0, bound)))
        expect(readAll(batches)).toEqual({ seen: PERSONS, persons: 3, events: 6 })
      }),
    )
  })

  test('an empty log has nobody', () => {
    expect(readAll([])).toEqual({ seen: [], persons: 0, events: 0 })
    expect(readAll([batchOf([])])).toEqual({ seen: [], persons: 0, events: 0 })
  })

  test('columns left out are one period and no label', () => {
    const { seen } = readAll([
      { person: [1, 2], timeMs: [3, 4], kind: [0, 1] },
      { person: [2], timeMs: [5], kind: [2] },
    ])
    expect(seen).toEqual([
      { times: [3], kinds: [0], periods: [0], labels: [-1] },
      { times: [4, 5], kinds: [1, 2], periods: [0, 0], labels: [-1, -1] },
    ])
  })

  test('finishing twice counts nobody twice', () => {
    const fold = createEventFold([])
    fold.add({ person: ['a'], timeMs: [1], kind: [0] })
    expect(fold.finish()).toEqual({ persons: 1, events: 1 })
    expect(fold.finish()).toEqual({ persons: 1, events: 1 })
  })

  test('a person without an id is one person', () => {
    expect(readAll([{ person: [null, null], timeMs: [1, 2], kind: [0, 0] }]).persons).toBe(1)
  })

  test('every reader sees every person, in the order given', () => {
    const calls: string[] = []
    const fold = createEventFold([() => calls.push('first'), () => calls.push('second')])
    fold.add(batchOf(ROWS))
    fold.finish()
    expect(calls).toEqual(['first', 'second', 'first', 'second', 'first', 'second'])
  })

  test.each([
    [
      'inside a batch',
      [
        [
          ['a', 2, 0, 0, 0],
          ['a', 1, 0, 0, 0],
        ],
      ],
    ],
    [
      'in the middle of a batch',
      [
        [
          ['a', 2, 0, 0, 0],
          ['a', 1, 0, 0, 0],
          ['b', 1, 0, 0, 0],
        ],
      ],
    ],
    [
      'from one batch to the next',
      [
        [['a', 2, 0, 0, 0]],
        [
          ['a', 1, 0, 0, 0],
          ['b', 1, 0, 0, 0],
        ],
      ],
    ],
    ['and a time that is none', [[['a', Number.NaN, 0, 0, 0]]]],
  ] satisfies [string, Row[][]][])('refuses an older event %s', (_name, batches) => {
    expect(() => readAll(batches.map(batchOf))).toThrow('oldest first')
  })
})
