import { describe, expect, it } from 'vitest'

import { orderStatistic } from '#rules/content/order-statistic.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'

describe('the value that parts a share of the pieces from the rest', () => {
  // Ranks by hand: 0.75 · 4 = 3, 0.5 · 4 = 2, 0.51 · 4 = 2.04 rounded up, 1 · 4 = 4.
  it.each([
    [0.75, 30],
    [0.5, 20],
    [0.51, 30],
    [1, 40],
  ])('at %d of 40, 10, 30 and 20 is %d', (share, value) => {
    expect(orderStatistic([40, 10, 30, 20], share)).toStrictEqual(measured(value))
  })

  it('reads the share as printed: 0.55 of a hundred is the 55th', () => {
    const hundred = Array.from({ length: 100 }, (_value, place) => place + 1)
    expect(orderStatistic(hundred, 0.55)).toStrictEqual(measured(55))
  })

  it('parts nothing among three', () => {
    expect(orderStatistic([1, 2, 3], 0.5)).toStrictEqual(
      notMeasured('fewer than four pieces to compare'),
    )
  })
})
