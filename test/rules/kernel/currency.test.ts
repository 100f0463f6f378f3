import { describe, expect, it } from 'vitest'

import { compareAmount, minorPerMajor } from '#rules/kernel/currency.ts'

describe('minorPerMajor', () => {
  it.each([
    ['USD', 100],
    ['EUR', 100],
    ['JPY', 1],
    ['KRW', 1],
    ['KWD', 1000],
    ['CLF', 10_000],
  ])('%s has %d minor units', (currency, count) => {
    expect(minorPerMajor(currency)).toBe(count)
  })
})

describe('compareAmount', () => {
  it.each([
    // One cent below, on and one above a limit of 500.
    [[49_999, 'USD', 500], -1],
    [[50_000, 'USD', 500], 0],
    [[50_001, 'USD', 500], 1],
    [[500, 'JPY', 500], 0],
    [[501, 'JPY', 500], 1],
    [[12_345, 'KWD', 12.345], 0],
  ] as const)('%j gives %d', ([minor, currency, bound], order) => {
    expect(compareAmount(minor, currency, bound)).toBe(order)
  })
})
