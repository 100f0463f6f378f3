import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { Exclusion } from '#rules/funnel/definition.ts'
import { createMatcher } from '#rules/funnel/match.ts'

import { funnelOf, matchOf, personOf, type Row } from './persons.ts'

describe('any attempt', () => {
  test.each([
    ['nobody', '', 0, []],
    ['events of no step', 'x0 x1', 0, []],
    ['the entry alone', 'A0', 1, [0]],
    ['a later step without the entry', 'B0 C1', 0, []],
    ['steps in order', 'A0 B1 C2', 3, [0, 1, 2]],
    ['a step before the entry', 'B0 A1', 1, [1]],
    ['other events between', 'A0 x1 B2', 2, [0, 2]],
    ['the window end, included', 'A0 B10', 2, [0, 10]],
    ['one beyond the window', 'A0 B11', 1, [0]],
    ['the window counts from the entry, not from the step before', 'A0 B6 C11', 2, [0, 6]],
    ['a later entry that reaches further', 'A0 A5 B15', 2, [5, 15]],
    ['the newest entry is credited', 'A0 A3 B4', 2, [3, 4]],
    ['a complete chain is not replaced by a later one', 'A0 B1 C2 A3 B4 C5', 3, [0, 1, 2]],
    ['the first chain to get as far is kept', 'A0 B1 A20 B21', 2, [0, 1]],
    ['a step repeated keeps its first time', 'A0 B1 B2 C3', 3, [0, 1, 3]],
    ['a step is not taken again for the same entry', 'A0 B1 B9 C10', 3, [0, 1, 10]],
    ['an older chain goes on beside a newer entry', 'A0 B5 A8 C9', 3, [0, 5, 9]],
    ['the example of the definition', 'A0 B2 A8 B9 C11', 3, [8, 9, 11]],
    ['the same without the second B', 'A0 B2 A8 C11', 2, [0, 2]],
  ])('%s', (_name, events, depth, times) => {
    expect(matchOf(funnelOf('ABC'), events)).toEqual({ depth, times })
  })

  test.each([
    ['one event for one step', 'A0', 1],
    ['two events for two', 'A0 A1', 2],
    ['the second outside the window', 'A0 A11', 1],
    ['the third inside the window of the second', 'A0 A11 A12', 2],
  ])('a stage named twice: %s', (_name, events, depth) => {
    expect(matchOf(funnelOf('AA'), events).depth).toBe(depth)
  })

  test.each([
    ['both orders of two simultaneous events convert', 'B5 A5', 2, [5, 5]],
    ['also in step order', 'A5 B5', 2, [5, 5]],
    ['one event is not used twice', 'A5 A5', 1, [5]],
    ['simultaneous steps carry a chain on', 'A0 C5 B5', 3, [0, 5, 5]],
    ['a chain that waited is not overtaken by one that starts here', 'A0 B1 C5 A5', 3, [0, 1, 5]],
    ['the newest entry wins at an instant too', 'A0 B5 A5', 2, [5, 5]],
    ['simultaneous events outside the window', 'A0 B11 x11', 1, [0]],
    ['a step of the instant reached already', 'A0 B1 B5 x5 C6', 3, [0, 1, 6]],
    ['as far as before, at an instant: the earlier chain is kept', 'A0 B1 A5 B5', 2, [0, 1]],
  ])('%s', (_name, events, depth, times) => {
    expect(matchOf(funnelOf('ABC'), events)).toEqual({ depth, times })
  })

  test('a stage named twice at one instant needs two events', () => {
    expect(matchOf(funnelOf('ABBA'), 'A5 B5 B5 A5').depth).toBe(4)
    expect(matchOf(funnelOf('ABBA'), 'A5 B5 A5').depth).toBe(2)
  })

  test('only events of the open period start an attempt', () => {
    const plan = funnelOf('AB')
    const rows: Row[] = [
      [0, 'A', 1],
      [5, 'A', 2],
      [6, 'B', 2],
      [7, 'A', 2],
      [7, 'B', 2],
    ]
    expect(matchIn(plan, rows, 2).times).toEqual([5, 6])
    expect(matchIn(plan, rows, 1).times).toEqual([0, 6])
    expect(matchIn(plan, rows, 3).depth).toBe(0)
    expect(matchIn(plan, rows.slice(3), 3).depth).toBe(0)
    // A later step may lie outside the period, also at an instant with others.
    expect(
      matchIn(
        plan,
        [
          [0, 'A', 1],
          [5, 'B', 2],
          [5, 'y', 2],
        ],
        1,
      ).depth,
    ).toBe(2)
  })
})

describe('exclusions between two steps', () => {
  const between: Exclusion[] = [{ stage: 'x', fromStep: 0, toStep: 1 }]
  test.each([
    ['a clean chain', 'A0 B1', 2],
    ['an exclusion on the way takes the person out', 'A0 x1 B2', -1],
    ['also when the person never went on', 'A0 x1', -1],
    ['not before the entry', 'x0 A1 B2', 2],
    ['not after the step', 'A0 B1 x2 C3', 3],
    ['not beyond the window', 'A0 x11', 1],
    ['at the end of the window it does', 'A0 x10', -1],
    ['a clean attempt later mends it', 'A0 x1 A2 B3', 2],
    ['an entry later alone mends it', 'A0 x1 A2', 1],
    ['a clean attempt before keeps the person in when it timed out', 'A0 A31 x32', 1],
    ['but not while it is still open', 'A0 A1 x2', -1],
    ['a tainted chain that goes on takes the person out again', 'A0 x1 A2 x3 B4', -1],
    ['a clean chain that went as far stays', 'A0 B1 A20 x21 B22', 2],
    ['a second exclusion changes nothing', 'A0 x1 x2 B3', -1],
    ['at the instant of the entry it came before', 'A0 x0 B1', 2],
    ['at the instant of the step it came after', 'A0 B5 x5', 2],
    ['at an instant without the step it counts', 'A0 x5 C5', -1],
    [
      'a tainted chain that gets deeper than a clean one takes the person out',
      'A0 A31 x32 B33',
      -1,
    ],
    ['also at one instant with another event', 'A0 A31 x32 B33 y33', -1],
    ['unless a clean one gets as far after it', 'A0 A31 x32 B33 A34 B35', 2],
    ['an entry after it is not as far', 'A0 A31 x32 B33 A34', -1],
    ['a deeper chain is not touched', 'A0 B1 A2 x3', 2],
    ['after the person is through it does nothing', 'A0 B1 C2 A3 x4', 3],
    ['before any entry it does nothing', 'x0 B1 A2', 1],
  ])('%s', (_name, events, depth) => {
    expect(matchOf(funnelOf('ABC', { exclusions: between }), events).depth).toBe(depth)
  })

  test('between later steps, at an instant', () => {
    const later: Exclusion[] = [{ stage: 'x', fromStep: 1, toStep: 2 }]
    const plan = funnelOf('ABC', { exclusions: later })
    expect(matchOf(plan, 'A0 x1 B2 C3').depth).toBe(3)
    expect(matchOf(plan, 'A0 B5 x5 C6').depth).toBe(3)
    expect(matchOf(plan, 'A0 B4 x5 y5 C6').depth).toBe(-1)
    expect(matchOf(plan, 'A4 B4 x5 y5 C6').depth).toBe(-1)
  })

  test('reaches over several steps', () => {
    const over: Exclusion[] = [{ stage: 'x', fromStep: 0, toStep: 2 }]
    expect(matchOf(funnelOf('ABC', { exclusions: over }), 'A0 B1 x2 C3').depth).toBe(-1)
    expect(matchOf(funnelOf('ABC', { exclusions: between }), 'A0 B1 x2 C3').depth).toBe(3)
  })

  test('a tainted chain goes one step further and no more', () => {
    const plan = funnelOf('ABC', { exclusions: between })
    expect(matchOf(plan, 'A0 x1 B2 C3').depth).toBe(-1)
    // The deepest step shown for the tainted chain is two, so a clean chain of two is enough to stay.
    expect(matchOf(plan, 'A0 x1 B2 C3 A4 B5').depth).toBe(2)
    expect(matchOf(plan, 'A0 x1 B2 C2 A4 B5').depth).toBe(2)
  })

  test('keeps the steps reached before where the definition says so', () => {
    const plan = funnelOf('ABC', { exclusions: between, excluded: 'keeps_steps' })
    expect(matchOf(plan, 'A0 x1 B2')).toEqual({ depth: 1, times: [0] })
    expect(matchOf(plan, 'A0 x1 A2 B3')).toEqual({ depth: 2, times: [2, 3] })
    expect(matchOf(plan, 'A0 x1 B2 C2')).toEqual({ depth: 1, times: [0] })
  })

  test('an event may be a step and an exclusion: the step counts after it', () => {
    const plan = funnelOf('AB', { exclusions: [{ stage: 'A', fromStep: 0, toStep: 1 }] })
    expect(matchOf(plan, 'A0 A1 B2')).toEqual({ depth: 2, times: [1, 2] })
  })
})

describe('against every chain there is', () => {
  const events = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom('A', 'B', 'C', 'x')),
    {
      maxLength: 9,
    },
  )
  test.each(['ABC', 'AAB', 'ABA'])('%s: reaches what the best chain reaches', (steps) => {
    const plan = funnelOf(steps)
    fc.assert(
      fc.property(events, (unsorted) => {
        const rows: Row[] = unsorted.toSorted(([left], [right]) => left - right)
        expect(matchOf(plan, rows).depth).toBe(deepestChain(steps, rows))
      }),
      { numRuns: 500 },
    )
  })

  test('the order of simultaneous events does not matter', () => {
    const plan = funnelOf('ABC')
    fc.assert(
      fc.property(events, (unsorted) => {
        const rows: Row[] = unsorted.toSorted(([left], [right]) => left - right)
        const turned = rows.toReversed().toSorted(([left], [right]) => left - right)
        expect(matchOf(plan, turned)).toEqual(matchOf(plan, rows))
      }),
    )
  })

  test.each(['any_attempt', 'first_entry', 'strict', 'strict_repeats', 'unordered'] as const)(
    '%s: the time of day does not matter',
    (order) => {
      const plan = funnelOf('ABC', { order, exclusions: [{ stage: 'x', fromStep: 0, toStep: 1 }] })
      fc.assert(
        fc.property(events, (unsorted) => {
          const rows: Row[] = unsorted.toSorted(([left], [right]) => left - right)
          const later = rows.map(([timeMs, stage]): Row => [timeMs + 1000, stage])
          const { depth, times } = matchOf(plan, later)
          expect({ depth, times: times.map((time) => time - 1000) }).toEqual(matchOf(plan, rows))
        }),
        { numRuns: 300 },
      )
    },
  )

  test('a longer window never loses a step', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 20 }), (unsorted, windowMs) => {
        const rows: Row[] = unsorted.toSorted(([left], [right]) => left - right)
        const shorter = matchOf(funnelOf('ABC', { windowMs }), rows).depth
        expect(
          matchOf(funnelOf('ABC', { windowMs: windowMs + 1 }), rows).depth,
        ).toBeGreaterThanOrEqual(shorter)
      }),
    )
  })
})

function matchIn(plan: Parameters<typeof matchOf>[0], rows: readonly Row[], period: number) {
  const person = personOf(plan, rows)
  person.openPeriod = period
  const { depth, events } = createMatcher(plan)(person)
  return { depth, times: [...events.subarray(0, depth)].map((index) => rows[index]?.[0]) }
}

/** Tries every choice of distinct events with rising times: the definition itself. */
function deepestChain(steps: string, rows: readonly Row[]): number {
  const extend = (step: number, chain: readonly number[]): number => {
    if (step === steps.length) return step
    const [first] = chain
    const startMs = first === undefined ? undefined : rows[first]?.[0]
    const lastMs = rows[chain.at(-1) ?? -1]?.[0] ?? -Infinity
    const reached = rows.map(([timeMs, stage], index) => {
      const fits = stage === steps[step] && timeMs >= lastMs && !chain.includes(index)
      return fits && timeMs - (startMs ?? timeMs) <= 10 ? extend(step + 1, [...chain, index]) : step
    })
    return Math.max(step, ...reached)
  }
  return extend(0, [])
}
