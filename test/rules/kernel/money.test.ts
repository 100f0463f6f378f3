import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { allocate, money } from '#rules/kernel/money.ts'

describe('money', () => {
  it('holds whole minor units', () => {
    expect(money('USD', -150)).toStrictEqual({ currency: 'USD', minor: -150 })
  })

  it.each([0.5, Number.NaN, 2 ** 53])('refuses %d', (minor) => {
    expect(() => money('USD', minor)).toThrow(InvariantError)
  })
})

describe('allocate', () => {
  it.each([
    [100, [1, 1, 1], [34, 33, 33]],
    [101, [1, 1, 1], [34, 34, 33]],
    [10, [0.4, 0.2, 0.4], [4, 2, 4]],
    [5, [0, 1], [0, 5]],
    [0, [1, 2], [0, 0]],
    [-100, [1, 1, 1], [-34, -33, -33]],
    [-1, [1, 1], [-1, 0]],
    [7, [2, 3, 5], [1, 2, 4]],
  ])('splits %d by %o into %o', (total, weights, parts) => {
    expect(allocate(total, weights)).toStrictEqual(parts)
  })

  it.each([
    [1.5, [1]],
    [10, [0, 0]],
    [10, []],
    [10, [-1, 2]],
    [10, [Number.NaN]],
    [10, [Infinity]],
  ])('refuses %d by %o', (total, weights) => {
    expect(() => allocate(total, weights)).toThrow(InvariantError)
  })

  it('gives parts that equal the whole, none further than one unit from its share', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
      minLength: 1,
      maxLength: 50,
    })
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), weights, (total, parts) => {
        const whole = parts.reduce((sum, part) => sum + part, 0)
        fc.pre(whole > 0)
        const split = allocate(total, parts)
        expect(split.reduce((sum, part) => sum + part, 0)).toBe(total)
        split.forEach((part, index) => {
          expect(Math.abs(part - (total * (parts[index] ?? 0)) / whole)).toBeLessThan(1.001)
        })
      }),
    )
  })
})
