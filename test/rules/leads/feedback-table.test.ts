import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compareFeedback } from '#rules/leads/feedback-table.ts'

describe('a table worked by hand', () => {
  // Before 30 | 20, now 20 | 30: every expected count is 25, χ² = 4 · 25/25 = 4.
  const table = () => compareFeedback([30, 20], [20, 30])

  it('has χ², degrees and p', () => {
    expect(table().statistic).toBeCloseTo(4, 12)
    expect(table().degrees).toBe(1)
    expect(table().p).toBeCloseTo(0.04550026389635842, 12)
  })

  it('has the strength of the association', () => {
    expect(table().cramersV).toBeCloseTo(Math.sqrt(4 / 100), 12)
  })

  it('knows its smallest expected count', () => {
    expect(table().minimumExpected).toBe(25)
    expect(compareFeedback([10, 10], [1, 4]).minimumExpected).toBeCloseTo((11 * 5) / 25, 12)
  })

  it('has residuals whose square is χ² in a table of two answers', () => {
    expect(table().shifts.map((shift) => shift.adjustedResidual)).toStrictEqual([-2, 2])
    expect(table().shifts[1]?.p).toBeCloseTo(0.04550026389635842, 12)
  })

  it('has the shares of each period', () => {
    expect(table().shifts[0]).toMatchObject({ index: 0, previousShare: 0.6, currentShare: 0.4 })
  })
})

describe('answers that nobody gave', () => {
  it('are left out, and the others keep their place', () => {
    const table = compareFeedback([5, 0, 5], [4, 0, 6])
    expect(table.shifts.map((shift) => shift.index)).toStrictEqual([0, 2])
    expect(table.degrees).toBe(1)
  })

  it('leave no table when one answer remains', () => {
    const table = compareFeedback([5, 0], [4, 0])
    expect(table).toMatchObject({ statistic: null, p: null, cramersV: null, degrees: 0 })
    expect(table.shifts[0]).toMatchObject({ adjustedResidual: 0, p: 1 })
  })

  it('in one period only are compared', () => {
    const table = compareFeedback([10, 0], [5, 5])
    expect(table.shifts[1]).toMatchObject({ previousShare: 0, currentShare: 0.5 })
    expect(table.shifts[1]?.adjustedResidual).toBeGreaterThan(2)
  })
})

describe('a broken promise stops', () => {
  it.each([
    ['different lengths', [1, 2], [1]],
    ['an empty month before', [0, 0], [1, 1]],
    ['an empty month', [1, 1], [0, 0]],
  ])('on %s', (_name, previous, current) => {
    expect(() => compareFeedback(previous, current)).toThrow('compareFeedback: expected')
  })
})

describe('for any answers', () => {
  const counts = fc
    .array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 2, maxLength: 7 })
    .filter((pairs) => pairs.some(([before]) => before > 0) && pairs.some(([, now]) => now > 0))
  const split = (pairs: readonly (readonly [number, number])[]) =>
    compareFeedback(
      pairs.map(([before]) => before),
      pairs.map(([, now]) => now),
    )

  it('shares add up to one', () => {
    fc.assert(
      fc.property(counts, (pairs) => {
        const { shifts } = split(pairs)
        expect(shifts.reduce((sum, shift) => sum + shift.previousShare, 0)).toBeCloseTo(1, 12)
        expect(shifts.reduce((sum, shift) => sum + shift.currentShare, 0)).toBeCloseTo(1, 12)
      }),
    )
  })

  it('swapping the months turns the residuals and keeps χ²', () => {
    fc.assert(
      fc.property(counts, (pairs) => {
        const there = split(pairs)
        const back = split(pairs.map(([before, now]) => [now, before]))
        expect(back.statistic ?? 0).toBeCloseTo(there.statistic ?? 0, 9)
        for (const [place, shift] of there.shifts.entries()) {
          expect(back.shifts[place]?.adjustedResidual).toBeCloseTo(-shift.adjustedResidual, 9)
        }
      }),
    )
  })

  it('the association lies between nothing and complete', () => {
    fc.assert(
      fc.property(counts, (pairs) => {
        const { cramersV } = split(pairs)
        if (cramersV === null) return
        expect(cramersV).toBeGreaterThanOrEqual(0)
        expect(cramersV).toBeLessThanOrEqual(1 + 1e-12)
      }),
    )
  })
})
