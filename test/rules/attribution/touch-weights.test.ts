import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  decayWeight,
  lastNonDirectTouch,
  linearWeights,
  positionWeights,
  singleTouchWeights,
  tieNeutralPositionWeights,
  timeDecayWeights,
  uniqueChannelWeights,
} from '#rules/attribution/touch-weights.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

import { sum } from './paths.ts'

const close = (weights: readonly number[]): unknown[] =>
  weights.map((weight): unknown => expect.closeTo(weight, 12))

describe('positionWeights', () => {
  it.each([
    [1, 0.4, [1]],
    [2, 0.4, [0.5, 0.5]],
    [3, 0.4, [0.4, 0.2, 0.4]],
    [4, 0.4, [0.4, 0.1, 0.1, 0.4]],
    [5, 0.3, [0.3, 0.4 / 3, 0.4 / 3, 0.4 / 3, 0.3]],
    [4, 0.5, [0.5, 0, 0, 0.5]],
  ])('shares %d touches with ends of %d as %o', (touches, endShare, weights) => {
    expect(positionWeights(touches, endShare)).toStrictEqual(close(weights))
  })

  it('hands out exactly one conversion', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        (touches, endShare) => {
          const weights = positionWeights(touches, endShare)
          expect(weights).toHaveLength(touches)
          expect(sum(weights)).toBeCloseTo(1, 12)
        },
      ),
    )
  })
})

describe('tieNeutralPositionWeights', () => {
  it.each([
    [[5], [1]],
    [
      [5, 9],
      [0.5, 0.5],
    ],
    [
      [0, 1, 2],
      [0.4, 0.2, 0.4],
    ],
    // Two touches at the first instant: three ends of 0.4 each.
    [
      [0, 0, 2],
      [1 / 3, 1 / 3, 1 / 3],
    ],
    [
      [0, 1, 2, 2, 2],
      [0.24, 0.04, 0.24, 0.24, 0.24],
    ],
    [
      [5, 1, 3, 9],
      [0.1, 0.4, 0.1, 0.4],
    ],
  ])('shares touches at %o as %o', (times, weights) => {
    expect(tieNeutralPositionWeights(times, 0.4)).toStrictEqual(close(weights))
  })

  it('equals the plain weights when no touches share an instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (touches) => {
        const times = Array.from({ length: touches }, (_, touch) => touch)
        expect(tieNeutralPositionWeights(times, 0.4)).toStrictEqual(
          close(positionWeights(touches, 0.4)),
        )
      }),
    )
  })
})

describe('linear and single-touch weights', () => {
  it('gives every touch the same', () => {
    expect(linearWeights(4)).toStrictEqual([0.25, 0.25, 0.25, 0.25])
  })

  it('gives one touch everything', () => {
    expect(singleTouchWeights(3, 0)).toStrictEqual([1, 0, 0])
    expect(singleTouchWeights(3, 2)).toStrictEqual([0, 0, 1])
  })
})

describe('lastNonDirectTouch', () => {
  it.each([
    [[false], 0],
    [[true], 0],
    [[false, true], 0],
    [[true, false], 1],
    [[false, false, true, true], 1],
    [[true, true, true], 2],
  ])('finds among %o touch %d', (direct, touch) => {
    expect(lastNonDirectTouch(direct)).toBe(touch)
  })
})

describe('timeDecayWeights', () => {
  // Half life 7: a week older is half as much.
  it.each([
    [[0], [1]],
    [[7], [1]],
    [
      [0, 7],
      [2 / 3, 1 / 3],
    ],
    [
      [21, 14, 7, 0],
      [1 / 15, 2 / 15, 4 / 15, 8 / 15],
    ],
    [
      [1, 8],
      [2 / 3, 1 / 3],
    ],
  ])('weighs ages %o as %o', (ages, weights) => {
    expect(timeDecayWeights(ages, 7)).toStrictEqual(close(weights))
  })

  it('counts ages continuously, not by whole days', () => {
    const [older = 0, newer = 0] = timeDecayWeights([3.5, 0], 7)
    expect(newer / older).toBeCloseTo(Math.SQRT2, 12)
  })

  it('keeps journeys whose every touch is thousands of half lives old', () => {
    expect(timeDecayWeights([5001, 5000], 1)).toStrictEqual(close([1 / 3, 2 / 3]))
  })

  it('does not change when all ages grow by the same time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 1000 }),
        (ages, later) => {
          const weights = timeDecayWeights(ages, 7)
          expect(
            timeDecayWeights(
              ages.map((age) => age + later),
              7,
            ),
          ).toStrictEqual(weights)
          expect(sum(weights)).toBeCloseTo(1, 12)
        },
      ),
    )
  })

  it.each([0, -7])('refuses a half life of %d', (halfLife) => {
    expect(() => timeDecayWeights([1], halfLife)).toThrow(InvariantError)
  })

  it('halves per half life', () => {
    expect(decayWeight(0, 7)).toBe(1)
    expect(decayWeight(14, 7)).toBeCloseTo(0.25, 14)
  })
})

describe('uniqueChannelWeights', () => {
  it.each([
    [[4], [1]],
    [
      [1, 2],
      [0.5, 0.5],
    ],
    // A channel touched twice gets no more than one touched once.
    [
      [1, 2, 1],
      [0.25, 0.5, 0.25],
    ],
    [
      [3, 3, 3],
      [1 / 3, 1 / 3, 1 / 3],
    ],
  ])('shares touches of channels %o as %o', (path, weights) => {
    expect(uniqueChannelWeights(path)).toStrictEqual(close(weights))
  })
})
