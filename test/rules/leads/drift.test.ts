import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { driftBins, measureDrift } from '#rules/leads/drift.ts'

describe('drift worked by hand', () => {
  it('of a half becoming a quarter', () => {
    // (¼ − ½) ln ½ + (¾ − ½) ln 1.5 = 0.25 · (ln 2 + ln 1.5) = 0.25 · ln 3
    const drift = measureDrift([50, 50], [25, 75])
    expect(drift.psi).toBeCloseTo(0.25 * Math.log(3), 14)
    expect(drift.degrees).toBe(1)
    expect(drift.statistic).toBeCloseTo((0.25 * Math.log(3)) / (1 / 100 + 1 / 100), 12)
  })

  it('is certain among hundreds of leads and chance among eight', () => {
    expect(measureDrift([50, 50], [25, 75]).p).toBeCloseTo(0.00021076, 8)
    const few = measureDrift([4, 4], [2, 6])
    expect(few.psi).toBeCloseTo(0.25 * Math.log(3), 14)
    expect(few.statistic).toBeCloseTo(Math.log(3), 14)
    expect(few.p).toBeCloseTo(0.29456, 4)
  })

  it('adds half a lead to every bin when smoothed', () => {
    const [a, e] = [25.5 / 101, 50.5 / 101]
    const expected = (a - e) * Math.log(a / e) + (e - a) * Math.log((1 - a) / (1 - e))
    expect(measureDrift([50, 50], [25, 75]).psiSmoothed).toBeCloseTo(expected, 14)
  })

  it('counts an empty bin as one lead in ten thousand', () => {
    const drift = measureDrift([50, 50], [0, 100])
    expect(drift.psi).toBeCloseTo((1e-4 - 0.5) * Math.log(1e-4 / 0.5) + 0.5 * Math.log(2), 12)
  })

  it('is nothing when shares are equal, whatever the sizes', () => {
    expect(measureDrift([10, 20, 30], [100, 200, 300])).toMatchObject({
      psi: 0,
      statistic: 0,
      degrees: 2,
      p: 1,
    })
  })

  it('knows what chance alone exceeds once in twenty', () => {
    // χ² 95 % with two degrees is 5.991464547.
    const drift = measureDrift([10, 20, 30], [100, 200, 300])
    expect(drift.critical95).toBeCloseTo(5.991464547107979 * (1 / 60 + 1 / 600), 10)
  })

  it('has p one in twenty at that value', () => {
    // One degree: χ² 3.841458821; choose psi so that the statistic hits it.
    const drift = measureDrift([500, 500], [456, 544])
    expect(drift.p).toBeGreaterThan(0.04)
    expect(drift.p).toBeLessThan(0.06)
  })
})

describe('a broken promise stops', () => {
  it.each([
    ['different lengths', [1, 2], [1, 2, 3]],
    ['one bin', [5], [5]],
    ['an empty reference', [0, 0], [1, 1]],
    ['an empty present', [1, 1], [0, 0]],
  ])('on %s', (_name, reference, current) => {
    expect(() => measureDrift(reference, current)).toThrow('measureDrift: expected')
  })
})

describe("bins at the reference's deciles", () => {
  it('put a score on an edge into the lower bin', () => {
    const reference = Array.from({ length: 11 }, (_, i) => i)
    const bins = driftBins(reference, [0, 1, 1, 2, 10, 99])
    expect(bins.edges).toStrictEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(bins.reference).toStrictEqual([2, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(bins.current).toStrictEqual([3, 1, 0, 0, 0, 0, 0, 0, 0, 2])
  })

  it('merge deciles that tie', () => {
    // Deciles of the sample: six times 1, once 3, twice 5.
    expect(driftBins([1, 1, 1, 1, 5, 5], [1, 4, 5, 6])).toStrictEqual({
      edges: [1, 3, 5],
      reference: [4, 0, 2, 0],
      current: [1, 0, 2, 1],
    })
  })

  it('do not ask for an order', () => {
    expect(driftBins([3, 1, 2], [2])).toStrictEqual(driftBins([1, 2, 3], [2]))
  })

  it('refuse an empty reference', () => {
    expect(() => driftBins([], [1])).toThrow(InvariantError)
  })
})

describe('for any counts', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 12 })

  it('is never negative and the same both ways', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 11 }), (reference, turn) => {
        const current = [...reference.slice(turn), ...reference.slice(0, turn)]
        const there = measureDrift(reference, current)
        const back = measureDrift(current, reference)
        expect(there.psi).toBeGreaterThanOrEqual(0)
        expect(there.psi).toBeCloseTo(back.psi, 12)
        expect(there.p).toBeGreaterThanOrEqual(0)
        expect(there.p).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('more leads of the same shares make it less likely chance', () => {
    const drift = measureDrift([40, 60], [60, 40])
    const more = measureDrift([400, 600], [600, 400])
    expect(more.psi).toBeCloseTo(drift.psi, 12)
    expect(more.p).toBeLessThan(drift.p)
  })
})
