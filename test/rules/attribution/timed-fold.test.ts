import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { channelsOf } from '#rules/attribution/journey.ts'
import type { JourneyPolicy } from '#rules/attribution/person-journeys.ts'
import { startTimedFold, type EventBatch } from '#rules/attribution/timed-fold.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

import { LETTERS, sum } from './paths.ts'

/** An event as a test writes it: `A` is a touch, a number or null a conversion of that value. */
interface Event {
  readonly person: string
  readonly at: number
  readonly what: string | number | null
  readonly inMonth?: boolean
}

function batchOf(events: readonly Event[]): EventBatch {
  return {
    person: events.map((event) => event.person),
    atMs: events.map((event) => event.at),
    channel: events.map(({ what }) => (typeof what === 'string' ? what.charCodeAt(0) - 65 : -1)),
    valueMinor: events.map(({ what }) => (typeof what === 'string' ? null : what)),
    inMonth: events.map(({ inMonth = true }) => (inMonth ? 1 : 0)),
  }
}

const POLICY: JourneyPolicy = {
  lookbackMs: 100,
  assignment: 'split',
  isDirect: Uint8Array.from([0, 0, 0, 0, 1]),
  ignoreDirect: false,
}

function run(events: readonly Event[], changes: Partial<JourneyPolicy> = {}) {
  const seen: string[] = []
  let persons = 0
  const fold = startTimedFold(
    { ...POLICY, ...changes },
    {
      startPerson: () => void persons++,
      takeConversion: (journey, times, conversionMs) => {
        const path = times.map((time, touch) => `${LETTERS[journey.channels[touch] ?? 9]}${time}`)
        expect(journey).toMatchObject({ from: 0, to: times.length, conversions: 1, nulls: 0 })
        seen.push(`${path.join(' ')} -> ${conversionMs}:${journey.valueMinor}`)
      },
      takeNull: (journey) => {
        const path = channelsOf(journey).map((code) => LETTERS[code])
        expect(journey).toMatchObject({ conversions: 0, nulls: 1, valueMinor: 0 })
        seen.push(`${path.join('')} -> nothing`)
      },
    },
  )
  fold.add(batchOf(events))
  return { tally: fold.finish(), seen, persons: () => persons }
}

const p = (at: number, what: Event['what'], inMonth = true): Event => ({
  person: 'p',
  at,
  what,
  inMonth,
})

describe('startTimedFold', () => {
  it('cuts a person’s touches at each conversion under split', () => {
    const events = [p(1, 'A'), p(5, 'B'), p(6, 500), p(7, 'C'), p(9, 700), p(10, 'D')]
    const { seen, tally } = run(events)
    expect(seen).toStrictEqual(['A1 B5 -> 6:500', 'C7 -> 9:700', 'D -> nothing'])
    expect(tally.attributed).toStrictEqual({ conversions: 2, valueMinor: 1200 })
    expect(tally.nullJourneys).toBe(1)
  })

  it('lets every conversion look back past the others under overlap, and knows no null journey of a person who converted', () => {
    const events = [p(1, 'A'), p(6, 500), p(7, 'C'), p(9, 700), p(10, 'D')]
    const { seen, tally } = run(events, { assignment: 'overlap' })
    expect(seen).toStrictEqual(['A1 -> 6:500', 'A1 C7 -> 9:700'])
    expect(tally.nullJourneys).toBe(0)
  })

  it('gives all touches of a person who never converted one journey, without a window', () => {
    for (const assignment of ['split', 'overlap'] as const) {
      const { seen } = run([p(1, 'A'), p(5000, 'B')], { assignment })
      expect(seen).toStrictEqual(['AB -> nothing'])
    }
  })

  it('lets conversions of one instant share their touches', () => {
    const { seen } = run([p(1, 'A'), p(6, 500), p(6, 300), p(8, 'B'), p(9, 100)])
    expect(seen).toStrictEqual(['A1 -> 6:500', 'A1 -> 6:300', 'B8 -> 9:100'])
  })

  it('counts a touch at the instant of the conversion as before it', () => {
    expect(run([p(6, 'A'), p(6, 500)]).seen).toStrictEqual(['A6 -> 6:500'])
  })

  it.each([
    // The oldest touch that counts, and one millisecond older.
    [[p(6, 'A'), p(106, 1)], 'attributed'],
    [[p(5, 'A'), p(106, 1)], 'outside_window'],
    [[p(107, 'A'), p(106, 1)].toSorted((a, b) => a.at - b.at), 'no_touch'],
    [[p(106, 1)], 'no_touch'],
    [[p(1, 'A'), p(2, 9, false), p(3, 1)], 'used_by_earlier_conversion'],
    // Left to credit, but too old.
    [[p(1, 'A'), p(2, 9, false), p(3, 'B'), p(300, 1)], 'outside_window'],
  ] as const)('books %o as %s', (events, line) => {
    const { tally } = run(events)
    const lines = { attributed: tally.attributed, ...tally.unattributed }
    for (const [name, amount] of Object.entries(lines)) {
      expect([name, amount.conversions]).toStrictEqual([name, name === line ? 1 : 0])
      expect(amount.valueMinor).toBe(name === line ? 1 : 0)
    }
  })

  it('keeps refunds on a line of their own: no credit is lost, no journey closed', () => {
    const { tally, seen } = run([p(1, 'A'), p(2, -300), p(4, 500), p(5, -200, false)])
    expect(tally.unattributed.refund).toStrictEqual({ conversions: 1, valueMinor: -300 })
    expect(seen).toStrictEqual(['A1 -> 4:500'])
  })

  it('counts conversions worth nothing apart from conversions of unknown worth', () => {
    const { tally } = run([p(1, 'A'), p(2, 0), p(3, 'A'), p(4, null), p(5, 'A'), p(6, 7)])
    expect(tally).toMatchObject({
      attributed: { conversions: 3, valueMinor: 7 },
      zeroValue: 1,
      withoutValue: 1,
    })
  })

  it('counts journeys the lookback cut short, not those an earlier conversion did', () => {
    expect(run([p(1, 'A'), p(150, 'B'), p(200, 1)]).tally.truncated).toBe(1)
    expect(run([p(100, 'A'), p(150, 'B'), p(200, 1)]).tally.truncated).toBe(0)
    const closed = [p(1, 'A'), p(2, 9, false), p(150, 'B'), p(200, 1)]
    expect(run(closed).tally.truncated).toBe(0)
    expect(run(closed, { assignment: 'overlap' }).tally.truncated).toBe(1)
  })

  it('only lets conversions before the month close journeys', () => {
    const { tally, seen } = run([p(1, 'A', false), p(2, 900, false), p(3, 'B'), p(4, 500)])
    expect(tally.attributed).toStrictEqual({ conversions: 1, valueMinor: 500 })
    expect(seen).toStrictEqual(['B3 -> 4:500'])
  })

  it('counts a null journey in the month of its last touch', () => {
    expect(run([p(1, 'A', false), p(2, 'B')]).seen).toStrictEqual(['AB -> nothing'])
    expect(run([p(1, 'A', false), p(2, 'B', false)]).tally.nullJourneys).toBe(0)
    // The last touch belongs to a conversion: nothing is left over.
    expect(run([p(1, 'A'), p(2, 500)]).tally.nullJourneys).toBe(0)
    expect(run([p(1, 'A'), p(2, 'B'), p(2, 500)]).tally.nullJourneys).toBe(0)
  })

  it('leaves direct touches out of a journey with any other, when told to', () => {
    const events = [p(1, 'E'), p(2, 'A'), p(3, 'E'), p(4, 500), p(5, 'E'), p(6, 'E'), p(7, 'B')]
    expect(run(events, { ignoreDirect: true }).seen).toStrictEqual(['A2 -> 4:500', 'B -> nothing'])
    expect(run(events).seen).toStrictEqual(['E1 A2 E3 -> 4:500', 'EEB -> nothing'])
    const alone = [p(1, 'E'), p(4, 500), p(5, 'E')]
    expect(run(alone, { ignoreDirect: true }).seen).toStrictEqual(['E1 -> 4:500', 'E -> nothing'])
    // Only the journey itself counts: a touch of another one does not make direct dispensable.
    const other = [p(1, 'A'), p(2, 500), p(3, 'E'), p(4, 100)]
    expect(run(other, { ignoreDirect: true }).seen[1]).toBe('E3 -> 4:100')
  })

  it('keeps persons apart', () => {
    const { seen, persons } = run([
      { person: 'p', at: 5, what: 'A' },
      { person: 'q', at: 1, what: 'B' },
      { person: 'q', at: 2, what: 100 },
    ])
    expect(seen).toStrictEqual(['A -> nothing', 'B1 -> 2:100'])
    expect(persons()).toBe(2)
  })

  it('finishes without an event', () => {
    const { tally, persons } = run([])
    expect(tally.attributed.conversions).toBe(0)
    expect(persons()).toBe(0)
  })

  it('refuses events out of the order of time, but not a new person who starts earlier', () => {
    expect(() => run([p(2, 'A'), p(1, 'B')])).toThrow(InvariantError)
    expect(() => run([p(2, 'A'), p(2, 'B'), { ...p(1, 'A'), person: 'q' }])).not.toThrow()
  })
})

const anyEvents = fc
  .array(
    fc.record({
      person: fc.constantFrom('p', 'q', 'r'),
      at: fc.integer({ min: 0, max: 60 }),
      what: fc.oneof(
        fc.constantFrom(...LETTERS),
        fc.integer({ min: -20, max: 200 }),
        fc.constant(null),
      ),
      inMonth: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((events) =>
    events.toSorted(
      (left, right) =>
        left.person.charCodeAt(0) - right.person.charCodeAt(0) ||
        left.at - right.at ||
        Number(typeof left.what !== 'string') - Number(typeof right.what !== 'string'),
    ),
  )

describe('any events', () => {
  const policies = fc.record({
    lookbackMs: fc.constantFrom(null, 5, 20),
    assignment: fc.constantFrom('split' as const, 'overlap' as const),
    ignoreDirect: fc.boolean(),
  })

  it('book every conversion of the month exactly once', () => {
    fc.assert(
      fc.property(anyEvents, policies, (events, policy) => {
        const { tally } = run(events, policy)
        const lines = [tally.attributed, ...Object.values(tally.unattributed)]
        const inMonth = events.filter(
          ({ what, inMonth: counted }) => typeof what !== 'string' && counted,
        )
        expect(sum(lines.map((line) => line.conversions))).toBe(inMonth.length)
        expect(sum(lines.map((line) => line.valueMinor))).toBe(
          sum(inMonth.map(({ what }) => Number(what))),
        )
      }),
    )
  })

  it('give the same journeys wherever the batches are cut', () => {
    fc.assert(
      fc.property(anyEvents, fc.integer({ min: 1, max: 7 }), (events, size) => {
        const cut: string[] = []
        const fold = startTimedFold(POLICY, {
          startPerson: () => undefined,
          takeConversion: (_journey, times, at) => void cut.push(`${times.join(' ')}>${at}`),
          takeNull: () => undefined,
        })
        for (let from = 0; from < events.length; from += size) {
          fold.add(batchOf(events.slice(from, from + size)))
        }
        const whole = run(events)
        expect(fold.finish()).toStrictEqual(whole.tally)
        expect(cut).toHaveLength(whole.tally.attributed.conversions)
      }),
    )
  })

  it('use a touch once at most under split', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const used: number[] = []
        const fold = startTimedFold(
          { ...POLICY, lookbackMs: null },
          {
            startPerson: () => undefined,
            takeConversion: (_journey, times) => void used.push(...times),
            takeNull: () => undefined,
          },
        )
        // One conversion per instant: those of one instant share their touches.
        const lone = events.filter(
          (event, index) =>
            typeof event.what === 'string' ||
            !events
              .slice(0, index)
              .some(
                (other) =>
                  typeof other.what !== 'string' &&
                  other.person === event.person &&
                  other.at === event.at,
              ),
        )
        fold.add(batchOf(lone))
        fold.finish()
        const touches = lone.filter(({ what }) => typeof what === 'string')
        expect(used.length).toBeLessThanOrEqual(touches.length)
      }),
    )
  })
})
