import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import {
  derive,
  difference,
  isMeasured,
  knownValues,
  measured,
  notMeasured,
  quotient,
  sum,
  unreadable,
} from '#rules/kernel/quantity.ts'

const gone = notMeasured('nobody looked')
const broken = unreadable('the file is cut')

describe('a quantity', () => {
  it.each([
    [0, { status: 'zero', value: 0 }],
    [-0, { status: 'zero', value: 0 }],
    [1, { status: 'known', value: 1 }],
    [-0.5, { status: 'known', value: -0.5 }],
  ])('of %d is %o', (value, expected) => {
    expect(measured(value)).toStrictEqual(expected)
  })

  it.each([Number.NaN, Infinity, -Infinity])('refuses %d', (value) => {
    expect(() => measured(value)).toThrow(InvariantError)
  })

  it.each([
    [measured(3), true],
    [measured(0), true],
    [gone, false],
    [broken, false],
  ])('%o is measured: %s', (quantity, expected) => {
    expect(isMeasured(quantity)).toBe(expected)
  })
})

describe('known values', () => {
  it('are those that were measured, zero included, in their order', () => {
    expect(knownValues([measured(2), gone, measured(0), broken, measured(-1)])).toStrictEqual([
      2, 0, -1,
    ])
    expect(knownValues([])).toStrictEqual([])
  })
})

describe('arithmetic', () => {
  it('adds, and keeps a true zero as zero', () => {
    expect(sum([measured(2), measured(-2)])).toStrictEqual(measured(0))
    expect(sum([measured(2), measured(3)])).toStrictEqual(measured(5))
  })

  it('refuses a sum of nothing', () => {
    expect(() => sum([])).toThrow(InvariantError)
  })

  it('subtracts the second from the first', () => {
    expect(difference(measured(2), measured(5))).toStrictEqual(measured(-3))
  })

  it('divides', () => {
    expect(quotient(measured(1), measured(4), 'clicks')).toStrictEqual(measured(0.25))
    expect(quotient(measured(0), measured(4), 'clicks')).toStrictEqual(measured(0))
  })

  it('does not measure a ratio over zero, whatever the numerator', () => {
    const expected = notMeasured('clicks is zero, so there is nothing to divide by')
    expect(quotient(measured(1), measured(0), 'clicks')).toStrictEqual(expected)
    expect(quotient(measured(0), measured(0), 'clicks')).toStrictEqual(expected)
  })

  it.each([
    [[gone, measured(1)], gone],
    [[measured(1), gone], gone],
    [[gone, broken], broken],
    [[broken, gone], broken],
    [[measured(0), gone], gone],
  ])('of %o is missing as %o: unreadable speaks before not measured', (parts, expected) => {
    expect(sum(parts)).toStrictEqual(expected)
    expect(derive(parts, () => 7)).toStrictEqual(expected)
  })

  it('names the first of two missing parts', () => {
    const first = notMeasured('first')
    expect(sum([first, notMeasured('second')])).toStrictEqual(first)
  })

  it('divides a missing numerator by zero into the missing numerator', () => {
    expect(quotient(gone, measured(0), 'clicks')).toStrictEqual(gone)
    expect(quotient(measured(1), broken, 'clicks')).toStrictEqual(broken)
  })

  it('never turns a missing part into a number', () => {
    const part = fc.oneof(fc.integer().map(measured), fc.constant(gone), fc.constant(broken))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        expect(isMeasured(sum(parts))).toBe(parts.every(isMeasured))
      }),
    )
  })
})
