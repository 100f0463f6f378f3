import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { breakdownLabel } from '#rules/funnel/breakdown.ts'
import type { FunnelDefinition } from '#rules/funnel/definition.ts'
import { createMatcher } from '#rules/funnel/match.ts'
import { countRuns } from '#rules/funnel/run-count.ts'

import { funnelOf, matchOf, personOf, type Row, rowsOf } from './persons.ts'

const EVENTS = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom('A', 'B', 'C', 'x')),
  { maxLength: 9 },
)

function sorted(rows: readonly (readonly [number, string])[]): Row[] {
  return rows.toSorted(([left], [right]) => left - right)
}

describe('first entry', () => {
  const order = { order: 'first_entry' } as const
  test.each([
    ['nobody', '', 0, []],
    ['no entry', 'B0 C1', 0, []],
    ['steps in order', 'A0 B1 C2', 3, [0, 1, 2]],
    ['the first entry keeps the clock', 'A0 A5 B8 C12', 2, [0, 8]],
    ['the window end, included', 'A0 B10', 2, [0, 10]],
    ['one beyond the window', 'A0 B11', 1, [0]],
    ['an event before the entry does not count', 'B0 A1', 1, [1]],
    ['the earliest matching event counts', 'A0 B3 B4 C5', 3, [0, 3, 5]],
    ['simultaneous events in either order', 'B5 A5', 2, [5, 5]],
    ['also later in the chain', 'A0 C5 B5', 3, [0, 5, 5]],
  ])('%s', (_name, events, depth, times) => {
    expect(matchOf(funnelOf('ABC', order), events)).toEqual({ depth, times })
  })

  test('one event is not used twice', () => {
    expect(matchOf(funnelOf('AAB', order), 'A0 B1')).toEqual({ depth: 1, times: [0] })
    expect(matchOf(funnelOf('AAB', order), 'A0 A0 B1').depth).toBe(3)
  })

  test.each([
    ['ends the way there', 'A0 x1 B2', 1],
    ['not after the step', 'A0 B1 x2 C3', 3],
    ['not at the instant of the entry', 'x0 A0 B1', 2],
    ['not at the instant of the step', 'A0 x1 B1', 2],
    ['also not when another event came between', 'A0 y1 x2 B2', 2],
    ['not before the entry', 'x0 A1 B2', 2],
  ])('an exclusion %s', (_name, events, depth) => {
    const exclusions = [{ stage: 'x', fromStep: 0, toStep: 1 }]
    expect(matchOf(funnelOf('ABC', { ...order, exclusions }), events).depth).toBe(depth)
  })

  test('reads only the rows of the person, also at the instant of the one before in the log', () => {
    const plan = funnelOf('AB', order)
    const person = { ...personOf(plan, rowsOf('B5 A5')), from: 1 }
    expect(createMatcher(plan)(person).depth).toBe(1)
  })

  test('starts at the first entry of the open period', () => {
    const plan = funnelOf('AB', order)
    const person = personOf(plan, [
      [0, 'A', 1],
      [9, 'A', 2],
      [12, 'B', 2],
    ])
    person.openPeriod = 2
    expect(createMatcher(plan)(person).depth).toBe(2)
    person.openPeriod = 1
    expect(createMatcher(plan)(person).depth).toBe(1)
  })

  test('never gets further than any attempt, and gets in as often', () => {
    fc.assert(
      fc.property(EVENTS, (events) => {
        const rows = sorted(events)
        const first = matchOf(funnelOf('ABC', order), rows).depth
        const any = matchOf(funnelOf('ABC'), rows).depth
        expect(first).toBeLessThanOrEqual(any)
        expect(first > 0).toBe(any > 0)
      }),
    )
  })
})

describe('strict', () => {
  test.each([
    ['adjacent steps', 'A0 B1 C2', 3, 3],
    ['another event breaks the chain', 'A0 x1 B2', 1, 1],
    ['a repeat of the step just matched', 'A0 B1 B2 C3', 2, 3],
    ['a repeat of the entry', 'A0 A1 B2', 2, 2],
    ['a step out of turn breaks', 'A0 B1 A2 C3', 2, 2],
    ['the window end, included', 'A0 B5 C10', 3, 3],
    ['one beyond the window', 'A0 B5 C11', 2, 2],
    ['a broken chain may start again', 'A0 x1 A2 B3 C4', 3, 3],
    ['no entry', 'B0 C1', 0, 0],
    ['nobody', '', 0, 0],
    ['simultaneous steps in either order', 'B5 A5 C6', 3, 3],
    ['another event at the same instant may come first', 'A5 x5 B6', 2, 2],
    ['but not between two instants', 'A0 B5 x5 C6', 2, 2],
    ['simultaneous steps carry a chain on', 'A0 C5 B5', 3, 3],
    ['a repeat at the same instant', 'A0 B5 B5 C6', 2, 3],
    ['a repeat of the step before at the same instant', 'A0 A5 B5 C6', 3, 3],
    ['a repeat and another event at the same instant', 'A0 B5 B5 x5 C6', 2, 2],
    ['a chain that reached the step unbroken keeps it', 'A0 B5 A5 C6', 3, 3],
  ])('%s', (_name, events, plain, tolerant) => {
    expect(matchOf(funnelOf('ABC', { order: 'strict' }), events).depth).toBe(plain)
    expect(matchOf(funnelOf('ABC', { order: 'strict_repeats' }), events).depth).toBe(tolerant)
  })

  test('credits the adjacent events', () => {
    expect(matchOf(funnelOf('ABC', { order: 'strict' }), 'A0 x1 A2 B3 C4').times).toEqual([2, 3, 4])
    expect(matchOf(funnelOf('AB', { order: 'strict' }), 'A0 A5 B6').times).toEqual([5, 6])
  })

  test('strict reaches no more than strict with repeats, and that no more than any attempt', () => {
    fc.assert(
      fc.property(EVENTS, (events) => {
        const rows = sorted(events)
        const depth = (order: FunnelDefinition['order']): number =>
          matchOf(funnelOf('ABC', { order }), rows).depth
        expect(depth('strict')).toBeLessThanOrEqual(depth('strict_repeats'))
        expect(depth('strict_repeats')).toBeLessThanOrEqual(depth('any_attempt'))
      }),
      { numRuns: 300 },
    )
  })

  test('reaches what the longest adjacent run of distinct instants reaches', () => {
    fc.assert(
      fc.property(EVENTS, (events) => {
        const rows = sorted(events).map(([, stage], index): Row => [index, stage])
        const text = rows.map(([, stage]) => stage).join('')
        const depth = ['ABC', 'AB', 'A', ''].find((run) => text.includes(run))?.length
        expect(matchOf(funnelOf('ABC', { order: 'strict' }), rows).depth).toBe(depth)
      }),
    )
  })
})

describe('unordered', () => {
  const order = { order: 'unordered' } as const
  test.each([
    ['nobody', '', 0, []],
    ['any step first', 'C0', 1, [0]],
    ['steps in any order', 'C0 A1 B2', 3, [0, 1, 2]],
    ['the window end, included', 'A0 B10', 2, [0, 10]],
    ['one beyond the window', 'A0 B11', 1, [0]],
    ['the window moves on', 'A0 B8 C12', 2, [0, 8]],
    ['the best window counts', 'A0 B11 C12 A13', 3, [11, 12, 13]],
    ['the same step twice counts once', 'A0 A1', 1, [0]],
    ['earliest events of the window are credited', 'A0 A1 B2', 2, [0, 2]],
    ['what left the window is forgotten', 'A0 x5 B9 A12 C19', 3, [9, 12, 19]],
    ['other events do not count', 'x0 A1', 1, [1]],
    ['a full window ends the search', 'A0 B1 C2 A3 B4 C5', 3, [0, 1, 2]],
  ])('%s', (_name, events, depth, times) => {
    expect(matchOf(funnelOf('ABC', order), events)).toEqual({ depth, times })
  })

  test('a stage named twice needs two events', () => {
    expect(matchOf(funnelOf('AAB', order), 'A0 B1').depth).toBe(2)
    expect(matchOf(funnelOf('AAB', order), 'A0 B1 A2')).toEqual({ depth: 3, times: [0, 1, 2] })
    expect(matchOf(funnelOf('AAB', order), 'A0 A1 A2').depth).toBe(2)
    expect(matchOf(funnelOf('AAB', order), 'A0 A1 A2 A11 B12').depth).toBe(3)
  })

  test.each([
    ['empties the window', 'A0 x1 B2', 1],
    ['keeps what was complete before', 'A0 B1 x2 C3', 2],
    ['keeps what happened at the same instant', 'A0 x1 B1 C2', 2],
    ['does nothing at the end', 'A0 B1 C2 x3', 3],
    ['keeps the instant also where nothing came before', 'x1 B1 C2', 2],
    ['keeps nothing from before the instant', 'A0 B1 x1 C2', 2],
  ])('an exclusion %s', (_name, events, depth) => {
    const exclusions = [{ stage: 'x', fromStep: 0, toStep: 1 }]
    expect(matchOf(funnelOf('ABC', { ...order, exclusions }), events).depth).toBe(depth)
  })

  test('an event that is a step and an exclusion starts a new window', () => {
    const exclusions = [{ stage: 'A', fromStep: 0, toStep: 1 }]
    expect(matchOf(funnelOf('ABC', { ...order, exclusions }), 'B0 A1 C2').depth).toBe(2)
  })

  test('reaches the most distinct steps of any window', () => {
    fc.assert(
      fc.property(EVENTS, (events) => {
        const rows = sorted(events)
        const best = rows.map(([startMs]) => {
          const inside = rows.filter(([timeMs]) => timeMs >= startMs && timeMs - startMs <= 10)
          return new Set(inside.map(([, stage]) => stage).filter((stage) => stage !== 'x')).size
        })
        expect(matchOf(funnelOf('ABC', order), rows).depth).toBe(Math.max(0, ...best))
      }),
    )
  })
})

const ORDERS = ['any_attempt', 'first_entry', 'strict', 'strict_repeats', 'unordered'] as const
const EXCLUSIONS = [{ stage: 'x', fromStep: 0, toStep: 1 }]

describe.each(ORDERS)('%s', (order) => {
  const plan = funnelOf('ABC', { order, exclusions: EXCLUSIONS })

  test('persons are matched where they lie between others', () => {
    fc.assert(
      fc.property(EVENTS, EVENTS, EVENTS, (before, own, after) => {
        const rows = sorted(own)
        const person = personOf(plan, [...sorted(before), ...rows, ...sorted(after)])
        person.from = before.length
        person.to = before.length + rows.length
        const { depth, events } = createMatcher(plan)(person)
        const times = [...events.subarray(0, Math.max(0, depth))].map(
          (index) => rows[index - before.length]?.[0],
        )
        expect({ depth, times }).toEqual(matchOf(plan, rows))
      }),
      { numRuns: 300 },
    )
  })

  test('a matcher remembers nothing of the person before', () => {
    const match = createMatcher(plan)
    fc.assert(
      fc.property(EVENTS, (events) => {
        const rows = sorted(events)
        expect(match(personOf(plan, rows)).depth).toBe(matchOf(plan, rows).depth)
      }),
    )
  })
})

test('runs and breakdowns are read where persons lie between others', () => {
  const plan = funnelOf('AB')
  const person = personOf(plan, [
    [0, 'A', 0, 1],
    [1, 'A', 0, 2],
    [2, 'B', 0, 3],
  ])
  person.from = 1
  person.to = 2
  const match = createMatcher(plan)(person)
  expect(countRuns(plan, person)).toEqual([1, 0])
  expect(breakdownLabel(plan, { person, match }, 'first_touch')).toBe(2)
  expect(breakdownLabel(plan, { person, match }, 'last_touch')).toBe(2)
})
