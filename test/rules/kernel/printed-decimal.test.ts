import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import {
  compareRatio,
  compareToPrinted,
  exactRatio,
  printedDecimal,
} from '#rules/kernel/printed-decimal.ts'

describe('printedDecimal', () => {
  it.each([
    [0.67, 67n, 100n],
    [0.1, 1n, 10n],
    [-2.5, -25n, 10n],
    [180, 180n, 1n],
    [0, 0n, 1n],
    [1e-7, 1n, 10_000_000n],
    [1.5e-7, 15n, 100_000_000n],
    [1e21, 10n ** 21n, 1n],
    [1.25e21, 125n * 10n ** 19n, 1n],
  ])('reads %d as it is printed', (value, digits, scale) => {
    expect(printedDecimal(value)).toEqual({ digits, scale })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (value) => {
    expect(() => printedDecimal(value)).toThrow(InvariantError)
  })

  it('loses nothing: the decimal reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { digits, scale } = printedDecimal(value)
        expect(Number(`${digits}e-${String(scale).length - 1}`)).toBe(value === 0 ? 0 : value)
      }),
    )
  })
})

describe('compareToPrinted', () => {
  it.each([
    // 66.7 % is below 67 %, however it is rounded for display.
    [[2, 3], 0.67, -1],
    [[67, 100], 0.67, 0],
    [[671, 1000], 0.67, 1],
    // 0.1 + 0.2 in doubles is above 0.3; three tenths as printed are not.
    [[3, 10], 0.3, 0],
    [[-1, 3], -0.3, -1],
    [[0, 7], 0, 0],
  ])('%j as a fraction against %d gives %d', ([numerator = 0, denominator = 0], bound, order) => {
    expect(compareToPrinted({ numerator, denominator }, bound)).toBe(order)
  })

  it.each([
    [0.5, 1],
    [1, 0.5],
    [1, 0],
    [1, -3],
  ])('refuses %d ÷ %d', (numerator, denominator) => {
    expect(() => compareToPrinted({ numerator, denominator }, 0.5)).toThrow(InvariantError)
  })
})

describe('exactRatio', () => {
  it.each([
    [1.5, 0.1, 15],
    [-2, 8, -0.25],
    [222.5, 5, 44.5],
    [0, 3, 0],
  ])('%d ÷ %d is %d', (numerator, denominator, quotient) => {
    const ratio = exactRatio(numerator, denominator)
    expect(compareRatio(ratio, quotient)).toBe(0)
    expect(compareRatio(ratio, quotient - 1e-9)).toBe(1)
    expect(compareRatio(ratio, quotient + 1e-9)).toBe(-1)
  })

  it.each([0, -1, Number.NaN])('refuses a denominator of %d', (denominator) => {
    expect(() => exactRatio(1, denominator)).toThrow(InvariantError)
  })
})
