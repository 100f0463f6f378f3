import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { splitMixAndRate, type MixSegment } from '#rules/momentum/mix-rate.ts'

/** A segment as [entered, converted] before and now. */
const segment = (
  id: string,
  [n0, k0]: readonly [number, number],
  [n1, k1]: readonly [number, number],
): MixSegment => ({
  id,
  previous: { entered: n0, converted: k0 },
  current: { entered: n1, converted: k1 },
})

describe('a reversal worked by hand', () => {
  // Both segments convert worse (5 % → 4.67 %, 20 % → 19 %), yet the blend rises from 7.5 % to 15.4 % as the better one grows.
  const split = () =>
    splitMixAndRate([segment('a', [1000, 50], [300, 14]), segment('b', [200, 40], [900, 171])])

  it('adds up to the change', () => {
    expect(split()?.change).toBeCloseTo(185 / 1200 - 90 / 1200, 14)
    expect((split()?.rateEffect ?? 0) + (split()?.mixEffect ?? 0)).toBeCloseTo(
      split()?.change ?? 0,
      14,
    )
  })

  it('loses 0.6 points by rates and gains 8.6 by mix', () => {
    expect(split()?.rateEffect).toBeCloseTo(-0.0063889, 7)
    expect(split()?.mixEffect).toBeCloseTo(0.0855556, 7)
  })

  it('weighs changes of rate by the mean share', () => {
    expect(split()?.segments[0]?.rateEffect).toBeCloseTo(
      ((1000 / 1200 + 300 / 1200) / 2) * (14 / 300 - 0.05),
      14,
    )
  })

  it('weighs changes of share by the distance from the mean blend', () => {
    const meanBlend = (90 / 1200 + 185 / 1200) / 2
    expect(split()?.segments[1]?.mixEffect).toBeCloseTo(
      (900 / 1200 - 200 / 1200) * ((0.2 + 0.19) / 2 - meanBlend),
      14,
    )
  })

  it('is told', () => {
    expect(split()?.simpsonReversal).toBe(true)
  })

  it('has shares and rates of both months', () => {
    expect(split()?.segments[0]).toMatchObject({
      id: 'a',
      previousShare: 1000 / 1200,
      currentShare: 0.25,
      previousRate: 0.05,
      currentRate: 14 / 300,
    })
  })
})

describe('a segment that is there in one month only', () => {
  it('vanishing is all mix', () => {
    const split = splitMixAndRate([
      segment('a', [500, 25], [500, 30]),
      segment('b', [100, 20], [0, 0]),
    ])
    expect(split?.segments[1]).toMatchObject({ rateEffect: 0, currentRate: null, currentShare: 0 })
    expect(split?.mixEffect).toBeCloseTo(-0.024166666666666666, 14)
  })

  it('appearing is all mix', () => {
    const split = splitMixAndRate([
      segment('a', [500, 25], [500, 25]),
      segment('b', [0, 0], [400, 4]),
    ])
    expect(split?.segments[1]).toMatchObject({ rateEffect: 0, previousRate: null })
    expect(split?.rateEffect).toBe(0)
  })

  it('does not count for a reversal', () => {
    // Only a is in both months, and it rises while the blend falls.
    const split = splitMixAndRate([
      segment('a', [500, 25], [500, 30]),
      segment('b', [100, 20], [0, 0]),
    ])
    expect(split?.simpsonReversal).toBe(true)
  })

  it('in neither month has no effect', () => {
    const split = splitMixAndRate([segment('a', [10, 1], [10, 2]), segment('b', [0, 0], [0, 0])])
    expect(split?.segments[1]).toMatchObject({
      rateEffect: 0,
      previousRate: null,
      currentRate: null,
    })
    expect(Math.abs(split?.segments[1]?.mixEffect ?? 1)).toBe(0)
  })
})

describe('no reversal', () => {
  it.each([
    ['when nothing changes', [segment('a', [10, 1], [10, 1])]],
    [
      'when one segment goes along',
      [segment('a', [10, 1], [10, 3]), segment('b', [10, 3], [10, 2])],
    ],
    [
      'when a segment stands still',
      [segment('a', [10, 1], [20, 2]), segment('b', [10, 5], [5, 1])],
    ],
    [
      // 10 and 50 of 100 each, then 60 of 300 and 60 of 100: both rates rise, and 30 % of all it stays.
      'when both segments rise and the whole stays',
      [segment('a', [100, 10], [300, 60]), segment('b', [100, 50], [100, 60])],
    ],
    [
      'when no segment is in both months',
      [segment('a', [10, 5], [0, 0]), segment('b', [0, 0], [10, 1])],
    ],
  ])('%s', (_name, segments) => {
    expect(splitMixAndRate(segments)?.simpsonReversal).toBe(false)
  })

  it('also downwards it is told', () => {
    const split = splitMixAndRate([
      segment('a', [300, 14], [1000, 50]),
      segment('b', [900, 171], [200, 40]),
    ])
    expect(split?.change).toBeLessThan(0)
    expect(split?.simpsonReversal).toBe(true)
  })
})

describe('nothing to split', () => {
  it.each([
    ['without a segment', []],
    ['without entries before', [segment('a', [0, 0], [5, 1])]],
    ['without entries now', [segment('a', [5, 1], [0, 0])]],
  ])('%s', (_name, segments) => {
    expect(splitMixAndRate(segments)).toBeNull()
  })
})

it.each([
  ['more conversions than entries', segment('a', [5, 6], [5, 1])],
  ['a negative conversion', segment('a', [5, 1], [5, -1])],
])('refuses %s', (_name, broken) => {
  expect(() => splitMixAndRate([broken])).toThrow(InvariantError)
})

describe('for any segments', () => {
  const cell = fc
    .tuple(fc.nat(200), fc.nat(200))
    .map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const)
  const segments = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 })

  it('the parts add up to the change, to the last digits', () => {
    fc.assert(
      fc.property(segments, (pairs) => {
        const split = splitMixAndRate(pairs.map(([then, now], i) => segment(String(i), then, now)))
        if (split === null) return
        expect(split.rateEffect + split.mixEffect).toBeCloseTo(split.change, 12)
      }),
    )
  })

  it('swapping the months turns every sign', () => {
    fc.assert(
      fc.property(segments, (pairs) => {
        const there = splitMixAndRate(pairs.map(([then, now], i) => segment(String(i), then, now)))
        const back = splitMixAndRate(pairs.map(([then, now], i) => segment(String(i), now, then)))
        if (there === null || back === null) return
        expect(back.rateEffect).toBeCloseTo(-there.rateEffect, 12)
        expect(back.mixEffect).toBeCloseTo(-there.mixEffect, 12)
        expect(back.simpsonReversal).toBe(there.simpsonReversal)
      }),
    )
  })
})
