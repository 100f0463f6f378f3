import { describe, expect, it } from 'vitest'

import { isBeyondMinimum, isWithinMinimum } from '#rules/momentum/equivalence.ts'

describe('isWithinMinimum', () => {
  const relative = (low: number, high: number) =>
    isWithinMinimum({ test: 'conditional_binomial', previous: 40, interval: { low, high } }, 1 / 16)

  it.each([
    // Both ends on the minimum, then one beside it.
    [-0.0625, 0.0625, true],
    [-0.0626, 0.0625, false],
    [-0.0625, 0.0626, false],
    [0.01, 0.02, true],
    [-0.02, -0.01, true],
    [-0.5, 0.5, false],
  ])('reads a relative change between %d and %d: %s', (low, high, within) => {
    expect(relative(low, high)).toBe(within)
  })

  it.each(['score', 'exact', 'welch'] as const)(
    'holds a difference by %s against the minimum of the figure before',
    (test) => {
      // A sixteenth of 8 is 0.5.
      const of = (half: number) =>
        isWithinMinimum({ test, previous: 8, interval: { low: -half, high: half } }, 1 / 16)
      expect(of(0.5)).toBe(true)
      expect(of(0.51)).toBe(false)
    },
  )

  it('shows nothing without an interval or a figure before', () => {
    expect(isWithinMinimum({ test: 'score', previous: 8, interval: null }, 1)).toBe(false)
    const interval = { low: 0, high: 0 }
    expect(isWithinMinimum({ test: 'score', previous: null, interval }, 1)).toBe(false)
  })
})

describe('isBeyondMinimum', () => {
  it.each([
    // An end on the minimum, then one beside it.
    [0.0625, 0.5, false],
    [0.0626, 0.5, true],
    [-0.5, -0.0625, false],
    [-0.5, -0.0626, true],
    [-0.5, 0.5, false],
    [0.01, 0.02, false],
  ])('reads a relative change between %d and %d: %s', (low, high, beyond) => {
    const change = { test: 'conditional_binomial', previous: 40, interval: { low, high } } as const
    expect(isBeyondMinimum(change, 1 / 16)).toBe(beyond)
  })

  it('holds a difference against the minimum of the figure before', () => {
    const of = (low: number, previous = 8) =>
      isBeyondMinimum({ test: 'score', previous, interval: { low, high: 1 } }, 1 / 16)
    expect(of(0.5)).toBe(false)
    expect(of(0.51)).toBe(true)
    // From zero, anything that excludes zero.
    expect(of(0, 0)).toBe(false)
    expect(of(0.01, 0)).toBe(true)
  })

  it('shows nothing without an interval or a figure before', () => {
    expect(isBeyondMinimum({ test: 'score', previous: 8, interval: null }, 0)).toBe(false)
    const interval = { low: 1, high: 2 }
    expect(isBeyondMinimum({ test: 'score', previous: null, interval }, 0)).toBe(false)
  })
})
