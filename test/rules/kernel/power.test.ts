import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { power } from '#rules/kernel/power.ts'

describe('power', () => {
  /** Checked with 60-digit arithmetic to lie within 0.9 units of the last place; the bits themselves are asserted. */
  it.each([
    [2, 10, 1024],
    [2, 0.5, Math.SQRT2 - 2 ** -52],
    [10, -3, 0.001],
    [1.5, 2.5, 2.7556759606310752],
    [0.7, 0.3, 0.8985234417906398],
    [1.2247448, 3.3, 1.952317710001933],
    [1.225, 3.3, 1.9536604859840874],
    [1.7320508, 3.1, 5.489565090464711],
    [1.7321, 3.1, 5.4900485020598895],
    [0.1, 0.1, 0.7943282347242815],
    [1e300, 0.01, 1000.0000000000001],
    [1e-310, 0.5, 9.999999999999986e-156],
    [1e-310, -0.9, 1.0000000000000186e279],
    [3, 600.5, 3.2457379928393493e286],
    [3, -640.25, 3.335159940607406e-306],
    [0.999, 12345.6, 0.000004322066479746275],
    [10000000000, 30.8, 1.0000000000000164e308],
    [10000000000, -31.2, 1e-312],
    [5, -450, 2.907354895e-315],
    [7.3, 1e-10, 1.0000000001987874],
    [1.0000001, 1000000000, 2.6881038582144647e43],
    [2, 0.4999, 1.4141155399559855],
    [2, -0.51, 0.7022224378689986],
  ])('%d to the power %d has these bits everywhere', (base, exponent, bits) => {
    expect(power(base, exponent)).toBe(bits)
  })

  it('keeps the exact cases', () => {
    expect(power(7.3, 0)).toBe(1)
    expect(power(0, 0)).toBe(1)
    expect(power(1, 1e300)).toBe(1)
    expect(power(7.3, 1)).toBe(7.3)
    expect(power(0, 2)).toBe(0)
    expect(power(0, -2)).toBe(Infinity)
    expect(power(0, 0.001)).toBe(0)
    expect(power(0, -0.001)).toBe(Infinity)
    expect(power(2, 1023)).toBe(2 ** 1023)
    expect(power(2, -1074)).toBe(5e-324)
  })

  it('overflows and underflows', () => {
    expect(power(2, 1024)).toBe(Infinity)
    expect(power(2, 1023.9999)).toBeLessThan(Infinity)
    expect(power(2, -1075)).toBe(0)
    expect(power(2, -1074.9)).toBe(5e-324)
    expect(power(10, 400)).toBe(Infinity)
    expect(power(10, -400)).toBe(0)
    expect(power(10, 1e9)).toBe(Infinity)
    expect(power(10, -1e9)).toBe(0)
  })

  it('refuses what has no power', () => {
    expect(() => power(-1, 2)).toThrow('finite base ≥ 0, got -1')
    expect(() => power(Infinity, 2)).toThrow('finite base')
    expect(() => power(Number.NaN, 2)).toThrow('finite base')
    expect(() => power(2, Infinity)).toThrow('finite exponent, got Infinity')
    expect(() => power(2, Number.NaN)).toThrow('finite exponent')
  })

  it('agrees with the built-in power to its last digits', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-8, max: 1e8, noNaN: true }),
        fc.double({ min: -35, max: 35, noNaN: true }),
        (base, exponent) => {
          const expected = base ** exponent
          expect(Math.abs(power(base, exponent) - expected)).toBeLessThanOrEqual(
            expected * 2 ** -51,
          )
        },
      ),
      { numRuns: 3000 },
    )
  })
})
