import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { bootstrapShares } from '#rules/attribution/bootstrap.ts'
import { createLagCounts } from '#rules/attribution/conversion-lag.ts'
import { creditInMinor } from '#rules/attribution/credit-in-minor.ts'
import { decidingWeights } from '#rules/attribution/deciding-weights.ts'
import { createGroupCredit } from '#rules/attribution/group-credit.ts'
import { channelInteractions } from '#rules/attribution/interactions.ts'
import { pathLengths } from '#rules/attribution/path-length.ts'
import { tiePlaces } from '#rules/attribution/tie-places.ts'
import { createTieRange } from '#rules/attribution/tie-range.ts'
import { createPathCounts } from '#rules/attribution/top-paths.ts'
import { positionWeights } from '#rules/attribution/touch-weights.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

import { codes, count, journey, sum } from './paths.ts'

describe('createLagCounts', () => {
  const MINUTE = 60_000

  function summary(minutes: readonly number[]) {
    const lags = createLagCounts()
    for (const lag of minutes) lags.take(1_000_000, 1_000_000 + lag * MINUTE)
    return lags.finish()
  }

  it.each([
    [[7], 7, 7],
    [[1, 9], 1, 9],
    [[1, 2, 9], 2, 9],
    // Ten conversions: nine within 9 minutes.
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 100], 5, 9],
    [[3, 3, 3, 1], 3, 3],
    [[0.99, 1.01, 1.99], 1, 1],
  ])('of %o minutes has median %d and p90 %d', (minutes, medianMinutes, p90Minutes) => {
    expect(summary(minutes)).toMatchObject({
      medianMinutes,
      p90Minutes,
      conversions: minutes.length,
    })
  })

  it('counts a day as less than 24 hours', () => {
    expect(summary([1439.99, 1440, 5000])?.withinDay).toBe(1)
  })

  it('has nothing to say without a conversion', () => {
    expect(createLagCounts().finish()).toBeNull()
  })

  it('finds the quantiles of a sorted list', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 }), (minutes) => {
        const sorted = minutes.toSorted((left, right) => left - right)
        const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]
        expect(summary(minutes)).toMatchObject({ medianMinutes: at(0.5), p90Minutes: at(0.9) })
      }),
    )
  })
})

describe('pathLengths', () => {
  it('counts touches, the median and single touches', () => {
    const { buckets } = count(
      [
        { path: 'A', conversions: 3 },
        { path: 'A B', conversions: 1 },
        { path: 'A B C A', conversions: 1 },
        { path: 'A B C D E', conversions: 2 },
        { path: 'A A A A A A A', conversions: 1 },
        { path: 'A B', conversions: 0, nulls: 9 },
      ],
      5,
    )
    expect(pathLengths(buckets)).toStrictEqual({
      conversions: 8,
      touches: 3 + 2 + 4 + 10 + 7,
      median: 2,
      oneTouch: 3,
      histogram: [3, 1, 0, 1, 3],
    })
  })

  it.each([
    [[1, 1, 2], 1],
    [[1, 1, 2, 2], 1],
    [[1, 2, 2, 3], 2],
    [[4], 4],
    // Whichever length is met first: 1 · 1 · 2 · 3 · 3.
    [[3, 3, 1, 1, 2], 2],
  ])('takes of lengths %o the median %d', (lengths, median) => {
    const paths = lengths.map((length) => ({ path: Array.from({ length }, () => 'A').join(' ') }))
    expect(pathLengths(count(paths, 1).buckets)?.median).toBe(median)
  })

  it('has nothing to say without a conversion', () => {
    expect(pathLengths(count([{ path: 'A', conversions: 0, nulls: 1 }], 1).buckets)).toBeNull()
  })
})

describe('createPathCounts', () => {
  it('ranks paths by conversions, then value, then channels', () => {
    const counts = createPathCounts()
    const rows = [
      { path: 'B A', conversions: 2, valueMinor: 100 },
      { path: 'A B', conversions: 1, valueMinor: 500 },
      { path: 'A B', conversions: 1, valueMinor: 0 },
      { path: 'C', conversions: 2, valueMinor: 100 },
      { path: 'A', conversions: 5, valueMinor: 0 },
      { path: 'D', conversions: 3, valueMinor: 9 },
      { path: 'E', conversions: 0, nulls: 9, valueMinor: 0 },
      { path: '', conversions: 4 },
    ]
    for (const row of rows) counts.take(journey(row))
    const { paths, distinct, longer } = counts.top(5)
    expect(paths).toStrictEqual([
      { channels: [0], conversions: 5, valueMinor: 0 },
      { channels: [3], conversions: 3, valueMinor: 9 },
      { channels: [0, 1], conversions: 2, valueMinor: 500 },
      { channels: [1, 0], conversions: 2, valueMinor: 100 },
      { channels: [2], conversions: 2, valueMinor: 100 },
    ])
    expect(counts.top(2).paths).toStrictEqual(paths.slice(0, 2))
    expect(distinct).toBe(5)
    expect(longer).toStrictEqual({ conversions: 0, valueMinor: 0 })
  })

  it('counts paths of more than 8 touches together', () => {
    const counts = createPathCounts()
    const eight = 'A B C D A B C D'
    counts.take(journey({ path: eight }))
    counts.take(journey({ path: `${eight} A`, conversions: 3 }))
    counts.take(journey({ path: `${eight} B`, conversions: 2 }))
    const { distinct, longer } = counts.top(9)
    expect(distinct).toBe(1)
    expect(longer).toStrictEqual({ conversions: 5, valueMinor: 500 })
  })
})

describe('channelInteractions', () => {
  it('sets journeys with both channels beside journeys with one of them', () => {
    const { sets } = count(
      [
        { path: 'A B', conversions: 3, nulls: 1 },
        { path: 'A', conversions: 1, nulls: 3 },
        { path: 'B C', conversions: 1, nulls: 5 },
        { path: 'C', conversions: 9, nulls: 9 },
      ],
      3,
    )
    expect(channelInteractions(sets.sets())).toStrictEqual([
      {
        pair: [0, 1],
        together: { conversions: 3, journeys: 4 },
        // A alone 1 of 4, B without A 1 of 6.
        onlyOne: { conversions: 2, journeys: 10 },
        rateDifference: 0.75 - 0.2,
      },
      {
        pair: [1, 2],
        together: { conversions: 1, journeys: 6 },
        onlyOne: { conversions: 12, journeys: 22 },
        rateDifference: 1 / 6 - 12 / 22,
      },
    ])
  })

  it('knows no difference where one group is empty', () => {
    const { sets } = count([{ path: 'A B', conversions: 3, nulls: 1 }], 2)
    expect(channelInteractions(sets.sets())[0]?.rateDifference).toBeNull()
    const idle = count([{ path: 'A B', conversions: 0 }, { path: 'A' }], 2)
    expect(channelInteractions(idle.sets.sets())[0]?.rateDifference).toBeNull()
  })

  it('ranks pairs by shared conversions, whenever they were first met', () => {
    const { sets } = count(
      [
        { path: 'B C', conversions: 1 },
        { path: 'C D', conversions: 2 },
        { path: 'A E', conversions: 5 },
        { path: 'A D', conversions: 2 },
        { path: 'A B', conversions: 2 },
        { path: 'D E', conversions: 9 },
      ],
      5,
    )
    expect(channelInteractions(sets.sets()).map(({ pair }) => pair)).toStrictEqual([
      [3, 4],
      [0, 4],
      [0, 1],
      [0, 3],
      [2, 3],
      [1, 2],
    ])
  })

  it('breaks ties by channel', () => {
    const { sets } = count([{ path: 'C A B' }], 3)
    expect(channelInteractions(sets.sets()).map(({ pair }) => pair)).toStrictEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ])
  })
})

describe('createTieRange', () => {
  const take = (
    path: string,
    times: readonly number[],
    weights: readonly number[],
    byPlace = true,
  ) => {
    const range = createTieRange(3)
    range.take({ channels: codes(path), times, weights, byPlace })
    return range.finish()
  }

  it('lets simultaneous channels take each other’s places', () => {
    expect(take('A B C', [1, 1, 2], [1, 0, 0])).toStrictEqual({
      low: [0, 0, 0],
      high: [1, 1, 0],
      tiedConversions: 1,
    })
  })

  it('lets whichever of two comes last have the end of 40/20/40', () => {
    expect(take('A B C', [1, 2, 2], [0.4, 0.2, 0.4])).toStrictEqual({
      low: [0.4, 0.2, 0.2],
      high: [0.4, 0.4, 0.4],
      tiedConversions: 1,
    })
  })

  it('moves nothing where instants differ, or one channel shares an instant with itself', () => {
    expect(take('A B C', [1, 2, 3], [0.4, 0.2, 0.4])).toStrictEqual({
      low: [0.4, 0.2, 0.4],
      high: [0.4, 0.2, 0.4],
      tiedConversions: 0,
    })
    expect(take('A A B', [1, 1, 3], [1, 0, 0])).toStrictEqual({
      low: [1, 0, 0],
      high: [1, 0, 0],
      tiedConversions: 0,
    })
  })

  it('lets credit go with the touch where places do not matter', () => {
    expect(take('A B', [1, 1], [0.3, 0.7], false)).toStrictEqual({
      low: [0.3, 0.7, 0],
      high: [0.3, 0.7, 0],
      tiedConversions: 1,
    })
  })

  it('counts a conversion once, however many instants are shared', () => {
    expect(take('A B A B', [1, 1, 2, 2], [1, 0, 0, 0]).tiedConversions).toBe(1)
  })

  it('finds the least and the most over every order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            channel: fc.integer({ min: 0, max: 2 }),
            time: fc.integer({ min: 0, max: 2 }),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        (random) => {
          const touches = random.toSorted((left, right) => left.time - right.time)
          const weights = positionWeights(touches.length, 0.4)
          const range = createTieRange(3)
          const path = touches.map(({ channel }) => channel)
          const times = touches.map(({ time }) => time)
          range.take({ channels: path, times, weights, byPlace: true })
          const { low, high } = range.finish()
          const orders = permutations(touches).filter((order) =>
            order.every(({ time }, place) => time === times[place]),
          )
          for (const channel of [0, 1, 2]) {
            const credits = orders.map((order) =>
              sum(
                order.map((touch, place) =>
                  touch.channel === channel ? (weights[place] ?? 0) : 0,
                ),
              ),
            )
            expect(low[channel]).toBeCloseTo(Math.min(...credits), 12)
            expect(high[channel]).toBeCloseTo(Math.max(...credits), 12)
          }
        },
      ),
    )
  })
})

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  )
}

describe('tiePlaces', () => {
  const isDirect = Uint8Array.from([1, 0, 0])
  const places = (model: Parameters<typeof tiePlaces>[0], path: string, weights: number[] | null) =>
    tiePlaces(
      model,
      { journey: journey({ path }), times: codes(path).map((_, touch) => touch), weights },
      isDirect,
    )

  it.each([
    ['first_touch', true],
    ['last_touch', true],
    ['position_based', true],
    ['linear', false],
    ['linear_unique_channels', false],
    ['time_decay', false],
  ] as const)('of %s: credit by place %s', (model, byPlace) => {
    expect(places(model, 'A B', [0.5, 0.5])).toStrictEqual({
      channels: [0, 1],
      times: [0, 1],
      weights: [0.5, 0.5],
      byPlace,
    })
  })

  it('looks only at touches the last non-direct model may choose', () => {
    expect(places('last_non_direct', 'B A C A', [0, 0, 1, 0])).toStrictEqual({
      channels: [1, 2],
      times: [0, 2],
      weights: [0, 1],
      byPlace: true,
    })
    expect(places('last_non_direct', 'A A', [0, 1])).toStrictEqual({
      channels: [0, 0],
      times: [0, 1],
      weights: [0, 1],
      byPlace: true,
    })
  })

  it('has none where the model does not divide single journeys', () => {
    expect(places('markov', 'A B', null)).toBeNull()
  })
})

describe('decidingWeights', () => {
  const options = { isDirect: Uint8Array.from([0, 0, 1]), endShare: 0.3, halfLife: 7 }
  const weigh = (
    model: Parameters<typeof decidingWeights>[0],
    times: number[] | null = [0, 7, 14, 14],
  ) =>
    decidingWeights(
      model,
      { journey: { ...journey({ path: 'A B A C B' }), to: 4 }, times },
      options,
    )

  // Only the first four touches count: A B A C, with C direct.
  it.each([
    ['first_touch', [1, 0, 0, 0]],
    ['last_touch', [0, 0, 0, 1]],
    ['last_non_direct', [0, 0, 1, 0]],
    ['linear', [0.25, 0.25, 0.25, 0.25]],
    ['linear_unique_channels', [1 / 6, 1 / 3, 1 / 6, 1 / 3]],
    ['position_based', [0.3, 0.2, 0.2, 0.3]],
    ['time_decay', [1 / 11, 2 / 11, 4 / 11, 4 / 11]],
  ] as const)('of %s are %o', (model, expected) => {
    const weights = weigh(model) ?? []
    expect(weights).toHaveLength(4)
    expected.forEach((weight, touch) => {
      expect(weights[touch]).toBeCloseTo(weight, 12)
    })
  })

  it('are none for the chain, and none for time decay without times', () => {
    expect(weigh('markov')).toBeNull()
    expect(weigh('time_decay', null)).toBeNull()
    expect(weigh('linear', null)).toHaveLength(4)
  })
})

describe('creditInMinor', () => {
  it.each([
    [[33.4, 33.3, 33.3], 100, [34, 33, 33]],
    [[0.5, 0.5], 1, [1, 0]],
    [[10, 20], 30, [10, 20]],
    // Negative parts round down too: −1.5 becomes −2 and may get its unit back.
    [[-1.5, 4.5], 3, [-1, 4]],
    [[], 0, []],
    // Floating-point sums a hair above and below the total.
    [[50.000000001, 49.999999998], 100, [50, 50]],
    [[50.000000001, 50], 100, [50, 50]],
    [[2, 1.0000000001], 2, [1, 1]],
  ])('rounds %o to %d as %o', (exact, total, parts) => {
    expect(creditInMinor(exact, total)).toStrictEqual(parts)
  })

  it.each([
    [[10, 10], 23],
    [[10, 10], 17],
  ])('refuses %o for %d: money was lost or invented', (exact, total) => {
    expect(() => creditInMinor(exact, total)).toThrow(InvariantError)
  })

  it.each([
    [[10, 10], 22, [11, 11]],
    [[10, 10], 18, [9, 9]],
  ])('allows %o for %d one unit each', (exact, total, parts) => {
    expect(creditInMinor(exact, total)).toStrictEqual(parts)
  })

  it('gives parts that equal the whole, each within a unit of its credit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 10 ** 9 }),
        (weights, total) => {
          const whole = sum(weights)
          fc.pre(whole > 0)
          const exact = weights.map((weight) => (weight / whole) * total)
          const parts = creditInMinor(exact, total)
          expect(sum(parts)).toBe(total)
          parts.forEach((part, channel) => {
            expect(Math.abs(part - (exact[channel] ?? 0))).toBeLessThan(1.0001)
          })
        },
      ),
    )
  })
})

describe('bootstrapShares', () => {
  const plan = { seed: 5, groups: 4, resamples: 200, confidence: 0.9 }

  it('spans nothing where every group is alike', () => {
    expect(bootstrapShares(() => [0.25, 0.75], plan)).toStrictEqual([
      { low: 0.25, high: 0.25 },
      { low: 0.75, high: 0.75 },
    ])
  })

  it('draws as many groups as there are, with replacement', () => {
    const drawn = new Set<string>()
    bootstrapShares((draws) => {
      expect(sum(draws)).toBe(4)
      drawn.add([...draws].join(' '))
      return [1]
    }, plan)
    // Of 35 possible draws of four groups nearly all come up.
    expect(drawn.size).toBeGreaterThan(30)
    expect(drawn.has('1 1 1 1')).toBe(true)
  })

  it('takes the middle of the resamples', () => {
    // The resamples bring 100, 99 … 0, the largest first.
    let round = 100
    const shares = () => [round--]
    const [interval] = bootstrapShares(shares, { ...plan, resamples: 101 }) ?? []
    expect(interval?.low).toBeCloseTo(5, 9)
    expect(interval?.high).toBeCloseTo(95, 9)
  })

  it('passes over draws without a conversion, and says nothing with fewer than two left', () => {
    let round = 0
    const sometimes = () => (round++ % 2 === 0 ? null : [0.5])
    expect(bootstrapShares(sometimes, plan)).toStrictEqual([{ low: 0.5, high: 0.5 }])
    expect(bootstrapShares(() => null, plan)).toBeNull()
    expect(bootstrapShares(() => [1], { ...plan, resamples: 1 })).toBeNull()
    expect(bootstrapShares(() => [1], { ...plan, resamples: 2 })).toHaveLength(1)
  })

  it('repeats itself with the same seed', () => {
    const shares = (draws: Uint16Array) => [(draws[0] ?? 0) / 4]
    expect(bootstrapShares(shares, plan)).toStrictEqual(bootstrapShares(shares, plan))
  })
})

describe('createGroupCredit', () => {
  const options = { channelCount: 2, seed: 11, chain: false, withNulls: true }

  /** 400 persons, every fourth by channel B. */
  function persons(changes: Partial<typeof options> = {}) {
    const groups = createGroupCredit({ ...options, ...changes })
    for (let person = 0; person < 400; person++) {
      groups.startPerson()
      groups.take(journey({ path: person % 4 === 0 ? 'B' : 'A' }), [1])
    }
    return groups.intervals()
  }

  it('holds the share it was given, about as wide as chance makes it', () => {
    const [a, b] = persons() ?? []
    // ¼ of 400: the standard error is √(¼·¾/400) = 0.0217, 95 % is ± 0.042.
    expect(b?.low).toBeGreaterThan(0.19)
    expect(b?.low).toBeLessThan(0.225)
    expect(b?.high).toBeGreaterThan(0.275)
    expect(b?.high).toBeLessThan(0.31)
    expect((a?.high ?? 0) + (b?.low ?? 0)).toBeCloseTo(1, 2)
  })

  it('is the same for the same seed only', () => {
    expect(persons()).toStrictEqual(persons())
    expect(persons({ seed: 12 })).not.toStrictEqual(persons())
  })

  it('takes the conversions of one person as one piece of chance', () => {
    const run = (together: boolean) => {
      const groups = createGroupCredit(options)
      for (let person = 0; person < 40; person++) {
        groups.startPerson()
        for (let conversion = 0; conversion < 10; conversion++) {
          if (!together) groups.startPerson()
          groups.take(journey({ path: person % 2 === 0 ? 'A' : 'B' }), [1])
        }
      }
      const [a] = groups.intervals() ?? []
      return (a?.high ?? 0) - (a?.low ?? 0)
    }
    expect(run(true)).toBeGreaterThan(2 * run(false))
  })

  it('takes every conversion of an aggregated row as a person', () => {
    const groups = createGroupCredit(options)
    groups.take(journey({ path: 'A', conversions: 300 }), [1])
    groups.startPerson()
    groups.take(journey({ path: 'B', conversions: 100, nulls: 50 }), [1])
    const [, b] = groups.intervals() ?? []
    expect(b?.low).toBeGreaterThan(0.19)
    expect(b?.high).toBeLessThan(0.31)
    expect((b?.high ?? 0) - (b?.low ?? 0)).toBeGreaterThan(0.05)
  })

  it('divides a conversion by the weights of its touches', () => {
    const groups = createGroupCredit(options)
    for (let person = 0; person < 50; person++) {
      groups.startPerson()
      groups.take(journey({ path: 'A B A' }), [0.2, 0.5, 0.3])
    }
    const [a, b] = groups.intervals() ?? []
    expect(a?.low).toBeCloseTo(0.5, 12)
    expect(b?.high).toBeCloseTo(0.5, 12)
  })

  it('has no interval where nothing converted or no weight is known', () => {
    const idle = createGroupCredit(options)
    idle.take(journey({ path: 'A', conversions: 0, nulls: 9 }), null)
    expect(idle.intervals()).toBeNull()
    const unknown = createGroupCredit(options)
    unknown.take(journey({ path: 'A' }), null)
    expect(unknown.intervals()).toBeNull()
  })

  function chained(withNulls: boolean, channelCount = 3) {
    const groups = createGroupCredit({ channelCount, seed: 3, chain: true, withNulls })
    for (let person = 0; person < 300; person++) {
      groups.startPerson()
      groups.take(journey({ path: 'A B C' }), null)
      groups.startPerson()
      groups.take(journey({ path: 'A', conversions: 0, nulls: 1, valueMinor: 0 }), null)
      groups.startPerson()
      groups.take(journey({ path: 'B C', conversions: 0, nulls: 1, valueMinor: 0 }), null)
    }
    return groups.intervals()
  }

  it('resamples the chain where that decides', () => {
    // The published effects ½, 1, 1 give shares 0.2, 0.4, 0.4; without null journeys all three are alike.
    const [a, b] = chained(true) ?? []
    expect(a?.low).toBeGreaterThan(0.15)
    expect(a?.low).toBeLessThan(0.2)
    expect(a?.high).toBeGreaterThan(0.2)
    expect(a?.high).toBeLessThan(0.25)
    expect(b?.low).toBeGreaterThan(0.36)
    const [alike] = chained(false) ?? []
    expect(alike?.low).toBeCloseTo(1 / 3, 12)
    expect(alike?.high).toBeCloseTo(1 / 3, 12)
  })

  it('takes every null of an aggregated row as a person of its own', () => {
    const groups = createGroupCredit({ channelCount: 2, seed: 3, chain: true, withNulls: true })
    groups.take(journey({ path: 'A B', conversions: 200, nulls: 200 }), null)
    groups.startPerson()
    groups.take(journey({ path: 'A', conversions: 100, nulls: 300 }), null)
    const [a] = groups.intervals() ?? []
    const { low, high } = a ?? { low: 0, high: 1 }
    // Of 300 conversions 200 go through B: removal effects 1 and ⅔, shares 0.6 and 0.4.
    expect(low).toBeLessThan(0.6)
    expect(high).toBeGreaterThan(0.6)
    expect(high - low).toBeGreaterThan(0.02)
    expect(high - low).toBeLessThan(0.1)
  })

  it('leaves the chain of more than 40 channels alone', () => {
    expect(chained(true, 40)).toHaveLength(40)
    expect(chained(true, 41)).toBeNull()
  })
})
