import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { indexChannels } from '#rules/attribution/channels.ts'
import { heuristicCredits } from '#rules/attribution/heuristic-credit.ts'
import { startJourneyFold } from '#rules/attribution/journey-fold.ts'
import { channelsOf, type Journey } from '#rules/attribution/journey.ts'
import { parsePath, startPathFold, type PathBatch } from '#rules/attribution/path-fold.ts'
import { createTimeDecayCredit } from '#rules/attribution/time-decay.ts'
import { timeDecayWeights } from '#rules/attribution/touch-weights.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

import { channels, codes, count, LETTERS, sum } from './paths.ts'

/** Keeps copies: the fold uses its journey again. */
function recorder() {
  const seen: string[] = []
  const take = (journey: Journey): void => {
    const path = channelsOf(journey)
      .map((code) => LETTERS[code])
      .join('')
    seen.push(`${path}:${journey.conversions}/${journey.nulls}:${journey.valueMinor}`)
  }
  return { seen, take }
}

describe('startJourneyFold', () => {
  function fold() {
    const record = recorder()
    const times: number[][] = []
    const started = startJourneyFold({
      journeys: [record],
      conversions: [
        {
          takeConversion: ({ from, to }, at) =>
            void times.push(
              Array.from({ length: to - from }, (_, touch) => at[from + touch] ?? -1),
            ),
        },
      ],
    })
    return { ...started, seen: record.seen, times }
  }

  it('closes a journey where the number changes and gives it its conversion', () => {
    const run = fold()
    run.addConversions({ journey: [3, 7], valueMinor: [500, 0] })
    run.add({ journey: [1, 1, 3, 3, 3], channel: codes('A B C A A'), at: [1, 2, 3, 4, 5] })
    run.add({ journey: [3, 7], channel: codes('B D'), at: [6, 7] })
    expect(run.finish()).toStrictEqual({ conversions: 0, valueMinor: 0 })
    expect(run.seen).toStrictEqual(['AB:0/1:0', 'CAAB:1/0:500', 'D:1/0:0'])
    expect(run.times).toStrictEqual([[3, 4, 5, 6], [7]])
  })

  it('counts conversions without a touch: before, between and after the journeys', () => {
    const run = fold()
    run.addConversions({ journey: [0, 2], valueMinor: [10, 20] })
    run.addConversions({ journey: [5, 9], valueMinor: [40, 80] })
    run.add({ journey: [2, 6], channel: codes('A B') })
    expect(run.finish()).toStrictEqual({ conversions: 3, valueMinor: 130 })
    expect(run.seen).toStrictEqual(['A:1/0:20', 'B:0/1:0'])
  })

  it('holds journeys of any length', () => {
    const run = fold()
    const long = 700
    run.addConversions({ journey: [1], valueMinor: [1] })
    run.add({
      journey: Array.from({ length: long }, () => 1),
      channel: Array.from({ length: long }, (_, touch) => touch % 5),
      at: Array.from({ length: long }, (_, touch) => touch),
    })
    run.finish()
    expect(run.seen).toStrictEqual([`${'ABCDE'.repeat(140)}:1/0:1`])
    expect(run.times[0]?.at(-1)).toBe(699)
    expect(run.times[0]?.[300]).toBe(300)
  })

  it('finishes without a touch', () => {
    const run = fold()
    expect(run.finish()).toStrictEqual({ conversions: 0, valueMinor: 0 })
    expect(run.seen).toStrictEqual([])
  })

  it('refuses journeys out of order', () => {
    const run = fold()
    expect(() => {
      run.add({ journey: [2, 1], channel: [0, 0] })
    }).toThrow(InvariantError)
  })

  it.each([[[2, 1]], [[2, 2]]])('refuses conversions of journeys %o', (journey) => {
    expect(() => {
      fold().addConversions({ journey, valueMinor: [1, 1] })
    }).toThrow(InvariantError)
  })

  it('does not care where the batches are cut', () => {
    const touches = fc.array(
      fc.record({ gap: fc.constantFrom(0, 0, 1, 2), channel: fc.integer({ min: 0, max: 4 }) }),
      { minLength: 1, maxLength: 40 },
    )
    fc.assert(
      fc.property(touches, fc.array(fc.integer({ min: 1, max: 6 })), (rows, cuts) => {
        let number = 0
        const journey = rows.map(({ gap }) => (number += gap))
        const channel = rows.map((row) => row.channel)
        const whole = fold()
        const cut = fold()
        for (const run of [whole, cut]) {
          run.addConversions({ journey: [1, 4, 6], valueMinor: [10, 20, 30] })
        }
        whole.add({ journey, channel })
        let from = 0
        for (const size of [...cuts, rows.length]) {
          cut.add({
            journey: journey.slice(from, from + size),
            channel: channel.slice(from, from + size),
          })
          from += size
        }
        expect(cut.finish()).toStrictEqual(whole.finish())
        expect(cut.seen).toStrictEqual(whole.seen)
      }),
    )
  })
})

describe('parsePath', () => {
  it.each([
    ['A > B > C', ['A', 'B', 'C']],
    ['A', ['A']],
    ['', []],
    ['  ', []],
    ['google / cpc > (not set)', ['google / cpc', '(not set)']],
    ['A >  B ', ['A', 'B']],
    // Only the arrow with spaces parts channels.
    ['a>b', ['a>b']],
  ])('reads %o as %o', (path, expected) => {
    expect(parsePath(path)).toStrictEqual(expected)
  })
})

describe('startPathFold', () => {
  interface Row {
    readonly path?: string
    readonly conversions?: number
    readonly value?: number | null
    readonly nulls?: number | null
  }

  function run(given: readonly Row[], ignoreDirect = false) {
    const rows = given.map((row) => ({ path: 'A', conversions: 1, value: 100, nulls: 0, ...row }))
    const record = recorder()
    const isDirect = Uint8Array.from([0, 0, 0, 1, 1])
    const fold = startPathFold({ channels, isDirect, ignoreDirect }, record)
    const batch: PathBatch = {
      path: rows.map((row) => row.path.replaceAll(' ', '').split('')),
      conversions: rows.map((row) => row.conversions),
      valueMinor: rows.map((row) => row.value),
      nulls: rows.map((row) => row.nulls),
    }
    fold.add(batch)
    return { tally: fold.finish(), seen: record.seen }
  }
  const none = { conversions: 0, valueMinor: 0 }

  it('books every row exactly once', () => {
    const { tally, seen } = run([
      { path: 'A B', conversions: 2, value: 300, nulls: 4 },
      { path: '', conversions: 1, value: 70, nulls: 8 },
      { path: 'C', conversions: 1, value: -50 },
      { path: 'C', conversions: 0, value: 20 },
      { path: 'B', conversions: 0, value: 0, nulls: 5 },
    ])
    expect(tally).toStrictEqual({
      attributed: { conversions: 2, valueMinor: 300 },
      unattributed: {
        no_touch: { conversions: 1, valueMinor: 70 },
        refund: { conversions: 1, valueMinor: -50 },
        value_without_conversion: { conversions: 0, valueMinor: 20 },
      },
      withoutValue: 0,
      zeroValue: 0,
      // Eight people nobody touched made no journey; four and five of the others did.
      nullJourneys: 9,
      rowsWithoutNulls: 0,
    })
    expect(seen).toStrictEqual(['AB:2/4:300', ':0/8:0', 'C:0/0:0', 'C:0/0:0', 'B:0/5:0'])
  })

  it('counts what has no value apart from what is worth zero', () => {
    const { tally } = run([
      { conversions: 3, value: null },
      { conversions: 2, value: 0 },
      { conversions: 1, value: 1 },
    ])
    expect(tally).toMatchObject({
      attributed: { conversions: 6, valueMinor: 1 },
      withoutValue: 3,
      zeroValue: 2,
    })
    expect(run([{ path: '', value: null }]).tally).toMatchObject({
      withoutValue: 0,
      unattributed: { no_touch: { conversions: 1, valueMinor: 0 } },
    })
  })

  it('says how many rows do not count journeys that did not convert', () => {
    expect(run([{ nulls: null }, { nulls: 0 }]).tally).toMatchObject({
      rowsWithoutNulls: 1,
      nullJourneys: 0,
    })
  })

  it('leaves direct touches out of paths that have another, when told to', () => {
    const rows = [{ path: 'D A E B D' }, { path: 'D E' }, { path: 'A' }]
    expect(run(rows, true).seen).toStrictEqual(['AB:1/0:100', 'DE:1/0:100', 'A:1/0:100'])
    expect(run(rows, false).seen[0]).toBe('DAEBD:1/0:100')
  })

  it('takes paths of any length', () => {
    const path = 'AB'.repeat(100)
    expect(run([{ path }, { path: 'C' }]).seen).toStrictEqual([`${path}:1/0:100`, 'C:1/0:100'])
  })

  it('starts from nothing', () => {
    expect(run([]).tally.attributed).toStrictEqual(none)
  })

  it('refuses a channel it was not told of', () => {
    expect(() => run([{ path: 'Z' }])).toThrow(InvariantError)
    const names = indexChannels(['A'])
    const fold = startPathFold(
      { channels: names, isDirect: new Uint8Array(1), ignoreDirect: false },
      { take: () => undefined },
    )
    expect(() => {
      fold.add({ path: [['toString']], conversions: [1], valueMinor: [1], nulls: [0] })
    }).toThrow(InvariantError)
  })
})

describe('both folds', () => {
  it('count the same journeys alike', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            path: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
            value: fc.option(fc.integer({ min: 0, max: 9999 })),
          }),
          { minLength: 1, maxLength: 15 },
        ),
        (journeys) => {
          const byNumber = count([], 5)
          const fold = startJourneyFold({
            journeys: [byNumber.buckets, byNumber.transitions],
            conversions: [],
          })
          const converted = [...journeys.entries()].filter(([, { value }]) => value !== null)
          fold.addConversions({
            journey: converted.map(([number]) => number),
            valueMinor: converted.map(([, { value }]) => value ?? 0),
          })
          for (const [number, { path }] of journeys.entries()) {
            fold.add({ journey: path.map(() => number), channel: path })
          }
          fold.finish()
          const byPath = count(
            journeys.map(({ path, value }) => ({
              path: path.map((code) => LETTERS[code]).join(' '),
              conversions: value === null ? 0 : 1,
              nulls: value === null ? 1 : 0,
              valueMinor: value ?? 0,
            })),
            5,
          )
          expect(heuristicCredits(byNumber.buckets, 0.4)).toStrictEqual(
            heuristicCredits(byPath.buckets, 0.4),
          )
          expect(byNumber.transitions.converting).toStrictEqual(byPath.transitions.converting)
          expect(byNumber.transitions.nulls).toStrictEqual(byPath.transitions.nulls)
        },
      ),
    )
  })
})

describe('createTimeDecayCredit', () => {
  it('adds up the weights of every journey', () => {
    const decay = createTimeDecayCredit(2, 7)
    const paths = [
      { channels: [0, 1, 0], times: [0, 7, 14], conversions: 1, valueMinor: 700 },
      { channels: [1], times: [3], conversions: 2, valueMinor: 100 },
    ]
    for (const { times, ...path } of paths) {
      // More rows than touches: what lies before and behind is of other journeys.
      const rows = { from: 2, to: 2 + path.channels.length }
      const column = [1, 1, ...path.channels, 1, 1]
      decay.takeConversion({ ...path, ...rows, channels: column, nulls: 0 }, [
        55,
        66,
        ...times,
        99,
        99,
      ])
    }
    const { conversions, valueMinor } = decay.credit()
    expect(conversions[0]).toBeCloseTo(5 / 7, 12)
    expect(conversions[1]).toBeCloseTo(2 / 7 + 2, 12)
    expect(valueMinor[0]).toBeCloseTo(500, 9)
    expect(valueMinor[1]).toBeCloseTo(300, 9)
  })

  it('measures ages from the last touch: in ms since 1970 every weight would be beyond number', () => {
    const week = 7 * 86_400_000
    const last = Date.UTC(2026, 9, 31)
    const decay = createTimeDecayCredit(3, week)
    const journey = {
      channels: Uint16Array.from([0, 1, 2]),
      from: 0,
      to: 3,
      conversions: 7,
      nulls: 0,
      valueMinor: 1400,
    }
    decay.takeConversion(journey, [last - 2 * week, last - week, last])
    expect(decay.credit()).toEqual({
      conversions: [1, 2, 4].map((amount) => expect.closeTo(amount, 12)),
      valueMinor: [200, 400, 800].map((amount) => expect.closeTo(amount, 9)),
    })
  })

  it('equals the weights of the single journey, however long', () => {
    const length = 150
    const times = Array.from({ length }, (_, touch) => touch * touch)
    const decay = createTimeDecayCredit(length, 5000)
    decay.takeConversion(
      {
        channels: Uint16Array.from({ length }, (_, touch) => touch),
        from: 0,
        to: length,
        conversions: 1,
        nulls: 0,
        valueMinor: 0,
      },
      times,
    )
    const weights = timeDecayWeights(
      times.map((time) => 149 * 149 - time),
      5000,
    )
    const { conversions } = decay.credit()
    weights.forEach((weight, touch) => {
      expect(conversions[touch]).toBeCloseTo(weight, 14)
    })
    expect(sum(conversions)).toBeCloseTo(1, 12)
  })
})
