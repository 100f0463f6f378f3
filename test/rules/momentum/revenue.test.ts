import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { compareRevenue, resampleMeans } from '#rules/momentum/revenue.ts'

const SEEDED = { seed: 7, resamples: 200 }

describe('revenue', () => {
  const previous = [10, 20, 30, 40]
  const current = [10, 20, 30, 400]
  const change = () => compareRevenue(previous, current, SEEDED)

  it('is compared by its means', () => {
    expect(change().welch).toMatchObject({ previousMean: 25, currentMean: 115, difference: 90 })
  })

  it('knows what one deal carries', () => {
    expect(change().largestShare).toBeCloseTo(400 / 460, 15)
    expect(change().differenceWithoutLargest).toBe(20 - 25)
  })

  it('takes the largest deal once, even when two are as large', () => {
    expect(compareRevenue([1, 2], [9, 9, 3], SEEDED).differenceWithoutLargest).toBe(6 - 1.5)
  })

  it('has medians', () => {
    expect(change()).toMatchObject({ previousMedian: 25, currentMedian: 25 })
  })

  it('caps at the pooled 99th percentile', () => {
    // Eight values; position 0.99 · 7 = 6.93 between 40 and 400.
    expect(change().capped.cap).toBeCloseTo(40 + 0.93 * 360, 9)
    expect(change().capped.welch.currentMean).toBeCloseTo((60 + 40 + 0.93 * 360) / 4, 9)
    expect(change().capped.welch.previousMean).toBe(25)
  })

  it('asks for typical deals with the current ones first', () => {
    // Pairs won by the current deals, ties half: 10 → ½, 20 → 1½, 30 → 2½, 400 → 4.
    expect(change().ranks?.u).toBe(8.5)
  })

  it('has no lift range when nothing was ever earned before', () => {
    expect(compareRevenue([0, 0], [1, 2], SEEDED).bootstrap.lift).toBeNull()
  })

  it('has no share of nothing', () => {
    expect(compareRevenue([1, 2], [0, 0], SEEDED).largestShare).toBeNull()
  })

  it('has no rest when one deal is all', () => {
    const single = compareRevenue([1, 2], [5], SEEDED)
    expect(single.differenceWithoutLargest).toBeNull()
    expect(single.welch.p).toBeNull()
  })

  it.each([
    ['before', [], [1]],
    ['now', [1], []],
  ])('needs a deal %s', (_name, before, now) => {
    expect(() => compareRevenue(before, now, SEEDED)).toThrow(InvariantError)
  })
})

describe('resampling', () => {
  it('draws the previous period first, then the current one', () => {
    const random = createRandom(42)
    const pick = (values: readonly number[]) => values[Math.floor(random() * values.length)] ?? 0
    const [before, now] = [
      [1, 2, 4],
      [8, 16],
    ]
    const first = [pick(before), pick(before), pick(before), pick(now), pick(now)]
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = first
    const draws = resampleMeans(before, now, { seed: 42, resamples: 1 })
    expect(draws.differences).toStrictEqual([(d + e) / 2 - (a + b + c) / 3])
    expect(draws.lifts).toStrictEqual([(d + e) / 2 / ((a + b + c) / 3) - 1])
  })

  it('gives the same range for the same seed and another for another', () => {
    const [previous, current] = [
      [1, 5, 9, 2],
      [2, 7, 7, 30],
    ]
    const range = (seed: number) =>
      compareRevenue(previous, current, { seed, resamples: 200 }).bootstrap
    expect(range(1)).toStrictEqual(range(1))
    expect(range(1)).not.toStrictEqual(range(2))
  })

  it('leaves draws without a base out of the lifts', () => {
    const { differences, lifts } = resampleMeans([0, 1], [1], { seed: 3, resamples: 200 })
    expect(differences).toHaveLength(200)
    expect(lifts.length).toBeGreaterThan(0)
    expect(lifts.length).toBeLessThan(200)
    expect(lifts.every((lift) => Number.isFinite(lift))).toBe(true)
  })

  it('takes the 2.5th and 97.5th percentile', () => {
    const seeded = { seed: 5, resamples: 100 }
    const [previous, current] = [
      [1, 2, 3],
      [4, 9],
    ]
    const sorted = resampleMeans(previous, current, seeded).differences.toSorted((a, b) => a - b)
    const at = (q: number) => {
      const place = q * 99
      const low = sorted[Math.floor(place)] ?? 0
      const high = sorted[Math.ceil(place)] ?? 0
      return low + (high - low) * (place - Math.floor(place))
    }
    const { difference } = compareRevenue(previous, current, seeded).bootstrap
    expect(difference.low).toBeCloseTo(at(0.025), 10)
    expect(difference.high).toBeCloseTo(at(0.975), 10)
  })
})
