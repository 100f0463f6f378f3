import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { eligibleTouches, firstAbove, type WindowPolicy } from '#rules/attribution/window.ts'

const LOOKBACK = 1000

const split: WindowPolicy = { lookbackMs: LOOKBACK, assignment: 'split' }
const overlap: WindowPolicy = { lookbackMs: LOOKBACK, assignment: 'overlap' }

function used(
  times: readonly number[],
  at: { conversionMs: number; earlierMs?: number },
  policy: WindowPolicy = overlap,
): number[] {
  const { from, to } = eligibleTouches(times, { earlierMs: null, ...at }, policy)
  return times.slice(from, to)
}

describe('eligibleTouches', () => {
  it.each([
    // Both ends of the window count; one millisecond beyond does not.
    [5000, [4000], [4000]],
    [5000, [3999], []],
    [5000, [5000], [5000]],
    [5000, [5001], []],
    [5000, [3999, 4000, 4500, 5000, 5001], [4000, 4500, 5000]],
    [5000, [], []],
    [5000, [5000, 5000], [5000, 5000]],
  ])('for a conversion at %d takes of %o the touches %o', (conversionMs, times, expected) => {
    expect(used(times, { conversionMs })).toStrictEqual(expected)
  })

  it('closes off touches up to an earlier conversion only under split', () => {
    const times = [4100, 4200, 4201, 4900]
    const at = { conversionMs: 5000, earlierMs: 4200 }
    // A touch at the very instant of the earlier conversion belongs to that one.
    expect(used(times, at, split)).toStrictEqual([4201, 4900])
    expect(used(times, at, overlap)).toStrictEqual(times)
  })

  it('still looks back no further than the window under split', () => {
    expect(used([3000, 4500], { conversionMs: 5000, earlierMs: 2000 }, split)).toStrictEqual([4500])
  })

  it('needs no earlier conversion under split, at whatever instant touches lie', () => {
    expect(used([-50, 0, 7], { conversionMs: 10 }, split)).toStrictEqual([-50, 0, 7])
  })

  it('has no limit without a lookback', () => {
    const policy: WindowPolicy = { lookbackMs: null, assignment: 'overlap' }
    expect(used([0, 1, 5000], { conversionMs: 5000 }, policy)).toStrictEqual([0, 1, 5000])
  })

  it('tells touches cut by age from touches closed off', () => {
    const range = eligibleTouches([100, 3000, 4500], { conversionMs: 5000, earlierMs: 200 }, split)
    expect(range).toStrictEqual({ from: 2, to: 3, open: 1 })
  })

  it('keeps exactly the touches the definition names', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 25 }),
        fc.integer({ min: 0, max: 60 }),
        fc.option(fc.integer({ min: 0, max: 59 })),
        fc.constantFrom('split' as const, 'overlap' as const),
        (times, conversionMs, earlier, assignment) => {
          const sorted = times.toSorted((left, right) => left - right)
          const earlierMs = earlier !== null && earlier < conversionMs ? earlier : null
          const policy = { lookbackMs: 10, assignment }
          const { from, to, open } = eligibleTouches(sorted, { conversionMs, earlierMs }, policy)
          const expected = sorted.filter(
            (time) =>
              time <= conversionMs &&
              time >= conversionMs - 10 &&
              (assignment === 'overlap' || earlierMs === null || time > earlierMs),
          )
          expect(sorted.slice(from, to)).toStrictEqual(expected)
          expect(open).toBeLessThanOrEqual(from)
        },
      ),
    )
  })
})

describe('firstAbove', () => {
  it.each([
    [[], 5, 0],
    [[5], 5, 1],
    [[6], 5, 0],
    [[1, 5, 5, 6], 5, 3],
  ])('finds in %o above %d place %d', (times, limit, place) => {
    expect(firstAbove(times, limit)).toBe(place)
  })
})
