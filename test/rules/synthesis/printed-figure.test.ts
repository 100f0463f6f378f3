import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parsePrinted, printedInFull, standsFor } from '#rules/synthesis/printed-figure.ts'

describe('parsePrinted', () => {
  it.each([
    ['83%', 0.83, 0.005],
    ['66.7 %', 0.667, 0.0005],
    ['+39.3 %', 0.393, 0.0005],
    ['-12.50%', -0.125, 0.000_05],
    ['−100 %', -1, 0.005],
    ['–3', -3, 0.5],
    ['$10,500', 10_500, 0.5],
    ['$11,097.55', 11_097.55, 0.005],
    ['-$5.5', -5.5, 0.05],
    ['$-5.5', -5.5, 0.05],
    ['EUR 1,234,567', 1_234_567, 0.5],
    ['€2744', 2744, 0.5],
    ['0.0000', 0, 0.000_05],
    ['-0.0', 0, 0.05],
    ['830 visits', 830, 0.5],
    ['  7', 7, 0.5],
    ['44 min', 44, 0.5],
  ])('reads %s', (printed, value, halfUnit) => {
    const read = parsePrinted(printed)
    expect(read?.value).toBe(value)
    expect(read?.halfUnit).toBeCloseTo(halfUnit, 12)
  })

  it.each(['', 'n/a', 'about 5', '—', '.5', 'USD'])('reads no number in %j', (printed) => {
    expect(parsePrinted(printed)).toBeNull()
  })
})

describe('printedInFull', () => {
  it.each([
    [0.83, 0.005],
    [10_500, 0.5],
    [0.0075, 0.000_05],
  ])('takes %d with half a unit of its last digit', (value, halfUnit) => {
    expect(printedInFull(value).value).toBe(value)
    expect(printedInFull(value).halfUnit).toBeCloseTo(halfUnit, 12)
  })
})

describe('standsFor', () => {
  it.each([
    // 83 % stands for anything from 82.5 % to 83.5 %.
    ['83%', 5 / 6, true],
    ['83%', 0.825, true],
    ['83%', 0.8249, false],
    ['83%', 0.835, true],
    ['83%', 0.8351, false],
    ['66.7%', 4 / 6, true],
    ['66.6%', 4 / 6, false],
    ['0.0000', 0.107, false],
  ])('%s for %d: %s', (printed, actual, stands) => {
    const read = parsePrinted(printed)
    expect(read !== null && standsFor(read, actual)).toBe(stands)
  })

  it('holds for every number printed with two decimals', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        const read = parsePrinted(value.toFixed(2))
        expect(read !== null && standsFor(read, value)).toBe(true)
      }),
    )
  })
})
