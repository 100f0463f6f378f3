import { describe, expect, it } from 'vitest'

import { squaredDeviations } from '#rules/kernel/squared-deviations.ts'

describe('squared deviations', () => {
  it.each([
    ['nothing', [], 3, 0],
    // 1 + 1 + 4.
    ['around a mean', [2, 4, 1], 3, 6],
    // 4 + 16 + 1, around zero.
    ['around zero', [2, 4, 1], 0, 21],
    ['of values that do not differ', [0.1, 0.1], 0.1, 0],
  ])('of %s', (_name, values, centre, expected) => {
    expect(squaredDeviations(values, centre)).toBe(expected)
  })

  it('keep the digits of values that lie close together far from zero', () => {
    expect(squaredDeviations([1e9 - 1, 1e9 + 1], 1e9)).toBe(2)
  })
})
