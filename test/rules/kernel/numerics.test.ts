import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  highWord,
  powerOfTwo,
  scaleByPowerOfTwo,
  withHighWord,
  withoutLowWord,
} from '#rules/kernel/float-bits.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { bracketRoot, findRoot } from '#rules/kernel/root.ts'
import {
  invertTails,
  logComplement,
  logLowerTail,
  logUpperTail,
  lowerTail,
  upperTail,
} from '#rules/kernel/tails.ts'
import { idPart } from '#rules/kernel/text-id.ts'

describe('the bits of a double', () => {
  it('has sign, exponent and upper fraction in its high word', () => {
    expect(highWord(1)).toBe(0x3ff00000)
    expect(highWord(-2)).toBe(0xc0000000 | 0)
    expect(highWord(1.5)).toBe(0x3ff80000)
  })

  it('replaces the upper half and clears the lower one', () => {
    expect(withHighWord(1 + 2 ** -52, 0x40000000)).toBe(2 + 2 ** -51)
    expect(withoutLowWord(1 + 2 ** -20 + 2 ** -40)).toBe(1 + 2 ** -20)
  })

  it('knows the powers of two', () => {
    expect(powerOfTwo(-1022)).toBe(2 ** -1022)
    expect(powerOfTwo(0)).toBe(1)
    expect(powerOfTwo(1023)).toBe(2 ** 1023)
  })

  it('scales up to overflow and down to the smallest number', () => {
    expect(scaleByPowerOfTwo(0.75, 1024)).toBe(0.75 * 2 ** 1023 * 2)
    expect(scaleByPowerOfTwo(1.5, 1023)).toBe(1.5 * 2 ** 1023)
    expect(scaleByPowerOfTwo(1.25, -1021)).toBe(1.25 * 2 ** -1021)
    expect(scaleByPowerOfTwo(1.25, -1022)).toBe(1.25 * 2 ** -1022)
    expect(scaleByPowerOfTwo(1, -1074)).toBe(5e-324)
    expect(scaleByPowerOfTwo(0.75, -1074)).toBe(5e-324)
    expect(scaleByPowerOfTwo(1, -1076)).toBe(0)
  })
})

describe('a seeded sequence', () => {
  it('starts with these numbers for seed 1', () => {
    // The published mulberry32 with the seed 1.
    const random = createRandom(1)
    expect([random(), random(), random()]).toEqual([
      0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
    ])
  })

  it('is the same for the same lowest 32 bits', () => {
    const [small, large] = [createRandom(7), createRandom(7 + 2 ** 32)]
    for (let draw = 0; draw < 5; draw++) expect(small()).toBe(large())
    expect(createRandom(-1)()).not.toBe(createRandom(1)())
  })

  it('fills [0, 1) evenly', () => {
    const random = createRandom(99)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let draw = 0; draw < 10_000; draw++) {
      const value = random()
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThan(1)
      const bin = Math.floor(value * 10)
      counts[bin] = (counts[bin] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130)
  })

  it.each([0.5, Number.NaN, Infinity])('refuses the seed %d', (seed) => {
    expect(() => createRandom(seed)).toThrow(`expected a whole seed, got ${seed}`)
  })
})

describe('roots', () => {
  it.each<[string, (x: number) => number, [number, number], number, number]>([
    ['a cubic', (x) => x ** 3 - 2, [0, 3], 2 ** (1 / 3), 8],
    ['an exponential', (x) => Math.exp(x) - 5, [0, 4], Math.log(5), 8],
    ['a falling curve', (x) => Math.cos(x) - x, [0, 2], 0.739_085_133_215_160_6, 6],
    ['a logarithm', (x) => Math.log(x) + 3, [1e-9, 2], Math.exp(-3), 11],
    ['a flat ninth power', (x) => x ** 9 - 0.1, [-1, 3], 0.1 ** (1 / 9), 12],
    ['a steep step', (x) => Math.tanh(20 * (x - 0.3)), [0, 1], 0.3, 10],
  ])('finds the root of %s to its last digits, in few steps', (_name, f, [a, b], root, steps) => {
    let calls = 0
    const counted = (x: number): number => {
      calls++
      return f(x)
    }
    const found = findRoot(counted, { a, fa: f(a), b, fb: f(b) })
    expect(Math.abs(found - root)).toBeLessThanOrEqual(4 * 2 ** -52)
    expect(calls).toBeLessThanOrEqual(steps)
  })

  it('finds roots at either end at once', () => {
    const never = (): number => {
      throw new Error('not to be asked')
    }
    expect(findRoot(never, { a: 1, fa: 0, b: 2, fb: 5 })).toBe(1)
    expect(findRoot(never, { a: 1, fa: -5, b: 2, fb: 0 })).toBe(2)
  })

  it('survives a step and an infinite value', () => {
    const step = (x: number): number => (x < 0.3 ? -Infinity : 1)
    expect(findRoot(step, { a: 0, fa: -Infinity, b: 1, fb: 1 })).toBeCloseTo(0.3, 12)
    expect(findRoot((x) => (x < 0.3 ? 1 : -1), { a: 0, fa: 1, b: 1, fb: -1 })).toBeCloseTo(0.3, 12)
  })

  it('stops at the smallest step asked for', () => {
    let calls = 0
    const step = (x: number): number => {
      calls++
      return x < 0.3 ? -1 : 1
    }
    const root = findRoot(step, { a: 0, fa: -1, b: 1, fb: 1 }, 1e-3)
    expect(Math.abs(root - 0.3)).toBeLessThan(3e-3)
    expect(calls).toBeLessThan(14)
  })

  it('refuses a bracket without a change of sign', () => {
    expect(() => findRoot((x) => x, { a: 1, fa: 1, b: 2, fb: 2 })).toThrow('no change of sign')
    expect(() => findRoot((x) => x, { a: -1, fa: -1, b: -2, fb: -2 })).toThrow('no change of sign')
  })

  it('walks to a change of sign in either direction', () => {
    const up = bracketRoot((x) => x - 100, 0)
    expect(up.fa).toBeLessThan(0)
    expect(up.fb).toBeGreaterThanOrEqual(0)
    expect([up.a, up.b]).toEqual([64, 128])
    const down = bracketRoot((x) => x + 100, 3)
    expect([down.a, down.b]).toEqual([3 - 64, 3 - 128])
    expect(bracketRoot((x) => x - 1, 0)).toEqual({ a: 0, fa: -1, b: 1, fb: 0 })
    expect(bracketRoot((x) => x + 1, 0)).toEqual({ a: 0, fa: 1, b: -1, fb: 0 })
    expect(bracketRoot((x) => x, 0)).toEqual({ a: 0, fa: 0, b: -1, fb: -1 })
  })

  it('gives up on a function that keeps its sign', () => {
    expect(() => bracketRoot(() => -1, 0)).toThrow('does not change its sign')
  })

  it('finds any root of a line', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (root, slope) => {
          const line = (x: number): number => slope * (x - root)
          const found = findRoot(line, bracketRoot(line, 0))
          expect(Math.abs(found - root)).toBeLessThanOrEqual(1e-12 + Math.abs(root) * 1e-12)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('tails', () => {
  const lower = { side: 'lower', log: Math.log(0.2) } as const
  const upper = { side: 'upper', log: Math.log(0.2) } as const

  it('reads either side of a tail', () => {
    expect(lowerTail(lower)).toBeCloseTo(0.2, 15)
    expect(upperTail(lower)).toBeCloseTo(0.8, 15)
    expect(lowerTail(upper)).toBeCloseTo(0.8, 15)
    expect(upperTail(upper)).toBeCloseTo(0.2, 15)
    expect(logLowerTail(lower)).toBe(Math.log(0.2))
    expect(logUpperTail(lower)).toBeCloseTo(Math.log(0.8), 15)
    expect(logLowerTail(upper)).toBeCloseTo(Math.log(0.8), 15)
    expect(logUpperTail(upper)).toBe(Math.log(0.2))
  })

  it('keeps the digits of a complement on both sides of one half', () => {
    expect(logComplement(-1e-20)).toBeCloseTo(Math.log(1e-20), 12)
    expect(logComplement(-50) / -Math.exp(-50)).toBeCloseTo(1, 12)
    expect(logComplement(-Math.LN2)).toBeCloseTo(-Math.LN2, 15)
    expect(logComplement(-0.69)).toBeCloseTo(Math.log(1 - Math.exp(-0.69)), 14)
    expect(logComplement(-0.7)).toBeCloseTo(Math.log(1 - Math.exp(-0.7)), 14)
    expect(logComplement(-Infinity)).toBe(0)
    expect(logComplement(0)).toBe(-Infinity)
  })

  it('refuses masses that no point leaves', () => {
    expect(() => invertTails(() => lower, { lower: 0, upper: 1 }, 0)).toThrow('both masses')
    expect(() => invertTails(() => lower, { lower: 1, upper: 0 }, 0)).toThrow('both masses')
  })

  it('finds the point of a mass from either side', () => {
    // The logistic distribution: P(X ≤ u) = 1 ÷ (1 + e^−u).
    const logistic = (u: number) => ({ side: 'lower' as const, log: -Math.log1p(Math.exp(-u)) })
    expect(invertTails(logistic, { lower: 0.2, upper: 0.8 }, 0)).toBeCloseTo(Math.log(0.25), 12)
    expect(invertTails(logistic, { lower: 0.8, upper: 0.2 }, 0)).toBeCloseTo(Math.log(4), 12)
    expect(invertTails(logistic, { lower: 0.5, upper: 0.5 }, 1)).toBeCloseTo(0, 12)
  })
})

describe('ids', () => {
  it('keeps letters, digits, underscore and hyphen', () => {
    expect(idPart('A_b-9')).toBe('A_b-9')
    expect(idPart('a b/ü')).toBe('a-b--')
    expect(idPart('')).toBe('-')
  })
})
