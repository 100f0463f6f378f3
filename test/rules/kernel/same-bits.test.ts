import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { exp, expm1, log, log1p } from '#rules/kernel/elementary.ts'
import { power } from '#rules/kernel/power.ts'
import { createRandom } from '#rules/kernel/random.ts'

const MASK = (1n << 64n) - 1n

/** One number for the bits of many results: any bit of any of them changes it (FNV-1a over 64-bit words). */
function digest(results: readonly number[]): string {
  const words = new BigUint64Array(Float64Array.from(results).buffer)
  let hash = 0xcbf29ce484222325n
  for (const word of words) hash = ((hash ^ word) * 0x100000001b3n) & MASK
  return hash.toString(16)
}

/** Points over a range, the same in every run. */
function points(count: number, low: number, high: number): number[] {
  const random = createRandom(7)
  return Array.from({ length: count }, () => low + (high - low) * random())
}

/** A number as mantissa · 2^exponent with a whole mantissa. */
function parts(value: number): { mantissa: bigint; exponent: number } {
  const [word = 0n] = new BigUint64Array(Float64Array.of(value).buffer)
  const biased = Number((word >> 52n) & 0x7ffn)
  const fraction = word & ((1n << 52n) - 1n)
  return { mantissa: fraction | (1n << 52n), exponent: biased - 1075 }
}

/** Distance of a result from base to a whole power, in units of the result's last place. */
function ulpsFromExact(base: number, exponent: bigint, result: number): number {
  const [from, to] = [parts(base), parts(result)]
  const exact = from.mantissa ** exponent
  const shift = BigInt(from.exponent) * exponent - BigInt(to.exponent)
  const scale = shift < 0n ? -shift : 0n
  const wanted = shift < 0n ? exact : exact << shift
  const difference = wanted - (to.mantissa << scale)
  return Number((difference * 1024n) / (1n << scale)) / 1024
}

describe('powers', () => {
  it('come within one unit of the last place of whole-number arithmetic', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.bigInt({ min: 2n, max: 40n }),
        (base, exponent) => {
          const result = power(base, Number(exponent))
          expect(Math.abs(ulpsFromExact(base, exponent, result))).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('find the distance of a wrong result', () => {
    expect(ulpsFromExact(3, 5n, 243)).toBe(0)
    expect(ulpsFromExact(3, 5n, 243 + 2 ** -45)).toBe(-1)
    expect(ulpsFromExact(0.5, 3n, 0.125)).toBe(0)
  })

  it('have the same bits on every engine', () => {
    const bases = [...points(4000, 0.001, 4), ...points(2000, 1, 1e6)]
    const exponents = points(6000, -30, 30)
    expect(digest(bases.map((base, index) => power(base, exponents[index] ?? 0)))).toBe(
      'd5985f3944abaa19',
    )
  })
})

describe('exponentials and logarithms', () => {
  const places = [...points(3000, -1.2, 1.2), ...points(3000, -45, 45)]

  it('have the same bits on every engine', () => {
    expect(digest(places.map(exp))).toBe('f06aa99a5f1d5b56')
    expect(digest(places.map(expm1))).toBe('8587d5bf29e7191f')
    const positive = places.map((x) => Math.abs(x) + 1e-9)
    expect(digest(positive.map(log))).toBe('7eb40d16fdf4e821')
    expect(digest(positive.map((x) => log1p(x / 50 - 0.5)))).toBe('7fba88877ce911f')
    expect(digest(positive.map(log1p))).toBe('8ce7a69a5136e4a5')
  })
})
